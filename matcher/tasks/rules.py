"""The rules about tasks and the four officers, each judging one object and selecting rows alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from matcher.actor import Actor, Post
from matcher.models import Case, Organisation
from matcher.rules import ASSIGNED_BROKER, CASE_PARTY, Rule
from matcher.tasks.terms import OFFICERS, Duty

PROVINCE = "0000"  # a GB/T 2260 code that ends so stands for the whole province


def covers(post: Post, organisation: Organisation) -> bool:
    """Whether the post is of that organisation, of its region or of its province."""
    if post.region is None:
        return post.organisation_id == organisation.id
    if post.region.endswith(PROVINCE):
        return organisation.region[:2] == post.region[:2]
    return organisation.region == post.region


def duty_in(actor: Actor, organisation: Organisation) -> Duty | None:
    """As which of the four the actor looks after the organisation; the first of several."""
    held = {post.duty for post in actor.posts if covers(post, organisation)}
    return next((duty for duty in OFFICERS if duty in held), None)


def looked_after(actor: Actor) -> ColumnElement[bool]:
    """The organisations that the actor looks after, as a condition on their rows."""
    own = [post.organisation_id for post in actor.posts if post.region is None]
    regions = [post.region for post in actor.posts if post.region is not None]
    wide = [Organisation.region.startswith(region[:2]) for region in regions if region.endswith(PROVINCE)]
    return or_(false(), Organisation.id.in_(own), Organisation.region.in_(regions), *wide)


def _organisation_of(obj: Any) -> Organisation:
    if isinstance(obj, Organisation):
        return obj
    found: Organisation = obj.need_org if isinstance(obj, Case) else obj.organisation
    return found


def _officer_where(actor: Actor, model: Any) -> ColumnElement[bool]:
    if not actor.posts:
        return false()
    if model is Organisation:
        return looked_after(actor)
    column = model.need_org_id if model is Case else model.organisation_id
    chosen: ColumnElement[bool] = column.in_(select(Organisation.id).where(looked_after(actor)))
    return chosen


def of_case(rule: Rule) -> Rule:
    """The same rule about the case that a task belongs to."""
    return Rule(
        f"of the case: {rule.name}",
        lambda actor, obj: obj.case is not None and rule.holds(actor, obj.case),
        lambda actor, model: model.case.has(rule.where(actor, Case)),
    )


def _owes(actor: Actor, obj: Any) -> bool:
    if actor.org_id is None:
        return False
    if obj.duty == Duty.NEED:
        return bool(obj.organisation_id == actor.org_id)
    return obj.duty == Duty.OFFER and obj.case is not None and obj.case.offer_org_id == actor.org_id


def _owes_where(actor: Actor, model: Any) -> ColumnElement[bool]:
    if actor.org_id is None:
        return false()
    return or_(
        and_(model.duty == Duty.NEED, model.organisation_id == actor.org_id),
        and_(model.duty == Duty.OFFER, model.case.has(Case.offer_org_id == actor.org_id)),
    )


OFFICER = Rule(
    "one of the four officers of the enterprise or its region",
    lambda actor, obj: duty_in(actor, _organisation_of(obj)) is not None,
    _officer_where,
)
ENVOY = Rule(
    "科技特派员 of the enterprise or its region",
    lambda actor, obj: OFFICER.holds(_as_envoy(actor), obj),
    lambda actor, model: OFFICER.where(_as_envoy(actor), model),
)
HOLDS_POST = Rule(
    "holder of one of the four posts",
    lambda actor, _obj: bool(actor.posts),
    lambda actor, _model: true() if actor.posts else false(),
)
VISITS = Rule(
    "科技特派员 of anybody",
    lambda actor, _obj: bool(_as_envoy(actor).posts),
    lambda actor, _model: true() if _as_envoy(actor).posts else false(),
)
TASK_OWNER = Rule(
    "owner of the task",
    lambda actor, obj: actor.user_id is not None and obj.owner_id == actor.user_id,
    lambda actor, model: model.owner_id == actor.user_id if actor.user_id is not None else false(),
)
TASK_AUTHOR = Rule(
    "who set the task",
    lambda actor, obj: actor.user_id is not None and obj.author_id == actor.user_id,
    lambda actor, model: model.author_id == actor.user_id if actor.user_id is not None else false(),
)
TASK_SIDE = Rule("member of the side that owes the task", _owes, _owes_where)
TASK_PARTY = of_case(CASE_PARTY)
TASK_BROKER = of_case(ASSIGNED_BROKER)


def _as_envoy(actor: Actor) -> Actor:
    """The actor with nothing but their posts as 科技特派员."""
    return Actor(user_id=actor.user_id, posts=frozenset(post for post in actor.posts if post.duty == Duty.ENVOY))
