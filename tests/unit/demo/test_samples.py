"""The sample records themselves: complete, valid, the same each time, and their vectors the encoder's own."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from config.settings import Settings
from demo import past, vectors
from demo.cast import Cast, credit_code
from demo.derive import split
from demo.listings import Listings, enter, read, sample_fields
from demo.needs import ASKED
from demo.people import BROKERS, DEMO_ACCOUNTS, ORGANISATIONS, PASSWORD, PEOPLE
from demo.story import Story
from indexes import documents, truth
from matcher import clock
from matcher.embedding import open_encoder
from matcher.inputs.base import parse
from matcher.inputs.people import OrganisationInput, Registration
from matcher.inputs.records import INPUTS, missing
from matcher.vocabulary import Role

DAY = date(2026, 11, 24)
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def test_every_listing_may_be_published() -> None:
    """40 needs, 160 achievements in Chinese, 40 in other languages, 12 experts: complete and within all limits."""
    kinds: Counter[str] = Counter()
    for kind, fields in sample_fields(DAY):
        given = parse(INPUTS[kind], fields)
        assert missing(kind, given, DAY) == {}, fields
        kinds[f"{kind} {given.lang}"] += 1
    assert kinds == {
        "need zh": 40,
        "achievement zh": 160,
        "achievement ko": 10,
        "achievement ja": 10,
        "achievement ru": 10,
        "achievement en": 10,
        "expert zh": 12,
    }


def test_fields_are_the_same_each_time_and_in_every_process() -> None:
    """Chance is drawn from names, never from the run."""
    assert list(sample_fields(DAY)) == list(sample_fields(DAY))


def test_a_text_is_sorted_without_losing_a_sentence() -> None:
    """Problem, gain and saving are the record's own sentences; together with the rest they are the whole."""
    for row in read("achievements.jsonl"):
        if row["lang"] != "zh":
            continue
        parts = split(row["summary"], row["keywords"], "zh")
        whole = "".join(parts.values())
        for sentence in re.split("[。；]", row["summary"].rstrip("。；")):
            assert sentence in whole
        assert parts["abstract"] and parts["problem"] and parts["advantage"]


def test_organisations_have_right_codes_that_belong_to_nobody() -> None:
    """The check digit holds; bodies abroad have no code."""
    codes = set()
    for number, org in enumerate(ORGANISATIONS, start=1):
        code = None if org.region == "900000" else credit_code(org, number)
        values = {
            "kind": org.kind,
            "name": org.name,
            "credit_code": code,
            "region": org.region,
            "chain": org.chain,
        }
        parse(OrganisationInput, values)
        codes.add(code)
    assert len(ORGANISATIONS) == 27
    assert len(codes) == 24


def test_people_can_register_and_one_of_each_role_is_listed() -> None:
    """44 people with addresses that lead nowhere; the log-in page offers one for each role."""
    assert len(PEOPLE) == 45
    assert len({person.email for person in PEOPLE}) == 45
    for person in PEOPLE:
        parse(
            Registration,
            {"email": person.email, "name": person.name, "password": PASSWORD, "accept_privacy": True},
        )
        assert person.email.endswith("@example.org")
    assert {account["role"] for account in DEMO_ACCOUNTS} == {
        "企业",
        "科技特派员",
        "高校院所",
        "技术经纪人",
        "运营人员",
        "管理员",
    }
    assert {person.key for person in PEOPLE if person.role is Role.BROKER} == {
        broker.key for broker in BROKERS
    }


def test_every_need_has_an_owner_who_works_there() -> None:
    """Authors belong to the organisation that asks."""
    assert set(ASKED) == {row["need_id"] for row in read("needs.jsonl")}
    for asked in ASKED.values():
        author = next(person for person in PEOPLE if person.key == asked.author)
        assert asked.owner in (author.founds, author.joins)


@pytest.mark.parametrize("day", range(7))
def test_deeds_happen_on_working_days_in_the_past(day: int) -> None:
    """Whatever weekday the start is, nothing is entered on a week-end or in the future."""
    start = START.replace(day=16 + day)
    story = Story(start, SHANGHAI)
    enter(story, Cast(), Listings())
    moments = [moment for moment, _, _ in story.deeds]
    assert max(moments) < start
    assert all(moment.astimezone(SHANGHAI).weekday() < 5 for moment in moments)
    again = Story(start, SHANGHAI)
    enter(again, Cast(), Listings())
    assert [moment for moment, _, _ in again.deeds] == moments


def test_a_story_is_told_in_order_with_the_clock_set() -> None:
    """Each deed runs at its moment; what was put after the start happens at the start."""
    story = Story(START, SHANGHAI)
    seen: list[tuple[str, datetime]] = []
    story.at(datetime(2026, 12, 1, tzinfo=UTC), lambda: seen.append(("late", clock.now())))
    story.at(story.moment(3, 9), lambda: seen.append(("first", clock.now())))
    story.tell(lambda _done, _of: None)
    # a Saturday's nine o'clock: half past one in the afternoon of its Friday
    assert seen == [("first", datetime(2026, 11, 20, 5, 30, tzinfo=UTC)), ("late", START)]


@pytest.mark.parametrize("day", range(7))
def test_moments_keep_their_order_on_every_weekday(day: int) -> None:
    """What builds on each other is told in its order, whatever weekday the start is."""
    story = Story(START.replace(day=16 + day), SHANGHAI)
    moments = [story.moment(before, hour, 20) for before in range(30, 0, -1) for hour in range(24)]
    assert moments == sorted(set(moments))


@pytest.mark.parametrize("day", range(7))
def test_needs_of_the_past_have_ended_when_they_expire(day: int) -> None:
    """Whatever weekday the start is, also where two days of a weekend fall into one Friday."""
    story = Story(START.replace(day=16 + day), SHANGHAI)
    past.enter_past(story, Cast())
    expired = [moment for moment, _, deed in story.deeds if getattr(deed, "func", None) is past._expire]
    assert len(expired) == len(past.NEEDS)
    assert all(past.last_day(story) < moment.astimezone(SHANGHAI).date() for moment in expired)


def test_kept_vectors_are_the_encoders_own(settings: Settings) -> None:
    """Every sample text has one; a sample of each role is encoded anew and is the same but for rounding."""
    encoder = open_encoder(settings)
    wanted, kept = vectors.texts(), vectors.kept(encoder.fingerprint)
    assert set(kept) == set(wanted)
    chosen = {
        name: wanted[name]
        for role in ("need", "passage")
        for name in [n for n in wanted if n[0] == role][::40]
    }
    fresh = truth.encode(encoder, chosen)
    assert all(float(np.dot(fresh[name], kept[name])) > 0.9999 for name in chosen)
    assert documents.role("need") in {role for role, _ in chosen}


def test_kept_vectors_of_another_model_are_not_used() -> None:
    """Vectors of different models don't compare."""
    assert vectors.kept("another-model") == {}
