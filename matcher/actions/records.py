"""Needs, achievements and experts: draft, save, submit, review, withdraw, confirm, open restricted detail."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.closing import close_matches
from matcher.actions.mail import plan_mail
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.disclosure.receipts import note_opening
from matcher.errors import Conflict, Invalid, NotAllowed, Stale
from matcher.freshness.terms import ExpiryReason, confirmed
from matcher.inputs.base import free_text
from matcher.inputs.records import AchievementInput, ExpertInput, NeedInput, missing, plain_values
from matcher.integrity.blocks import require_publishable
from matcher.messages import msg
from matcher.models import MODELS, DeliveryKind, Record, User
from matcher.outbox import enqueue
from matcher.permissions import find, require
from matcher.vocabulary import OrgState, RecordState

REMARK_LIMIT = 1000
RecordInputs = NeedInput | AchievementInput | ExpertInput
EDITABLE = (
    RecordState.DRAFT,
    RecordState.RETURNED,
    RecordState.WITHDRAWN,
    RecordState.EXPIRED,
    RecordState.PUBLISHED,
)


def _today() -> date:
    return clock.today(get_settings().zone)


def find_record(
    session: Session, actor: Actor, action_name: str, kind: str, record_id: int, version: int | None = None
) -> Record:
    """The locked row if the action is allowed; `Stale` when `version` is not the row's."""
    record: Record = find(session, actor, action_name, MODELS[kind], record_id, lock=True)
    if version is not None and record.version != version:
        raise Stale
    return record


def _fill(record: Record, given: RecordInputs) -> None:
    for name, value in given.values().items():
        setattr(record, name, value)


@action("record.create")
def create_record(session: Session, actor: Actor, kind: str, given: RecordInputs) -> int:
    """Save a new draft for one's own organisation; the id."""
    require(actor, f"{kind}.create")
    moment = clock.now()
    record = MODELS[kind](
        organisation_id=actor.org_id, author_id=actor.user_id, created_at=moment, updated_at=moment, version=1
    )
    _fill(record, given)
    session.add(record)
    enqueue(session, record)
    audit.record(session, actor, "record.create", record)
    return record.id


@action("record.save")
def save_record(
    session: Session, actor: Actor, kind: str, record_id: int, version: int, given: RecordInputs
) -> int:
    """Save changes; a published record that is changed goes back to review before others see the change. New version."""
    record = find_record(session, actor, "record.edit", kind, record_id, version)
    if record.state not in EDITABLE:
        raise Conflict(msg("审核期间不能修改，请先撤回。"))
    _fill(record, given)
    fields = audit.changed_fields(record)
    if record.state == RecordState.PUBLISHED and fields:
        require_publishable(session, actor, record)
        check_complete(record)
        record.state, record.submitted_at = RecordState.SUBMITTED, clock.now()
    if fields:
        record.expiry_reason = ""  # what nobody has reviewed does not come back by one click
    enqueue(session, record)
    audit.record(session, actor, "record.save", record, fields=fields)
    return record.version


def check_complete(record: Record) -> None:
    """Raise `Invalid` naming what the record lacks to be published today."""
    problems = missing(record.kind, record, _today())
    if problems:
        raise Invalid(problems)


@action("record.delete")
def delete_draft(session: Session, actor: Actor, kind: str, record_id: int, version: int) -> None:
    """Remove a draft for good. What was public once stays: matches, cases and the trail speak of it."""
    record = find_record(session, actor, "record.delete", kind, record_id, version)
    if record.state != RecordState.DRAFT or record.published_at is not None:
        raise Conflict(msg("只有从未发布过的草稿可以删除。"))
    enqueue(session, record)  # the relay finds no record and clears the index
    audit.record(session, actor, "record.delete", record)
    try:
        with session.begin_nested():
            session.delete(record)
    except IntegrityError:
        raise Conflict(msg("还有其他内容用到这条草稿，不能删除。")) from None


@action("record.submit")
def submit_record(session: Session, actor: Actor, kind: str, record_id: int, version: int) -> None:
    """Hand a complete draft to the operators; `Invalid` names what is missing."""
    record = find_record(session, actor, "record.submit", kind, record_id, version)
    if record.state not in (
        RecordState.DRAFT,
        RecordState.RETURNED,
        RecordState.WITHDRAWN,
        RecordState.EXPIRED,
    ):
        raise Conflict(msg("只有草稿、退回、撤回或过期的记录可以提交。"))
    require_publishable(session, actor, record)
    check_complete(record)
    record.state, record.submitted_at = RecordState.SUBMITTED, clock.now()
    enqueue(session, record)
    audit.record(session, actor, "record.submit", record)


