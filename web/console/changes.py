"""What differs between a record as it was last published and as it was handed in again, in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from flask_babel import gettext as _

from matcher.inputs.records import plain_values
from matcher.vocabulary import Kind
from web import format as words
from web.publish.forms import FORMS
from web.publish.steps import STEPS
from web.publish.typed import label_of
from web.records.presentation import indicator_value

TERMS = {
    "chain": "Chain", "tech_field": "TechField", "need_type": "NeedType", "ip_terms": "IpTerms", "urgency": "Urgency",
    "dev_state": "DevState", "price_mode": "PriceMode", "consent": "Consent", "lang": "Lang",
    "coop_modes": "CoopMode", "services": "ExpertService", "languages": "Lang",
}
DAYS = ("deadline", "valid_until", "completed_on")
AMOUNTS = ("budget_min", "budget_max", "price_min", "price_max")
RESTRICTED = "detail_restricted"


class Change(NamedTuple):
    """One field with its text before and after; both are empty where they must not be shown."""

    label: str
    before: str
    after: str


def changes_of(record: Any, *, opened: bool) -> list[Change] | None:
    """Fields that differ, in the form's order; None when the published values are not known.

    The restricted detail is only named, unless it was `opened`, which leaves a trace.
    """
    before = record.published_values
    if before is None:
        return None
    after = plain_values(record)
    form = FORMS[record.kind](formdata=None)
    order = [name for step in STEPS[record.kind] for name in step.fields]
    return [
        Change(_label(form, name), *_texts(record.kind, name, before.get(name), after[name], shown=opened))
        for name in order
        if (before.get(name) or None) != (after[name] or None)
    ]


def _label(form: Any, name: str) -> str:
    rows = {"indicators": _("技术指标"), "ip": _("知识产权")}
    return str(rows[name]) if name in rows else label_of(form[name])


def _texts(kind: Kind, name: str, before: Any, after: Any, *, shown: bool) -> tuple[str, str]:
    if name == RESTRICTED and not shown:
        return "", ""
    return _text(kind, name, before) or str(_("（空）")), _text(kind, name, after) or str(_("（空）"))


def _text(kind: Kind, name: str, value: Any) -> str:
    """A stored value as people read it; lists of rows have one line for each."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(_("是") if value else _("否"))
    if name == "indicators":
        return "\n".join(" ".join((row["name"], indicator_value(row), row["condition"])).strip() for row in value)
    if name == "ip":
        return "\n".join(" ".join((words.label(row["type"], "IpType"), row["name"], row["number"])) for row in value)
    if name in DAYS:
        return words.exact(date.fromisoformat(value))
    if name in AMOUNTS:
        return words.money(Decimal(value))
    return _coded(kind, name, value)


def _coded(kind: Kind, name: str, value: Any) -> str:
    term = "ExpertTitle" if (kind, name) == (Kind.EXPERT, "title") else TERMS.get(name)
    if isinstance(value, list):
        if name == "service_regions":
            return words.regions(value)
        return words.labels(value, term) if term else "、".join(value)
    if name == "region":
        return words.region(value)
    if name in ("trl", "min_trl"):
        return words.trl(value)
    return words.label(value, term) if term else str(value)
