"""A case's money page and what people do on it."""

from __future__ import annotations

import io

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from matcher.actions import finance as finance_actions
from matcher.actions.claims import apply_for_claim
from matcher.actions.diligence import build_decision_file
from matcher.actions.shares import compute_shares
from matcher.errors import NotFound
from matcher.inputs.base import parse
from matcher.inputs.money import FinanceInput, OutcomeInput, ReferralInput
from matcher.models import FinanceNeed
from matcher.permissions import find
from web.attempts import Attempt, attempt
from web.cases.page import find_case
from web.money.forms import FinanceForm, OutcomeForm, ReferralForm
from web.money.page import money_page
from web.session import current_actor, reading
from web.uploads import guarded

blueprint = Blueprint("money", __name__, url_prefix="/cases/<int:case_id>/money")
Answer = Response | tuple[str, int]


@blueprint.get("")
@login_required
def of_case(case_id: int) -> str:
    """Shares, claims, finance and the decision file of a case."""
    return money_page(find_case(case_id, "case.business"))


def _answered(case_id: int, tried: Attempt, said: str, part: str, **forms: object) -> Answer:
    if not tried.done:
        return money_page(find_case(case_id, "case.business"), tried.notice, **forms), tried.status
    flash(said, "ok")
    return redirect(url_for("money.of_case", case_id=case_id, _anchor=part), 303)


@blueprint.post("/shares/<int:payment_id>")
@login_required
def share(case_id: int, payment_id: int) -> Answer:
    """Share one payment by the rights table of its day."""
    find_case(case_id, "shares.compute")
    tried = attempt(lambda: compute_shares(current_actor(), case_id, payment_id))
    return _answered(case_id, tried, _("这笔到账已分配，分配单可以下载。"), "shares")


@blueprint.post("/claims")
@login_required
def claim(case_id: int) -> Answer:
    """Claim by one rule."""
    find_case(case_id, "claim.apply")
    tried = attempt(lambda: apply_for_claim(current_actor(), case_id, request.form.get("rule", "")))
    return _answered(case_id, tried, _("申请已提交，结果会发邮件告诉您。"), "claims")


@blueprint.post("/finance")
@login_required
def ask(case_id: int) -> Answer:
    """Log a finance need of one's side."""
    find_case(case_id, "finance.ask")
    form = FinanceForm()
    given = {name: form[name].data for name in ("kind", "amount", "months", "purpose")}
    tried = attempt(
        lambda: finance_actions.ask_for_finance(current_actor(), case_id, parse(FinanceInput, given)), form
    )
    return _answered(case_id, tried, _("融资需求已登记，经纪人会推荐合适的机构。"), "finance", finance=form)


def _need(case_id: int, need_id: int, action: str) -> None:
    """Refuse what does not belong together; unknown and foreign ids are the same."""
    find_case(case_id, "case.business")
    if find(reading(), current_actor(), action, FinanceNeed, need_id).case_id != case_id:
        raise NotFound


@blueprint.post("/finance/<int:finance_id>/white-list")
@login_required
def white_list(case_id: int, finance_id: int) -> Answer:
    """On the white list, or off it."""
    _need(case_id, finance_id, "finance.white_list")
    listed = request.form.get("listed") == "yes"
    tried = attempt(lambda: finance_actions.white_list(current_actor(), finance_id, listed=listed))
    return _answered(case_id, tried, _("白名单标记已更新。"), "finance")


@blueprint.post("/finance/<int:finance_id>/referrals")
@login_required
def refer(case_id: int, finance_id: int) -> Answer:
    """Log that an institution was told."""
    _need(case_id, finance_id, "finance.refer")
    form = ReferralForm()
    given = {"institution": form.institution.data, "referred_on": form.referred_on.data}
    tried = attempt(
        lambda: finance_actions.refer(current_actor(), finance_id, parse(ReferralInput, given)), form
    )
    return _answered(case_id, tried, _("推荐已记录。"), "finance", referral=form, at=finance_id)


@blueprint.post("/finance/<int:finance_id>/referrals/<int:referral_id>")
@login_required
def outcome(case_id: int, finance_id: int, referral_id: int) -> Answer:
    """Log what it answered."""
    _need(case_id, finance_id, "finance.refer")
    form = OutcomeForm()
    given = {"outcome": form.outcome.data, "note": form.note.data or ""}
    tried = attempt(
        lambda: finance_actions.note_outcome(
            current_actor(), finance_id, referral_id, parse(OutcomeInput, given)
        ),
        form,
    )
    return _answered(case_id, tried, _("结果已记录。"), "finance", outcome=form, at=finance_id)


@blueprint.post("/decision-file")
@login_required
def decision_file(case_id: int) -> Response:
    """The file as PDF or ZIP: a POST, because each time leaves a trace."""
    case = find_case(case_id, "case.diligence")
    zipped = request.form.get("as") == "zip"
    content = build_decision_file(current_actor(), case_id, zipped=zipped)
    name, kind = ("zip", "application/zip") if zipped else ("pdf", "application/pdf")
    return guarded(
        send_file(io.BytesIO(content), kind, as_attachment=True, download_name=f"{case.number}-decision-file.{name}")
    )
