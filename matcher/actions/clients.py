"""Find or register the organisation and the person of a client who came in (M08, M34)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import clock
from matcher.actions.accounts import user_by_email
from matcher.actions.organisations import current_membership
from matcher.actor import Actor
from matcher.errors import Invalid
from matcher.inputs.base import parse
from matcher.inputs.people import OrganisationInput
from matcher.inputs.stations import ClientInput
from matcher.messages import msg
from matcher.models import Membership, Organisation, User
from matcher.permissions import allowed
from matcher.stations.terms import Client
from matcher.vocabulary import MembershipState, OrgState, Role

UNUSABLE = "!"  # no password has this hash; the invitation sets one


def client_of(session: Session, actor: Actor, given: ClientInput) -> tuple[Organisation, User | None]:
    """The client's organisation and account (None without an address). Raises `Invalid` at the field in question."""
    known = user_by_email(session, given.email) if given.email else None
    if known is not None and known.id == actor.user_id:
        raise Invalid({"email": msg("请填写客户本人的邮箱。")})
    organisation, is_new = _organisation(session, actor, given, known)
    if given.email is None:
        return organisation, None
    person = _ready(known, given) if known is not None else _invited(session, given)
    if current_membership(session, person.id) is None:
        _join(session, person, organisation, at_once=is_new or _vouched(actor, given))
    return organisation, person


def _organisation(
    session: Session, actor: Actor, given: ClientInput, known: User | None
) -> tuple[Organisation, bool]:
    """The organisation, and whether it was registered just now."""
    home = current_membership(session, known.id) if known is not None else None
    named = _by_code(session, given.credit_code)
    if home is not None:
        if given.credit_code is not None and named is not home.organisation:
            raise Invalid({"email": msg("这个邮箱的账号属于另一家单位，请核对信用代码，或换一个邮箱。")})
        return _acceptable(home.organisation, "email"), False
    if named is not None:
        return _acceptable(named, "credit_code"), False
    if given.credit_code is None:
        raise Invalid({"credit_code": msg("请填写统一社会信用代码。")})
    return _registered(session, actor, given), True


def _by_code(session: Session, code: str | None) -> Organisation | None:
    return session.scalar(select(Organisation).where(Organisation.credit_code == code)) if code else None


def _acceptable(organisation: Organisation, field: str) -> Organisation:
    if organisation.state == OrgState.REFUSED:
        raise Invalid({field: msg("这家单位没有通过核验，请联系运营人员。")})
    if organisation.kind not in list(Client):
        raise Invalid({field: msg("高校院所不发布需求，请改为登记成果。")})
    return organisation


def _registered(session: Session, actor: Actor, given: ClientInput) -> Organisation:
    """A new organisation: checked on sight of its licence by whoever may, else waiting for an operator."""
    names = {"name": "organisation_name", "region": "organisation_region", "kind": "organisation_kind"}
    try:
        checked = parse(
            OrganisationInput,
            {
                "kind": given.organisation_kind,
                "name": given.organisation_name,
                "credit_code": given.credit_code,
                "region": given.organisation_region or "",
            },
        )
    except Invalid as error:
        raise Invalid({names.get(name, name): words for name, words in error.errors.items()}) from None
    moment = clock.now()
    organisation = Organisation(**checked.model_dump(), created_at=moment, updated_at=moment)
    if given.identity_seen and allowed(actor, "organisation.check_on_sight"):
        organisation.state = OrgState.CHECKED
    session.add(organisation)
    session.flush()
    return organisation


def _vouched(actor: Actor, given: ClientInput) -> bool:
    """Whether somebody new may speak for an organisation that others founded; elsewhere an operator decides."""
    return given.identity_seen and allowed(actor, "membership.accept_on_sight")


def _ready(user: User, given: ClientInput) -> User:
    """The account of that address. A password set before the address was proven is nobody's: the invitation sets one."""
    user.privacy_accepted_at = user.privacy_accepted_at or clock.now()
    if user.verified_at is None:
        user.password_hash, user.session_epoch = UNUSABLE, user.session_epoch + 1
    user.phone = user.phone or given.contact_phone
    return user


def _invited(session: Session, given: ClientInput) -> User:
    moment = clock.now()
    user = User(
        email=given.email,
        name=given.contact_name,
        phone=given.contact_phone,
        password_hash=UNUSABLE,
        role=Role.MEMBER,
        locale=given.locale,
        privacy_accepted_at=moment,
        created_at=moment,
    )
    session.add(user)
    session.flush()
    return user


def _join(session: Session, person: User, organisation: Organisation, *, at_once: bool) -> None:
    moment = clock.now()
    session.add(
        Membership(
            user_id=person.id,
            organisation_id=organisation.id,
            state=MembershipState.ACTIVE if at_once else MembershipState.PENDING,
            created_at=moment,
            decided_at=moment if at_once else None,
        )
    )
