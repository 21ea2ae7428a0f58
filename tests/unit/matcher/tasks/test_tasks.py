"""Tasks: in whose hands, who may do what with them, what is refused."""

import pytest
from sqlalchemy import func, select

from matcher.actions import cases, posts, tasks
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import AlreadyDone, Conflict, Invalid, NotAllowed, NotFound
from matcher.inputs.base import parse
from matcher.inputs.tasks import NoteInput, OutcomeInput, PostInput, TaskInput
from matcher.models import AuditEvent, CaseEvent, Delivery, Membership
from matcher.tasks.terms import OFFICERS, Duty
from matcher.vocabulary import EndReason
from tests import factories as make
from tests.unit.matcher.tasks.conftest import Watched

DONE = OutcomeInput(outcome="已寄出，单号在附件里。")


def mails(person: make.Person, kind: str = "task_assigned") -> int:
    with reading() as session:
        query = select(func.count()).select_from(Delivery)
        return session.scalar(query.where(Delivery.user_id == person.id, Delivery.kind == kind)) or 0


def events(case_id: int, kind: str) -> list[CaseEvent]:
    with reading() as session:
        return list(session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id, CaseEvent.kind == kind)))


def test_a_duty_is_resolved_to_a_person(watched: Watched) -> None:
    """Each duty finds who holds it for this case, who gets one mail; the timeline says so."""
    people = {
        Duty.NEED: watched.firm,
        Duty.OFFER: watched.lab,
        Duty.BROKER: watched.broker,
        Duty.OPERATOR: watched.staff,
        **watched.officers,
    }
    author = make.operator()
    for duty, person in people.items():
        if duty is Duty.OPERATOR:
            continue
        task = watched.task(watched.add(author.actor, duty))
        assert task.owner_id == person.id
        assert mails(person) == 1
    assert len(events(watched.case_id, "task_added")) == len(people) - 1
    operators = {watched.staff.id, author.id}
    assert {watched.task(watched.add(watched.broker.actor, Duty.OPERATOR)).owner_id for _ in range(2)} == operators


def test_an_unfilled_post_falls_to_the_operator(watched: Watched) -> None:
    """No mentor of the enterprise, its region or its province: an operator has the task."""
    with reading() as session:
        post = session.scalars(select(posts.OfficerPost.id).where(posts.OfficerPost.duty == Duty.MENTOR)).one()
    posts.end_post(watched.staff.actor, post)
    task = watched.task(watched.add(watched.broker.actor, Duty.MENTOR))
    assert (task.duty, task.owner_id) == (Duty.MENTOR, watched.staff.id)


def test_the_enterprise_s_own_officer_comes_before_the_region_s(watched: Watched) -> None:
    """Enterprise, prefecture, province: the nearest post counts."""
    make.officers(None, region="220100")
    assert watched.task(watched.add(watched.staff.actor, Duty.ENVOY)).owner_id == watched.officers[Duty.ENVOY].id
    other = make.enterprise()
    province = make.officers(None, Duty.LIAISON, region="220000")[Duty.LIAISON]
    given = parse(TaskInput, {"title": "回访", "duty": "liaison", "due_on": "2099-01-05"})
    task = watched.task(tasks.add_task(province.actor, given, organisation_id=other.actor.org_id))
    assert task.owner_id not in {province.id, watched.officers[Duty.LIAISON].id}


def test_the_company_s_contact_speaks_for_it(watched: Watched) -> None:
    """M33: what has no listing's author goes to the 企业科技专员."""
    colleague = make.add_person()
    with transaction() as session:
        session.add(
            Membership(
                user_id=colleague.id,
                organisation_id=watched.firm.actor.org_id or 0,
                state="active",
                created_at=watched.case.created_at,
            )
        )
    colleague = make.again(colleague)
    posts.set_contact(colleague.actor, wanted=True)
    given = parse(TaskInput, {"title": "填报需求", "duty": "need", "due_on": "2099-01-05"})
    officer = watched.officers[Duty.LIAISON]
    assert watched.task(tasks.add_task(officer.actor, given, organisation_id=watched.firm.actor.org_id)).owner_id == colleague.id
    cases.write_message(watched.lab.actor, watched.case_id, "样品已寄出。")
    assert mails(colleague, "case_message") == 1
    assert mails(watched.firm, "case_message") == 1


def test_done_once_with_its_outcome(watched: Watched) -> None:
    """Done twice is refused; the timeline has one line with what came of it, the audit trail one event without it."""
    task_id = watched.add(watched.broker.actor)
    tasks.complete_task(watched.firm.actor, task_id, DONE)
    with pytest.raises(AlreadyDone):
        tasks.complete_task(watched.firm.actor, task_id, DONE)
    (line,) = events(watched.case_id, "task_done")
    assert "单号" in line.body
    with reading() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "task.complete"))
    assert "单号" not in str(event.changes)


def test_the_wrong_side_is_refused(watched: Watched) -> None:
    """The institute may read the enterprise's task, but neither complete, hand on nor call it off."""
    task_id = watched.add(watched.broker.actor, Duty.NEED)
    with pytest.raises(NotAllowed):
        tasks.complete_task(watched.lab.actor, task_id, DONE)
    with pytest.raises(NotAllowed):
        tasks.reassign_task(watched.lab.actor, task_id, Duty.OFFER)
    with pytest.raises(NotAllowed):
        tasks.cancel_task(watched.firm.actor, task_id, DONE)
    assert watched.task(task_id).state == "open"


