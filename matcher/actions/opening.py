"""Open a bridge case and give it its number, its first step and its broker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import clock
from matcher.actions.mail import plan_mail
from matcher.actor import Actor
from matcher.bridge import TABLE, party_of
from matcher.brokers import proposals
from matcher.models import (
    Achievement,
    Case,
    CaseEvent,
    DeliveryKind,
    Match,
    Need,
    Reception,
    User,
)
from matcher.numbers import next_in
from matcher.tasks.routing import told
from matcher.vocabulary import CaseState, MatchState, Role
from matcher.workdays import due_after, local_day, workdays_between


def next_number(session: Session, prefix: str = "DQ", series: str = "case") -> str:
    """The next number of this year in the configured zone: for cases such as DQ-2026-000123."""
    year = clock.today(get_settings().zone).year
    return f"{prefix}-{year}-{next_in(session, f'{series}-{year}'):06d}"


def enter(case: Case, state: CaseState) -> None:
    """Put the case into `state` with the next step, its owner and its date from the table."""
    case.state = state
    case.updated_at = clock.now()
    step = TABLE[state].step
    if step is None:
        case.next_step, case.due_at = "", None
        return
    case.next_step, case.next_party = step.action.text, step.party
    set_due(case, due_after(clock.now(), step.workdays))


def set_due(case: Case, moment: datetime) -> None:
    """Until when the step is due. A case that rests keeps the day on which it goes on: what the step then has is counted."""
    if case.paused_at is None:
        case.due_at = moment
    else:
        case.paused_left = workdays_between(local_day(clock.now()), local_day(moment))


def add_event(
    session: Session, case: Case, actor: Actor, kind: str, body: str = "", **data: object
) -> CaseEvent:
    """Add one line to the timeline."""
    event = CaseEvent(
        case_id=case.id,
        kind=kind,
        actor_id=actor.user_id,
        party=party_of(actor, case),
        body=body,
        data={key: value for key, value in data.items() if value is not None},
        created_at=clock.now(),
    )
    session.add(event)
    return event


def _new_case(session: Session, need: Need, achievement: Achievement, match: Match | None) -> Case:
    moment = clock.now()
    return Case(
        number=next_number(session),
        match_id=match.id if match else None,
        need_id=need.id,
        achievement_id=achievement.id,
        need_org_id=need.organisation_id,
        offer_org_id=achievement.organisation_id,
        channel=need.intake,
        station_id=session.scalar(select(Reception.station_id).where(Reception.need_id == need.id)),
        next_party="broker",
        created_at=moment,
        updated_at=moment,
    )


def open_agreed_case(session: Session, actor: Actor, match: Match) -> Case:
    """The case that two yeses open, at 双方同意; a broker is proposed by field and load."""
    case = _new_case(session, match.need, match.achievement, match)
    case.need_agreed_at = case.offer_agreed_at = clock.now()
    enter(case, CaseState.AGREED)
    match.state = MatchState.CASED
    session.add(case)
    session.flush()
    add_event(session, case, actor, "opened", state=CaseState.AGREED)
    propose_broker(session, case, actor)
    tell_parties(session, case, DeliveryKind.CASE_OPENED)
    return case


def open_proposed_case(
    session: Session, actor: Actor, need: Need, achievement: Achievement, *, finds_broker: bool = False
) -> Case:
    """A proposal of somebody's who is neither side, at 待双方同意: contacts stay hidden until both agree.

    A broker's own proposal is theirs; with `finds_broker`, anybody else's goes to the broker who fits best.
    """
    match = session.scalar(
        select(Match).where(Match.need_id == need.id, Match.achievement_id == achievement.id)
    )
    # an earlier case that ended keeps the match; this one stands on its own
    taken = match is not None and session.scalar(select(Case.id).where(Case.match_id == match.id)) is not None
    case = _new_case(session, need, achievement, None if taken else match)
    enter(case, CaseState.PROPOSED)
    case.broker_id = actor.user_id if actor.role == Role.BROKER else None
    if match is not None:
        match.state = MatchState.CASED
    session.add(case)
    session.flush()
    add_event(session, case, actor, "opened", state=CaseState.PROPOSED, by_broker=actor.role == Role.BROKER)
    if finds_broker and case.broker_id is None:
        propose_broker(session, case, actor)
    tell_parties(session, case, DeliveryKind.CASE_OPENED)
    return case


def propose_broker(session: Session, case: Case, actor: Actor) -> None:
    """Give a new case to the broker who fits best, and say why in the timeline; to nobody when there is none."""
    need, achievement = session.get_one(Need, case.need_id), session.get_one(Achievement, case.achievement_id)
    best = next(iter(proposals(session, need, achievement)), None)
    if best is not None:
        case.broker_id = best.user_id
        add_event(session, case, actor, "assigned", broker_id=best.user_id, why=list(best.reasons), automatic=True)


def tell_parties(
    session: Session,
    case: Case,
    kind: DeliveryKind,
    *,
    but: int | None = None,
    key: str | None = None,
    **payload: object,
) -> None:
    """Plan a mail to both sides and the broker, except to the person who caused it."""
    need, achievement = session.get_one(Need, case.need_id), session.get_one(Achievement, case.achievement_id)
    broker = session.get(User, case.broker_id) if case.broker_id else None
    sides = [person for r in (need, achievement) for person in told(session, r.organisation_id, r.author_id)]
    people = [*sides, *([broker] if broker else [])]
    for user in sorted({user.id: user for user in people}.values(), key=lambda user: user.id):
        if user.id != but:
            plan_mail(session, user, kind, key=key, case_id=case.id, **payload)

