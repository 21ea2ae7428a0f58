"""Organisations and who belongs to them; an operator checks both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.closing import close_matches
from matcher.actions.mail import members, plan_mail
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
from matcher.vocabulary import MembershipState, OrgState, OrgVerdict, RecordState

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


def waits_for_check() -> ColumnElement[bool]:
    """Condition on `Organisation`: new, corrected after a refusal, or with a proposed name or code."""
    return or_(Organisation.state == OrgState.PENDING, Organisation.proposed_name.is_not(None))


@action("organisation.review")
def review_organisation(
    session: Session,
    actor: Actor,
    organisation_id: int,
    accept: bool,
    remark: str = "",
    version: int | None = None,
) -> None:
    """Check or refuse what waits: the whole organisation, or a checked one's proposed name and code.

    A refused organisation's listings are withdrawn; a refused proposal leaves the checked name as it was. `Stale`
    when the organisation changed since `version`, so that nobody checks a name unseen. The members get a mail.
    """
    require(actor, "organisation.review")
    organisation = _locked(session, organisation_id)
    if version is not None and organisation.version != version:
        raise Stale
    remark = _reason(remark, needed=not accept)
    if organisation.proposed_name is not None:
        verdict = _decide_proposal(session, organisation, accept=accept)
    elif organisation.state == OrgState.PENDING:
        verdict = _decide_whole(session, organisation, accept=accept)
    else:
        raise Conflict(msg("这家单位没有待核验的内容。"))
    _tell_verdict(session, organisation, verdict, remark)
    audit.record(session, actor, "organisation.review", organisation, accept=accept, verdict=verdict)


@action("organisation.revoke")
def revoke_organisation(session: Session, actor: Actor, organisation_id: int, remark: str) -> None:
    """Take a checked organisation's check back: its members act for nobody, its listings are withdrawn."""
    require(actor, "organisation.revoke")
    organisation = _locked(session, organisation_id)
    remark = _reason(remark, needed=True)
    if organisation.state != OrgState.CHECKED:
        raise Conflict(msg("这家单位不在已核验状态。"))
    organisation.proposed_name = organisation.proposed_code = None
    _tell_verdict(session, organisation, _decide_whole(session, organisation, accept=False), remark)
    audit.record(session, actor, "organisation.revoke", organisation)


def _locked(session: Session, organisation_id: int) -> Organisation:
    organisation = session.get(Organisation, organisation_id, with_for_update=True)
    if organisation is None:
        raise NotFound
    return organisation


def _reason(remark: str, *, needed: bool) -> str:
    text = free_text("remark", remark, REMARK_LIMIT)
    if needed and not text:
        raise Invalid({"remark": msg("请说明原因。")})
    return text


def _decide_whole(session: Session, organisation: Organisation, *, accept: bool) -> OrgVerdict:
    organisation.state = OrgState.CHECKED if accept else OrgState.REFUSED
    if not accept:
        _withdraw_listings(session, organisation.id)
    return OrgVerdict.CHECKED if accept else OrgVerdict.REFUSED


def _decide_proposal(session: Session, organisation: Organisation, *, accept: bool) -> OrgVerdict:
    """Put the proposed name and code in the place of the checked ones, or drop them."""
    if accept:
        _check_code(session, organisation.proposed_code, organisation.id)
        organisation.name = organisation.proposed_name or organisation.name
        organisation.credit_code = organisation.proposed_code
        _index_listings(session, organisation.id)
    organisation.proposed_name = organisation.proposed_code = None
    return OrgVerdict.RENAMED if accept else OrgVerdict.KEPT


def _tell_verdict(session: Session, organisation: Organisation, verdict: OrgVerdict, remark: str) -> None:
    organisation.review_remark = remark
    organisation.version += 1
    organisation.updated_at = clock.now()
    for user in members(session, organisation.id):
        plan_mail(
            session,
            user,
            DeliveryKind.ORGANISATION,
            organisation_id=organisation.id,
            verdict=verdict,
            remark=remark,
        )


@action("organisation.edit")
def edit_organisation(
    session: Session, actor: Actor, organisation_id: int, version: int, given: OrganisationInput
) -> None:
    """Change one's own organisation. A checked one's new name or code waits beside the checked ones for an operator."""
    organisation = find(session, actor, "organisation.edit", Organisation, organisation_id, lock=True)
    if organisation.version != version:
        raise Stale
    _check_code(session, given.credit_code, organisation.id)
    if given.kind != organisation.kind:
        raise Invalid({"kind": msg("单位类型不能修改，请联系运营人员。")})
    values = given.model_dump()
    if organisation.state == OrgState.CHECKED:
        _propose(organisation, values.pop("name"), values.pop("credit_code"))
    else:
        organisation.state = OrgState.PENDING
    for name, value in values.items():
        setattr(organisation, name, value)
    fields = audit.changed_fields(organisation)
    organisation.version += 1
    organisation.updated_at = clock.now()
    if "region" in fields:
        _index_listings(session, organisation.id)
    audit.record(session, actor, "organisation.edit", organisation, fields=fields)


def _propose(organisation: Organisation, name: str, code: str | None) -> None:
    """Keep what differs from the checked name and code; typing those again takes the proposal back."""
    differs = (name, code) != (organisation.name, organisation.credit_code)
    organisation.proposed_name = name if differs else None
    organisation.proposed_code = code if differs else None
    if differs:
        organisation.review_remark = ""


def _listings(session: Session, organisation_id: int, *states: RecordState) -> Iterator[Record]:
    """The organisation's records of those states, locked."""
    for model in MODELS.values():
        query = select(model).where(model.organisation_id == organisation_id, model.state.in_(states))
        for record in session.scalars(query.with_for_update()):
            yield cast("Record", record)


def _index_listings(session: Session, organisation_id: int) -> None:
    for record in _listings(session, organisation_id, RecordState.PUBLISHED):
        enqueue(session, record)


def _withdraw_listings(session: Session, organisation_id: int) -> None:
    """Take everything published or submitted off the platform; its owner submits again once checked."""
    for record in _listings(session, organisation_id, RecordState.PUBLISHED, RecordState.SUBMITTED):
        record.state = RecordState.WITHDRAWN
        close_matches(session, record, "withdrawn")
        enqueue(session, record)
