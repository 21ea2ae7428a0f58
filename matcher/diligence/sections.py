"""The parts of the file in their order. Each reads its own tables and gives None when there is nothing."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.contracts.lists import RegistrationState
from matcher.diligence import meetings, pricing
from matcher.diligence.section import EMPTY, Part, Proof, Section
from matcher.models import Case, CaseEvent, CaseFile, Contract, User
from matcher.papers.paper import Block, Facts, Table
from matcher.rights.sharing import percents_of
from matcher.rights.tables import versions_of
from matcher.rights.terms import ConversionRoute, HolderKind, RightType, ShareBasis
from matcher.vocabulary import Audience, CaseParty, CaseState
from matcher.workdays import local_day

HANDLED = ("opened", "moved", "resumed", "agreed", "assigned", "ended", "paused")


def _yuan(amount: object) -> str:
    return EMPTY if amount is None else f"{amount:,.2f} 元"


def parties(_session: Session, case: Case) -> Section:
    """Who and what the case is about."""
    achievement = case.achievement
    return Section(
        (
            Facts(
                (
                    ("工单", case.number),
                    ("成果", achievement.title),
                    ("成果方", case.offer_org.name),
                    ("需求", case.need.title),
                    ("需求方", case.need_org.name),
                    ("经纪人", case.broker.name if case.broker else EMPTY),
                    ("财政资金资助", "是" if achievement.publicly_funded else "否"),
                    ("现在的阶段", CaseState(case.state).label),
                )
            ),
        )
    )


def contract(session: Session, case: Case) -> Section | None:
    """The contract as it was signed and registered."""
    row = session.scalar(select(Contract).where(Contract.case_id == case.id))
    if row is None:
        return None
    return Section(
        (
            Facts(
                (
                    ("合同名称", row.name),
                    ("签订日期", row.signed.isoformat() if row.signed else EMPTY),
                    ("合同成交总额", _yuan(row.amount_total)),
                    ("核定技术交易额", _yuan(row.approved_tech)),
                    ("登记状态", RegistrationState(row.reg_state).label),
                    ("合同登记编号", row.reg_no or EMPTY),
                )
            ),
        )
    )


def payments(session: Session, case: Case) -> Section | None:
    """What was paid, with the proof of each payment."""
    row = session.scalar(select(Contract).where(Contract.case_id == case.id))
    if row is None or not row.payments:
        return None
    lines = tuple(
        (
            payment.payer,
            payment.paid_on.isoformat(),
            f"{payment.amount:,.2f}",
            "作废" if payment.cancelled_at else "有效",
        )
        for payment in row.payments
    )
    return Section((Table(("付款方", "到账日期", "金额（元）", "状态"), lines, (2,)),))


def rights(session: Session, case: Case) -> Section | None:
    """Who holds the achievement and how what it earns is shared, in every version."""
    versions = versions_of(session, case.achievement_id)
    if not versions:
        return None
    blocks: list[Block] = []
    for table in reversed(versions):
        blocks.append(
            Facts(
                (
                    (f"第 {table.number} 版", f"{table.valid_from} 起有效，{ConversionRoute(table.route).label}"),
                    ("团队奖励比例", f"{table.team_percent.normalize():f} %"),
                    ("低于规定的约定依据", table.agreed_reason or EMPTY),
                )
            )
        )
        blocks.append(
            Table(
                ("权利人", "类型", "份额（%）"),
                tuple(
                    (holder.name, RightType(holder.type).label, f"{holder.share.normalize():f}")
                    for holder in table.holders
                ),
                (2,),
            )
        )
        blocks.append(
            Table(
                ("收款人", "依据", "占净收入（%）"),
                tuple(
                    (
                        f"{who.name}（{HolderKind(who.kind).label}）",
                        ShareBasis(who.basis).label,
                        f"{percent.normalize():f}",
                    )
                    for who, percent in percents_of(table).items()
                ),
                (2,),
            )
        )
    return Section(tuple(blocks))


def decisions(session: Session, case: Case) -> Section | None:
    """Each step of the case: when, by whom, with what note."""
    query = (
        select(CaseEvent, User.name)
        .outerjoin(User, User.id == CaseEvent.actor_id)
        .where(CaseEvent.case_id == case.id, CaseEvent.kind.in_(HANDLED))
        .order_by(CaseEvent.id)
    )
    lines = tuple(
        (
            f"{_what(event)}　{event.body}".strip(),
            local_day(event.created_at).isoformat(),
            f"{CaseParty(event.party).label if event.party else '平台'} {name or ''}".strip(),
        )
        for event, name in session.execute(query)
    )
    return Section((Table(("事项与说明", "日期", "经办"), lines),)) if lines else None


def _what(event: CaseEvent) -> str:
    return CaseState(event.data["state"]).label if "state" in event.data else EVENTS[event.kind]


EVENTS = {"agreed": "同意对接", "assigned": "指定经纪人", "ended": "终止", "paused": "暂停"}


def files(session: Session, case: Case) -> Section | None:
    """The files that both sides may read, every version: minutes, plans, reports, proofs of payment."""
    shared = (CaseFile.case_id == case.id, CaseFile.audience == Audience.BOTH)
    rows = list(session.scalars(select(CaseFile).where(*shared).order_by(CaseFile.id)))
    if not rows:
        return None
    lines = tuple(
        (f"{row.name} v{row.version}", local_day(row.created_at).isoformat(), f"{row.size:,}") for row in rows
    )
    proofs = tuple(Proof(row.name, row.sha256, row.size, row.storage_key) for row in rows)
    return Section((Table(("文件", "上传日期", "字节"), lines, (2,)),), proofs)


PARTS: tuple[Part, ...] = (
    Part("项目与各方", parties),
    Part("权属与收益分配约定", rights),
    Part("定价依据", pricing.basis),
    Part("同领域可比成交", pricing.comparable_deals),
    Part("公示与异议", pricing.notices),
    Part("挂牌与拍卖", pricing.sales),
    Part("密封报价区间的比对", pricing.sealed),
    Part("会议纪要与决定", meetings.minutes),
    Part("一事一议", meetings.exceptions),
    Part("决策与经办过程", decisions),
    Part("合同与认定登记", contract),
    Part("到账记录", payments),
    Part("证明文件", files),
)
