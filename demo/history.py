"""What happened since: matches computed each evening, digests on Mondays, answers, mails sent, views counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from config.settings import Settings
from demo.cast import Cast
from demo.derive import draw
from demo.story import Story
from indexes import sync
from indexes.arrivals import finds
from indexes.engine import Engine
from matcher import clock, db, views
from matcher.actions import deliveries, matches, records
from matcher.actions.disclosure import accept_agreement
from matcher.actor import SYSTEM
from matcher.digest.planning import plan_week
from matcher.digest.weeks import due_at, week_of
from matcher.disclosure.agreement import VERSION
from matcher.disclosure.receipts import acceptance
from matcher.embedding import Encoder
from matcher.models import MODELS, Achievement, Match, Need
from matcher.vocabulary import AnswerKind, Level, MatchState, RecordState, Refusal, Side

WEEKS = 5
VIEW_DAYS = 21
UNSENT_DAYS = 2  # younger mails are left to the mailer, so that the outbox of mails holds some to read
FEWEST, MOST = 18, 60  # records seen on one day
Follow = Callable[[int], object]


@dataclass
class Platform:
    """The parts that carry changes on: index, encoder, and the computing of one outbox item's matches."""

    settings: Settings
    engine: Engine
    encoder: Encoder | None
    match: Follow

    def drain(self) -> None:
        """Carry everything that waits to the index and through matching."""
        while sync.step(self.engine, self.encoder).handled:
            pass
        while True:
            with db.reading() as session:
                waiting = sync.waiting_for_match(session)
            if not waiting:
                return
            for item in waiting:
                self.match(item)


def unfold(story: Story, cast: Cast, platform: Platform, reserved: set[str]) -> None:
    """Evenings, Mondays and answers of the weeks before the start; needs in `reserved` are left to their cases."""
    for before in range(44, 0, -1):
        moment = story.moment(before, 18, 30)
        story.at(moment, platform.drain)
        if before > UNSENT_DAYS:
            story.at(moment + timedelta(minutes=10), send_mails)
    for week in _weeks(story, platform.settings):
        story.at(due_at(week, platform.settings), partial(plan_digest, platform, week))
    answers = answering(cast, reserved)
    for before in range(30, 1, -2):
        story.at(story.moment(before, 10, 45), lambda: next(answers))
    for before in range(VIEW_DAYS, 0, -1):
        story.at(story.moment(before, 19, before), partial(count_views, story, before))
    for before in (20, 12, 5, 3):
        story.at(story.moment(before, 15, 5), partial(open_details, cast, before))


def _weeks(story: Story, settings: Settings) -> Iterator[str]:
    """The last ISO weeks, this one included."""
    for back in range(WEEKS, -1, -1):
        yield week_of(story.start - timedelta(weeks=back), settings.zone)


def plan_digest(platform: Platform, week: str) -> None:
    """Plan the digest of a week, as the scheduler does."""
    with db.reading() as session:
        found = finds(session, platform.engine, platform.encoder, week)
        plans = plan_week(session, platform.settings, week, finds=found)
    deliveries.store_plans(SYSTEM, week, plans)


def send_mails() -> None:
    """Mails of earlier days count as sent; the platform that would have sent them was not there yet."""
    with db.reading() as session:
        due = deliveries.due(session, 1000)
    for number in due:
        if deliveries.begin(number, f"<{number}.history@daqiao.example>"):
            deliveries.sent(number)


def answering(cast: Cast, reserved: set[str]) -> Iterator[None]:
    """Each time, a few organisations answer matches that nobody has answered yet."""
    deeds = cycle(
        [
            (Side.NEED, AnswerKind.INTERESTED, None, "指标接近，请提供检测报告。"),
            (Side.OFFER, AnswerKind.INTERESTED, None, ""),
            (Side.NEED, AnswerKind.REFUSED, Refusal.INDICATOR, "低温性能达不到我们的要求。"),
            (Side.NEED, AnswerKind.LATER, None, ""),
            (Side.OFFER, AnswerKind.REFUSED, Refusal.TIMING, ""),
            (Side.NEED, AnswerKind.REFUSED, Refusal.MATURITY, "希望有工业应用业绩。"),
            (Side.OFFER, AnswerKind.LATER, None, ""),
            (Side.NEED, AnswerKind.REFUSED, Refusal.FIELD, ""),
            (Side.NEED, AnswerKind.REFUSED, Refusal.PRICE, ""),
        ]
    )
    while True:
        chosen = _unanswered(reserved)[:9:3]
        for match_id, need_org, offer_org in chosen:
            side, answer, reason, comment = next(deeds)
            org = need_org if side is Side.NEED else offer_org
            member = cast.actor(cast.members(org)[0])
            matches.answer_match(member, match_id, answer, reason, comment)
        yield


def _unanswered(reserved: set[str]) -> list[tuple[int, int, int]]:
    """Open matches without an answer, best first: number, organisation of the need, of the achievement."""
    query = (
        select(Match)
        .where(
            Match.state == MatchState.OPEN,
            Match.level.in_([Level.STRONG, Level.FAIR]),
            Match.need_id.in_(select(Need.id).where(Need.state == RecordState.PUBLISHED)),
            Match.achievement_id.in_(
                select(Achievement.id).where(Achievement.state == RecordState.PUBLISHED)
            ),
        )
        .options(selectinload(Match.answers), selectinload(Match.need), selectinload(Match.achievement))
        .order_by(Match.probability.desc(), Match.id)
    )
    with db.reading() as session:
        return [
            (match.id, match.need.organisation_id, match.achievement.organisation_id)
            for match in session.scalars(query)
            if not match.answers and match.need.title not in reserved
        ]


def count_views(story: Story, before: int) -> None:
    """What people looked at on that day, more often what is new."""
    chance, day = draw(f"views {before}"), story.day(before)
    counts: dict[str, int] = {}
    published = _published(clock.now())
    for kind, number, age in chance.sample(published, min(len(published), chance.randint(FEWEST, MOST))):
        shown = chance.randint(1, 30) if age < 7 else chance.randint(1, 12)
        counts[f"{kind}:{number}:{day}:shown"] = shown
        counts[f"{kind}:{number}:{day}:opened"] = chance.randint(0, shown // 2)
    views.add_views(f"history-{before}", counts)


def _published(moment: datetime) -> list[tuple[str, int, int]]:
    """Kind, number and age in days of everything published at that moment."""
    found = []
    with db.reading() as session:
        for kind, model in MODELS.items():
            query: Any = select(model.id, model.published_at).where(model.state == RecordState.PUBLISHED)
            found += [
                (str(kind), number, (moment - published).days)
                for number, published in session.execute(query.order_by(model.id))
            ]
    return found


def open_details(cast: Cast, before: int) -> None:
    """A member of another organisation accepts the agreement and reads somebody's restricted detail, some of them twice."""
    chance = draw(f"details {before}")
    model: Any = Achievement if before % 2 else Need
    reader = cast.actor(chance.choice(("enterprise", "heye", "institute", "beiguo")))
    with db.reading() as session:
        query = select(model).where(
            model.state == RecordState.PUBLISHED,
            model.detail_restricted != "",
            model.organisation_id != reader.org_id,
        )
        record = chance.choice(session.scalars(query.order_by(model.id)).all())
        accepted = acceptance(session, reader, record)
    if accepted is None:
        accept_agreement(reader, record.kind, record.id, VERSION, "zh")
    for _ in range(chance.choice((1, 2))):
        records.open_detail(reader, record.kind, record.id)