def test_a_stranger_s_task_is_not_found(watched: Watched) -> None:
    """Another organisation, another broker, an officer of another region: as if there were none."""
    task_id = watched.add(watched.broker.actor)
    elsewhere = make.officers(None, region="210000")[Duty.SUPERVISOR]
    for actor in (make.enterprise().actor, make.broker().actor, elsewhere.actor):
        with pytest.raises(NotFound):
            tasks.complete_task(actor, task_id, DONE)
        with pytest.raises(NotFound):
            watched.add(actor)
        with pytest.raises(NotFound):
            tasks.note_case(actor, watched.case_id, NoteInput(body="走访"))


def test_an_officer_notes_but_takes_no_step(watched: Watched) -> None:
    """Their note stands in the timeline with their duty; steps, messages and the contacts are not theirs."""
    envoy = watched.officers[Duty.ENVOY].actor
    tasks.note_case(envoy, watched.case_id, NoteInput(body="现场看过，水电条件具备。"))
    (line,) = events(watched.case_id, "note")
    assert line.data["held"] == Duty.ENVOY
    with pytest.raises(NotFound):
        cases.write_message(envoy, watched.case_id, "你好")
    with pytest.raises(NotFound):
        cases.end_case(envoy, watched.case_id, watched.case.version, EndReason.OTHER)
    with pytest.raises(NotFound):
        cases.open_contacts(envoy, watched.case_id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("due_on", "2026-01-05"),
        ("due_on", "2026-02-30"),
        ("due_on", "9999-12-31"),
        ("title", " "),
        ("title", "a\x00b"),
        ("title", "长" * 301),
        ("duty", "king"),
        ("owner_id", "999999"),
    ],
)
def test_bad_input_is_refused_at_its_field(watched: Watched, field: str, value: str) -> None:
    """Past dates, days that are none, empty, NUL, too long, unknown duties and people; nothing is kept."""
    with pytest.raises(Invalid) as refused:
        watched.add(watched.broker.actor, **{"due_on": "2099-01-05", field: value})  # type: ignore[arg-type]
    assert set(refused.value.errors) == {field}
    assert events(watched.case_id, "task_added") == []


def test_no_task_for_a_closed_case_or_a_party_without_case(watched: Watched) -> None:
    """Neither on an ended case, nor for an institute or broker where there is no case."""
    cases.end_case(watched.broker.actor, watched.case_id, watched.case.version, EndReason.PRICE)
    with pytest.raises(Conflict):
        watched.add(watched.broker.actor)
    given = parse(TaskInput, {"title": "回访", "duty": "offer", "due_on": "2099-01-05"})
    with pytest.raises(Invalid):
        tasks.add_task(watched.officers[Duty.LIAISON].actor, given, organisation_id=watched.firm.actor.org_id)


def test_a_person_may_be_named_among_those_who_hold_the_duty(watched: Watched) -> None:
    """The institute's person cannot be given the enterprise's duty."""
    assert watched.task(watched.add(watched.staff.actor, owner_id=watched.firm.id)).owner_id == watched.firm.id
    with pytest.raises(Invalid):
        watched.add(watched.staff.actor, owner_id=watched.lab.id)


def test_given_on_it_keeps_its_date(watched: Watched) -> None:
    """The new owner gets a mail and the date stays."""
    task_id = watched.add(watched.staff.actor, Duty.LIAISON)
    before = watched.task(task_id).due_at
    tasks.reassign_task(watched.officers[Duty.LIAISON].actor, task_id, Duty.ENVOY)
    task = watched.task(task_id)
    assert (task.duty, task.owner_id, task.due_at) == (Duty.ENVOY, watched.officers[Duty.ENVOY].id, before)
    assert mails(watched.officers[Duty.ENVOY]) == 1


def test_one_holder_of_a_post(watched: Watched) -> None:
    """A new officer takes the post and its open tasks over; the same again is refused; the former one is kept."""
    task_id = watched.add(watched.staff.actor, Duty.ENVOY)
    successor = make.add_person()
    given = parse(PostInput, {"email": successor.email, "duty": "envoy", "organisation_id": watched.firm.actor.org_id})
    posts.assign_post(watched.staff.actor, given)
    assert watched.task(task_id).owner_id == successor.id
    with pytest.raises(AlreadyDone):
        posts.assign_post(watched.staff.actor, given)
    with reading() as session:
        held = session.scalars(select(posts.OfficerPost).where(posts.OfficerPost.duty == "envoy")).all()
    assert [post.ended_at is None for post in sorted(held, key=lambda post: post.id)] == [False, True]
    former = make.again(watched.officers[Duty.ENVOY])
    with pytest.raises(NotFound):
        tasks.note_case(former.actor, watched.case_id, NoteInput(body="还能看到吗"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "nobody@example.org"}, "email"),
        ({"duty": "broker"}, "duty"),
        ({"region": "220100"}, "region"),
        ({"organisation_id": ""}, "region"),
        ({"organisation_id": "", "region": "999999"}, "region"),
        ({"organisation_id": "999999"}, "organisation_id"),
        ({"email": "a\x00@example.org"}, "email"),
    ],
)
def test_bad_posts_are_refused(watched: Watched, changed: dict[str, str], field: str) -> None:
    """Unknown people, duties that are no office, two scopes or none, unknown places, NUL."""
    values = {"email": watched.firm.email, "duty": "liaison", "organisation_id": str(watched.firm.actor.org_id)}
    with pytest.raises(Invalid) as refused:
        posts.assign_post(watched.staff.actor, parse(PostInput, {**values, **changed}))
    assert set(refused.value.errors) == {field}


def test_only_operators_name_officers(watched: Watched) -> None:
    """An officer cannot name another."""
    given = parse(PostInput, {"email": watched.firm.email, "duty": "liaison", "region": "220100"})
    with pytest.raises(NotAllowed):
        posts.assign_post(watched.officers[Duty.SUPERVISOR].actor, given)
    posts.assign_post(SYSTEM, given)
    assert len(OFFICERS) == 4
