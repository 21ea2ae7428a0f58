"""What the pages of vouchers show."""

from __future__ import annotations

from typing import Any

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import SelectChoice

from matcher.actions.orders import PROVIDERS
from matcher.actions.vouchers import is_over
from matcher.models import Organisation, Voucher, VoucherOrder
from matcher.permissions import allowed, find
from matcher.vocabulary import OrgState
from matcher.vouchers.ledger import balances
from matcher.vouchers.terms import OrderState, VoucherState
from web.session import current_actor, reading
from web.vouchers.forms import AmountForm, ApplyForm, EvidenceForm, OrderForm

LOADED = (
    joinedload(Voucher.organisation),
    joinedload(Voucher.author),
    selectinload(Voucher.entries),
    selectinload(Voucher.orders).joinedload(VoucherOrder.provider),
    selectinload(Voucher.orders).selectinload(VoucherOrder.evidence),
)


def own_vouchers() -> list[Voucher]:
    """Vouchers of one's organisation, newest first."""
    query = (
        select(Voucher)
        .where(Voucher.organisation_id == (current_actor().org_id or 0))
        .options(selectinload(Voucher.entries))
        .order_by(Voucher.id.desc())
    )
    return list(reading().scalars(query))


def orders_to_serve() -> list[VoucherOrder]:
    """Orders that one's organisation provides, newest first."""
    query = (
        select(VoucherOrder)
        .where(VoucherOrder.provider_id == (current_actor().org_id or 0))
        .options(joinedload(VoucherOrder.voucher).joinedload(Voucher.organisation))
        .order_by(VoucherOrder.id.desc())
    )
    return list(reading().scalars(query))


def list_page(form: ApplyForm | None = None, notice: str = "") -> str:
    """Own vouchers, the application, and orders that others placed with one's organisation."""
    own = own_vouchers()
    return render_template(
        "vouchers/index.html",
        vouchers=own,
        left={voucher.id: balances(voucher.entries) for voucher in own},
        orders=orders_to_serve(),
        form=form or ApplyForm(formdata=None).start(),
        may_apply=allowed(current_actor(), "voucher.apply"),
        notice=notice,
    )


def find_voucher(voucher_id: int, action: str = "voucher.read") -> Voucher:
    """The voucher with everything on its page, if this person may know of it."""
    found = find(reading(), current_actor(), action, Voucher, voucher_id)
    query = select(Voucher).where(Voucher.id == found.id).options(*LOADED)
    return reading().scalars(query.execution_options(populate_existing=True)).one()


def providers(voucher: Voucher) -> list[SelectChoice]:
    """Checked organisations that may serve it, institutes and agencies first by name."""
    query = (
        select(Organisation.id, Organisation.name)
        .where(
            Organisation.state == OrgState.CHECKED,
            Organisation.kind.in_(PROVIDERS),
            Organisation.id != voucher.organisation_id,
        )
        .order_by(Organisation.kind == "enterprise", Organisation.name)
    )
    return [SelectChoice(str(number), name) for number, name in reading().execute(query)]


def voucher_page(voucher: Voucher, form: OrderForm | None = None, notice: str = "") -> str:
    """One voucher: balance, orders, ledger, and the form to reserve."""
    actor = current_actor()
    may_spend = (
        voucher.state == VoucherState.ISSUED
        and not is_over(voucher)
        and allowed(actor, "voucher.spend", voucher)
    )
    form = form or OrderForm(formdata=None).start()
    if may_spend:
        form.provider_id.choices = providers(voucher)
    return render_template(
        "vouchers/show.html",
        voucher=voucher,
        left=balances(voucher.entries),
        over=is_over(voucher),
        may_spend=may_spend,
        form=form,
        notice=notice,
    )


def find_order(order_id: int, action: str = "order.read") -> VoucherOrder:
    """The order with everything on its page, if this person may know of it."""
    found = find(reading(), current_actor(), action, VoucherOrder, order_id)
    query = (
        select(VoucherOrder)
        .where(VoucherOrder.id == found.id)
        .options(
            joinedload(VoucherOrder.voucher).joinedload(Voucher.organisation),
            joinedload(VoucherOrder.provider),
            selectinload(VoucherOrder.evidence),
        )
    )
    return reading().scalars(query.execution_options(populate_existing=True)).one()


def order_page(order: VoucherOrder, notice: str = "", **forms: Any) -> str:
    """One order: where it stands, its evidence, and what this person may do next."""
    actor = current_actor()
    use = forms.get("use") or AmountForm(formdata=None)
    if use.amount.data is None:
        use.amount.data = f"{order.amount:.2f}"
    return render_template(
        "vouchers/order.html",
        order=order,
        use=use,
        evidence=forms.get("evidence") or EvidenceForm(formdata=None),
        may_use=order.state == OrderState.RESERVED and allowed(actor, "order.use", order),
        may_release=order.state == OrderState.RESERVED and allowed(actor, "order.release", order),
        may_show=order.state in (OrderState.USED, OrderState.EVIDENCED)
        and allowed(actor, "order.evidence", order),
        reads_voucher=allowed(actor, "voucher.read", order.voucher),
        notice=notice,
    )
