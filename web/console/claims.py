"""Claims to check, decide and pay."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from matcher.actions import claims as actions
from matcher.actions.vouchers import today
from matcher.claims.rules import claim_rules
from matcher.claims.terms import ClaimState
from matcher.errors import Invalid
from matcher.messages import msg
from matcher.models import Claim
from web import format as words
from web.attempts import attempt
from web.console.shell import blueprint, console_page
from web.paging import page_number, page_of
from web.session import current_actor, reading
from web.sheets import attachment

PAGE = 25
OPEN = (ClaimState.APPLIED, ClaimState.CHECKED, ClaimState.APPROVED)
Answer = Response | tuple[str, int]


@blueprint.get("/claims")
def claims() -> str:
    """Open claims first, oldest first; then those that are done."""
    return _page()


def _page(notice: str = "", at: int = 0) -> str:
    total = reading().scalar(select(func.count()).select_from(Claim)) or 0
    page = page_of(total, PAGE, page_number())
    found = reading().scalars(
        select(Claim)
        .options(joinedload(Claim.organisation), joinedload(Claim.case), joinedload(Claim.contract))
        .order_by(Claim.state.in_(OPEN).desc(), Claim.id)
        .offset(page.offset)
        .limit(PAGE)
    )
    return console_page(
        "claims",
        "console.claims",
        claims=list(found),
        rules=claim_rules(),
        page=page,
        url=lambda number: url_for("console.claims", page=number),
        today=today(),
        notice=notice,
        at=at,
    )


def _step(claim_id: int, step: str) -> None:
    """The step that the pressed button names."""
    actor, remark = current_actor(), request.form.get("remark", "")
    match step:
        case "check":
            actions.check_claim(actor, claim_id)
        case "approve" | "refuse":
            actions.decide_claim(actor, claim_id, approve=step == "approve", remark=remark)
        case "pay":
            actions.pay_claim(actor, claim_id, _day(request.form.get("paid_on", "")))
        case _:
            raise Invalid({"step": msg("请从列表中选择。")})


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid({"paid_on": msg("请填写日期，例如 2026-12-31。")}) from None


@blueprint.post("/claims/<int:claim_id>")
def move_claim(claim_id: int) -> Answer:
    """Check, approve, refuse or pay."""
    tried = attempt(lambda: _step(claim_id, request.form.get("step", "")))
    if not tried.done:
        return _page(tried.notice, claim_id), tried.status
    flash(_("已记录。"), "ok")
    return redirect(url_for("console.claims"), 303)


@blueprint.get("/claims/export.xlsx")
def claims_export() -> Response:
    """Every claim with the figures behind it as a table."""
    found = reading().scalars(
        select(Claim)
        .options(joinedload(Claim.organisation), joinedload(Claim.case), joinedload(Claim.contract))
        .order_by(Claim.id)
    )
    rows = [
        [
            claim.number,
            claim.case.number,
            claim.contract.reg_no or "",
            claim.organisation.name,
            words.label(claim.side, "Side"),
            claim.rule,
            words.label(claim.worked["base"], "ClaimBase"),
            float(claim.worked["base_amount"]),
            float(claim.worked["rate"]),
            float(claim.amount),
            words.label(claim.state, "ClaimState"),
            words.exact(claim.paid_on),
            claim.worked["source"],
        ]
        for claim in found
    ]
    head = [
        _("申请号"),
        _("工单"),
        _("合同登记编号"),
        _("单位"),
        _("一方"),
        _("政策"),
        _("基数"),
        _("基数金额（元）"),
        _("比例（%）"),
        _("金额（元）"),
        _("状态"),
        _("拨付日期"),
        _("来源"),
    ]
    return attachment("claims.xlsx", _("补助申请"), head, rows)
