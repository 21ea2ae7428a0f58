"""Needs, achievements and experts enter, are reviewed and published day by day."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from demo.cast import Cast
from demo.derive import achievement_fields, draw, name_of, need_fields
from demo.extras import EXPERTS, UNFINISHED, Known, Unfinished
from demo.needs import ASKED
from demo.offers import OWNER_BY_FIELD, OWNER_BY_LANGUAGE
from demo.story import Story
from matcher.actions import records
from matcher.clock import add_months
from matcher.inputs.base import parse
from matcher.inputs.records import INPUTS

FOLDER = Path(__file__).parent / "records"
FIRST, LAST = 38, 2  # days before the start between which achievements are published
EARLY = ("c05", "c17", "c24", "c25")  # their cases begin in the first weeks
BEST, FRIDAY = 3, 3  # the highest grade; Friday lies three days before Monday
FRESH = ("c16", "c18", "c22", "c08", "c14")  # their best achievements come just before this week's digest


@dataclass
class Listings:
    """Numbers of the published records by their sample names (c05, c05-3-zh)."""

    needs: dict[str, int] = field(default_factory=dict)
    achievements: dict[str, int] = field(default_factory=dict)
    experts: dict[str, int] = field(default_factory=dict)


def read(name: str) -> Iterator[dict[str, Any]]:
    """Rows of a sample file."""
    with (FOLDER / name).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def enter(story: Story, cast: Cast, listings: Listings) -> None:
    """Let every listing be entered in the morning, submitted before noon and reviewed in the afternoon."""
    for row in read("needs.jsonl"):
        asked = ASKED[row["need_id"]]
        _publish(story, cast, asked.day, asked.author, "need", need_fields(row, story.day(asked.day)),
                 partial(listings.needs.__setitem__, row["need_id"]))  # fmt: skip
    budgets = _budgets()
    for row in read("achievements.jsonl"):
        owner, author = owner_of(row)
        day = _day(story, row)
        fields = achievement_fields(row, owner, story.day(day), budgets[row["need_id"]])
        _publish(story, cast, day, author, "achievement", fields,
                 partial(listings.achievements.__setitem__, name_of(row)))  # fmt: skip
    for number, known in enumerate(EXPERTS):
        _publish(story, cast, 30 - number * 2, known.author, "expert", _expert(known),
                 partial(listings.experts.__setitem__, known.name))  # fmt: skip
    for unfinished in UNFINISHED:
        _unfinished(story, cast, unfinished)


def _day(story: Story, row: dict[str, Any]) -> int:
    """How many days before the start a sample achievement is published."""
    if row["need_id"] in EARLY:
        return FIRST - 1
    if row["need_id"] in FRESH and row["grade"] == BEST:
        return story.day(0).weekday() + FRIDAY
    return draw(f"day {name_of(row)}").randint(LAST, FIRST)


def sample_fields(day: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and fields of everything that will be published, as entered on `day`."""
    for row in read("needs.jsonl"):
        yield "need", need_fields(row, day)
    budgets = _budgets()
    for row in read("achievements.jsonl"):
        yield "achievement", achievement_fields(row, owner_of(row)[0], day, budgets[row["need_id"]])
    for known in EXPERTS:
        yield "expert", _expert(known)


def _budgets() -> dict[str, float]:
    """What the needs can pay, in 万元."""
    return {row["need_id"]: row["budget_max"] or row["budget_min"] for row in read("needs.jsonl")}


def owner_of(row: dict[str, Any]) -> tuple[str, str]:
    """Organisation and author of a sample achievement."""
    if row["lang"] != "zh":
        owner = OWNER_BY_LANGUAGE[row["lang"]]
        return owner, owner
    owner, authors = OWNER_BY_FIELD[row["domain"]]
    return owner, draw(f"author {name_of(row)}").choice(authors)


def _publish(
    story: Story,
    cast: Cast,
    day: int,
    author: str,
    kind: str,
    fields: dict[str, Any],
    keep: Callable[[int], object],
) -> None:
    chance = draw(f"hour {fields.get('title') or fields.get('name')}")
    entered = {}
    given = parse(INPUTS[kind], fields)

    def create() -> None:
        entered["id"] = records.create_record(cast.actor(author), kind, given)
        keep(entered["id"])

    def submit() -> None:
        records.submit_record(cast.actor(author), kind, entered["id"], 1)

    def review() -> None:
        operator = cast.actor(chance.choice(("operator", "operator2")))
        records.review_record(operator, kind, entered["id"], 2, publish=True)

    story.at(story.moment(day, 9, chance.randrange(60)), create)
    story.at(story.moment(day, 10, chance.randrange(60)), submit)
    story.at(story.moment(day, 14 + chance.randrange(3), chance.randrange(60)), review)


def _expert(known: Known) -> dict[str, Any]:
    return {
        "name": known.name,
        "department": known.department,
        "title": known.title,
        "tech_field": known.tech_field,
        "chain": known.chain,
        "region": known.regions[0],
        "keywords": list(known.keywords),
        "profile": known.profile,
        "services": list(known.services),
        "service_regions": list(known.regions),
        "languages": list(known.languages),
        "consent": known.consent,
    }


def _unfinished(story: Story, cast: Cast, listing: Unfinished) -> None:
    fields = dict(listing.fields)
    if "months" in fields:
        fields["deadline"] = add_months(story.day(listing.day), fields.pop("months"))
    given = parse(INPUTS[listing.kind], fields)

    def work() -> None:
        author = cast.actor(listing.author)
        number = records.create_record(author, listing.kind, given)
        if listing.state == "draft":
            return
        records.submit_record(author, listing.kind, number, 1)
        if listing.state == "returned":
            records.review_record(
                cast.actor("operator2"), listing.kind, number, 2, publish=False, remark=listing.remark
            )

    story.at(story.moment(listing.day, 11, 20), work)
