"""Experts for a need: what counts for them, what is required, who is left out."""

from __future__ import annotations

from typing import Any

import pytest

from config.settings import Settings
from matcher import experts
from matcher.actor import SYSTEM
from matcher.corpus import collect
from matcher.db import reading
from matcher.experts import ADDS, ENOUGH, LEAST, best, comes, fit, wanted
from matcher.models import Achievement, Expert, Match, Need
from matcher.ranking import Scored
from matcher.text import tokens
from matcher.vocabulary import Level
from tests import factories as make

CORPUS = collect([(tokens(text), None) for text in ("人参 废渣 干燥", "药渣 干燥 数据", "数据 焊接", "数据 系统", "电池", "激光")])
BETWEEN = (LEAST + ENOUGH) / 2


def need(**fields: Any) -> Need:
    """A need that names field, chain and place."""
    given = {"id": 1, "title": "药渣干燥", "problem": "数据", "foundation": "", "keywords": [], "lang": "zh", "region": "220500",
             "tech_field": "biomedicine", "chain": "medicine", "coop_modes": ["joint"], "need_type": "process", "organisation_id": 1}  # fmt: skip
    return Need(**{**given, **fields})


def expert(number: int = 1, **fields: Any) -> Expert:
    """An expert of another organisation who shares nothing with the need."""
    given = {"id": number, "name": "赵研究员", "profile": "", "department": "", "keywords": [], "services": [], "service_regions": [],
             "languages": [], "tech_field": None, "chain": None, "organisation_id": 2}  # fmt: skip
    return Expert(**{**given, **fields})


def scored(score: float) -> Scored:
    """A text's score."""
    return Scored("expert-1", score, 0.0, Level.NONE, {"semantic": score, "words": 0.0})


def match(organisation_id: int = 2, people: tuple[str, ...] = ()) -> Match:
    """A match of the need with an achievement of that organisation."""
    return Match(achievement=Achievement(organisation_id=organisation_id, people=list(people)))


@pytest.mark.parametrize(
    ("regions", "place", "expected"),
    [
        (["220100"], "220100", True),
        (["220000"], "220100", True),
        (["220100"], "220500", False),
        (["230000"], "220100", False),
        (["220100"], "220000", False),
        ([], "220100", None),
        (["220100"], None, None),
    ],
)
def test_a_province_holds_its_cities(regions: list[str], place: str | None, expected: bool | None) -> None:
    """Where somebody comes to; what is not said is neither yes nor no."""
    assert comes(regions, place) is expected


def test_services_follow_from_what_the_need_asks_for() -> None:
    """By its cooperation modes and its type; what asks for nothing that an expert offers gives none."""
    assert wanted(need(coop_modes=["joint", "consulting"])) == {"joint", "consulting"}
    assert wanted(need(coop_modes=["transfer"], need_type="people")) == {"secondment", "envoy", "consulting"}
    assert wanted(need(coop_modes=["licence"], need_type=None)) == frozenset()


def test_each_reason_is_said_and_adds_what_it_adds() -> None:
    """Field, chain, an achievement of one's own and one of the organisation."""
    rich = expert(tech_field="biomedicine", chain="medicine", services=["joint", "review"], languages=["zh"], profile="药渣干燥")
    found = fit(need(), rich, scored(0.3), [match(people=("赵研究员",)), match(), match(3)], CORPUS)
    assert found.score == pytest.approx(0.3 + sum(ADDS.values()))
    assert (found.same_field, found.same_chain, found.services, found.speaks) == (True, True, ("joint",), True)
    assert (len(found.own), len(found.theirs)) == (1, 1)
    assert "药渣" in found.terms
    bare = fit(need(tech_field=None), expert(), scored(0.3), [match(3, ("赵研究员",))], CORPUS)
    assert (bare.score, bare.same_field, bare.speaks, bare.comes) == (0.3, False, None, None)
    assert (bare.terms, bare.own, bare.theirs) == ((), (), ())


def test_words_that_everybody_uses_are_no_reason() -> None:
    """数据 is in half of the texts."""
    assert fit(need(), expert(profile="数据"), scored(0.5), [], CORPUS).terms == ()


def test_at_most_three_the_nearest_first_and_none_for_company() -> None:
    """Below the threshold nobody is named; one's own organisation's experts are not news; ties go by id."""
    people = [expert(number) for number in (5, 4, 3, 2)] + [expert(9, organisation_id=1), expert(8)]
    scores = {5: scored(0.5), 4: scored(0.4), 3: scored(0.5), 2: scored(0.45), 9: scored(0.9), 8: scored(BETWEEN)}
    assert [each.expert.id for each in best(need(), people, scores, [], CORPUS)] == [3, 5, 2]
    assert best(need(), [expert(8)], scores, [], CORPUS) == []
    assert best(need(), [expert(7)], scores, [], CORPUS) == []  # not scored


def test_an_organisation_alone_is_no_reason() -> None:
    """Who is of another subject is not named for the achievements around them; who is near is lifted by them."""
    around = [match(people=("赵研究员",)), match()]
    same = expert(tech_field="biomedicine", chain="medicine")
    assert best(need(), [same], {1: scored(LEAST - 0.01)}, around, CORPUS) == []
    assert [each.expert.id for each in best(need(), [same], {1: scored(BETWEEN)}, around, CORPUS)] == [1]


def test_authors_are_found_by_name_and_organisation_and_only_with_consent(database: Settings) -> None:
    """A namesake elsewhere is not the author; who agreed to brokers only is found by these, not by the owner."""
    firm, lab, other, broker = make.enterprise(), make.institute(), make.institute(), make.broker()
    number = make.published(firm, "need")
    make.matched(number, make.published(lab, "achievement", people=["赵研究员", "钱工"]))
    open_one = make.published(lab, "expert")
    private = make.published(lab, "expert", name="钱工", consent="brokers")
    make.published(other, "expert")
    with reading() as session:
        record = session.get_one(Need, number)
        found = {}
        for actor in (firm.actor, broker.actor, SYSTEM, other.actor):
            matches = experts.fitting_matches(session, actor, record)
            found[actor] = experts.authors(session, actor, matches)
        assert found[firm.actor] == [open_one]
        assert sorted(found[broker.actor]) == sorted(found[SYSTEM]) == [open_one, private]
        assert found[other.actor] == []  # reads no match of these two
        assert [each.id for each in experts.readable(session, firm.actor, [open_one, private])] == [open_one]
