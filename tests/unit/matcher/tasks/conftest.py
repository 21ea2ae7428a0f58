"""A case with its four officers."""

import pytest

from config.settings import Settings
from matcher.actions import cases, tasks
from matcher.actor import Actor
from matcher.db import reading
from matcher.inputs.base import parse
from matcher.inputs.tasks import TaskInput
from matcher.models import Case, CaseTask
from matcher.tasks.terms import Duty
from tests import factories as make


class Watched:
    """A firm, a lab, a broker and the four officers of the firm, on one case."""

    def __init__(self) -> None:
        self.staff = make.operator()
        self.firm, self.lab, self.case_id = make.bridged()
        self.broker = make.broker()
        cases.assign_broker(self.staff.actor, self.case_id, self.broker.id)
        self.officers = make.officers(self.firm.actor.org_id)

    @property
    def case(self) -> Case:
        with reading() as session:
            return session.get_one(Case, self.case_id)

    def task(self, task_id: int) -> CaseTask:
        with reading() as session:
            return session.get_one(CaseTask, task_id)

    def add(self, actor: Actor, duty: Duty = Duty.NEED, due_on: str = "2099-01-05", title: str = "寄送样品", **fields: object) -> int:
        given = parse(TaskInput, {"title": title, "duty": duty, "due_on": due_on, **fields})
        return tasks.add_task(actor, given, case_id=self.case_id)


@pytest.fixture
def watched(database: Settings) -> Watched:
    """On SQLite and PostgreSQL."""
    return Watched()
