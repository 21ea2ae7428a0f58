"""Vouchers and their orders: apply, reserve, use, cancel, show evidence."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import login_required
from sqlalchemy import select
from werkzeug.wrappers import Response

from matcher.actions import orders as order_actions
from matcher.actions import vouchers as actions
from matcher.errors import NotFound
from matcher.inputs.base import parse
from matcher.inputs.money import AmountInput, OrderInput, VoucherApplication
from matcher.models import VoucherEvidence
from matcher.permissions import require
from matcher.vouchers.ledger import balances
from matcher.vouchers.terms import Account
from web import format as words
from web.attempts import attempt
from web.limits import limited
from web.session import current_actor, reading
from web.sheets import Value, attachment
from web.uploads import hand_out, keep_upload
from web.vouchers.forms import AmountForm, ApplyForm, EvidenceForm, OrderForm
from web.vouchers.page import (
    find_order,
    find_voucher,
    list_page,
    order_page,
    own_vouchers,
    voucher_page,
)

blueprint = Blueprint("vouchers", __name__, url_prefix="/vouchers")
Answer = Response | tuple[str, int]


@blueprint.get("")
@login_required
def index() -> str:
    """One's organisation's vouchers, and orders that others placed with it."""
    return list_page()


@blueprint.post("")
@login_required
def apply() -> Answer:
    """Ask for a voucher."""
    require(current_actor(), "voucher.apply")
    form = ApplyForm()
    given = {"service": form.service.data, "purpose": form.purpose.data, "asked": form.asked.data}
    tried = attempt(
        lambda: actions.apply_for_voucher(current_actor(), parse(VoucherApplication, given), form.mark), form
    )
    if not tried.done:
        return list_page(form, tried.notice), tried.status
    flash(_("申请已提交，结果会发邮件告诉您。"), "ok")
    return redirect(url_for("vouchers.index"), 303)


@blueprint.get("/export.xlsx")
@login_required
def export() -> Response:
    """One's organisation's vouchers as a table."""
    rows: list[list[Value]] = []
    for voucher in own_vouchers():
        left = balances(voucher.entries)
        rows.append(
            [
                voucher.number,
                words.label(voucher.service, "ServiceKind"),
                words.label(voucher.state, "VoucherState"),
                float(voucher.asked),
                float(voucher.granted or 0),
                *(float(left[account]) for account in PLACES),
                words.exact(voucher.valid_until),
            ]
        )
    head = [
        _("券号"),
        _("服务类别"),
        _("状态"),
        _("申请额度（元）"),
        _("发放额度（元）"),
        *(words.label(account, "Account") for account in PLACES),
        _("可用到"),
    ]
    return attachment("vouchers.xlsx", _("创新券"), head, rows)


PLACES = (Account.AVAILABLE, Account.RESERVED, Account.USED, Account.SETTLED, Account.LAPSED)


@blueprint.get("/<int:voucher_id>")
@login_required
def show(voucher_id: int) -> str:
    """One voucher with its orders and its ledger."""
    return voucher_page(find_voucher(voucher_id))


@blueprint.post("/<int:voucher_id>/orders")
@login_required
def reserve(voucher_id: int) -> Answer:
    """Set an amount aside for a provider's service."""
    find_voucher(voucher_id, "voucher.spend")
    form = OrderForm()
    given = {"provider_id": form.provider_id.data, "title": form.title.data, "amount": form.amount.data}
    tried = attempt(
        lambda: order_actions.reserve(current_actor(), voucher_id, parse(OrderInput, given), form.mark), form
    )
    if not tried.done:
        return voucher_page(find_voucher(voucher_id), form, tried.notice), tried.status
    flash(_("已预留。服务完成后在订单里确认使用。"), "ok")
    return redirect(url_for("vouchers.show", voucher_id=voucher_id), 303)


@blueprint.get("/orders/<int:order_id>")
@login_required
def order(order_id: int) -> str:
    """One order, for the enterprise, the provider and the operator."""
    return order_page(find_order(order_id))


def _back(order_id: int, said: str) -> Response:
    flash(said, "ok")
    return redirect(url_for("vouchers.order", order_id=order_id), 303)


@blueprint.post("/orders/<int:order_id>/use")
@login_required
def use(order_id: int) -> Answer:
    """The enterprise confirms what the service cost."""
    find_order(order_id, "order.use")
    form = AmountForm()
    tried = attempt(
        lambda: order_actions.use(
            current_actor(), order_id, parse(AmountInput, {"amount": form.amount.data})
        ),
        form,
    )
    if not tried.done:
        return order_page(find_order(order_id), tried.notice, use=form), tried.status
    return _back(order_id, _("已确认使用。请上传合同、发票和报告作为凭证。"))


@blueprint.post("/orders/<int:order_id>/release")
@login_required
def release(order_id: int) -> Answer:
    """Cancel what was only reserved."""
    find_order(order_id, "order.release")
    tried = attempt(lambda: order_actions.release(current_actor(), order_id))
    if not tried.done:
        return order_page(find_order(order_id), tried.notice), tried.status
    return _back(order_id, _("订单已取消，预留的金额已退回。"))


@blueprint.post("/orders/<int:order_id>/evidence")
@limited("upload")
@login_required
def add_evidence(order_id: int) -> Answer:
    """A file that proves the service. Whoever may not is refused before anything is stored."""
    find_order(order_id, "order.evidence")
    form = EvidenceForm()
    tried = attempt(
        lambda: keep_upload(lambda file: order_actions.add_evidence(current_actor(), order_id, file)), form
    )
    if not tried.done:
        return order_page(find_order(order_id), tried.notice, evidence=form), tried.status
    return _back(order_id, _("凭证已提交，等待核对兑付。"))


@blueprint.get("/orders/<int:order_id>/evidence/<int:evidence_id>")
@login_required
def evidence(order_id: int, evidence_id: int) -> Response:
    """An order's file as an attachment."""
    found = reading().scalar(
        select(VoucherEvidence).where(
            VoucherEvidence.id == evidence_id, VoucherEvidence.order_id == find_order(order_id).id
        )
    )
    if found is None:
        raise NotFound
    return hand_out(found)
