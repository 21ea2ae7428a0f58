"""Clients received in person: who they are, what is entered for them, what they find later."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from matcher import clock
from matcher.actions import cases, receptions, stations
from matcher.actions.accounts import accept_invitation
from matcher.actions.integrity import enter_record
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import AlreadyDone, Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import parse
from matcher.inputs.integrity import IntegrityInput
from matcher.models import (
    AuditEvent,
    BrokerProfile,
    Case,
    Delivery,
    DeliveryKind,
    Membership,
    Need,
    Organisation,
    Reception,
    User,
)
from matcher.permissions import find
from matcher.signing import user_state
from matcher.vocabulary import CaseState, MembershipState, OrgState, RecordState
from tests import factories as make
from tests.factories import Person

NEW = {"organisation_name": "通化参业股份公司", "organisation_region": "220500", "identity_seen": True}
_marks = iter(range(1, 10_000))


@pytest.fixture
def counter(database: Settings) -> tuple[Person, int]:
    """A clerk and their station."""
    return make.clerk()


def receive(person: Person, station_id: int | None, once: str = "", **client: object) -> int:
    """Receive a client with a complete need; the reception's id."""
    given = make.client(station_id=station_id, **client)
    return receptions.receive(person.actor, given, make.given("need"), once or f"{next(_marks):016x}")


def of(reception_id: int) -> Reception:
    with reading() as session:
        row = session.get_one(Reception, reception_id)
        _ = (row.need, row.organisation, row.contact)
        return row


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def membership_of(user: User | None) -> Membership:
    assert user is not None
    with reading() as session:
        return session.scalars(select(Membership).where(Membership.user_id == user.id)).one()


def accept(user: User | None) -> Person:
    """The client follows the invitation; as who they are then."""
    assert user is not None
    accept_invitation(SYSTEM, user.id, user_state(user), make.PASSWORD)
    return make.again(Person(user.id, user.email, SYSTEM))


def test_a_new_client_is_registered_published_and_invited(counter: tuple[Person, int]) -> None:
    """On sight of the licence: checked organisation, active member, published need, one audit event, one mail."""
    clerk, station_id = counter
    row = of(receive(clerk, station_id, credit_code=make.credit_code(90001), email="li@example.org", **NEW))
    assert (row.organisation.state, row.need.state, row.need.intake) == (OrgState.CHECKED, RecordState.PUBLISHED, "counter")
    assert row.number.startswith("SL-")
    assert membership_of(row.contact).state == MembershipState.ACTIVE
    assert row.contact is not None
    assert row.contact.privacy_accepted_at is not None
    with reading() as session:
        mails = session.scalars(select(Delivery).where(Delivery.kind == DeliveryKind.RECEIVED)).all()
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "reception.receive")).all()
    assert [mail.user_id for mail in mails] == [row.contact.id]
    assert len(events) == 1


def test_the_client_finds_everything_later_and_agrees(counter: tuple[Person, int]) -> None:
    """By the invitation they set a password; then need, reception and case are theirs, under one number."""
    clerk, station_id = counter
    lab = make.institute()
    reception_id = receive(clerk, station_id, credit_code=make.credit_code(90002), email="li@example.org", **NEW)
    case_id = receptions.open_case_for(clerk.actor, reception_id, make.published(lab, "achievement"))
    client = accept(of(reception_id).contact)
    cases.consent_case(client.actor, case_id, agree=True)
    cases.consent_case(lab.actor, case_id, agree=True)
    with reading() as session:
        case = session.get_one(Case, case_id)
        find(session, client.actor, "reception.read", Reception, reception_id)
        find(session, clerk.actor, "case.read", Case, case_id)
        with pytest.raises(NotFound):
            find(session, clerk.actor, "case.write", Case, case_id)
    assert (case.state, case.channel, case.station_id) == (CaseState.AGREED, "counter", station_id)
    assert case.number.startswith("DQ-")


def test_what_was_agreed_at_the_counter_needs_the_other_side_only(counter: tuple[Person, int]) -> None:
    """The client's word is recorded as given at the counter; contacts stay hidden until the other side agrees."""
    clerk, station_id = counter
    lab, broker = make.institute(), make.broker()
    with transaction() as session:
        session.add(BrokerProfile(user_id=broker.id))
    reception_id = receive(clerk, station_id, credit_code=make.credit_code(90003), **NEW)
    case_id = receptions.open_case_for(clerk.actor, reception_id, make.published(lab, "achievement"), agreed=True)
    with reading() as session:
        case = session.get_one(Case, case_id)
        told = [event.data for event in case.events if event.kind == "agreed"]
    assert (case.state, case.broker_id) == (CaseState.PROPOSED, broker.id)
    assert told == [{"side": "need", "at_counter": True}]
    cases.consent_case(lab.actor, case_id, agree=True)
    with reading() as session:
        assert session.get_one(Case, case_id).state == CaseState.AGREED


