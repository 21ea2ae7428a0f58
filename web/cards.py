"""A record as one row of a list: side, title, a sentence, a few facts that decide whether to open it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext as _

from matcher.models import Achievement, Expert, Need, Record
from matcher.vocabulary import Kind, Lang
from web import format as words

FOLDERS = {Kind.NEED: "needs", Kind.ACHIEVEMENT: "achievements", Kind.EXPERT: "experts"}
SUMMARY_LENGTH = 180


class Chip(NamedTuple):
    """A small fact; `tone` is a class of the chip component (ok, warn, bad, none, need, offer or nothing)."""

    text: str
    tone: str = ""
    title: str = ""


@dataclass(frozen=True)
class Card:
    """What the `record` macro shows."""

    kind: str
    id: int
    url: str
    title: str
    lang: str
    text: str
    chips: Sequence[Chip]


def record_url(kind: str, record_id: int) -> str:
    """Address of a record's page."""
    return url_for("records.show", folder=FOLDERS[Kind(kind)], record_id=record_id)


def record_named(text: str) -> tuple[str | None, int]:
    """What somebody means who types `12`, `need-12` or the address of a record's page: kind, if told, and number (0: none)."""
    path = text.strip().partition("?")[0].partition("#")[0].rstrip("/")
    front, _, last = path.replace("-", "/").rpartition("/")
    number = int(last) if last.isascii() and last.isdigit() and len(last) < 10 else 0
    names = {name: kind.value for kind, folder in FOLDERS.items() for name in (folder, kind.value)}
    return names.get(front.rpartition("/")[2]), number


def card(record: Record) -> Card:
    """The card of a need, an achievement or an expert."""
    chips = [chip for chip in _chips(record) if chip.text]
    return Card(
        record.kind,
        record.id,
        record_url(record.kind, record.id),
        title_of(record),
        record.lang,
        summary(record),
        chips,
    )


def title_of(record: Record) -> str:
    """What the record is called: an expert by name."""
    return (record.name if isinstance(record, Expert) else record.title) or str(_("（未命名）"))


def summary(record: Record, length: int = SUMMARY_LENGTH) -> str:
    """The first sentences of the record's public text."""
    text = {Kind.NEED: "problem", Kind.ACHIEVEMENT: "abstract", Kind.EXPERT: "profile"}[record.kind]
    full = " ".join(str(getattr(record, text)).split())
    return full if len(full) <= length else full[: length - 1].rstrip("，。、；,;. ") + "…"


def _chips(record: Record) -> list[Chip]:
    language = Chip(words.language_name(record.lang)) if record.lang != Lang.ZH else Chip("")
    place = Chip(words.region(record.region))
    if isinstance(record, Need):
        due = Chip(
            words.left(record.deadline),
            "bad" if words.is_past(record.deadline) else "",
            words.exact(record.deadline),
        )
        return [
            language,
            place,
            Chip(words.label(record.chain, "Chain")),
            Chip(_amount(words.budget(record), _("预算"))),
            due,
            _confirmed(record),
        ]
    if isinstance(record, Achievement):
        return [
            language,
            Chip(words.trl(record.trl)),
            *_ip(record),
            Chip(words.labels(record.coop_modes[:2], "CoopMode")),
            Chip(_amount(words.price(record), _("价格"))),
            _confirmed(record),
        ]
    return [
        place,
        Chip(words.label(record.title, "ExpertTitle")),
        Chip(words.label(record.tech_field, "TechField")),
        Chip(words.labels(record.services[:2], "ExpertService")),
        _confirmed(record),
    ]


def _amount(amount: str, what: str) -> str:
    """An amount speaks for itself; a word such as 面议 needs to be told what of."""
    return amount if any(char.isdigit() for char in amount) else f"{what} {amount}"


def _ip(record: Achievement) -> list[Chip]:
    kinds = list(dict.fromkeys(str(item.get("type", "")) for item in record.ip))
    return [Chip(words.labels(kinds[:2], "IpType"))]


def _confirmed(record: Record) -> Chip:
    """最近确认 12 天前 (N5); of a silent record, that nobody answers for it."""
    if record.last_confirmed is None:
        return Chip("")
    ago, day = words.ago(record.last_confirmed), words.exact(record.last_confirmed)
    if record.silent_since is not None:
        return Chip(str(_("未确认，上次是 %(when)s", when=ago)), "warn", day)
    return Chip(str(_("最近确认 %(when)s", when=ago)), "", day)
