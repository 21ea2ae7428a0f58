"""Price, contract, registration and what follows, by programs. The same actions as on the case's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from matcher.actions import claims, contracts, milestones, notices, pricing, ranges, registration, shares
from matcher.inputs.contracts import ContractInput, DecisionInput, MilestoneInput
from matcher.inputs.pricing import PriceInput, RangeInput
from matcher.models import Case
from matcher.permissions import find
from web.api.blueprint import answer, blueprint, reread
from web.api.contract_schemas import ContractDetail
from web.api.contracts import contract_answer
from web.api.operation import Operation, operation
from web.api.schemas_case_writes import (
    ClaimIn,
    Created,
    DeliveryIn,
    DraftIn,
    JudgementIn,
    ObjectionDecisionIn,
    RegistryAnswerIn,
    SubmissionIn,
    WithdrawIn,
)
from web.api.versions import at_version
from web.session import current_actor, reading

DOES: dict[str, Any] = {"token": True, "problems": (403, 409)}
AT_VERSION: dict[str, Any] = {**DOES, "if_match": True, "etag": True}


def _known(case_id: int, action: str = "case.business") -> None:
    find(reading(), current_actor(), action, Case, case_id)


def _done(case_id: int, act: Callable[[], object]) -> Response:
    _known(case_id)
    act()
    return answer(None, 204)


def _made(case_id: int, act: Callable[[], int]) -> Response:
    _known(case_id)
    return answer(Created(id=act()), 201)


@blueprint.post("/cases/<int:case_id>/price")
@operation(Operation("Propose a price", {201: Created}, body=PriceInput, **DOES))
def create_price(case_id: int, body: PriceInput) -> Response:
    """By 协议 or 作价入股, in 万元; the other side confirms exactly this one."""
    return _made(case_id, lambda: pricing.propose_price(current_actor(), case_id, body))


@blueprint.post("/cases/<int:case_id>/price/<int:pricing_id>/confirm")
@operation(Operation("Confirm a price", {204: None}, **DOES))
def confirm_price(case_id: int, pricing_id: int) -> Response:
    """The own side's yes."""
    return _done(case_id, lambda: pricing.confirm_price(current_actor(), case_id, pricing_id))


@blueprint.post("/cases/<int:case_id>/price/<int:pricing_id>/withdraw")
@operation(Operation("Take a price back", {204: None}, body=WithdrawIn, **DOES))
def withdraw_price(case_id: int, pricing_id: int, body: WithdrawIn) -> Response:
    """With why."""
    return _done(case_id, lambda: pricing.withdraw_price(current_actor(), case_id, pricing_id, body.reason))


@blueprint.post("/cases/<int:case_id>/ranges")
@operation(Operation("Enter one's sealed range", {201: Created}, body=RangeInput, **DOES))
def create_range(case_id: int, body: RangeInput) -> Response:
    """Nobody reads it; once both sides have entered theirs, both hear one word."""
    return _made(case_id, lambda: ranges.enter_range(current_actor(), case_id, body))


@blueprint.post("/cases/<int:case_id>/notice")
@operation(Operation("Put the agreed price on notice", {201: Created}, **DOES))
def create_notice(case_id: int) -> Response:
    """For a public owner's 协议 price."""
    return _made(case_id, lambda: notices.start_notice(current_actor(), case_id))


@blueprint.put("/cases/<int:case_id>/objections/<int:objection_id>/decision")
@operation(Operation("Decide on an objection", {204: None}, body=ObjectionDecisionIn, **DOES))
def put_objection_decision(case_id: int, objection_id: int, body: ObjectionDecisionIn) -> Response:
    """Upheld: this price is off; groundless: the clock goes on."""
    actor = current_actor()
    return _done(
        case_id,
        lambda: notices.decide_objection(actor, case_id, objection_id, uphold=body.uphold, decision=body.decision),
    )


def _contract(case_id: int, act: Callable[[int], object]) -> Response:
    """A change of the contract at the version that the caller saw."""
    _known(case_id, "contract.read")
    contract_answer(case_id)  # not found while there is none

    def shown() -> Response:
        reread()
        return contract_answer(case_id)

    return at_version(act, shown)