def test_without_identity_nothing_is_published_and_nothing_agreed(counter: tuple[Person, int]) -> None:
    """Unseen: the organisation waits for an operator, the need for review, no case can be opened."""
    clerk, station_id = counter
    lab = make.institute()
    reception_id = receive(clerk, station_id, credit_code=make.credit_code(90004), **(NEW | {"identity_seen": False}))
    row = of(reception_id)
    assert (row.organisation.state, row.need.state) == (OrgState.PENDING, RecordState.SUBMITTED)
    with pytest.raises(Conflict):
        receptions.open_case_for(clerk.actor, reception_id, make.published(lab, "achievement"))
    assert count(Case) == 0


def test_a_broker_checks_nobody(database: Settings) -> None:
    """A broker may receive, but a new organisation waits for an operator although its licence was seen."""
    row = of(receive(make.broker(), None, channel="event", credit_code=make.credit_code(90005), **NEW))
    assert (row.organisation.state, row.need.state) == (OrgState.PENDING, RecordState.SUBMITTED)


def code_of(firm: Person) -> str:
    with reading() as session:
        return str(session.get_one(Organisation, firm.actor.org_id).credit_code)


def test_a_broker_speaks_for_no_organisation(database: Settings) -> None:
    """Attack: a broker enters a need of a checked organisation by its code alone, and agrees for it to open a case."""
    broker, offer = make.broker(), make.published(make.institute(), "achievement")
    number = receive(broker, None, channel="event", credit_code=code_of(make.enterprise()), identity_seen=True)
    assert of(number).need.state == RecordState.SUBMITTED
    with transaction() as session:
        session.get_one(Need, of(number).need_id).state = RecordState.PUBLISHED  # an operator has looked
    with pytest.raises(Invalid) as refused:
        receptions.open_case_for(broker.actor, number, offer, agreed=True)
    assert list(refused.value.errors) == ["agreed"]
    receptions.open_case_for(broker.actor, number, offer)
    with reading() as session:
        assert session.scalars(select(Case.need_agreed_at)).one() is None


def test_who_is_barred_publishes_nothing_at_a_counter(counter: tuple[Person, int]) -> None:
    """Attack: an organisation with an integrity record comes in person instead; nothing is kept."""
    clerk, station_id = counter
    code = code_of(make.enterprise())
    days = {"starts_on": "2026-01-01", "ends_on": f"{clock.now().year + 1}-12-31"}
    words = {"source": "主管部门 1 号文", "reason": "数据造假", "scope": "publishing"}
    enter_record(make.operator().actor, parse(IntegrityInput, {"subject": code, **words, **days}))
    with pytest.raises(Invalid) as refused:
        receive(clerk, station_id, credit_code=code, identity_seen=True)
    assert "科研诚信" in str(refused.value.errors["credit_code"])
    assert (count(Need), count(Reception)) == (0, 0)


def test_a_known_organisation_is_found_by_its_code_and_a_new_person_waits(counter: tuple[Person, int]) -> None:
    """The walk-in's account asks to join; an operator decides. Everybody of the organisation gets a mail."""
    clerk, station_id = counter
    firm = make.enterprise()
    with reading() as session:
        code = session.get_one(Organisation, firm.actor.org_id).credit_code
    before = count(Organisation)
    row = of(receive(clerk, station_id, credit_code=code, email="neu@example.org", identity_seen=True))
    assert (row.organisation_id, count(Organisation)) == (firm.actor.org_id, before)
    assert row.need.state == RecordState.PUBLISHED
    assert membership_of(row.contact).state == MembershipState.PENDING
    with reading() as session:
        told = set(session.scalars(select(Delivery.user_id).where(Delivery.kind == DeliveryKind.RECEIVED)))
    assert told == {firm.id, row.contact_id}


def test_a_registered_address_brings_its_organisation(counter: tuple[Person, int]) -> None:
    """An e-mail that has an account already, without a code: that account's organisation, no second account."""
    clerk, station_id = counter
    firm = make.enterprise()
    users = count(User)
    row = of(receive(clerk, station_id, email=firm.email.upper(), identity_seen=True))
    assert (row.organisation_id, row.contact_id, count(User)) == (firm.actor.org_id, firm.id, users)


def test_a_registered_address_of_another_organisation_is_refused(counter: tuple[Person, int]) -> None:
    """Bad input: the account belongs elsewhere than the code says; nothing is half-done."""
    clerk, station_id = counter
    firm, other = make.enterprise(), make.enterprise()
    with reading() as session:
        code = session.get_one(Organisation, other.actor.org_id).credit_code
    with pytest.raises(Invalid) as refused:
        receive(clerk, station_id, email=firm.email, credit_code=code)
    assert set(refused.value.errors) == {"email"}
    assert (count(Reception), count(Need)) == (0, 0)


def test_a_password_set_before_the_address_was_proven_opens_nothing(counter: tuple[Person, int]) -> None:
    """Somebody registered the client's address with a password of their own: it no longer works."""
    clerk, station_id = counter
    squatter = make.add_person(verified=False, email="li@example.org")
    row = of(receive(clerk, station_id, credit_code=make.credit_code(90006), email="li@example.org", **NEW))
    assert row.contact_id == squatter.id
    assert row.contact is not None
    assert (row.contact.password_hash, row.contact.session_epoch) == ("!", 2)


