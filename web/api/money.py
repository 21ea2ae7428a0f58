"""Rights, statements, vouchers and claims, to read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from matcher.models import Achievement, BenefitShare, Case, Claim, Distribution, Voucher, VoucherOrder
from matcher.permissions import find, rows
from matcher.rights.tables import versions_of
from matcher.vouchers.ledger import balances
from web.api.blueprint import answer, blueprint
from web.api.money_schemas import (
    ClaimList,
    ClaimOut,
    EntryOut,
    HolderOut,
    MemberOut,
    OrderOut,
    RightsList,
    RightsOut,
    StatementOut,
    StatementPage,
    VoucherDetail,
    VoucherOut,
    VoucherPage,
)
from web.api.operation import Operation, operation
from web.api.present import absolute
from web.api.schemas import PageQuery
from web.session import current_actor, reading


def _fen(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _fen_or_none(amount: Decimal | None) -> str | None:
    return None if amount is None else _fen(amount)


def _share(percent: Decimal) -> str:
    return f"{percent.normalize():f}"


def _count(query: Select[Any]) -> int:
    return reading().scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


@blueprint.get("/achievements/<int:achievement_id>/rights")
@operation(Operation("Read an achievement's rights table", {200: RightsList}, token=True))
def read_rights(achievement_id: int) -> Response:
    """Every version, for the owner and operators."""
    found = find(reading(), current_actor(), "rights.read", Achievement, achievement_id)
    items = [
        RightsOut(
            number=table.number,
            valid_from=table.valid_from,
            valid_to=table.valid_to,
            route=table.route,
            team_percent=_share(table.team_percent),
            holders=[
                HolderOut(kind=each.kind, name=each.name, type=each.type, share=_share(each.share))
                for each in table.holders
            ],
            team=[MemberOut(name=each.name, share=_share(each.share)) for each in table.team],
        )
        for table in versions_of(reading(), found.id)
    ]
    return answer(RightsList(items=items))


@blueprint.get("/statements")
@operation(Operation("List benefit statements", {200: StatementPage}, query=PageQuery, token=True))
def list_statements(query: PageQuery) -> Response:
    """What the caller's organisation looks after; brokers and operators see those of their cases."""
    wanted = (
        select(BenefitShare)
        .where(rows(current_actor(), "shares.statement", BenefitShare))
        .options(joinedload(BenefitShare.distribution).joinedload(Distribution.payment))
        .order_by(BenefitShare.id.desc())
    )
    found = reading().scalars(wanted.offset((query.page - 1) * query.size).limit(query.size))
    items = [
        StatementOut(
            id=share.id,
            case_id=share.distribution.case_id,
            paid_on=share.distribution.payment.paid_on,
            cancelled=share.distribution.payment.cancelled_at is not None,
            kind=share.kind,
            name=share.name,
            basis=share.basis,
            percent=share.percent,
            amount=_fen(share.amount),
            url=absolute(url_for("statements.as_pdf", share_id=share.id)),
        )
        for share in found
    ]
    return answer(StatementPage(items=items, total=_count(wanted), page=query.page, size=query.size))


def _voucher(voucher: Voucher) -> dict[str, Any]:
    return {
        "id": voucher.id,
        "number": voucher.number,
        "organisation_id": voucher.organisation_id,
        "service": voucher.service,
        "state": voucher.state,
        "asked": _fen(voucher.asked),
        "granted": _fen_or_none(voucher.granted),
        "valid_until": voucher.valid_until,
        "balances": {account.value: _fen(left) for account, left in balances(voucher.entries).items()},
        "url": absolute(url_for("vouchers.show", voucher_id=voucher.id)),
    }


@blueprint.get("/vouchers")
@operation(Operation("List vouchers", {200: VoucherPage}, query=PageQuery, token=True))
def list_vouchers(query: PageQuery) -> Response:
    """One's organisation's vouchers, newest first; operators see all."""
    wanted = (
        select(Voucher)
        .where(rows(current_actor(), "voucher.read", Voucher))
        .options(selectinload(Voucher.entries))
        .order_by(Voucher.id.desc())
    )
    found = reading().scalars(wanted.offset((query.page - 1) * query.size).limit(query.size))
    items = [VoucherOut(**_voucher(voucher)) for voucher in found]
    return answer(VoucherPage(items=items, total=_count(wanted), page=query.page, size=query.size))


def _order(order: VoucherOrder) -> OrderOut:
    return OrderOut(
        id=order.id,
        provider_id=order.provider_id,
        title=order.title,
        state=order.state,
        amount=_fen(order.amount),
        used=_fen_or_none(order.used),
        settled=_fen_or_none(order.settled),
    )


@blueprint.get("/vouchers/<int:voucher_id>")
@operation(Operation("Read a voucher", {200: VoucherDetail}, token=True))
def read_voucher(voucher_id: int) -> Response:
    """One voucher with its orders and its ledger."""
    voucher = find(reading(), current_actor(), "voucher.read", Voucher, voucher_id)
    entries = [
        EntryOut(
            sequence=entry.sequence,
            source=entry.source,
            target=entry.target,
            amount=_fen(entry.amount),
            available=_fen(entry.available),
            at=entry.created_at,
        )
        for entry in voucher.entries
    ]
    orders = [_order(order) for order in voucher.orders]
    return answer(VoucherDetail(**_voucher(voucher), orders=orders, entries=entries))


@blueprint.get("/cases/<int:case_id>/claims")
@operation(Operation("List a case's claims", {200: ClaimList}, token=True))
def list_claims(case_id: int) -> Response:
    """Claims that the caller may read: their own side's; brokers and operators see both."""
    case = find(reading(), current_actor(), "case.business", Case, case_id)
    wanted = (
        select(Claim)
        .where(Claim.case_id == case.id, rows(current_actor(), "claim.read", Claim))
        .order_by(Claim.id)
    )
    items = [
        ClaimOut(
            id=claim.id,
            number=claim.number,
            side=claim.side,
            rule=claim.rule,
            state=claim.state,
            amount=_fen(claim.amount),
            base=claim.worked["base"],
            base_amount=claim.worked["base_amount"],
            rate=claim.worked["rate"],
            cap=claim.worked["cap"],
            source=claim.worked["source"],
            verified=claim.worked["verified"],
            paid_on=claim.paid_on,
        )
        for claim in reading().scalars(wanted)
    ]
    return answer(ClaimList(items=items))
