"""Accounts: passwords, links that work once, roles, tokens; organisations and who belongs to them."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import func, select

from config.settings import Settings
from matcher import passwords, signing
from matcher.actions import accounts, organisations
from matcher.actor import SYSTEM, VISITOR
from matcher.db import reading, transaction
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import parse
from matcher.inputs.people import OrganisationInput, Registration
from matcher.models import ApiToken, AuditEvent, Delivery, Membership, User
from matcher.vocabulary import Role
from tests import factories as make


def given(email: str = "li@example.org", **fields: object) -> Registration:
    values = {"email": email, "name": "李工", "password": make.PASSWORD, "accept_privacy": True, **fields}
    return parse(Registration, values)


def user(email: str = "li@example.org") -> User:
    with reading() as session:
        return session.scalars(select(User).where(User.email == email)).one()


def test_hashes_are_argon2id_with_todays_parameters() -> None:
    """58: the parameters are read back from the hash; long and unicode passwords work."""
    for password in ("密码密码密码密码密码", "x" * 200, "a b" * 5):
        stored = passwords.hash_password(password)
        assert extract_parameters(stored) == extract_parameters(PasswordHasher().hash("x"))
        assert stored.startswith("$argon2id$")
        assert passwords.verify_password(stored, password)
        assert not passwords.verify_password(stored, password[1:])
    assert not passwords.verify_password(None, "nobody has this password")


def test_old_parameters_are_upgraded_at_login(settings: Settings) -> None:
    """58: the next log-in replaces a hash made with weaker parameters."""
    person = make.add_person()
    with transaction() as session:
        session.get_one(User, person.id).password_hash = PasswordHasher(time_cost=1, memory_cost=64).hash(
            make.PASSWORD
        )
    accounts.record_login(VISITOR, person.id, make.PASSWORD)
    stored = user(person.email).password_hash
    assert not passwords.needs_upgrade(stored)
    assert passwords.verify_password(stored, make.PASSWORD)


def test_registering_a_known_address_tells_only_its_owner(database: Settings) -> None:
    """59: no error, no second account; the owner gets a mail."""
    accounts.register(VISITOR, given())
    accounts.register(VISITOR, given("LI@example.org", name="别人"))
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1
        assert session.scalars(select(Delivery.kind).order_by(Delivery.id)).all() == [
            "verify",
            "known_address",
        ]
    assert user().name == "李工"


def test_a_verification_link_works_once(settings: Settings) -> None:
    """60: bound to the address and the state of the moment."""
    accounts.register(VISITOR, given())
    token = signing.sign(settings, "verify", {"user": user().id, "state": signing.user_state(user())})
    data = signing.unsign(settings, "verify", token)
    accounts.verify_email(VISITOR, data["user"], data["state"])
    assert user().verified_at is not None
    with pytest.raises(signing.BadLinkError):
        accounts.verify_email(VISITOR, data["user"], data["state"])


def test_a_reset_link_dies_with_the_password(settings: Settings) -> None:
    """60, 56: used once, and all sessions end."""
    person = make.add_person()
    state, epoch = signing.user_state(user(person.email)), user(person.email).session_epoch
    with pytest.raises(Invalid):
        accounts.reset_password(VISITOR, person.id, state, "short")
    accounts.reset_password(VISITOR, person.id, state, "another long password")
    assert user(person.email).session_epoch == epoch + 1
    with pytest.raises(signing.BadLinkError):
        accounts.reset_password(VISITOR, person.id, state, "a third long password")


def test_links_serve_their_purpose_only(settings: Settings) -> None:
    """44, 60: forged, changed, expired or meant for something else: one answer."""
    token = signing.sign(settings, "verify", {"user": 1})
    for bad in (token + "x", token[:-3] + "abc", "", "a.b.c", "é" * 50):
        with pytest.raises(signing.BadLinkError):
            signing.unsign(settings, "verify", bad)
    with pytest.raises(signing.BadLinkError):
        signing.unsign(settings, "reset", token)


def test_role_change_ends_sessions_and_needs_an_administrator(settings: Settings) -> None:
    """56: the old role dies with its sessions."""
    person = make.add_person()
    with pytest.raises(NotAllowed):
        accounts.set_role(make.operator().actor, person.id, Role.BROKER)
    accounts.set_role(make.administrator().actor, person.id, Role.BROKER)
    assert (user(person.email).role, user(person.email).session_epoch) == ("broker", 2)


def test_tokens_are_kept_as_hashes_and_can_be_revoked(settings: Settings) -> None:
    """Shown once; without a live token nobody is found; another's token cannot be revoked."""
    person = make.enterprise()
    secret = accounts.create_token(person.actor, "脚本", ["read", "nothing"])
    with reading() as session:
        row = session.scalars(select(ApiToken)).one()
        assert secret not in str(row.__dict__) and row.scopes == ["read"]
        assert (found := accounts.user_of_token(session, secret)) and found[1] == {"read"}
    with pytest.raises(NotFound):
        accounts.revoke_token(make.enterprise().actor, row.id)
    accounts.revoke_token(person.actor, row.id)
    with reading() as session:
        assert accounts.user_of_token(session, secret) is None
    with pytest.raises(Invalid):
        accounts.create_token(person.actor, "", [])


