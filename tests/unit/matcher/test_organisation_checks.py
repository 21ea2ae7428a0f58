"""What the public sees of an organisation was checked by an operator: names, and that it may publish at all."""

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher.actions import organisations, records
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import Conflict, Invalid, NotAllowed, Stale
from matcher.inputs.base import parse
from matcher.inputs.people import OrganisationInput
from matcher.models import AuditEvent, Delivery, Match, Organisation, OutboxItem
from matcher.permissions import visibility_of
from matcher.vocabulary import OrgState, RecordState
from tests import factories as make


def of(person: make.Person) -> Organisation:
    with reading() as session:
        return session.get_one(Organisation, person.actor.member_of)


def edit(person: make.Person, **fields: object) -> None:
    """Change the organisation; what is not named stays as it was checked."""
    row = of(person)
    values = {name: getattr(row, name) for name in ("kind", "name", "credit_code", "region")}
    given = parse(OrganisationInput, {**values, **fields})
    organisations.edit_organisation(person.actor, row.id, row.version, given)


def outbox_versions(need_id: int) -> list[int]:
    with reading() as session:
        return list(session.scalars(select(OutboxItem.version).where(OutboxItem.record_id == need_id)))


def verdicts() -> list[str]:
    with reading() as session:
        found = session.scalars(select(Delivery).where(Delivery.kind == "organisation").order_by(Delivery.id))
        return [delivery.payload["verdict"] for delivery in found]


def test_a_new_name_shows_once_it_is_checked(database: Settings) -> None:
    """Until then the checked name stands, the listings stay, and the members go on working."""
    person, code = make.enterprise(name="旧名字公司"), make.credit_code(77)
    need_id = make.published(person, "need")
    items, old_code = outbox_versions(need_id), of(person).credit_code
    edit(person, name="新名字公司", credit_code=code)
    assert (of(person).name, of(person).credit_code) == ("旧名字公司", old_code)
    assert make.again(person).actor.org_id == of(person).id
    assert outbox_versions(need_id) == items
    organisations.review_organisation(SYSTEM, of(person).id, accept=True)
    assert (of(person).name, of(person).credit_code) == ("新名字公司", code)
    assert of(person).proposed_name is None
    assert len(outbox_versions(need_id)) == len(items) + 1
    assert verdicts() == ["checked", "renamed"]


def test_a_refused_name_leaves_the_checked_one(database: Settings) -> None:
    """The refusal needs a reason, which the members read; their listings stay."""
    person = make.enterprise(name="旧名字公司")
    need_id = make.published(person, "need")
    edit(person, name="新名字公司")
    with pytest.raises(Invalid):
        organisations.review_organisation(SYSTEM, of(person).id, accept=False, remark=" ")
    organisations.review_organisation(SYSTEM, of(person).id, accept=False, remark="与执照不符")
    row = of(person)
    assert (row.name, row.proposed_name, row.state, row.review_remark) == (
        "旧名字公司",
        None,
        OrgState.CHECKED,
        "与执照不符",
    )
    assert make.load("need", need_id).state == RecordState.PUBLISHED
    assert verdicts() == ["checked", "kept"]


def test_typing_the_checked_name_again_takes_the_proposal_back(database: Settings) -> None:
    """Nothing waits any more; other fields need no check, and a new region is indexed."""
    person = make.enterprise(name="旧名字公司")
    need_id = make.published(person, "need")
    items = len(outbox_versions(need_id))
    edit(person, name="新名字公司")
    edit(person, region="220500")
    assert (of(person).proposed_name, of(person).region) == (None, "220500")
    assert len(outbox_versions(need_id)) == items + 1
    with pytest.raises(Conflict):
        organisations.review_organisation(SYSTEM, of(person).id, accept=True)


def test_a_name_that_changed_meanwhile_is_not_checked_unseen(database: Settings) -> None:
    """The operator decided about another version: told, nothing is taken over."""
    person = make.enterprise(name="旧名字公司")
    edit(person, name="好名字公司")
    seen = of(person).version
    edit(person, name="坏名字公司")
    with pytest.raises(Stale):
        organisations.review_organisation(SYSTEM, of(person).id, accept=True, version=seen)
    assert of(person).name == "旧名字公司"


def test_two_proposals_of_one_code(database: Settings) -> None:
    """The code that another organisation got meanwhile is refused at the check."""
    first, second, code = make.enterprise(), make.enterprise(), make.credit_code(78)
    for person in (first, second):
        edit(person, credit_code=code)
    organisations.review_organisation(SYSTEM, of(first).id, accept=True)
    with pytest.raises(Invalid) as refused:
        organisations.review_organisation(SYSTEM, of(second).id, accept=True)
    assert set(refused.value.errors) == {"credit_code"}
    assert of(second).credit_code != code


def test_a_revoked_organisation_is_not_public(database: Settings) -> None:
    """Its listings are withdrawn, their index documents and open matches go; its members act for nobody."""
    firm, staff = make.enterprise(), make.operator()
    need_id = make.published(firm, "need")
    waiting = make.draft(firm, "need")
    records.submit_record(firm.actor, "need", waiting, 1)
    match = make.matched(need_id, make.published(make.institute(), "achievement"))
    items = len(outbox_versions(need_id))
    with pytest.raises(NotAllowed):
        organisations.revoke_organisation(firm.actor, of(firm).id, "不再合作")
    with pytest.raises(Invalid):
        organisations.revoke_organisation(staff.actor, of(firm).id, " ")
    organisations.revoke_organisation(staff.actor, of(firm).id, "营业执照已注销")
    for record_id in (need_id, waiting):
        record = make.load("need", record_id)
        assert (record.state, visibility_of(record)) == (RecordState.WITHDRAWN, None)
    assert len(outbox_versions(need_id)) == items + 1
    assert make.again(firm).actor.org_id is None
    with reading() as session:
        assert session.get_one(Match, match).state == "closed"
        assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == (
            "organisation.revoke"
        )
    assert verdicts()[-1] == "refused"
    with pytest.raises(Conflict):
        organisations.revoke_organisation(staff.actor, of(firm).id, "再来一次")


def test_nothing_of_an_unchecked_organisation_is_published(database: Settings) -> None:
    """Whatever state a record is in: the review refuses while its organisation is not checked."""
    firm = make.enterprise()
    need_id = make.draft(firm, "need")
    records.submit_record(firm.actor, "need", need_id, 1)
    with transaction() as session:
        session.get_one(Organisation, of(firm).id).state = OrgState.REFUSED
    with pytest.raises(Conflict, match="没有通过核验"):
        records.review_record(SYSTEM, "need", need_id, 2, publish=True)
    assert make.load("need", need_id).state == RecordState.SUBMITTED
