"""Work on a case by programs: open, agree, move, plan, rest, end. The same actions as on its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from matcher.actions import cases, pausing
from matcher.models import Case
from matcher.permissions import find
from matcher.workdays import end_of
from web.api.blueprint import answer, blueprint, reread
from web.api.operation import Operation, operation
from web.api.present import case_out, etag
from web.api.schemas import CaseOut
from web.api.schemas_case_writes import BrokerIn, CaseIn, ConsentIn, EndIn, MoveIn, PauseIn, PlanIn
from web.api.versions import at_version
from web.session import current_actor, reading

STEP: dict[str, Any] = {"token": True, "etag": True, "problems": (403, 409)}
AT_VERSION: dict[str, Any] = {**STEP, "if_match": True}


def _shown(case_id: int, code: int = 200) -> Response:
    reread()
    case = find(reading(), current_actor(), "case.read", Case, case_id)
    return answer(case_out(case), code, ETag=etag(case))


def _step(case_id: int, act: Callable[[int], object]) -> Response:
    """A step at the version that the caller saw; the case as it is then."""
    find(reading(), current_actor(), "case.read", Case, case_id)
    return at_version(act, lambda: _shown(case_id))


@blueprint.post("/cases")
@operation(Operation("Open a case", {201: CaseOut}, body=CaseIn, **{**STEP, "problems": (403, 404, 409)}))
def open_case(body: CaseIn) -> Response:
    """A broker proposes a pair; both sides are asked."""
    return _shown(cases.open_case(current_actor(), body.need_id, body.achievement_id), 201)


@blueprint.put("/cases/<int:case_id>/consent")
@operation(Operation("Answer a broker's proposal", {200: CaseOut}, body=ConsentIn, **STEP))
def put_consent(case_id: int, body: ConsentIn) -> Response:
    """A side's yes or no; the second yes moves the case on."""
    cases.consent_case(current_actor(), case_id, agree=body.agree)
    return _shown(case_id)


@blueprint.post("/cases/<int:case_id>/moves")
@operation(Operation("Move a case one step on", {200: CaseOut}, body=MoveIn, **AT_VERSION))
def move_case(case_id: int, body: MoveIn) -> Response:
    """409 lists in `missing` what the step still lacks."""
    actor = current_actor()
    return _step(case_id, lambda v: cases.move_case(actor, case_id, v, body.target, body.note, body.happened_on))


@blueprint.put("/cases/<int:case_id>/next-step")
@operation(Operation("Say what comes next", {200: CaseOut}, body=PlanIn, **AT_VERSION))
def put_next_step(case_id: int, body: PlanIn) -> Response:
    """What, by whom, until the end of which day."""
    actor, due = current_actor(), end_of(body.due_on)
    return _step(case_id, lambda v: cases.plan_step(actor, case_id, v, body.step, body.party, due))


@blueprint.put("/cases/<int:case_id>/pause")
@operation(Operation("Let a case rest", {200: CaseOut}, body=PauseIn, **AT_VERSION))
def put_pause(case_id: int, body: PauseIn) -> Response:
    """Its clocks stand still until the end of a day."""
    actor = current_actor()
    return _step(case_id, lambda v: pausing.pause_case(actor, case_id, v, body.reason, body.until))


@blueprint.delete("/cases/<int:case_id>/pause")
@operation(Operation("Take a resting case up again", {200: CaseOut}, **STEP))
def delete_pause(case_id: int) -> Response:
    """What was left of the step's time runs again."""
    pausing.continue_case(current_actor(), case_id)
    return _shown(case_id)


@blueprint.put("/cases/<int:case_id>/end")
@operation(Operation("End a case", {200: CaseOut}, body=EndIn, **AT_VERSION))
def put_end(case_id: int, body: EndIn) -> Response:
    """终止 with a reason code."""
    return _step(case_id, lambda v: cases.end_case(current_actor(), case_id, v, body.reason))


@blueprint.delete("/cases/<int:case_id>/end")
@operation(Operation("Bring an ended case back", {200: CaseOut}, **AT_VERSION))
def delete_end(case_id: int) -> Response:
    """恢复, within its term."""
    return _step(case_id, lambda v: pausing.resume_case(current_actor(), case_id, v))


@blueprint.put("/cases/<int:case_id>/broker")
@operation(Operation("Give a case to a broker", {200: CaseOut}, body=BrokerIn, **STEP))
def put_broker(case_id: int, body: BrokerIn) -> Response:
    """Operators alone."""
    cases.assign_broker(current_actor(), case_id, body.broker_id)
    return _shown(case_id)
