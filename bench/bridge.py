"""The bridge: the board of cases on a large platform, and what one step of a case costs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any

from bench.crowd import Crowd, write
from bench.measure import Figure, Sizes, p95, seconds
from bench.pages import ROUNDS, WARM, Page, served, visit
from matcher import clock
from matcher.actions.cases import move_case
from matcher.actor import Actor, actor_of
from matcher.board import STATES
from matcher.db import reading
from matcher.models import Case, CaseEvent, User
from matcher.vocabulary import CaseParty, CaseState

RECORDS = 500
STEPS = 40
OPEN = [state for states in STATES.values() for state in states]


def _cases(count: int, first: int) -> Iterator[dict[str, Any]]:
    """So many cases in all phases; every tenth is late, the first ones are about to take a step."""
    chance, moment = random.Random(count), clock.now()
    for number in range(first, first + count):
        at = moment - timedelta(days=chance.random() * 60)
        moments = dict.fromkeys(("need_agreed_at", "offer_agreed_at", "created_at", "updated_at"), at)
        yield {
            "number": f"DQ-2027-{number:06d}", "need_id": number % RECORDS + 1, "achievement_id": (number * 7) % RECORDS + 1,
            "need_org_id": 1, "offer_org_id": 2, "broker_id": 3, "next_step": "安排首次对接", "next_party": chance.choice(list(CaseParty)),
            "state": CaseState.AGREED if number < first + STEPS + WARM else chance.choice(OPEN),
            "due_at": moment + timedelta(days=chance.randrange(-4, 36)), **moments,
        }  # fmt: skip


def _events(first: int, count: int) -> Iterator[dict[str, Any]]:
    for case in range(first, first + count):
        yield {"case_id": case, "kind": "opened", "data": {"state": "agreed"}, "party": CaseParty.BROKER, "actor_id": 3,
               "body": "", "created_at": clock.now()}  # fmt: skip


def _fill(count: int) -> int:
    """Add the cases; the number of the first."""
    with reading() as session:
        first = session.query(Case).count() + 1
    write(Case, _cases(count, first))
    write(CaseEvent, _events(first, min(count, STEPS + WARM)))
    return first


def _steps(first: int, crowd: Crowd) -> list[float]:
    """Seconds of each step with its guards, its mails planned, its audit event and its timeline."""
    with reading() as session:
        broker: Actor = actor_of(session, session.get_one(User, crowd.broker))
    times = [
        seconds(lambda case=case: move_case(broker, case, 1, CaseState.CONNECTED))  # type: ignore[misc]
        for case in range(first, first + STEPS + WARM)
    ]
    return times[WARM:]


def figures(_elasticsearch_url: str | None, sizes: Sizes) -> list[Figure]:
    """Board and list as an operator sees them, with all cases of the platform; a step of a case."""
    with served(RECORDS) as (app, crowd, encoder):
        _fill(20)
        few = [Page("board", crowd.operator, ["/cases/board"]), Page("list", crowd.operator, ["/cases", "/cases?late=1"])]
        for page in few:
            visit(app, page, encoder, 1)
        first = _fill(sizes.cases)
        many = [Page(page.name, page.user, page.urls) for page in few]
        for page in many:
            visit(app, page, encoder, ROUNDS)
        steps = _steps(first, crowd)
    board, listed = (p95(page.times) * 1000 for page in many)
    processor = p95(many[0].processor) * 1000
    grown = sum(max(new.queries) > max(old.queries) for old, new in zip(few, many, strict=True))
    detail = f"processor time {processor:.0f} ms; list {listed:.0f} ms; {max(many[0].queries)} queries; growing with the cases: {grown}"
    name = f"board with {sizes.cases:,} cases, 95 % of server times"
    return [
        Figure(name, board, 100.0, True, detail, "ms"),
        Figure("a step of a case, 95 %", p95(steps) * 1000, 30.0, True, f"median {median(steps) * 1000:.1f} ms, SQLite", "ms"),
    ]
