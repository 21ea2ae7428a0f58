"""The ranking of brokers is pure: what fits, then the load."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from matcher.brokers import Candidate, Fit, Wanted, median_response, rank
from matcher.models import CaseEvent

NOBODY = frozenset[str]()
PLAIN = Candidate(1, "甲", NOBODY, NOBODY, NOBODY, NOBODY, load=0, capacity=10)
WANTED = Wanted(frozenset({"medicine"}), frozenset({"biomedicine"}), frozenset({"220500"}), frozenset({"ko"}))


def best(*candidates: Candidate) -> int:
    return rank(candidates, WANTED)[0].user_id


def test_what_fits_comes_before_who_is_free() -> None:
    """Chain and language count twice; a single fit beats an empty desk."""
    chain = replace(PLAIN, user_id=2, chains=frozenset({"medicine"}), load=8)
    language = replace(PLAIN, user_id=3, languages=frozenset({"ko", "zh"}), load=1)
    assert best(PLAIN, chain) == 2
    assert best(chain, language) == 3  # equal fits: the smaller load
    assert best(chain, replace(PLAIN, user_id=4, fields=frozenset({"biomedicine"}))) == 2


def test_a_full_desk_comes_last_with_its_reason() -> None:
    """At capacity a broker is proposed after everybody else, and it says so."""
    full = replace(PLAIN, user_id=2, chains=frozenset({"medicine"}), load=10)
    ranked = rank([full, PLAIN], WANTED)
    assert [proposal.user_id for proposal in ranked] == [1, 2]
    assert ranked[1].reasons == (Fit.CHAIN, Fit.FULL)


def test_a_case_in_chinese_asks_for_no_language() -> None:
    """Nobody gets a reason for a language that no record needs."""
    speaks = replace(PLAIN, languages=frozenset({"ko"}))
    assert rank([speaks], replace(WANTED, languages=NOBODY))[0].reasons == (Fit.FREE,)


def test_response_counts_from_the_assignment() -> None:
    """What a former broker did does not count; without any own line there is no figure."""
    start = datetime(2026, 1, 5, tzinfo=UTC)

    def line(hours: int, kind: str, actor: int | None = None, **data: object) -> CaseEvent:
        return CaseEvent(case_id=1, kind=kind, actor_id=actor, data=data, created_at=start + timedelta(hours=hours))

    events = [line(0, "opened"), line(5, "assigned", 9, broker_id=2), line(8, "message", 2), line(20, "message", 2)]
    assert median_response(2, events) == timedelta(hours=3)
    assert median_response(2, events[:2]) is None
