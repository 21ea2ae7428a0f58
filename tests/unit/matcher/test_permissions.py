"""One table answers both questions the same way."""

from itertools import product

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher.actions import cases, tasks, visits
from matcher.actor import VISITOR, Actor
from matcher.db import reading, transaction
from matcher.errors import NotFound
from matcher.inputs.base import parse
from matcher.inputs.tasks import TaskInput, VisitInput
from matcher.models import MODELS, Achievement, Case, CaseTask, Expert, Match, Need, Organisation, User, Visit
from matcher.permissions import PERMISSIONS, SCOPES, allowed, find, rows, visibilities, visibility_of
from matcher.tasks.terms import Duty
from matcher.vocabulary import Consent, RecordState, Role
from tests import factories as make

OBJECTS = {
    "record": (Need, Achievement, Expert),
    "match": (Match,),
    "case": (Case,),
    "organisation": (Organisation,),
    "account": (User,),
    "user": (User,),
    "task": (CaseTask,),
    "visit": (Visit,),
}


@pytest.fixture
def people(database: Settings) -> dict[str, Actor]:
    """One actor of each kind, and records of theirs in every state."""
    firm, lab = make.enterprise(), make.institute()
    other = make.enterprise()
    people = {
        "visitor": VISITOR,
        "firm": firm.actor,
        "lab": lab.actor,
        "other": other.actor,
        "unverified": make.add_person(verified=False).actor,
        "unchecked": make.add_member("enterprise", checked=False).actor,
        "broker": make.broker().actor,
        "operator": make.operator().actor,
        "administrator": make.administrator().actor,
        "reader": Actor(**{**firm.actor.__dict__, "scopes": frozenset({"read"})}),
    }
    fill(firm, lab)
    return people | oversee(firm)


def oversee(firm: make.Person) -> dict[str, Actor]:
    """Officers of the firm, of its prefecture, of its province and of another one; a visit and tasks in all hands."""
    liaison, envoy = make.officers(firm.actor.org_id, Duty.LIAISON, Duty.ENVOY).values()
    visits.write_visit(envoy.actor, parse(VisitInput, {"organisation_id": firm.actor.org_id, "visited_on": "2026-01-05", "note": "车间", "title": "干燥"}))
    with reading() as session:
        case_id = session.scalars(select(Case.id)).one()
    for duty in Duty:
        given = parse(TaskInput, {"title": "准备", "duty": duty, "due_on": "2099-01-05"})
        tasks.add_task(make.operator().actor, given, case_id=case_id)
    return {
        "liaison": liaison.actor,
        "envoy": envoy.actor,
        "prefecture": make.officers(None, Duty.MENTOR, region="220100")[Duty.MENTOR].actor,
        "province": make.officers(None, Duty.SUPERVISOR, region="220000")[Duty.SUPERVISOR].actor,
        "elsewhere": make.officers(None, Duty.LIAISON, region="210000")[Duty.LIAISON].actor,
    }


def fill(firm: make.Person, lab: make.Person) -> None:
    """Records in every state, experts of every consent, a match and a case at 待双方同意."""
    need_id, achievement_id = make.published(firm, "need", anonymous=True), make.published(lab, "achievement")
    make.matched(need_id, achievement_id)
    ids = {kind: [make.draft(firm if kind == "need" else lab, kind) for _ in RecordState] for kind in MODELS}
    experts = [make.published(lab, "expert", consent=consent) for consent in Consent]
    assert len(experts) == len(Consent)
    with transaction() as session:
        for kind, model in MODELS.items():
            for record_id, state in zip(ids[kind], RecordState, strict=True):
                session.get_one(model, record_id).state = state
    cases.open_case(make.broker().actor, need_id, achievement_id)


def test_table_judges_and_selects_alike(people: dict[str, Actor]) -> None:
    """7, 50: for every action, person and row, `allowed` and `rows` agree."""
    with reading() as session:
        for action, actor in product(PERMISSIONS, people.values()):
            for model in OBJECTS.get(action.split(".")[0], ()):
                selected = {
                    row.id for row in session.scalars(select(model).where(rows(actor, action, model)))
                }
                judged = {row.id for row in session.scalars(select(model)) if allowed(actor, action, row)}
                assert selected == judged, (action, actor, model)


def test_what_may_be_found_is_what_the_index_shows(people: dict[str, Actor]) -> None:
    """50: the index's visibility marks give each person exactly the rows of `record.search`."""
    with reading() as session:
        for actor in people.values():
            for model in MODELS.values():
                found = {
                    r.id for r in session.scalars(select(model)) if visibility_of(r) in visibilities(actor)
                }
                may = {
                    r.id for r in session.scalars(select(model).where(rows(actor, "record.search", model)))
                }
                if actor.scopes is None:
                    assert found == may, (actor, model)


def test_foreign_and_unknown_ids_get_one_answer(people: dict[str, Actor]) -> None:
    """52: another organisation's draft is as absent as an id that never was."""
    with reading() as session:
        draft = session.scalars(select(Need).where(Need.state == RecordState.DRAFT)).first()
        assert draft is not None
        messages = []
        for record_id in (draft.id, 10**6):
            with pytest.raises(NotFound) as refused:
                find(session, people["other"], "record.read", Need, record_id)
            messages.append(str(refused.value))
    assert messages[0] == messages[1]


def test_visitors_and_unchecked_organisations_create_nothing(people: dict[str, Actor]) -> None:
    """An organisation counts once it is checked, a person once the address is verified."""
    for name in ("visitor", "unverified", "unchecked", "broker", "reader"):
        assert not allowed(people[name], "need.create"), name
    assert allowed(people["firm"], "need.create")
    assert not allowed(people["firm"], "achievement.create")


def test_scopes_name_real_actions() -> None:
    """A token's scope cannot hold an action that the table lacks."""
    assert {action for actions in SCOPES.values() for action in actions} <= set(PERMISSIONS)


def test_contacts_open_only_after_both_said_yes(people: dict[str, Actor]) -> None:
    """Before that, not even the parties see them; the assigned broker and operators do."""
    with reading() as session:
        case = session.scalars(select(Case)).one()
        assert not allowed(people["firm"], "case.contacts", case)
        assert allowed(people["operator"], "case.contacts", case)
        case.need_agreed_at = case.offer_agreed_at = case.created_at
        assert allowed(people["firm"], "case.contacts", case)
        assert not allowed(people["other"], "case.contacts", case)


def test_roles_are_closed() -> None:
    """Every role of the vocabulary is one that rules speak of."""
    assert {role.value for role in Role} == {"member", "broker", "operator", "administrator"}
