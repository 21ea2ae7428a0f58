"""Name the four officers of an enterprise or region, and end their posts; who else speaks for an enterprise (M33)."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.organisations import current_membership
from matcher.actions.registry import action
from matcher.actions.tasks import tell_owner
from matcher.actor import Actor
from matcher.errors import AlreadyDone, Invalid, NotFound
from matcher.inputs.tasks import PostInput
from matcher.messages import msg
from matcher.models import CaseTask, OfficerPost, Organisation, User
from matcher.permissions import require
from matcher.tasks.routing import holders
from matcher.tasks.terms import Duty, TaskState
from matcher.vocabulary import MembershipState, OrgKind, OrgState


@action("post.assign")
def assign_post(session: Session, actor: Actor, given: PostInput) -> int:
    """Name an officer; whoever held the post before gives it and its open tasks up. The post's id."""
    require(actor, "post.decide")
    user = session.scalar(select(User).where(User.email == given.email.lower(), User.closed_at.is_(None)))
    if user is None or user.verified_at is None:
        raise Invalid({"email": msg("没有这个邮箱的账号，或邮箱还没有验证。")})
    _check_enterprise(session, given.organisation_id)
    former = session.scalar(_current(given).with_for_update())
    if former is not None and former.user_id == user.id:
        raise AlreadyDone(msg("这个人已承担这一职责。"))
    if former is not None:
        former.ended_at = clock.now()
        session.flush()  # the index admits one holder at a time
    post = OfficerPost(
        user_id=user.id,
        duty=given.duty,
        organisation_id=given.organisation_id,
        region=given.region,
        created_at=clock.now(),
    )
    session.add(post)
    session.flush()
    _hand_over(session, actor, given.duty, former.user_id if former else None)
    audit.record(session, actor, "post.assign", post, duty=given.duty, user_id=user.id)
    return post.id


def _current(given: PostInput) -> Select[OfficerPost]:
    """The post as somebody holds it now."""
    return select(OfficerPost).where(
        OfficerPost.duty == given.duty,
        OfficerPost.ended_at.is_(None),
        OfficerPost.organisation_id == given.organisation_id
        if given.organisation_id is not None
        else OfficerPost.region == given.region,
    )


@action("post.end")
def end_post(session: Session, actor: Actor, post_id: int) -> None:
    """The officer gives the post up; open tasks go to whoever looks after the enterprise then."""
    require(actor, "post.decide")
    post = session.get(OfficerPost, post_id, with_for_update=True)
    if post is None:
        raise NotFound
    if post.ended_at is not None:
        raise AlreadyDone(msg("这一职责已经结束。"))
    post.ended_at = clock.now()
    session.flush()
    _hand_over(session, actor, Duty(post.duty), post.user_id)
    audit.record(session, actor, "post.end", post, duty=post.duty, user_id=post.user_id)


def _check_enterprise(session: Session, organisation_id: int | None) -> None:
    if organisation_id is None:
        return
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or organisation.kind != OrgKind.ENTERPRISE or organisation.state != OrgState.CHECKED:
        raise Invalid({"organisation_id": msg("请选择一家已核验的企业。")})


def _hand_over(session: Session, actor: Actor, duty: Duty, former_id: int | None) -> None:
    """Open tasks of this duty whose owner no longer holds it go to who does now; each new owner gets a mail."""
    tasks = session.scalars(
        select(CaseTask)
        .where(CaseTask.state == TaskState.OPEN, CaseTask.duty == duty, CaseTask.owner_id == former_id)
        .order_by(CaseTask.id)
        .with_for_update(of=CaseTask)
    )
    for task in tasks:
        owner = next(iter(holders(session, duty, task.organisation, task.case)), None)
        if owner is not None and owner.id != task.owner_id:
            task.owner_id = owner.id
            tell_owner(session, actor, task, owner)


@action("membership.contact")
def set_contact(session: Session, actor: Actor, *, wanted: bool) -> None:
    """Become, or no longer be, the 企业科技专员 of one's own organisation."""
    require(actor, "membership.contact")
    membership = current_membership(session, actor.user_id or 0)
    if membership is None or membership.state != MembershipState.ACTIVE:
        raise NotFound
    if membership.is_contact == wanted:
        raise AlreadyDone(msg("没有变化。"))
    membership.is_contact = wanted
    audit.record(session, actor, "membership.contact", membership, wanted=wanted)
