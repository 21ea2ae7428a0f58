"""A firm and a lab with a match between them, and what surrounds them; counters of queries and writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event

from matcher import db
from matcher.actions.matches import answer_match
from matcher.models import Case, Match
from matcher.vocabulary import AnswerKind
from tests import factories as make
from tests.factories import Person

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@dataclass(frozen=True)
class Pair:
    """Both sides of one match."""

    firm: Person
    lab: Person
    need_id: int
    offer_id: int
    match_id: int


def make_pair(firm: Person | None = None, lab: Person | None = None, level: str = "strong", **need: object) -> Pair:
    """A new match of published records."""
    firm, lab = firm or make.enterprise(), lab or make.institute()
    need_id, offer_id = make.published(firm, "need", **need), make.published(lab, "achievement")
    return Pair(firm, lab, need_id, offer_id, make.matched(need_id, offer_id, level=level))


def make_case(pair: Pair) -> int:
    """The case that two yeses open; its number."""
    answer_match(pair.firm.actor, pair.match_id, AnswerKind.INTERESTED)
    case_id = answer_match(pair.lab.actor, pair.match_id, AnswerKind.INTERESTED)
    assert case_id is not None
    return case_id


def case_of(case_id: int) -> Case:
    """The case as it is in the database."""
    with db.reading() as session:
        return session.get_one(Case, case_id)


def match_of(match_id: int) -> Match:
    """The match as it is in the database."""
    with db.reading() as session:
        return session.get_one(Match, match_id)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every SQL statement that is sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    engine = db.engine()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def writes(sent: list[str]) -> list[str]:
    """Those that change something."""
    return [each for each in sent if each.lstrip().upper().startswith(WRITES)]
