"""Receipts of one's own organisation, exceptions of a case, one's own integrity records: to read."""

from __future__ import annotations

from flask import Response
from sqlalchemy import select

from matcher.disclosure.receipts import entry_of, head_of
from matcher.errors import NotAllowed
from matcher.integrity.blocks import is_active
from matcher.models import Case, IntegrityRecord, Organisation, Receipt
from matcher.permissions import find, require, rows
from matcher.waivers import exceptions_of
from web.api.blueprint import answer, blueprint
from web.api.operation import Operation, operation
from web.api.schemas import PageQuery
from web.api.schemas_trace import (
    ExceptionOut,
    Exceptions,
    IntegrityOut,
    IntegrityRecords,
    ReceiptOut,
    ReceiptPage,
)
from web.session import current_actor, reading


@blueprint.get("/receipts")
@operation(Operation("List receipts", {200: ReceiptPage}, query=PageQuery, token=True, problems=(403,)))
def list_receipts(query: PageQuery) -> Response:
    """The chain of the caller's organisation in its order: who accepted and opened what of its records."""
    owner = reading().get(Organisation, current_actor().org_id or 0)
    if owner is None:
        raise NotAllowed
    require(current_actor(), "disclosure.export", owner)
    head, first = head_of(reading(), owner.id), (query.page - 1) * query.size
    found = reading().scalars(
        select(Receipt)
        .where(Receipt.owner_id == owner.id, Receipt.number > first, Receipt.number <= first + query.size)
        .order_by(Receipt.number)
    )
    items = [ReceiptOut(**entry_of(receipt)) for receipt in found]
    return answer(ReceiptPage(items=items, page=query.page, size=query.size, total=head.number, head=head.hash))


@blueprint.get("/cases/<int:case_id>/exceptions")
@operation(Operation("The exceptions of a case", {200: Exceptions}, token=True))
def list_exceptions(case_id: int) -> Response:
    """Requests to depart from a rule and what became of them."""
    case = find(reading(), current_actor(), "case.read", Case, case_id)
    items = [ExceptionOut.model_validate(row, from_attributes=True) for row in exceptions_of(reading(), case)]
    return answer(Exceptions(items=items))


@blueprint.get("/integrity")
@operation(Operation("Integrity records", {200: IntegrityRecords}, query=PageQuery, token=True))
def list_integrity(query: PageQuery) -> Response:
    """Records about the caller and their organisation; for operators, all."""
    visible = select(IntegrityRecord).where(rows(current_actor(), "integrity.read", IntegrityRecord))
    ordered = visible.order_by(IntegrityRecord.id.desc()).offset((query.page - 1) * query.size)
    found = reading().scalars(ordered.limit(query.size))
    return answer(IntegrityRecords(items=[_integrity(record) for record in found]))


def _integrity(record: IntegrityRecord) -> IntegrityOut:
    names = set(IntegrityOut.model_fields) - {"about", "active"}
    return IntegrityOut(
        **{name: getattr(record, name) for name in names},
        about="organisation" if record.organisation_id is not None else "person",
        active=is_active(record),
    )