@action("record.review")
def review_record(
    session: Session,
    actor: Actor,
    kind: str,
    record_id: int,
    version: int,
    *,
    publish: bool,
    remark: str = "",
) -> None:
    """Publish a submitted record or return it with remarks; its author gets a mail."""
    require(actor, "record.review")
    record = find_record(session, actor, "record.review", kind, record_id, version)
    if record.state != RecordState.SUBMITTED:
        raise Conflict(msg("这条记录不在待审核状态。"))
    remark = free_text("remark", remark, REMARK_LIMIT)
    if not publish and not remark:
        raise Invalid({"remark": msg("请说明需要修改什么。")})
    if publish and record.organisation.state != OrgState.CHECKED:
        raise Conflict(msg("单位没有通过核验，它的记录不能发布。"))
    if publish:
        require_publishable(session, actor, record)
        mark_published(record)
    else:
        record.state = RecordState.RETURNED
    record.review_remark = remark
    enqueue(session, record)
    _tell_author(session, record)
    audit.record(session, actor, "record.review", record, state=record.state)


def mark_published(record: Record) -> None:
    """Put the record on the platform now, valid at least until the setting says."""
    moment = clock.now()
    record.state = RecordState.PUBLISHED
    record.published_at = record.published_at or moment
    confirmed(record)
    if record.valid_until is None or record.valid_until < _today():
        record.valid_until = _today() + timedelta(days=get_settings().valid_days)
    record.published_values = plain_values(record)


def _tell_author(session: Session, record: Record) -> None:
    author = session.get(User, record.author_id) if record.author_id else None
    if author is not None:
        plan_mail(
            session,
            author,
            DeliveryKind.REVIEW_RESULT,
            record_kind=record.kind.value,
            record_id=record.id,
            state=str(record.state),
        )


@action("record.withdraw")
def withdraw_record(session: Session, actor: Actor, kind: str, record_id: int, version: int) -> None:
    """Take a submitted or published record back; its open matches close."""
    record = find_record(session, actor, "record.withdraw", kind, record_id, version)
    if record.state not in (RecordState.PUBLISHED, RecordState.SUBMITTED):
        raise Conflict(msg("只有已发布或待审核的记录可以撤回。"))
    record.state = RecordState.WITHDRAWN
    close_matches(session, record, "withdrawn")
    enqueue(session, record)
    audit.record(session, actor, "record.withdraw", record)


@action("record.confirm")
def confirm_record(session: Session, actor: Actor, kind: str, record_id: int) -> None:
    """Say that a published record is still valid (N5)."""
    record = find_record(session, actor, "record.confirm", kind, record_id)
    if record.state != RecordState.PUBLISHED:
        raise Conflict(msg("只有已发布的记录可以确认。"))
    confirmed(record)
    if record.valid_until is not None and record.valid_until < _today() + timedelta(
        days=get_settings().valid_days
    ):
        record.valid_until = _today() + timedelta(days=get_settings().valid_days)
    enqueue(session, record)
    audit.record(session, actor, "record.confirm", record)


@action("record.open_detail", refused=lambda kind, record_id: (MODELS[kind].__tablename__, record_id))
def open_detail(session: Session, actor: Actor, kind: str, record_id: int) -> str:
    """The restricted detail, for those who accepted the agreement; every opening by others than the owner is a receipt."""
    record: Any = find_record(session, actor, "record.read", kind, record_id)
    require(actor, "record.open_detail", record)
    text: str | None = getattr(record, "detail_restricted", None)
    if not text:
        raise NotAllowed
    receipt = note_opening(session, actor, record)
    told = {"receipt": receipt.number, "hash": receipt.hash} if receipt else {}
    audit.record(session, actor, "record.open_detail", record, organisation_id=actor.org_id, **told)
    return text


@action("record.expire")
def expire_record(session: Session, actor: Actor, kind: str, record_id: int) -> None:
    """Take a record whose validity has ended off the platform (run by the calendar)."""
    if not actor.system:
        raise NotAllowed
    record = find_record(session, actor, "record.withdraw", kind, record_id)
    if record.state != RecordState.PUBLISHED or record.valid_until is None or record.valid_until >= _today():
        raise Conflict(msg("这条记录仍然有效。"))
    record.state, record.expiry_reason = RecordState.EXPIRED, ExpiryReason.VALIDITY
    close_matches(session, record, "expired")
    enqueue(session, record)
    audit.record(session, actor, "record.expire", record)
