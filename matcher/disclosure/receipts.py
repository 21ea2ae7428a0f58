"""Write receipts into their owner's chain, read them, and say whether a person's acceptance still counts.

One chain for each owner: the owner can hand out the whole of it without telling anything about others, and nobody can
take an entry out of its middle, because numbers and hashes would no longer follow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actor import Actor
from matcher.chain import START, Head, digest, moment
from matcher.disclosure.agreement import TERM, VERSION, Agreement, agreement
from matcher.disclosure.terms import ReceiptKind
from matcher.errors import NotAllowed
from matcher.messages import msg
from matcher.models import Case, Organisation, Receipt, User
from matcher.numbers import next_in
from matcher.rules import OWNER


class AgreementMissingError(NotAllowed):
    """The restricted detail is opened only by those who accepted the agreement for this record."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(msg("请先接受保密承诺，再打开受限详情。"))


def entry_of(receipt: Receipt) -> dict[str, Any]:
    """The receipt as an entry of a chain: every column but its row number, the moment in UTC."""
    values = {
        column.key: getattr(receipt, column.key) for column in Receipt.__table__.columns if column.key != "id"
    }
    return {**values, "at": moment(receipt.at)}


def add_receipt(
    session: Session, actor: Actor, record: Any, kind: ReceiptKind, accepted: Agreement | None
) -> Receipt:
    """The next entry of the owner's chain. Others who want to write to it wait until this transaction ends."""
    number = next_in(session, f"receipts-{record.organisation_id}")
    user = session.get(User, actor.user_id) if actor.user_id else None
    organisation = session.get(Organisation, actor.org_id) if actor.org_id else None
    receipt = Receipt(
        owner_id=record.organisation_id,
        number=number,
        at=clock.now(),
        kind=kind.value,
        record_kind=record.kind.value,
        record_id=record.id,
        record_version=record.version,
        record_title=record.title,
        detail_sha256=hashlib.sha256(record.detail_restricted.encode()).hexdigest(),
        reader_id=actor.user_id,
        reader_name=user.name if user else "",
        reader_role=str(actor.role or "system"),
        reader_org_id=actor.org_id,
        reader_org=organisation.name if organisation else "",
        agreement=accepted.version if accepted else "",
        agreement_lang=accepted.lang if accepted else "",
        agreement_sha256=accepted.sha256 if accepted else "",
        previous=_hash_at(session, record.organisation_id, number - 1),
    )
    receipt.hash = digest(entry_of(receipt))
    session.add(receipt)
    return receipt


def _hash_at(session: Session, owner_id: int, number: int) -> str:
    if number == 0:
        return START
    query = select(Receipt.hash).where(Receipt.owner_id == owner_id, Receipt.number == number)
    return session.scalars(query).one()


def acceptance(session: Session, actor: Actor, record: Any) -> Receipt | None:
    """The person's acceptance for this record that counts now.

    It was given for the same organisation and the present version of the text, is younger than `TERM`, and was not
    withdrawn.
    """
    latest = session.scalar(
        select(Receipt)
        .where(
            Receipt.reader_id == actor.user_id,
            *_about(record),
            Receipt.kind.in_((ReceiptKind.ACCEPTED, ReceiptKind.WITHDRAWN)),
        )
        .order_by(Receipt.number.desc())
        .limit(1)
    )
    if latest is None or latest.kind == ReceiptKind.WITHDRAWN or latest.agreement != VERSION:
        return None
    counts = latest.reader_org_id == actor.org_id and clock.now() < valid_until(latest)
    return latest if counts else None


def valid_until(receipt: Receipt) -> datetime:
    """Until when an acceptance opens the detail."""
    return receipt.at + TERM


def needs_agreement(actor: Actor, record: Any) -> bool:
    """Everybody but the owner and the operators, who are bound by their office."""
    return not (actor.is_operator or actor.system or OWNER.holds(actor, record))


def note_opening(session: Session, actor: Actor, record: Any) -> Receipt | None:
    """The receipt of an opening, none for the owner's own; `AgreementMissingError` without an acceptance that counts."""
    if OWNER.holds(actor, record):
        return None
    accepted = acceptance(session, actor, record) if needs_agreement(actor, record) else None
    if needs_agreement(actor, record) and accepted is None:
        raise AgreementMissingError
    text = agreement(accepted.agreement_lang, accepted.agreement) if accepted else None
    return add_receipt(session, actor, record, ReceiptKind.OPENED, text)


def receipts_of_record(session: Session, record: Any, limit: int | None = None) -> Sequence[Receipt]:
    """Receipts about the record in its owner's chain, the latest first."""
    query = select(Receipt).where(*_about(record)).order_by(Receipt.number.desc())
    return session.scalars(query.limit(limit)).all()


def _about(record: Any) -> tuple[ColumnElement[bool], ...]:
    """Receipts of this very record: SQLite may give a deleted draft's number to the next one."""
    return (
        Receipt.record_kind == record.kind.value,
        Receipt.record_id == record.id,
        Receipt.owner_id == record.organisation_id,
        Receipt.at >= record.created_at,
    )


def receipts_of_case(session: Session, case: Case) -> Sequence[Receipt]:
    """What the people of a case have accepted and opened of its two records, the latest first."""
    of_either = or_(and_(*_about(case.need)), and_(*_about(case.achievement)))
    by_side = Receipt.reader_org_id.in_((case.need_org_id, case.offer_org_id))
    by_broker = Receipt.reader_id == case.broker_id
    query = select(Receipt).where(of_either, or_(by_side, by_broker))
    return session.scalars(query.order_by(Receipt.at.desc(), Receipt.id.desc())).all()


def chain_of(session: Session, owner_id: int, last: int) -> Iterable[Receipt]:
    """The owner's chain from its first entry to the number `last`."""
    query = select(Receipt).where(Receipt.owner_id == owner_id, Receipt.number <= last).order_by(Receipt.number)
    return session.scalars(query.execution_options(yield_per=500))


def head_of(session: Session, owner_id: int) -> Head:
    """The end of the owner's chain."""
    query = select(Receipt.number, Receipt.hash).where(Receipt.owner_id == owner_id)
    last = session.execute(query.order_by(Receipt.number.desc()).limit(1)).one_or_none()
    return Head(last.number, last.hash) if last else Head()
