"""Vouchers to decide on, and orders to settle."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from matcher.actions import orders as order_actions
from matcher.actions import vouchers as actions
from matcher.inputs.base import parse
from matcher.inputs.money import AmountInput, VoucherGrant
from matcher.models import Voucher, VoucherOrder
from matcher.vouchers.ledger import balances
from matcher.vouchers.terms import Account, OrderState, VoucherState
from web import format as words
from web.attempts import Attempt, attempt
from web.console.shell import blueprint, console_page
from web.paging import page_number, page_of
from web.session import current_actor, reading
from web.sheets import Value, attachment
from web.vouchers.forms import GrantForm, RemarkForm, SettleForm

MOST, PAGE = 100, 25
USUAL = timedelta(days=365)  # offered as last day; the operator may choose another
Answer = Response | tuple[str, int]


@blueprint.get("/vouchers")
def vouchers() -> str:
    """Applications and evidence that wait, oldest first; then all vouchers."""
    return _page()


def _page(notice: str = "", at: tuple[str, int] = ("", 0), form: object = None) -> str:
    session = reading()
    applied = session.scalars(
        select(Voucher)
        .where(Voucher.state == VoucherState.APPLIED)
        .options(joinedload(Voucher.organisation), joinedload(Voucher.author))
        .order_by(Voucher.id)
        .limit(MOST)
    )
    to_settle = session.scalars(
        select(VoucherOrder)
        .where(VoucherOrder.state == OrderState.EVIDENCED)
        .options(
            joinedload(VoucherOrder.voucher).joinedload(Voucher.organisation),
            joinedload(VoucherOrder.provider),
            selectinload(VoucherOrder.evidence),
        )
        .order_by(VoucherOrder.id)
        .limit(MOST)
    )
    decided = Voucher.state != VoucherState.APPLIED
    total = session.scalar(select(func.count()).select_from(Voucher).where(decided)) or 0
    page = page_of(total, PAGE, page_number())
    rest = session.scalars(
        select(Voucher)
        .where(decided)
        .options(joinedload(Voucher.organisation), selectinload(Voucher.entries))
        .order_by(Voucher.id.desc())
        .offset(page.offset)
        .limit(PAGE)
    )
    return console_page(
        "vouchers",
        "console.vouchers",
        applied=list(applied),
        to_settle=list(to_settle),
        rest=[(voucher, balances(voucher.entries)) for voucher in rest],
        page=page,
        url=lambda number: url_for("console.vouchers", page=number),
        usual=actions.today() + USUAL,
        notice=notice,
        at=at,
        form=form,
    )


def _answered(tried: Attempt, said: str, at: tuple[str, int], form: object) -> Answer:
    if not tried.done:
        return _page(tried.notice, at, form), tried.status
    flash(said, "ok")
    return redirect(url_for("console.vouchers"), 303)


@blueprint.post("/vouchers/<int:voucher_id>")
def decide_voucher(voucher_id: int) -> Answer:
    """Issue, or refuse with a reason."""
    actor = current_actor()
    if request.form.get("decision") == "refuse":
        remark = RemarkForm()
        tried = attempt(lambda: actions.refuse_voucher(actor, voucher_id, remark.remark.data or ""), remark)
        return _answered(tried, _("已退回，原因会告诉企业。"), ("refuse", voucher_id), remark)
    form = GrantForm()
    given = {"granted": form.granted.data, "valid_until": form.valid_until.data}
    tried = attempt(lambda: actions.issue_voucher(actor, voucher_id, parse(VoucherGrant, given)), form)
    return _answered(tried, _("创新券已发放。"), ("issue", voucher_id), form)


@blueprint.post("/voucher-orders/<int:order_id>")
def settle_order(order_id: int) -> Answer:
    """Settle, or send the evidence back with what is missing."""
    actor = current_actor()
    if request.form.get("decision") == "return":
        remark = RemarkForm()
        tried = attempt(
            lambda: order_actions.return_evidence(actor, order_id, remark.remark.data or ""), remark
        )
        return _answered(tried, _("已退回补充凭证。"), ("return", order_id), remark)
    form = SettleForm()
    amount = {"amount": form.amount.data}
    tried = attempt(
        lambda: order_actions.settle(actor, order_id, parse(AmountInput, amount), form.remark.data or ""),
        form,
    )
    return _answered(tried, _("已兑付。"), ("settle", order_id), form)


@blueprint.get("/vouchers/export.xlsx")
def vouchers_export() -> Response:
    """Every voucher with its balances as a table."""
    places = (Account.AVAILABLE, Account.RESERVED, Account.USED, Account.SETTLED, Account.LAPSED)
    found = reading().scalars(
        select(Voucher)
        .options(joinedload(Voucher.organisation), selectinload(Voucher.entries))
        .order_by(Voucher.id)
    )
    rows: list[list[Value]] = [
        [
            voucher.number,
            voucher.organisation.name,
            words.label(voucher.service, "ServiceKind"),
            words.label(voucher.state, "VoucherState"),
            float(voucher.granted or 0),
            *(float(left[account]) for account in places),
            words.exact(voucher.valid_until),
        ]
        for voucher in found
        for left in (balances(voucher.entries),)
    ]
    head = [
        _("券号"),
        _("企业"),
        _("服务类别"),
        _("状态"),
        _("发放额度（元）"),
        *(words.label(account, "Account") for account in places),
        _("可用到"),
    ]
    return attachment("vouchers.xlsx", _("创新券"), head, rows)
