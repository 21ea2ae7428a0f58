"""Organisations and who belongs to them; an operator checks both."""

from __future__ import annotations

from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.mail import plan_mail
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import Conflict, Invalid, NotFound, Stale
from matcher.inputs.base import free_text
from matcher.inputs.people import OrganisationInput
from matcher.messages import msg
from matcher.models import DeliveryKind, Membership, Organisation, User
from matcher.models.records import MODELS, Record
from matcher.outbox import enqueue
from matcher.permissions import find, require
from matcher.vocabulary import MembershipState, OrgState, RecordState

REMARK_LIMIT = 500


def current_membership(session: Session, user_id: int) -> Membership | None:
    """The person's membership that is not left, pending ones included."""
    return session.scalar(
        select(Membership).where(Membership.user_id == user_id, Membership.state != MembershipState.LEFT)
    )


def _no_membership(session: Session, actor: Actor) -> int:
    if actor.user_id is None:
        raise NotFound
    if current_membership(session, actor.user_id) is not None:
        raise Conflict(msg("您已属于一家单位，请先退出。"))
    return actor.user_id


def _check_code(session: Session, code: str | None, own_id: int | None = None) -> None:
    if code and session.scalar(
        select(Organisation.id).where(Organisation.credit_code == code, Organisation.id != (own_id or 0))
    ):
        raise Invalid({"credit_code": msg("这家单位已登记，请选择加入。")})


@action("organisation.found")
def found_organisation(session: Session, actor: Actor, given: OrganisationInput) -> int:
    """Register an organisation and belong to it; both count once an operator has checked. The id."""
    require(actor, "organisation.found")
    user_id = _no_membership(session, actor)
    _check_code(session, given.credit_code)
    moment = clock.now()
    organisation = Organisation(**given.model_dump(), created_at=moment, updated_at=moment)
    session.add(organisation)
    session.flush()
    # the founder needs no second check: refusing the organisation is enough
    session.add(
        Membership(
            user_id=user_id,
            organisation_id=organisation.id,
            state=MembershipState.ACTIVE,
            created_at=moment,
            decided_at=moment,
        )
    )
    audit.record(session, actor, "organisation.found", organisation)
    return organisation.id


@action("organisation.join")
def join_organisation(session: Session, actor: Actor, organisation_id: int) -> None:
    """Ask to belong to an organisation that is checked."""
    require(actor, "organisation.join")
    user_id = _no_membership(session, actor)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None or organisation.state != OrgState.CHECKED:
        raise NotFound
    session.add(Membership(user_id=user_id, organisation_id=organisation.id, created_at=clock.now()))
    audit.record(session, actor, "organisation.join", organisation)


@action("organisation.leave")
def leave_organisation(session: Session, actor: Actor) -> None:
    """Leave; what one entered stays with the organisation."""
    membership = current_membership(session, actor.user_id or 0)
    if membership is None:
        raise NotFound
    membership.state, membership.decided_at = MembershipState.LEFT, clock.now()
    audit.record(session, actor, "organisation.leave", ("organisations", membership.organisation_id))


@action("membership.decide")
def decide_membership(session: Session, actor: Actor, membership_id: int, accept: bool) -> None:
    """Accept or refuse a person who asked to join; they get a mail."""
    require(actor, "membership.decide")
    membership = session.get(Membership, membership_id, with_for_update=True)
    if membership is None:
        raise NotFound
    if membership.state != MembershipState.PENDING:
        raise Conflict(msg("这一申请已处理。"))
    membership.state = MembershipState.ACTIVE if accept else MembershipState.LEFT
    membership.decided_at = clock.now()
    _tell(session, membership, accept=accept)
    audit.record(session, actor, "membership.decide", membership, accept=accept)


def _tell(session: Session, membership: Membership, *, accept: bool) -> None:
    user = session.get_one(User, membership.user_id)
    plan_mail(
        session, user, DeliveryKind.MEMBERSHIP, organisation_id=membership.organisation_id, accepted=accept
    )


@action("organisation.review")
def review_organisation(
    session: Session, actor: Actor, organisation_id: int, accept: bool, remark: str = ""
) -> None:
    """Check or refuse an organisation; its members get a mail."""
    require(actor, "organisation.review")
    organisation = session.get(Organisation, organisation_id, with_for_update=True)
    if organisation is None:
        raise NotFound
    remark = free_text("remark", remark, REMARK_LIMIT)
    if not accept and not remark:
        raise Invalid({"remark": msg("请说明原因。")})
    organisation.state = OrgState.CHECKED if accept else OrgState.REFUSED
    organisation.review_remark = remark
    organisation.updated_at = clock.now()
    members = session.scalars(
        select(Membership).where(
            Membership.organisation_id == organisation.id, Membership.state == MembershipState.ACTIVE
        )
    )
    for membership in members:
        _tell(session, membership, accept=accept)
    audit.record(session, actor, "organisation.review", organisation, accept=accept)


@action("organisation.edit")
def edit_organisation(
    session: Session, actor: Actor, organisation_id: int, version: int, given: OrganisationInput
) -> None:
    """Change one's own organisation; a new name or code must be checked again, and its listings are indexed anew."""
    organisation = find(session, actor, "organisation.edit", Organisation, organisation_id, lock=True)
    if organisation.version != version:
        raise Stale
    _check_code(session, given.credit_code, organisation.id)
    if given.kind != organisation.kind:
        raise Invalid({"kind": msg("单位类型不能修改，请联系运营人员。")})
    for name, value in given.model_dump().items():
        setattr(organisation, name, value)
    fields = audit.changed_fields(organisation)
    organisation.version += 1
    organisation.updated_at = clock.now()
    if {"name", "region"} & set(fields):
        _index_listings(session, organisation.id)
    if {"name", "credit_code"} & set(fields) or organisation.state == OrgState.REFUSED:
        organisation.state = OrgState.PENDING
    audit.record(session, actor, "organisation.edit", organisation, fields=fields)


def _index_listings(session: Session, organisation_id: int) -> None:
    for model in MODELS.values():
        published = select(model).where(
            model.organisation_id == organisation_id, model.state == RecordState.PUBLISHED
        )
        for record in session.scalars(published):
            enqueue(session, cast("Record", record))
