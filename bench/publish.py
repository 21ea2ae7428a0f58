"""From the review's commit until the listing's first match can be read, on a whole platform that is otherwise idle."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from statistics import median

from sqlalchemy import select

from bench.measure import Figure, Sizes, p95
from bench.platform import Platform, started
from config.settings import load_settings
from demo.listings import sample_fields
from matcher import clock, db
from matcher.actions import records
from matcher.actor import SYSTEM, Actor, actor_of
from matcher.db import reading
from matcher.inputs.base import parse
from matcher.inputs.records import INPUTS
from matcher.models import Achievement, Match, Membership, Need, OutboxItem, Stage
from matcher.models import User as Person
from matcher.vocabulary import MembershipState

LIMIT_SECONDS = 2.0
GIVE_UP = 60.0
POLL = 0.01
PAUSE = 0.5  # between publications, so that each is one person's


def author_of(model: type[Need | Achievement]) -> Actor:
    """Somebody whose organisation has published such records."""
    with reading() as session:
        owners = select(model.organisation_id)
        member = session.scalars(
            select(Person).join(Membership, Membership.user_id == Person.id)
            .where(Membership.state == MembershipState.ACTIVE, Membership.organisation_id.in_(owners))
            .order_by(Person.id)
        ).first()  # fmt: skip
        assert member is not None
        return actor_of(session, member)


def matched(kind: str, record_id: int) -> bool:
    """Whether the record has a match."""
    column = Match.need_id if kind == "need" else Match.achievement_id
    with reading() as session:
        return session.scalar(select(Match.id).where(column == record_id).limit(1)) is not None


def published(author: Actor, kind: str, fields: dict[str, object]) -> tuple[int, float]:
    """Number of a record that is public now, and when its review was committed."""
    number = records.create_record(author, kind, parse(INPUTS[kind], fields))
    records.submit_record(author, kind, number, 1)
    records.review_record(SYSTEM, kind, number, 2, publish=True)
    return number, time.perf_counter()


def done(kind: str, record_id: int) -> bool:
    """Whether all work that the record's changes called for is done."""
    query = select(OutboxItem.stage).where(OutboxItem.kind == kind, OutboxItem.record_id == record_id)
    with reading() as session:
        return set(session.scalars(query)) == {Stage.DONE}


def waited(kind: str, number: int, since: float) -> float | None:
    """Seconds until the record has a match; None when its matching ended without any."""
    while not matched(kind, number):
        if done(kind, number) and not matched(kind, number):
            return None
        if time.perf_counter() - since > GIVE_UP:
            raise RuntimeError(f"{kind} {number} is not matched after {GIVE_UP:.0f} s")
        time.sleep(POLL)
    return time.perf_counter() - since


def publish(platform: Platform, count: int) -> list[float]:
    """Publish changed sample records one after the other, as actions beside the running platform; seconds of each."""
    settings = load_settings(environment="demo", data_dir=platform.folder, log_level="ERROR")
    db.configure(settings)
    authors = {"need": author_of(Need), "achievement": author_of(Achievement)}
    samples = [each for each in sample_fields(clock.today(settings.zone) + timedelta(days=1)) if each[0] in authors]
    chance = random.Random(1)
    chance.shuffle(samples)
    times: list[float] = []
    for place, (kind, fields) in enumerate(samples):
        changed = {**fields, "title": f"{fields['title']}（{place + 1}期）"}  # another text: it has to be encoded
        spent = waited(kind, *published(authors[kind], kind, changed))
        if place and spent is not None:  # the first only warms up the worker
            times.append(spent)
        if len(times) == count:
            break
        time.sleep(PAUSE)
    db.engine().dispose()
    return times


def figures(_elasticsearch_url: str | None, sizes: Sizes) -> list[Figure]:
    """The 95th percentile of so many publications."""
    with started("--demo") as platform:
        times = publish(platform, sizes.publications)
    detail = f"{len(times)} publications, median {median(times):.2f} s, longest {max(times):.2f} s"
    return [Figure("publish → match visible, 95 %", p95(times), LIMIT_SECONDS, True, detail, "s")]
