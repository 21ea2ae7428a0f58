"""What follows a contract: registration, milestones, payments, reports."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_login import login_required

from matcher.actions import milestones, payments, registration, reports
from matcher.contracts.lists import RegistrationState
from matcher.errors import Invalid
from matcher.inputs.base import parse
from matcher.inputs.contracts import DayInput, DecisionInput, MilestoneInput, PaymentInput, ReportInput
from matcher.messages import msg
from web.contracts.forms import DecisionForm, DeliveryForm, MilestoneForm, PaymentForm, ReportForm, SubmitForm
from web.contracts.views import Answer, answered, blueprint, found_contract, sent_version, tried_on
from web.forms import Form
from web.limits import limited
from web.session import current_actor
from web.uploads import keep_proof


def typed(form: Form, *names: str) -> dict[str, str]:
    """What the fields hold; an empty one that may be empty is left to the domain's default."""
    return {name: form[name].data for name in names if form[name].data}


@blueprint.post("/cases/<int:case_id>/contract/registration")
@login_required
def submit(case_id: int) -> Answer:
    """The registry accepted the application."""
    found_contract(case_id)
    form = SubmitForm()

    def act() -> None:
        day = parse(DayInput, typed(form, "day")).day
        registration.submit_registration(current_actor(), case_id, sent_version(), day, form.remark.data or "")

    return answered(case_id, tried_on(act, form), _("已记录受理。"), "registration", submit=form)


@blueprint.post("/cases/<int:case_id>/contract/decision")
@login_required
def decide(case_id: int) -> Answer:
    """Enter what the registry answered."""
    found_contract(case_id)
    form = DecisionForm()

    def act() -> None:
        if form.target.data not in set(RegistrationState):
            raise Invalid({"target": msg("请选择登记机构的答复。")})
        given = parse(DecisionInput, typed(form, "day", "reg_no", "approved_tech", "remark"))
        target = RegistrationState(form.target.data)
        registration.enter_decision(current_actor(), case_id, sent_version(), target, given)

    said = _("登记机构的答复已记录，各方会收到邮件。")
    return answered(case_id, tried_on(act, form), said, "registration", decision=form)


@blueprint.post("/cases/<int:case_id>/contract/milestones")
@login_required
def plan(case_id: int) -> Answer:
    """Add a milestone."""
    found_contract(case_id)
    form = MilestoneForm()

    def act() -> None:
        milestones.plan_milestone(current_actor(), case_id, parse(MilestoneInput, typed(form, "title", "due")))

    return answered(case_id, tried_on(act, form), _("里程碑已添加。"), "milestones", milestone=form)


@blueprint.post("/cases/<int:case_id>/contract/milestones/<int:milestone_id>/remove")
@login_required
def remove(case_id: int, milestone_id: int) -> Answer:
    """Take a milestone away that nobody has worked on."""
    found_contract(case_id)
    tried = tried_on(lambda: milestones.remove_milestone(current_actor(), case_id, milestone_id))
    return answered(case_id, tried, _("里程碑已删除。"), "milestones")


@blueprint.post("/cases/<int:case_id>/contract/milestones/<int:milestone_id>/deliver")
@limited("upload")
@login_required
def deliver(case_id: int, milestone_id: int) -> Answer:
    """The seller handed it over."""
    found_contract(case_id)
    form, uploaded = DeliveryForm(), request.files.get("file")

    def act() -> None:
        day = parse(DayInput, typed(form, "day")).day
        if uploaded and uploaded.filename:
            keep_proof(lambda row: milestones.deliver_milestone(current_actor(), case_id, milestone_id, day, row))
        else:
            milestones.deliver_milestone(current_actor(), case_id, milestone_id, day)

    tried = tried_on(act, form)
    return answered(case_id, tried, _("交付已记录，等需求方验收。"), "milestones", delivery=form, at=milestone_id)


@blueprint.post("/cases/<int:case_id>/contract/milestones/<int:milestone_id>/judge")
@login_required
def judge(case_id: int, milestone_id: int) -> Answer:
    """The buyer accepts it or sends it back."""
    found_contract(case_id)
    accept, remark = request.form.get("accept") == "yes", request.form.get("remark", "")
    tried = tried_on(
        lambda: milestones.judge_milestone(current_actor(), case_id, milestone_id, accept=accept, remark=remark)
    )
    return answered(case_id, tried, _("验收结果已记录。"), "milestones", at=milestone_id)


@blueprint.post("/cases/<int:case_id>/contract/payments")
@limited("upload")
@login_required
def pay(case_id: int) -> Answer:
    """Enter a payment with its proof."""
    found_contract(case_id)
    form = PaymentForm()
    names = ("payer", "paid_on", "amount", "amount_tech", "fee", "vat")

    def act() -> None:
        given = parse(PaymentInput, typed(form, *names))
        keep_proof(lambda row: payments.record_payment(current_actor(), case_id, given, row))

    return answered(case_id, tried_on(act, form), _("到账已登记。"), "payments", payment=form)


@blueprint.post("/cases/<int:case_id>/contract/payments/<int:payment_id>/cancel")
@login_required
def cancel(case_id: int, payment_id: int) -> Answer:
    """Take a wrong entry out of the sums."""
    found_contract(case_id)
    reason = request.form.get("reason", "")
    tried = tried_on(lambda: payments.cancel_payment(current_actor(), case_id, payment_id, reason))
    return answered(case_id, tried, _("这笔到账已作废。"), "payments")


@blueprint.post("/cases/<int:case_id>/contract/reports/<int:report_id>")
@login_required
def report(case_id: int, report_id: int) -> Answer:
    """Hand in the report on a half-year."""
    found_contract(case_id)
    form = ReportForm()

    def act() -> None:
        given = parse(ReportInput, typed(form, "sales", "royalty", "remark"))
        reports.submit_report(current_actor(), case_id, report_id, given)

    return answered(case_id, tried_on(act, form), _("履约报告已提交。"), "reports", report=form, at=report_id)