def test_closing_an_account_removes_the_person(settings: Settings) -> None:
    """Name, address and phone go; the audit trail and the organisation's records stay."""
    person = make.enterprise(phone="13000000000")
    need_id = make.draft(person, "need")
    with pytest.raises(Invalid):
        accounts.close_account(person.actor, "wrong")
    accounts.close_account(person.actor, make.PASSWORD)
    with reading() as session:
        row = session.get_one(User, person.id)
        assert (row.name, row.phone, person.email in row.email) == ("", "", False)
        assert session.scalars(select(Membership.state)).one() == "left"
    assert make.load("need", need_id).organisation_id == person.actor.org_id
    accounts.register(VISITOR, given(person.email))


def test_no_secret_reaches_the_trail(settings: Settings) -> None:
    """74: no password, token or address in the audit events."""
    accounts.register(VISITOR, given())
    person = make.again(make.Person(user().id, user().email, VISITOR))
    accounts.change_password(person.actor, make.PASSWORD, "another long password")
    with reading() as session:
        text = str([event.__dict__ for event in session.scalars(select(AuditEvent))])
    for secret in (make.PASSWORD, "another long password", user().email, "argon2"):
        assert secret not in text


def organisation(**fields: object) -> OrganisationInput:
    values = {
        "kind": "enterprise",
        "name": "某某科技",
        "credit_code": make.credit_code(1),
        "region": "220100",
        **fields,
    }
    return parse(OrganisationInput, values)


def test_an_organisation_counts_once_checked(database: Settings) -> None:
    """Before the operator's check its founder acts for nobody; a refusal needs a reason."""
    person = make.add_person()
    organisation_id = organisations.found_organisation(person.actor, organisation())
    assert make.again(person).actor.org_id is None
    staff = make.operator()
    with pytest.raises(Invalid):
        organisations.review_organisation(staff.actor, organisation_id, accept=False)
    organisations.review_organisation(staff.actor, organisation_id, accept=True)
    assert make.again(person).actor.org_id == organisation_id
    with pytest.raises(Invalid):
        organisations.found_organisation(make.add_person().actor, organisation())


def test_joining_is_decided_by_an_operator(database: Settings) -> None:
    """Asked, decided once, left; one organisation at a time."""
    member, person, staff = make.enterprise(), make.add_person(), make.operator()
    organisations.join_organisation(person.actor, member.actor.org_id or 0)
    with pytest.raises(Conflict):
        organisations.join_organisation(person.actor, member.actor.org_id or 0)
    with reading() as session:
        pending = session.scalars(select(Membership.id).where(Membership.state == "pending")).one()
    organisations.decide_membership(staff.actor, pending, accept=True)
    with pytest.raises(Conflict):
        organisations.decide_membership(staff.actor, pending, accept=False)
    assert make.again(person).actor.org_id == member.actor.org_id
    organisations.leave_organisation(person.actor)
    assert make.again(person).actor.org_id is None


def test_a_reset_and_logging_out_everywhere_end_the_tokens(settings: Settings) -> None:
    """56: who lost a password may have lost the tokens, too."""
    person = make.enterprise()
    for end in (
        lambda: accounts.logout_everywhere(person.actor),
        lambda: accounts.reset_password(
            VISITOR, person.id, signing.user_state(user(person.email)), "another long password"
        ),
    ):
        secret = accounts.create_token(person.actor, "脚本", ["read"])
        end()
        with reading() as session:
            assert accounts.user_of_token(session, secret) is None


def test_closing_an_account_empties_its_mails(database: Settings) -> None:
    """What was written to a person is personal; the rows stay for the count, another person's text stays whole."""
    person, other = make.enterprise(), make.enterprise()
    with transaction() as session:
        for delivery in session.scalars(select(Delivery)):
            delivery.subject, delivery.text = "主题", "王工，您好"
    accounts.close_account(person.actor, make.PASSWORD)
    with reading() as session:
        kept = {each.user_id: (each.subject, each.text) for each in session.scalars(select(Delivery))}
    assert kept == {person.id: ("", ""), other.id: ("主题", "王工，您好")}


def test_the_last_administrator_stays(database: Settings) -> None:
    """Neither closing the account nor another role leaves the platform without one; with a second it may be."""
    last = make.administrator()
    with pytest.raises(Conflict, match="唯一的管理员"):
        accounts.close_account(last.actor, make.PASSWORD)
    with pytest.raises(Conflict, match="唯一的管理员"):
        accounts.set_role(SYSTEM, last.id, Role.OPERATOR)
    assert (user(last.email).role, user(last.email).closed_at) == (Role.ADMINISTRATOR, None)
    accounts.set_role(SYSTEM, last.id, Role.ADMINISTRATOR)
    second = make.administrator()
    accounts.close_account(make.again(last).actor, make.PASSWORD)
    with pytest.raises(Conflict):
        accounts.close_account(second.actor, make.PASSWORD)
