"""The tab 价格 of a case and what people do on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher.actions import notices, pricing
from matcher.actions.ranges import enter_range
from matcher.errors import AlreadyDone, Conflict, Invalid, NotAllowed
from matcher.inputs.base import parse
from matcher.inputs.pricing import PriceInput, RangeInput
from web.cases.page import find_case
from web.locale import translated
from web.prices.forms import DecisionForm, PriceForm, PricingForm, RangeForm, WithdrawForm
from web.prices.page import price_page
from web.session import current_actor, refresh

blueprint = Blueprint("prices", __name__)
Answer = Response | tuple[str, int]


@blueprint.get("/cases/<int:case_id>/price")
@login_required
def of_case(case_id: int) -> str:
    """How the price stands, and what the reader can do about it."""
    return price_page(find_case(case_id, "case.business"))


def attempt(case_id: int, done: str, name: str, form: Any, act: Callable[[], object]) -> Answer:
    """Carry out `act` and go back to the page; a refusal shows the page again with what was typed in form `name`."""
    find_case(case_id, "case.business")
    try:
        act()
    except AlreadyDone:  # the same form sent twice
        return redirect(url_for("prices.of_case", case_id=case_id), 303)
    except Invalid as error:
        form.refuse(error)
        refresh()
        return price_page(find_case(case_id, "case.business"), {name: form}), 422
    except NotAllowed as error:
        return price_page(find_case(case_id, "case.business"), {name: form}, translated(error.message)), 403
    except Conflict as error:
        refresh()
        lacking = "、".join(translated(item) for item in error.missing)
        return price_page(find_case(case_id, "case.business"), {name: form}, translated(error.message) + lacking), 409
    flash(done, "ok")
    return redirect(url_for("prices.of_case", case_id=case_id), 303)


@blueprint.post("/cases/<int:case_id>/price")
@login_required
def propose(case_id: int) -> Answer:
    """Propose a price."""
    form = PriceForm()
    return attempt(
        case_id, _("价格已提出，等对方确认。"), "price", form,
        lambda: pricing.propose_price(current_actor(), case_id, parse(PriceInput, form.values())),
    )  # fmt: skip


@blueprint.post("/cases/<int:case_id>/price/confirm")
@login_required
def confirm(case_id: int) -> Answer:
    """Say yes to exactly the proposal that was shown."""
    form = PricingForm()
    return attempt(
        case_id, _("已确认价格。"), "confirm", form,
        lambda: pricing.confirm_price(current_actor(), case_id, form.pricing_id.data or 0),
    )  # fmt: skip


@blueprint.post("/cases/<int:case_id>/price/withdraw")
@login_required
def withdraw(case_id: int) -> Answer:
    """Take the price back."""
    form = WithdrawForm()
    return attempt(
        case_id, _("价格已撤回。"), "withdraw", form,
        lambda: pricing.withdraw_price(current_actor(), case_id, form.pricing_id.data or 0, form.reason.data or ""),
    )  # fmt: skip


@blueprint.post("/cases/<int:case_id>/price/range")
@login_required
def seal(case_id: int) -> Answer:
    """Enter the own side's sealed range."""
    form = RangeForm()
    return attempt(
        case_id, _("已密封。双方都填写后显示结果。"), "range", form,
        lambda: enter_range(
            current_actor(), case_id, parse(RangeInput, {"low": form.low.data, "high": form.high.data}), form.round.data
        ),
    )  # fmt: skip


@blueprint.post("/cases/<int:case_id>/price/notice")
@login_required
def start(case_id: int) -> Answer:
    """Put the agreed price on public notice."""
    return attempt(case_id, _("公示已开始。"), "notice", None, lambda: notices.start_notice(current_actor(), case_id))


@blueprint.post("/cases/<int:case_id>/price/objections/<int:objection_id>")
@login_required
def decide(case_id: int, objection_id: int) -> Answer:
    """Decide on an objection."""
    form, verdict = DecisionForm.of(objection_id), request.form.get("verdict")
    if verdict not in ("upheld", "rejected"):
        return price_page(find_case(case_id, "case.business"), {"decide": form}, _("请选择异议是否成立。")), 422
    return attempt(
        case_id, _("异议已处理。"), "decide", form,
        lambda: notices.decide_objection(
            current_actor(), case_id, objection_id, uphold=verdict == "upheld", decision=form.decision.data or ""
        ),
    )  # fmt: skip


@blueprint.post("/cases/<int:case_id>/price/owner")
@login_required
def owner(case_id: int) -> Answer:
    """An operator says whether the owner is publicly funded."""
    case, word = find_case(case_id, "case.business"), request.form.get("public", "")
    public = {"yes": True, "no": False}.get(word)
    return attempt(
        case_id, _("已保存。"), "public", None,
        lambda: pricing.set_public(current_actor(), case.offer_org_id, public=public),
    )  # fmt: skip
