"""Files of a case by programs: bring, fetch; and payments, whose proof is a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from matcher.actions.cases import add_file
from matcher.actions.payments import cancel_payment, record_payment
from matcher.errors import NotFound
from matcher.inputs.base import parse
from matcher.inputs.contracts import PaymentInput
from matcher.models import Case, CaseFile
from matcher.permissions import find, require
from matcher.vocabulary import Audience
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.schemas_case_writes import Created, WithdrawIn
from web.api.schemas_files import FileIn, PaymentIn
from web.limits import limited
from web.session import current_actor, reading
from web.uploads import hand_out, keep_proof, keep_upload

Keep = Callable[[Callable[[CaseFile], object]], None]
BRINGS: dict[str, Any] = {"token": True, "upload": True, "problems": (403, 409, 413)}


@blueprint.post("/cases/<int:case_id>/files")
@limited("upload")
@operation(Operation("Bring a file", {201: Created}, body=FileIn, **BRINGS))
def create_file(case_id: int, body: FileIn) -> Response:
    """The next version of its name, for those whom `audience` names."""
    case = find(reading(), current_actor(), "case.read", Case, case_id)
    require(current_actor(), "case.write", case)
    audience = Audience(body.audience)
    return _kept(lambda row: add_file(current_actor(), case_id, row, audience))


@blueprint.get("/cases/<int:case_id>/files/<int:file_id>")
@operation(Operation("Fetch a file", {200: None}, token=True, binary=True))
def read_file(case_id: int, file_id: int) -> Response:
    """As an attachment."""
    file = find(reading(), current_actor(), "file.read", CaseFile, file_id)
    if file.case_id != case_id:
        raise NotFound
    return hand_out(file)  # type: ignore[return-value]


@blueprint.post("/cases/<int:case_id>/payments")
@limited("upload")
@operation(Operation("Record a payment", {201: Created}, body=PaymentIn, **BRINGS))
def create_payment(case_id: int, body: PaymentIn) -> Response:
    """With its proof; all payments together never exceed the contract's amount."""
    require(current_actor(), "payment.record", find(reading(), current_actor(), "contract.read", Case, case_id))
    given = parse(PaymentInput, body.model_dump(exclude_none=True))
    return _kept(lambda row: record_payment(current_actor(), case_id, given, row), keep_proof)


@blueprint.post("/cases/<int:case_id>/payments/<int:payment_id>/cancel")
@operation(Operation("Cancel a payment", {204: None}, body=WithdrawIn, token=True, problems=(403, 409)))
def cancel(case_id: int, payment_id: int, body: WithdrawIn) -> Response:
    """It was entered by mistake; it stays in the record."""
    cancel_payment(current_actor(), case_id, payment_id, body.reason)
    return answer(None, 204)


def _kept(act: Callable[[CaseFile], int], keep: Keep = keep_upload) -> Response:
    """Store the request's file and let `act` add its row; 422 at `file` without one."""
    made: list[int] = []
    keep(lambda row: made.append(act(row)))
    return answer(Created(id=made[0]), 201)