@pytest.mark.parametrize(
    ("client", "field"),
    [
        ({"credit_code": "91220101MA0000000X"}, "credit_code"),
        ({"credit_code": "1" * 400}, "credit_code"),
        ({"contact_name": "李\x00工"}, "contact_name"),
        ({"contact_name": "长" * 51}, "contact_name"),
        ({"email": "not an address"}, "email"),
        ({"email": "a" * 260 + "@example.org"}, "email"),
        ({"channel": "import"}, "channel"),
        ({"channel": "pigeon"}, "channel"),
        ({"station_id": 2**40}, "station_id"),
        ({"station_id": None}, "station_id"),
        ({"accept_privacy": False}, "accept_privacy"),
        ({"contact_phone": ""}, "contact_phone"),
        ({"credit_code": ""}, "credit_code"),
        ({"organisation_region": "999999"}, "organisation_region"),
    ],
)
def test_what_cannot_be_a_client_is_refused_at_its_field(client: dict[str, object], field: str) -> None:
    """Bad input: check digit, length, NUL, address, channel, station, consent, no way to reach them."""
    good = {"station_id": 1, "credit_code": make.credit_code(90007)}
    with pytest.raises(Invalid) as refused:
        make.client(**(good | client))
    assert set(refused.value.errors) == {field}


def test_stations_that_are_unknown_closed_or_not_ones_own_are_refused(counter: tuple[Person, int]) -> None:
    """Bad input: a clerk writes down their own open stations only; a broker any open one."""
    clerk, station_id = counter
    _other, foreign = make.clerk()
    broker = make.broker()
    new = {"credit_code": make.credit_code(90008), **NEW}
    for person, number in ((clerk, foreign), (clerk, 9999), (broker, 9999)):
        with pytest.raises(Invalid) as refused:
            receive(person, number, **new)
        assert set(refused.value.errors) == {"station_id"}
    stations.close_station(SYSTEM, foreign)
    with pytest.raises(Invalid):
        receive(broker, foreign, **new)
    stations.close_station(SYSTEM, station_id)
    with pytest.raises(NotAllowed):
        receive(make.again(clerk), station_id, **new)
    assert count(Reception) == 0


def test_a_form_sent_twice_is_one_reception(counter: tuple[Person, int]) -> None:
    """Double submit: one reception, one need, one account."""
    clerk, station_id = counter
    client = {"credit_code": make.credit_code(90009), "email": "li@example.org", **NEW}
    receive(clerk, station_id, once="a" * 16, **client)
    with pytest.raises(AlreadyDone):
        receive(clerk, station_id, once="a" * 16, **client)
    assert (count(Reception), count(Need)) == (1, 1)


def test_an_institute_and_a_refused_organisation_have_no_need(counter: tuple[Person, int]) -> None:
    """Bad input: an organisation that may not publish needs."""
    clerk, station_id = counter
    for person, state in ((make.institute(), OrgState.CHECKED), (make.enterprise(), OrgState.REFUSED)):
        with transaction() as session:
            organisation = session.get_one(Organisation, person.actor.org_id)
            organisation.state, code = state, organisation.credit_code
        with pytest.raises(Invalid) as refused:
            receive(clerk, station_id, credit_code=code)
        assert set(refused.value.errors) == {"credit_code"}


def test_other_counters_and_former_staff_see_nothing(counter: tuple[Person, int]) -> None:
    """Foreign ids are unknown ones; whoever was removed from a station no longer reads its clients."""
    clerk, station_id = counter
    other, _station = make.clerk()
    reception_id = receive(clerk, station_id, credit_code=make.credit_code(90010), **NEW)
    offer = make.published(make.institute(), "achievement")
    for person in (other, make.enterprise(), make.broker()):
        with pytest.raises(NotFound):
            receptions.open_case_for(person.actor, reception_id, offer)
    stations.remove_staff(SYSTEM, station_id, clerk.id)
    with pytest.raises(NotFound):
        receptions.open_case_for(make.again(clerk).actor, reception_id, offer)


def test_an_achievement_that_is_unknown_or_a_draft_opens_nothing(counter: tuple[Person, int]) -> None:
    """Bad input: no such number, one that others may not see; and one pair has one case."""
    clerk, station_id = counter
    lab = make.institute()
    reception_id = receive(clerk, station_id, credit_code=make.credit_code(90011), **NEW)
    for number in (99999, make.draft(lab, "achievement")):
        with pytest.raises(Invalid) as refused:
            receptions.open_case_for(clerk.actor, reception_id, number)
        assert set(refused.value.errors) == {"achievement"}
    offer = make.published(lab, "achievement")
    receptions.open_case_for(clerk.actor, reception_id, offer)
    with pytest.raises(Conflict):
        receptions.open_case_for(clerk.actor, reception_id, offer)
    assert count(Case) == 1
