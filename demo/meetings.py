"""Meetings of the demonstration, and cases that rest: one held with minutes, one to come, a pause over, a pause running."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from config.settings import Settings
from demo.cases import TRIAL, Bridges
from demo.cast import Cast
from demo.listings import Listings
from demo.story import Story
from matcher import clock, db
from matcher.actions import cases, meetings, pausing, tasks
from matcher.actor import Actor
from matcher.inputs.base import parse
from matcher.inputs.meetings import MeetingInput, MinutesInput
from matcher.inputs.tasks import OutcomeInput
from matcher.meetings.terms import Reply
from matcher.models import Case, CaseTask, Meeting
from matcher.tasks.terms import Duty
from matcher.vocabulary import CaseState, PauseReason
from matcher.workdays import due_after, local_day

SEASONAL, SHORT = "c11", "c13"  # a case that waits for next spring's fields, one that rested some days
RESTING = (SEASONAL, SHORT)
FIRST, NEXT = "首次对接会（线上）", "对比试验中期沟通会"
AGENDA = "一、循环池现状与漆种；二、加药方案与试验条件；三、时间安排。"
SAID = "双方确认循环池容积 80 m³、水性与溶剂型混线。成果方介绍 A、B 剂的投加方式，需求方同意用 2 号喷漆室做 14 天对比试验。"
DECISION = "以换水周期、药剂费、捞渣含水率三项考核，按双方确认的记录表逐日记录。"
DOSING, ROOM = "给出加药方案", "腾出 2 号喷漆室并准备取样口"


@dataclass
class Meetings:
    """What was arranged, said and put off, as deeds of the story."""

    story: Story
    cast: Cast
    listings: Listings
    bridges: Bridges
    settings: Settings
    cases: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def plan(self) -> None:
        """Put it into the story."""
        at, after = self.story.moment, self.story.at
        after(at(26, 17), self._call_first)
        after(at(26, 18), partial(self._reply, FIRST, "need", Reply.ACCEPTED))
        after(at(25, 9), partial(self._reply, FIRST, "offer", Reply.ACCEPTED))
        after(at(25, 10), self._declined)
        after(at(23, 9, 30), self._minutes)
        after(at(18, 16), partial(self._done, ROOM, "2 号喷漆室已腾出，取样口两处。"))
        after(at(16, 12), partial(self._done, DOSING, "加药方案已上传到工单。"))
        after(at(1, 15), self._call_next)
        after(at(1, 16), partial(self._reply, NEXT, "need", Reply.ACCEPTED))
        for before, need in ((11, SHORT), (10, SEASONAL)):
            after(at(before, 9, 20), partial(self._open, need))
        after(at(8, 10), partial(self._pause, SHORT, PauseReason.DECISION, 20))
        after(at(4, 10), self._continue)
        after(at(6, 11), partial(self._pause, SEASONAL, PauseReason.SEASON, 130))

    def _call_first(self) -> None:
        """For the afternoon before the case moved on, with everybody whom it may ask."""
        begins = self.story.moment(24, 15).astimezone(self.story.zone).replace(second=0, microsecond=0)
        self._call(FIRST, begins.date(), begins.time(), "腾讯会议 000-000-000", everybody=True)

    def _call_next(self) -> None:
        self._call(NEXT, local_day(due_after(clock.now(), 3)), time(14), "需求方厂区二楼会议室", everybody=False)

    def _call(self, title: str, day: date, begins: time, place: str, *, everybody: bool) -> None:
        ends = (datetime.combine(day, begins) + timedelta(hours=1)).time()
        case_id = self.bridges.cases[TRIAL]
        when = {"day": day, "begins": begins, "ends": ends, "guests": self._guests(everybody=everybody)}
        given = parse(MeetingInput, {"title": title, "place": place, "agenda": AGENDA, **when})
        self.numbers[title] = meetings.call_meeting(self.cast.actor("broker"), case_id, given)

    def _guests(self, *, everybody: bool) -> list[int]:
        with db.reading() as session:
            people = meetings.people_of(session, session.get_one(Case, self.bridges.cases[TRIAL]))
            if everybody:
                return [user.id for user in people]
        return [self.bridges.party(TRIAL, side).user_id or 0 for side in ("need", "offer")] + [self.cast.users["broker"]]

    def _reply(self, title: str, side: str, reply: Reply) -> None:
        self._answer(title, self.bridges.party(TRIAL, side), reply)

    def _answer(self, title: str, actor: Actor, reply: Reply) -> None:
        with db.reading() as session:
            sequence = session.get_one(Meeting, self.numbers[title]).sequence
        meetings.reply_to_meeting(actor, self.bridges.cases[TRIAL], self.numbers[title], sequence, reply)

    def _declined(self) -> None:
        """Whoever has not answered yet cannot come."""
        with db.reading() as session:
            guests = session.get_one(Meeting, self.numbers[FIRST]).guests
            silent = {guest.user_id for guest in guests if guest.reply == Reply.OPEN}
        for key, number in self.cast.users.items():
            if number in silent:
                self._answer(FIRST, self.cast.actor(key), Reply.DECLINED)

    def _minutes(self) -> None:
        day = local_day(clock.now())
        agreed = [
            {"title": ROOM, "duty": Duty.NEED, "due_on": day + timedelta(days=7)},
            {"title": DOSING, "duty": Duty.OFFER, "due_on": day + timedelta(days=9)},
        ]
        given = parse(MinutesInput, {"minutes": SAID, "decisions": [DECISION], "tasks": agreed})
        meetings.minute_meeting(self.cast.actor("broker"), self.bridges.cases[TRIAL], self.numbers[FIRST], given)

    def _done(self, title: str, outcome: str) -> None:
        with db.reading() as session:
            task = session.scalars(select(CaseTask).where(CaseTask.title == title)).one()
            key = next(key for key, number in self.cast.users.items() if number == task.owner_id)
        tasks.complete_task(self.cast.actor(key), task.id, OutcomeInput(outcome=outcome))

    def _open(self, need: str) -> None:
        """The broker opens the case for the pair made for it; both sides agree and have met."""
        pair = self.listings.needs[need], self.listings.achievements[f"{need}-3-zh"]
        self.cases[need] = self.bridges.cases[need] = cases.open_case(self.cast.actor("broker"), *pair)
        for side in ("need", "offer"):
            cases.consent_case(self.bridges.party(need, side), self.cases[need], agree=True)
        cases.move_case(
            self.cast.actor("broker"), self.cases[need], self.bridges.version(need), CaseState.CONNECTED, "双方已通话。"
        )

    def _pause(self, need: str, reason: PauseReason, days: int) -> None:
        until = local_day(clock.now()) + timedelta(days=days)
        pausing.pause_case(self.cast.actor("broker"), self.cases[need], self.bridges.version(need), reason, until)

    def _continue(self) -> None:
        pausing.continue_case(self.cast.actor("broker"), self.cases[SHORT])
