"""How the price came about: every attempt, its public notice with objections, sales in the open, sealed comparisons."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from matcher.diligence.section import EMPTY, Section
from matcher.models import Case, Notice, Pricing, Sale, SealedRange
from matcher.papers.paper import Block, Facts, Table
from matcher.pricing.comparables import comparables
from matcher.pricing.terms import (
    Gap,
    NoticeState,
    ObjectionState,
    PricingState,
    Route,
    SaleState,
    Valuation,
)
from matcher.vocabulary import PriceMode, Side
from matcher.workdays import local_day


def _wan(amount: Decimal | None) -> str:
    return EMPTY if amount is None else f"{amount.normalize():f} 万元"


def _attempts(session: Session, case: Case) -> list[Pricing]:
    query = (
        select(Pricing)
        .where(Pricing.case_id == case.id)
        .options(
            joinedload(Pricing.valuation_file), joinedload(Pricing.notice).selectinload(Notice.objections)
        )
        .order_by(Pricing.id)
    )
    return list(session.scalars(query).unique())


def basis(session: Session, case: Case) -> Section:
    """What the achievement was offered for, and every attempt at a price with its valuation."""
    achievement = case.achievement
    bounds = [bound for bound in (achievement.price_min, achievement.price_max) if bound is not None]
    blocks: list[Block] = [
        Facts(
            (
                ("挂出的价格方式", PriceMode(achievement.price_mode).label),
                ("挂出的价格", "–".join(dict.fromkeys(map(_wan, bounds))) or EMPTY),
            )
        )
    ]
    blocks += [Facts(_attempt(pricing)) for pricing in _attempts(session, case)]
    return Section(tuple(blocks))


def _attempt(pricing: Pricing) -> tuple[tuple[str, str], ...]:
    agreed = local_day(pricing.agreed_at).isoformat() if pricing.agreed_at else EMPTY
    share = f"{pricing.share_percent.normalize():f} %" if pricing.share_percent is not None else EMPTY
    return (
        ("定价方式", f"{Route(pricing.route).label}（{PricingState(pricing.state).label}）"),
        ("价格", _wan(pricing.amount)),
        ("作价入股比例", share),
        ("评估方法", Valuation(pricing.valuation).label if pricing.valuation else EMPTY),
        ("评估报告", pricing.valuation_file.name if pricing.valuation_file else EMPTY),
        ("双方商定", agreed),
        ("须公示", "是" if pricing.notice_due else "否"),
        ("条件", pricing.terms or EMPTY),
    )


def comparable_deals(session: Session, case: Case) -> Section | None:
    """What registered deals of the same technology field cost, as far as no single one can be seen."""
    lines = tuple(
        (type_.label, str(found.deals), _wan(found.lower), _wan(found.median), _wan(found.upper))
        for type_, found in comparables(session, case.achievement.tech_field).items()
    )
    head = ("合同类别", "成交数", "下四分位", "中位数", "上四分位")
    return Section((Table(head, lines, (1, 2, 3, 4)),)) if lines else None


def notices(session: Session, case: Case) -> Section | None:
    """Each public notice with its time, its outcome, and what was decided on objections; nobody's name or contact."""
    found = [pricing.notice for pricing in _attempts(session, case) if pricing.notice is not None]
    blocks: list[Block] = []
    for notice in found:
        blocks.append(
            Facts(
                (
                    ("公示名称", notice.title),
                    ("公示单位", notice.owner),
                    (
                        "公示期",
                        f"{local_day(notice.started_at)} 至 {local_day(notice.ends_at)}，不少于 {notice.days} 日",
                    ),
                    ("结果", NoticeState(notice.state).label),
                )
            )
        )
        if notice.objections:
            lines = tuple(
                (
                    f"{each.reason}\n处理意见：{each.decision or EMPTY}",
                    local_day(each.created_at).isoformat(),
                    ObjectionState(each.state).label,
                )
                for each in notice.objections
            )
            blocks.append(Table(("异议与处理意见", "提出日期", "结论"), lines))
    return Section(tuple(blocks)) if blocks else None


def sales(session: Session, case: Case) -> Section | None:
    """Listings and auctions: terms, how many took part, every bid without its bidder, the result."""
    query = (
        select(Sale)
        .join(Pricing, Pricing.id == Sale.pricing_id)
        .where(Pricing.case_id == case.id)
        .options(
            joinedload(Sale.pricing),
            joinedload(Sale.winner),
            selectinload(Sale.participants),
            selectinload(Sale.bids),
        )
        .order_by(Sale.id)
    )
    found = list(session.scalars(query))
    blocks: list[Block] = [
        Facts(
            (
                ("方式", f"{Route(sale.pricing.route).label}（{SaleState(sale.state).label}）"),
                ("起价", _wan(sale.price)),
                ("保证金", _wan(sale.deposit)),
                ("起止", f"{local_day(sale.starts_at)} 至 {local_day(sale.ends_at)}"),
                ("参加单位", f"{len(sale.participants)} 家"),
                ("出价", "、".join(_wan(bid.amount) for bid in reversed(sale.bids)) or EMPTY),
                ("成交价", _wan(sale.final_price)),
                ("受让方", sale.winner.name if sale.winner else EMPTY),
            )
        )
        for sale in found
    ]
    return Section(tuple(blocks)) if blocks else None


def sealed(session: Session, case: Case) -> Section | None:
    """The results of comparing sealed ranges; the ranges themselves are nobody's to read."""
    query = (
        select(SealedRange)
        .where(SealedRange.case_id == case.id, SealedRange.gap.is_not(None))
        .order_by(SealedRange.round, SealedRange.side)
    )
    lines = tuple(
        (
            str(row.round),
            Side(row.side).label,
            local_day(row.entered_at).isoformat(),
            Gap(row.gap or Gap.FAR).label,
        )
        for row in session.scalars(query)
    )
    return Section((Table(("轮次", "一方", "提交日期", "比对结果"), lines),)) if lines else None
