"""The life of a mail: planned → sending → sent, failed, planned again, unknown or skipped.

SMTP has no transaction with the database, so "exactly once" cannot be had. A mail is sent at most once by itself; one
whose outcome is not known stays `unknown` until a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from matcher import audit, clock, links
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.db import in_transaction
from matcher.digest.plans import NOTHING_NEW, Plan
from matcher.errors import Conflict, NotAllowed, NotFound
from matcher.messages import msg
from matcher.models import Delivery, DeliveryKind, DeliveryState, NamedValue, User
from matcher.permissions import require

GRACE_SECONDS = 600  # a mail in `sending` for longer than any mailer may work on one is `unknown`
MAX_ATTEMPTS = 8
SUBJECT_LIMIT = 200
BACKOFF_SECONDS = (60, 300, 900, 3600, 10800)
DIGEST_WEEK = "digest-week"  # named value: the newest week planned


def due(session: Session, limit: int) -> list[int]:
    """Numbers of the mails to send now, oldest first."""
    query = (
        select(Delivery.id)
        .where(Delivery.state == DeliveryState.PLANNED, Delivery.available_at <= clock.now())
        .order_by(Delivery.available_at, Delivery.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def begin(delivery_id: int, message_id: str, subject: str = "", text: str = "") -> bool:
    """Take a planned mail for sending (compare and set); False when another mailer has it.

    What it says is kept without the keys in its links, so that an operator can read it wherever it went.
    """
    return _change(
        delivery_id,
        DeliveryState.PLANNED,
        state=DeliveryState.SENDING,
        sending_since=clock.now(),
        attempts=Delivery.attempts + 1,
        message_id=message_id,
        subject=subject[:SUBJECT_LIMIT],
        text=links.masked(text),
    )


def sent(delivery_id: int) -> bool:
    """The server took it."""
    return _change(
        delivery_id,
        DeliveryState.SENDING,
        state=DeliveryState.SENT,
        sent_at=clock.now(),
        sending_since=None,
        last_error="",
    )


def failed(delivery_id: int, reason: str) -> bool:
    """The server refused it for good."""
    return _change(
        delivery_id,
        DeliveryState.SENDING,
        state=DeliveryState.FAILED,
        sending_since=None,
        last_error=reason[:500],
    )


def unknown(delivery_id: int, reason: str) -> bool:
    """The server may have taken it."""
    return _change(
        delivery_id,
        DeliveryState.SENDING,
        state=DeliveryState.UNKNOWN,
        sending_since=None,
        last_error=reason[:500],
    )


def skipped(delivery_id: int, reason: str) -> bool:
    """A planned mail must not or need not go out any more; `reason` is a code."""
    return _change(delivery_id, DeliveryState.PLANNED, state=DeliveryState.SKIPPED, last_error=reason[:500])


def postponed(delivery_id: int, attempts: int, reason: str) -> bool:
    """The server asked to try later: planned again, or failed after `MAX_ATTEMPTS`."""
    if attempts >= MAX_ATTEMPTS:
        return failed(delivery_id, reason)
    wait = BACKOFF_SECONDS[min(max(attempts, 1), len(BACKOFF_SECONDS)) - 1]
    return _change(
        delivery_id,
        DeliveryState.SENDING,
        state=DeliveryState.PLANNED,
        sending_since=None,
        available_at=clock.now() + timedelta(seconds=wait),
        last_error=reason[:500],
    )


def unwritable(delivery_id: int, reason: str) -> bool:
    """A planned mail cannot be written: a mistake of ours, for an operator to see."""
    return _change(
        delivery_id,
        DeliveryState.PLANNED,
        state=DeliveryState.FAILED,
        last_error=f"cannot be written: {reason}"[:500],
    )


def put_off(delivery_ids: Sequence[int], seconds: int, reason: str) -> None:
    """The server cannot be reached: what is still planned of these waits; it costs no attempt."""

    def work(session: Session) -> None:
        session.execute(
            update(Delivery)
            .where(Delivery.id.in_(delivery_ids), Delivery.state == DeliveryState.PLANNED)
            .values(available_at=clock.now() + timedelta(seconds=seconds), last_error=reason[:500])
        )

    in_transaction(work)


def _change(delivery_id: int, before: DeliveryState, **values: Any) -> bool:
    def work(session: Session) -> bool:
        done = session.execute(
            update(Delivery).where(Delivery.id == delivery_id, Delivery.state == before).values(**values)
        )
        assert isinstance(done, CursorResult)
        return done.rowcount == 1

    return in_transaction(work)


def sweep(grace_seconds: int = GRACE_SECONDS) -> int:
    """Mails whose mailer died while sending become `unknown`; how many."""

    def work(session: Session) -> int:
        done = session.execute(
            update(Delivery)
            .where(
                Delivery.state == DeliveryState.SENDING,
                Delivery.sending_since < clock.now() - timedelta(seconds=grace_seconds),
            )
            .values(state=DeliveryState.UNKNOWN, sending_since=None, last_error="interrupted while sending")
        )
        assert isinstance(done, CursorResult)
        return done.rowcount

    return in_transaction(work)


@action("account.bounced")
def flag_address(session: Session, actor: Actor, user_id: int) -> None:
    """The address refused a mail for good: no further mail until its owner verifies it again."""
    if not actor.system:
        raise NotAllowed
    user = session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound
    user.mail_bounced = True
    audit.record(session, actor, "account.bounced", user)


@action("delivery.resolve")
def resolve_delivery(session: Session, actor: Actor, delivery_id: int, *, send_again: bool) -> None:
    """An operator decides about a mail that failed or whose outcome is unknown: send it again, or call it sent."""
    require(actor, "delivery.resolve")
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise NotFound
    if delivery.state not in (DeliveryState.UNKNOWN, DeliveryState.FAILED):
        raise Conflict(msg("只有失败或结果不明的邮件需要处理。"))
    before = delivery.state
    if send_again:
        delivery.state, delivery.attempts, delivery.available_at = DeliveryState.PLANNED, 0, clock.now()
    else:
        delivery.state, delivery.sent_at = DeliveryState.SENT, delivery.sent_at or clock.now()
    audit.record(session, actor, "delivery.resolve", delivery, before=before, after=delivery.state)


def planned_week(session: Session) -> str:
    """The newest week whose digest has been planned; empty when none has."""
    row = session.get(NamedValue, DIGEST_WEEK)
    return str(row.value.get("week", "")) if row else ""


@action("digest.plan")
def store_plans(session: Session, actor: Actor, week: str, plans: Sequence[Plan]) -> int:
    """One delivery per person and ISO week, whoever else plans it too; how many were new.

    A person with nothing new gets a row in state `skipped`, so that pages can say so and a second planning in the
    same week does not send after all.
    """
    if not (actor.system or actor.is_operator):
        raise NotAllowed
    added = sum(_insert(session, plan) for plan in plans)
    mails = sum(bool(plan.count) for plan in plans)
    if week > planned_week(session):
        session.merge(NamedValue(name=DIGEST_WEEK, value={"week": week}, updated_at=clock.now()))
    audit.record(session, actor, "digest.plan", ("digest", None), week=week, mails=mails, added=added)
    return added


def _insert(session: Session, plan: Plan) -> bool:
    moment = clock.now()
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    number = session.scalar(
        insert(Delivery)
        .values(
            user_id=plan.user_id,
            kind=DeliveryKind.DIGEST,
            key=plan.week,
            payload=plan.payload(),
            state=DeliveryState.PLANNED if plan.count else DeliveryState.SKIPPED,
            attempts=0,
            available_at=moment,
            message_id="",
            last_error="" if plan.count else NOTHING_NEW,
            created_at=moment,
        )
        .on_conflict_do_nothing(index_elements=["user_id", "kind", "key"])
        .returning(Delivery.id)
    )
    return number is not None