@blueprint.post("/cases/<int:case_id>/contract")
@operation(Operation("Begin the contract", {201: Created}, body=DraftIn, **DOES))
def create_contract(case_id: int, body: DraftIn) -> Response:
    """With what the case knows and the clauses of its type."""
    _known(case_id, "contract.read")
    return answer(Created(id=contracts.draft_contract(current_actor(), case_id, body.kind)), 201)


@blueprint.put("/cases/<int:case_id>/contract")
@operation(Operation("Replace the contract's fields", {200: ContractDetail}, body=ContractInput, **AT_VERSION))
def save_contract(case_id: int, body: ContractInput) -> Response:
    """All fields are replaced by those given."""
    return _contract(case_id, lambda v: contracts.save_contract(current_actor(), case_id, v, body))


@blueprint.post("/cases/<int:case_id>/contract/registration")
@operation(Operation("The registry accepted the application", {200: ContractDetail}, body=SubmissionIn, **AT_VERSION))
def create_registration(case_id: int, body: SubmissionIn) -> Response:
    """受理; again after 补正. 409 lists in `missing` what the registry still asks for."""
    actor = current_actor()
    return _contract(case_id, lambda v: registration.submit_registration(actor, case_id, v, body.day, body.remark))


@blueprint.post("/cases/<int:case_id>/contract/decision")
@operation(Operation("Enter the registry's answer", {200: ContractDetail}, body=RegistryAnswerIn, **AT_VERSION))
def create_registry_answer(case_id: int, body: RegistryAnswerIn) -> Response:
    """已认定 with number and approved amount, 补正 or 不予登记 with its words."""
    actor, given = current_actor(), DecisionInput(**body.model_dump(exclude={"target"}))
    return _contract(case_id, lambda v: registration.enter_decision(actor, case_id, v, body.target, given))


@blueprint.post("/cases/<int:case_id>/milestones")
@operation(Operation("Plan a milestone", {201: Created}, body=MilestoneInput, **DOES))
def create_milestone(case_id: int, body: MilestoneInput) -> Response:
    """What is to be delivered, until when."""
    return _made(case_id, lambda: milestones.plan_milestone(current_actor(), case_id, body))


@blueprint.post("/cases/<int:case_id>/milestones/<int:milestone_id>/deliver")
@operation(Operation("A milestone was handed over", {204: None}, body=DeliveryIn, **DOES))
def deliver(case_id: int, milestone_id: int, body: DeliveryIn) -> Response:
    """By the seller."""
    return _done(case_id, lambda: milestones.deliver_milestone(current_actor(), case_id, milestone_id, body.day))


@blueprint.post("/cases/<int:case_id>/milestones/<int:milestone_id>/judge")
@operation(Operation("Accept a milestone or send it back", {204: None}, body=JudgementIn, **DOES))
def judge(case_id: int, milestone_id: int, body: JudgementIn) -> Response:
    """By the buyer; sent back only with what is to be mended."""
    actor = current_actor()
    return _done(
        case_id,
        lambda: milestones.judge_milestone(actor, case_id, milestone_id, accept=body.accept, remark=body.remark),
    )


@blueprint.post("/cases/<int:case_id>/payments/<int:payment_id>/shares")
@operation(Operation("Share a payment", {201: Created}, **DOES))
def create_shares(case_id: int, payment_id: int) -> Response:
    """By the rights table of its day, to the fen."""
    return _made(case_id, lambda: shares.compute_shares(current_actor(), case_id, payment_id))


@blueprint.post("/cases/<int:case_id>/claims")
@operation(Operation("Claim a subsidy", {201: Created}, body=ClaimIn, **DOES))
def create_claim(case_id: int, body: ClaimIn) -> Response:
    """One side's, by one rule; 409 lists in `missing` what it still lacks."""
    return _made(case_id, lambda: claims.apply_for_claim(current_actor(), case_id, body.rule))
