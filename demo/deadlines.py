"""限时转化 in the demonstration: most institutions report in time, some are late; what is overdue is offered."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from demo.cast import Cast
from demo.derive import draw
from demo.story import Story
from matcher import clock, db
from matcher.actions import conversion
from matcher.actor import SYSTEM, Actor
from matcher.conversion.status import bound, overdue
from matcher.conversion.terms import CONVERSION, Duty, due_on
from matcher.inputs.base import parse
from matcher.inputs.conversion import DisclosureInput, PlanInput
from matcher.models import Achievement

REPORTED = 2  # days before the start
IN_TIME = 0.9  # share of the institutions that report before a duty ends
PLANS = (
    "已与两家企业洽谈普通许可，正在准备样品和报价。",
    "院里批准了转化方案，本季度安排现场考察。",
    "委托技术转移机构寻找承接企业，已发布到三个平台。",
)


def keep_deadlines(story: Story, cast: Cast) -> None:
    """Reports of the institutions, then the offers of what stayed overdue."""
    story.at(story.moment(REPORTED, 14, 20), lambda: report(story, cast))
    story.at(story.moment(1, 5, 40), lambda: offer(story))


def report(story: Story, cast: Cast) -> None:
    """Whoever is in time with a duty that has come near or passed reports it."""
    today = clock.today(story.zone)
    with db.reading() as session:
        found = list(session.scalars(select(Achievement).where(bound()).order_by(Achievement.id)))
    for achievement in found:
        members = cast.members(achievement.organisation_id)
        if members:
            _report(achievement, cast.actor(members[0]), today)


def _report(achievement: Achievement, actor: Actor, today: date) -> None:
    assert achievement.completed_on is not None
    chance = draw(f"deadlines {achievement.title}")
    disclosed = due_on(achievement.completed_on, Duty.DISCLOSE) - timedelta(days=chance.randint(5, 60))
    started = due_on(achievement.completed_on, Duty.START) - timedelta(days=chance.randint(5, 90))
    if disclosed <= today and chance.random() < IN_TIME:
        values = {"project_ref": achievement.project_ref, "disclosed_on": disclosed, "rights": achievement.ip}
        conversion.disclose(actor, achievement.id, parse(DisclosureInput, values))
    if started <= today and chance.random() < IN_TIME:
        plan = {"started_on": started, "mode": achievement.coop_modes[0], "text": chance.choice(PLANS)}
        conversion.start(actor, achievement.id, parse(PlanInput, plan))


def offer(story: Story) -> None:
    """Offer what is overdue to matching enterprises, as the calendar does each night."""
    today = clock.today(story.zone)
    with db.reading() as session:
        ids = [
            number
            for duty in CONVERSION
            for number in session.scalars(select(Achievement.id).where(overdue(duty, today)))
        ]
    conversion.offer(SYSTEM, sorted(set(ids)))
