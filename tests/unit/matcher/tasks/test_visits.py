"""An envoy's visit becomes a draft need of the enterprise (M31)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matcher import clock
from matcher.actions import records, visits
from matcher.db import reading
from matcher.errors import Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.tasks import VisitInput
from matcher.models import CaseTask, Delivery, Need, Visit
from matcher.tasks.terms import Duty
from matcher.vocabulary import Intake, RecordState
from tests import factories as make
from tests.unit.matcher.tasks.conftest import Watched


def visit(watched: Watched, **changed: object) -> VisitInput:
    today = clock.now().date().isoformat()
    values = {"organisation_id": watched.firm.actor.org_id, "visited_on": today, "met": "生产部",
              "note": "烘干线能耗高，含水率不稳。", "title": "参渣烘干节能改造"}  # fmt: skip
    return parse(VisitInput, {**values, **changed})


def test_a_visit_leaves_a_draft_and_somebody_who_completes_it(watched: Watched) -> None:
    """The draft is the enterprise's own, marked 特派员走访; its contact has a task and a mail, and may submit it."""
    visits.write_visit(watched.officers[Duty.ENVOY].actor, visit(watched))
    with reading() as session:
        need = session.scalars(select(Need).where(Need.intake == Intake.ENVOY)).one()
        task = session.scalars(select(CaseTask).where(CaseTask.origin == "visit")).one()
        mail = session.scalars(select(Delivery).where(Delivery.kind == "task_assigned")).one()
    assert (need.state, need.organisation_id, need.author_id) == (RecordState.DRAFT, watched.firm.actor.org_id, watched.firm.id)
    assert task.owner_id == mail.user_id == watched.firm.id
    given = make.given("need", title=need.title)
    records.save_record(watched.firm.actor, "need", need.id, need.version, given)
    records.submit_record(watched.firm.actor, "need", need.id, make.version("need", need.id))


@pytest.mark.parametrize("duty", [Duty.LIAISON, Duty.MENTOR, Duty.SUPERVISOR])
def test_only_the_envoy_of_the_enterprise_writes_visits(watched: Watched, duty: Duty) -> None:
    """The other officers, and an envoy of another region, find no enterprise to visit."""
    elsewhere = make.officers(None, Duty.ENVOY, region="210000")[Duty.ENVOY]
    for person in (watched.officers[duty], elsewhere, watched.firm):
        with pytest.raises(NotFound):
            visits.write_visit(person.actor, visit(watched))


def test_bad_visits_are_refused(watched: Watched) -> None:
    """Tomorrow's visit, no words, NUL; no draft is left behind."""
    tomorrow = (clock.now() + timedelta(days=2)).date().isoformat()
    for field, value in (("visited_on", tomorrow), ("note", " "), ("title", "a\x00")):
        with pytest.raises(Invalid) as refused:
            visits.write_visit(watched.officers[Duty.ENVOY].actor, visit(watched, **{field: value}))
        assert set(refused.value.errors) == {field}
    with reading() as session:
        assert session.scalars(select(Visit)).all() == []
        assert session.scalars(select(Need).where(Need.intake == Intake.ENVOY)).all() == []
