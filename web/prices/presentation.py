"""A price as the pages show it: its words, who has confirmed, how its notice stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from matcher.models import Notice, Objection, Pricing
from matcher.pricing.comparables import comparables
from matcher.pricing.current import current_pricing, has_run_out
from matcher.pricing.ranges import last_gap, ranges_of
from matcher.pricing.terms import NoticeState, ObjectionState, PricingState, Route, Valuation
from web import format as words
from web.locale import current_language, translated
from web.prices.sealed import TONES, advice

NOTICE_TONES = {
    NoticeState.RUNNING: "warn",
    NoticeState.PAUSED: "bad",
    NoticeState.ENDED: "ok",
    NoticeState.FAILED: "bad",
    NoticeState.WITHDRAWN: "none",
}


@dataclass(frozen=True)
class Confirmation:
    """Whether a side has said yes to the price."""

    side: str
    label: str
    at: datetime | None


@dataclass(frozen=True)
class PriceView:
    """One attempt at a price."""

    id: int
    route: str
    state: str
    state_label: str
    amount: str
    terms: str
    share: str
    valuation: str
    file_id: int | None
    file_name: str
    agreed_at: datetime | None
    created_at: datetime
    notice_due: bool
    confirmations: list[Confirmation]


def price_view(pricing: Pricing) -> PriceView:
    """The words for a price."""
    return PriceView(
        id=pricing.id,
        route=translated(Route(pricing.route).label),
        state=pricing.state,
        state_label=translated(PricingState(pricing.state).label),
        amount=words.money(pricing.amount),
        terms=pricing.terms,
        share=percent(pricing.share_percent),
        valuation=translated(Valuation(pricing.valuation).label) if pricing.valuation else "",
        file_id=pricing.valuation_file_id,
        file_name=pricing.valuation_file.name if pricing.valuation_file else "",
        agreed_at=pricing.agreed_at,
        created_at=pricing.created_at,
        notice_due=pricing.notice_due,
        confirmations=[
            Confirmation(side, words.label(side, "Side"), getattr(pricing, f"{side}_confirmed_at"))
            for side in ("need", "offer")
        ],
    )


def percent(value: Decimal | None) -> str:
    """`12.5 %`, in English `12.5%`."""
    if value is None:
        return ""
    space = words.THIN if current_language() == "zh" else ""
    return f"{words.number(value.normalize())}{space}%"


@dataclass(frozen=True)
class NoticeView:
    """A notice with what is left of it. `over`: its time is up and nothing waits, whether the clocks have seen it or not."""

    id: int
    title: str
    owner: str
    amount: str
    state: str
    state_label: str
    tone: str
    started_at: datetime
    last_day: datetime
    days: int
    left: str
    over: bool
    objections: list[Objection]


def notice_view(notice: Notice) -> NoticeView:
    """The words for a notice."""
    over = notice.state == NoticeState.ENDED or has_run_out(notice)
    state = NoticeState.ENDED if over else NoticeState(notice.state)
    last = notice.ends_at - timedelta(microseconds=1)  # a notice lasts to the end of its last day
    return NoticeView(
        id=notice.id,
        title=notice.title,
        owner=notice.owner,
        amount=words.money(notice.pricing.amount),
        state=state,
        state_label=translated(state.label),
        tone=NOTICE_TONES[state],
        started_at=notice.started_at,
        last_day=last,
        days=notice.days,
        left=words.left(last) if state == NoticeState.RUNNING else "",
        over=over,
        objections=notice.objections,
    )


def decided(objection: Objection) -> str:
    """What became of an objection."""
    return translated(ObjectionState(objection.state).label)


def card_of(session: Session, case_id: int) -> tuple[str, str, str]:
    """Chip, tone and one sentence for the card on the case's first page: the price, else what the sealed ranges say."""
    pricing = current_pricing(session, case_id)
    if pricing is not None and pricing.state == PricingState.AGREED:
        return _agreed_card(pricing)
    gap = last_gap(ranges_of(session, case_id))
    if gap is not None:
        return translated(gap.label), TONES[gap], advice(gap)
    if pricing is None:
        return _("还没有价格"), "none", _("双方可以先各自填写密封区间，看看差距有多大。")
    return translated(PricingState(pricing.state).label), "warn", words.money(pricing.amount)


def _agreed_card(pricing: Pricing) -> tuple[str, str, str]:
    if pricing.notice is None:
        return translated(PricingState(pricing.state).label), "ok", words.money(pricing.amount)
    notice = notice_view(pricing.notice)
    until = _("%(amount)s，公示到 %(day)s。", amount=notice.amount, day=words.day(notice.last_day))
    return notice.state_label, notice.tone, until


@dataclass(frozen=True)
class ComparableRow:
    """What deals of one contract type cost."""

    label: str
    median: str
    quartiles: str
    deals: int


def comparable_rows(session: Session, tech_field: str | None) -> list[ComparableRow]:
    """Similar deals of a technology field, by contract type."""
    return [
        ComparableRow(translated(kind.label), words.money(each.median), words.money(each.lower, each.upper), each.deals)
        for kind, each in comparables(session, tech_field).items()
    ]
