"""What a record's page says of each field, in the order in which a reader asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from matcher.conversion.terms import Funding
from matcher.models import Achievement, Expert, Need
from matcher.vocabulary import Relation
from web import format as words
from web.locale import translated


class Part(NamedTuple):
    """A heading and the text under it."""

    title: str
    text: str


class IndicatorRow(NamedTuple):
    """One row of the table of indicators."""

    name: str
    value: str
    condition: str
    must: bool


def parts_of(record: Any) -> list[Part]:
    """The long texts that are filled in."""
    names: dict[type, list[tuple[str, str]]] = {
        Need: [
            ("problem", _("问题描述")),
            ("foundation", _("现有基础")),
            ("partner_req", _("对合作方的要求")),
        ],
        Achievement: [
            ("abstract", _("成果简介")),
            ("problem", _("解决的问题")),
            ("advantage", _("与同类相比的优势")),
            ("economics", _("经济性")),
        ],
        Expert: [("profile", _("专长与经历"))],
    }
    return [Part(title, text) for name, title in names[type(record)] if (text := getattr(record, name))]


def indicator_rows(record: Any) -> list[IndicatorRow]:
    """Indicators with their relation and unit in words."""
    rows = getattr(record, "indicators", None) or []
    return [
        IndicatorRow(
            row.get("name", ""), indicator_value(row), row.get("condition", ""), bool(row.get("must", True))
        )
        for row in rows
    ]


def indicator_value(row: dict[str, Any]) -> str:
    """`≥ 5 ℃/min`, `0.4–0.8 MPa`, `约 30 min`."""
    unit, value = row.get("unit", ""), plain(row.get("value"))
    if row.get("relation") == Relation.RANGE:
        return words.quantity(f"{value}–{plain(row.get('value_high'))}", unit)
    sign = words.label(row.get("relation"), "Relation")
    return f"{sign} {words.quantity(value, unit)}".strip()


def plain(value: Any) -> str:
    """A stored number without needless zeros; text as it is."""
    text = "" if value is None else str(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text.lower() else text


def facts_of(record: Any, shows_owner: bool) -> list[tuple[str, str]]:
    """Pairs for the list of facts; those without a value are left out by the component."""
    of_kind: dict[type, Callable[[Any], list[tuple[str, str]]]] = {
        Need: need_facts,
        Achievement: achievement_facts,
        Expert: expert_facts,
    }
    return [
        (_("单位"), organisation_link(record) if shows_owner else _("匿名发布")),
        *of_kind[type(record)](record),
        (_("产业链"), words.label(record.chain, "Chain")),
        (_("技术领域"), words.label(record.tech_field, "TechField")),
        (_("地区"), words.region(record.region)),
        (_("发布时间"), words.when(record.published_at, "ago")),
        (_("最近确认"), confirmed(record)),
        (_("有效至"), words.when(record.valid_until, "exact")),
    ]


def confirmed(record: Any) -> str:
    """When the owner last said that it is valid, and whether they were asked since in vain."""
    when = words.when(record.last_confirmed, "ago")
    return Markup("{} · {}").format(when, _("询问后没有答复")) if record.silent_since else when


def organisation_link(record: Any) -> Markup:
    """The owner's name as a link to its page."""
    url = url_for("organisations.show", organisation_id=record.organisation_id)
    return Markup('<a href="{}">{}</a>').format(url, record.organisation.name)


def need_facts(need: Need) -> list[tuple[str, str]]:
    """What an institute asks first."""
    return [
        (_("拟投入资金"), words.budget(need)),
        (_("期望完成"), deadline(need)),
        (_("合作方式"), words.labels(need.coop_modes, "CoopMode")),
        (_("成熟度要求"), _("不低于 %(trl)s", trl=words.trl(need.min_trl, "long")) if need.min_trl else ""),
        (_("产权归属"), words.label(need.ip_terms, "IpTerms")),
        (_("需求类型"), words.label(need.need_type, "NeedType")),
        (_("紧迫程度"), words.label(need.urgency, "Urgency")),
        (_("由谁决策"), need.decision_owner),
    ]


def deadline(need: Need) -> str:
    """The day and what is left until it."""
    if need.deadline is None:
        return ""
    return Markup("{} · {}").format(words.exact(need.deadline), words.left(need.deadline))


def achievement_facts(achievement: Achievement) -> list[tuple[str, str]]:
    """What an enterprise asks first."""
    return [
        (_("成熟度"), words.trl(achievement.trl, "long")),
        (_("所处阶段"), words.label(achievement.dev_state, "DevState")),
        (_("合作方式"), words.labels(achievement.coop_modes, "CoopMode")),
        (_("合作价格"), words.price(achievement)),
        (_("完成人"), "、".join(achievement.people)),
        (_("完成时间"), words.exact(achievement.completed_on)),
        (_("资助"), funding(achievement)),
        (_("立项项目"), achievement.project_ref),
    ]


def funding(achievement: Achievement) -> str:
    """Where the money came from, and whether it was the public's."""
    source = translated(Funding(achievement.funding).label) if achievement.funding else ""
    public = _("财政资金资助") if achievement.publicly_funded else ""
    return " · ".join(part for part in (source, str(public)) if part)


def expert_facts(expert: Expert) -> list[tuple[str, str]]:
    """How an expert can help."""
    return [
        (_("职称"), words.label(expert.title, "ExpertTitle")),
        (_("部门"), expert.department),
        (_("可提供"), words.labels(expert.services, "ExpertService")),
        (_("可服务地区"), words.regions(expert.service_regions)),
        (_("语言"), words.labels(expert.languages, "Lang")),
    ]
