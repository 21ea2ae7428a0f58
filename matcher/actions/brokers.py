"""A broker keeps their profile and training record."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, Invalid, NotFound
from matcher.inputs.brokers import BrokerInput, TrainingInput
from matcher.messages import msg
from matcher.models import BrokerProfile, Training, User
from matcher.permissions import find

MOST_TRAININGS = 200


@action("broker.profile")
def edit_profile(session: Session, actor: Actor, given: BrokerInput) -> None:
    """Save one's own profile."""
    user = find(session, actor, "broker.profile", User, actor.user_id or 0, lock=True)
    profile = session.get(BrokerProfile, user.id)
    if profile is None:
        profile = BrokerProfile(user_id=user.id)
        session.add(profile)
    for name, value in given.model_dump(mode="json").items():
        setattr(profile, name, value)
    audit.record(session, actor, "broker.profile", ("broker_profiles", user.id), fields=audit.changed_fields(profile))


@action("broker.add_training")
def add_training(session: Session, actor: Actor, given: TrainingInput) -> int:
    """Add a course that has taken place; its id."""
    user = find(session, actor, "broker.profile", User, actor.user_id or 0, lock=True)
    if given.held_on > clock.today(get_settings().zone):
        raise Invalid({"held_on": msg("培训日期还没有到。")})
    number = session.scalar(select(func.count()).select_from(Training).where(Training.user_id == user.id)) or 0
    if number >= MOST_TRAININGS:
        raise Conflict(msg("最多 %(max_length)s 项。", max_length=MOST_TRAININGS))
    training = Training(user_id=user.id, **given.model_dump())
    session.add(training)
    audit.record(session, actor, "broker.add_training", training)
    return training.id


@action("broker.remove_training")
def remove_training(session: Session, actor: Actor, training_id: int) -> None:
    """Take a course out that was entered by mistake."""
    find(session, actor, "broker.profile", User, actor.user_id or 0)
    training = session.get(Training, training_id)
    if training is None or training.user_id != actor.user_id:
        raise NotFound
    session.delete(training)
    audit.record(session, actor, "broker.remove_training", ("trainings", training_id))
