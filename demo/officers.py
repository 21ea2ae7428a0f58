"""The four officers at work: named, visiting, noting, and what climbed to them because it stayed late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from config.settings import Settings
from demo.cases import AGREED, PROPOSED, TRIAL, Bridges
from demo.cast import Cast
from demo.story import Story
from matcher import clock, db
from matcher.actions import brokers, nightly, posts, tasks, visits
from matcher.actions.reminders import remind, tell_overdue
from matcher.inputs.base import parse
from matcher.inputs.brokers import TrainingInput
from matcher.inputs.tasks import NoteInput, OutcomeInput, PostInput, TaskInput, VisitInput
from matcher.models import CaseTask
from matcher.tasks.terms import Duty

NIGHTS = 14
VISIT = "喷漆室循环水每周换一次，夏天发臭，捞渣要停线两小时。车间主任说试过两家药剂，冬天效果都不好；希望换水周期延长到一个月以上，药剂费不超过现在的一点二倍。"  # fmt: skip


@dataclass
class Officers:
    """Who looks after the region's enterprises, and what they did."""

    story: Story
    cast: Cast
    bridges: Bridges
    settings: Settings
    done: int = 0

    def plan(self) -> None:
        """Put it into the story."""
        at = self.story.moment
        self.story.at(at(38, 9), self._name)
        self.story.at(at(37, 10), self._contact)
        self.story.at(at(36, 11), self._trainings)
        self.story.at(at(20, 16), self._visit)
        self.story.at(at(12, 10), self._note)
        self.story.at(at(12, 11), lambda: self._task(TRIAL, "broker", "补充两种药剂的安全技术说明书", Duty.OFFER, 4))
        self.story.at(at(9, 15), self._complete)
        self.story.at(at(10, 9), lambda: self._task(TRIAL, "liaison", "确认 2 号喷漆室的试验排期", Duty.NEED, 3))
        self.story.at(at(6, 15), lambda: self._task(AGREED, "operator", "约双方首次线上会", Duty.LIAISON, 9))
        self.story.at(at(3, 15), lambda: self._task(PROPOSED, "operator", "电话了解成果方的顾虑", Duty.BROKER, 2))
        self.story.at(at(1, 10), lambda: self._task(TRIAL, "broker", "现场取样并记录水质", Duty.ENVOY, 6))
        for before in range(NIGHTS, 0, -1):
            self.story.at(at(before, 5, 15), self._night)

    def _name(self) -> None:
        """The enterprise has a 联络员 of its own, who also looks after the province; the others have wider posts."""
        operator = self.cast.actor("operator")
        scopes: tuple[tuple[Duty, dict[str, object]], ...] = (
            (Duty.LIAISON, {"organisation_id": self.cast.orgs["hanzhe"]}),
            (Duty.LIAISON, {"region": "220000"}),
            (Duty.ENVOY, {"region": "220100"}),
            (Duty.MENTOR, {"region": "220100"}),
            (Duty.SUPERVISOR, {"region": "220000"}),
        )
        for duty, scope in scopes:
            email = f"{duty.value}@example.org"
            posts.assign_post(operator, parse(PostInput, {"email": email, "duty": duty, **scope}))

    def _contact(self) -> None:
        posts.set_contact(self.cast.actor("enterprise"), wanted=True)

    def _trainings(self) -> None:
        broker = self.cast.actor("broker")
        for title, provider, day, hours in (
            ("技术经纪专业人员能力提升", "省技术市场协会", "2026-04-17", 24),
            ("技术合同认定登记实务", "省科技厅", "2026-06-05", 8),
        ):
            given = {"title": title, "provider": provider, "held_on": day, "hours": hours}
            brokers.add_training(broker, parse(TrainingInput, given))

    def _visit(self) -> None:
        given = {
            "organisation_id": self.cast.orgs["hanzhe"],
            "visited_on": clock.today(self.settings.zone).isoformat(),
            "met": "涂装车间",
            "title": "喷漆循环水延长换水周期",
            "note": VISIT,
        }
        visits.write_visit(self.cast.actor("envoy"), parse(VisitInput, given))

    def _note(self) -> None:
        body = "到厂看了 2 号喷漆室，水电和取样口都具备，试验期间车间同意每天留样。"
        tasks.note_case(self.cast.actor("liaison"), self.bridges.cases[TRIAL], NoteInput(body=body))

    def _task(self, case: str, who: str, title: str, duty: Duty, days: int) -> None:
        due_on = (clock.now() + timedelta(days=days)).astimezone(self.settings.zone).date()
        given = parse(TaskInput, {"title": title, "duty": duty, "due_on": due_on})
        number = tasks.add_task(self.cast.actor(who), given, case_id=self.bridges.cases[case])
        self.done = self.done or number

    def _complete(self) -> None:
        """Whoever owes the first task has done it in time."""
        with db.reading() as session:
            task = session.get_one(CaseTask, self.done)
            key = next(key for key, number in self.cast.users.items() if number == task.owner_id)
        tasks.complete_task(self.cast.actor(key), self.done, OutcomeInput(outcome="说明书电子版已上传，纸质版已寄出。"))

    def _night(self) -> None:
        """What the calendar does each morning."""
        for sweep in (nightly.settle, nightly.escalate, remind, tell_overdue):
            sweep(self.settings)
