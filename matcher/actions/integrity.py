"""Enter, appeal against and lift integrity records."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.mail import members, plan_mail
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, Invalid, NotAllowed
from matcher.inputs.base import free_text
from matcher.inputs.integrity import IntegrityInput
from matcher.integrity.blocks import is_active
from matcher.integrity.terms import IntegrityNews
from matcher.messages import msg
from matcher.models import DeliveryKind, IntegrityRecord, Organisation, User
from matcher.permissions import find, require

TEXT = 2000


@action("integrity.enter")
def enter_record(session: Session, actor: Actor, given: IntegrityInput) -> int:
    """Enter a record about an organisation or a person, who are told by mail; the id."""
    require(actor, "integrity.enter")
    organisation_id, user_id = _subject(session, given.subject)
    record = IntegrityRecord(
        organisation_id=organisation_id,
        user_id=user_id,
        entered_by=actor.user_id or 0,
        created_at=clock.now(),
        **given.model_dump(exclude={"subject"}),
    )
    session.add(record)
    session.flush()
    _tell(session, record, IntegrityNews.ENTERED)
    audit.record(session, actor, "integrity.enter", record, scope=given.scope, ends_on=given.ends_on.isoformat())
    return record.id


def _subject(session: Session, named: str) -> tuple[int | None, int | None]:
    if "@" in named:
        found = session.scalars(
            select(User.id).where(User.email == named.lower(), User.closed_at.is_(None))
        ).all()
        if found:
            return None, found[0]
        raise Invalid({"subject": msg("没有这个邮箱的账号。")})
    by_name = or_(Organisation.name == named, Organisation.credit_code == named.upper())
    numbers = session.scalars(select(Organisation.id).where(by_name)).all()
    if len(numbers) == 1:
        return numbers[0], None
    if numbers:
        raise Invalid({"subject": msg("有多家同名单位，请使用统一社会信用代码。")})
    raise Invalid({"subject": msg("没有这个名称或代码的单位。个人请填写邮箱。")})


def _tell(session: Session, record: IntegrityRecord, news: IntegrityNews) -> None:
    if record.organisation_id is not None:
        people = members(session, record.organisation_id)
    else:
        people = [session.get_one(User, record.user_id)]
    for user in people:
        plan_mail(session, user, DeliveryKind.INTEGRITY, integrity_id=record.id, news=news.value)


def _find(session: Session, actor: Actor, name: str, integrity_id: int) -> IntegrityRecord:
    return find(session, actor, name, IntegrityRecord, integrity_id, lock=True)


@action("integrity.lift")
def lift_record(session: Session, actor: Actor, integrity_id: int, reason: str) -> None:
    """End a record before its day, with a reason."""
    record = _find(session, actor, "integrity.decide", integrity_id)
    _lift(record, _filled("reason", reason))
    _tell(session, record, IntegrityNews.LIFTED)
    audit.record(session, actor, "integrity.lift", record)


def _filled(field: str, text: str) -> str:
    found = free_text(field, text, TEXT)
    if not found:
        raise Invalid({field: msg("请填写。")})
    return found


def _lift(record: IntegrityRecord, reason: str) -> None:
    if record.lifted_at is not None:
        raise Conflict(msg("这条记录已经解除。"))
    record.lifted_at, record.lift_reason = clock.now(), reason


@action("integrity.appeal")
def appeal(session: Session, actor: Actor, integrity_id: int, text: str) -> None:
    """The barred organisation's or person's objection, once for each record and while it bars them."""
    record = _find(session, actor, "integrity.appeal", integrity_id)
    if record.appealed_at is not None:
        raise Conflict(msg("这条记录已经申诉过。"))
    if not is_active(record):
        raise Conflict(msg("这条记录已不生效，不需要申诉。"))
    record.appeal, record.appealed_by, record.appealed_at = _filled("appeal", text), actor.user_id, clock.now()
    audit.record(session, actor, "integrity.appeal", record)


@action("integrity.decide_appeal", refused=lambda integrity_id, *_, **__: ("integrity_records", integrity_id))
def decide_appeal(session: Session, actor: Actor, integrity_id: int, *, grant: bool, answer: str) -> None:
    """Grant the appeal, which lifts the record, or dismiss it; by another operator than the one who entered it."""
    record = _find(session, actor, "integrity.decide", integrity_id)
    if record.appealed_at is None or record.appeal_granted is not None:
        raise Conflict(msg("没有待处理的申诉。"))
    if record.entered_by == actor.user_id:
        raise NotAllowed(msg("申诉由登记人以外的运营人员处理。"))
    record.appeal_answer = _filled("answer", answer)
    record.appeal_granted, record.appeal_decided_at = grant, clock.now()
    if grant and record.lifted_at is None:
        _lift(record, record.appeal_answer)
    _tell(session, record, IntegrityNews.GRANTED if grant else IntegrityNews.DISMISSED)
    audit.record(session, actor, "integrity.decide_appeal", record, grant=grant)
