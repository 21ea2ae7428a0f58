"""Refusals change the order of the refusing organisation's own list and digest, visibly, and can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from config.settings import Settings
from matcher import clock
from matcher.actions.lowering import reset_lowering
from matcher.actions.matches import answer_match
from matcher.db import reading
from matcher.digest.planning import plan_week
from matcher.digest.weeks import week_of
from matcher.errors import Invalid, NotAllowed
from matcher.inbox import matches_of
from matcher.lowering import lowered, standings, tellings
from matcher.vocabulary import AnswerKind, Refusal, Side
from tests import factories as make
from tests.factories import Person


class Bench:
    """A firm with a need, achievements of given readiness, and another firm with the same offers."""

    def __init__(self) -> None:
        self.firm, self.other, self.lab = make.enterprise(), make.enterprise(), make.institute()
        self.need, self.others = (make.published(each, "need") for each in (self.firm, self.other))
        self.offers = [make.published(self.lab, "achievement", trl=trl) for trl in (4, 4, 8)]
        # newest first among equals: the refused one, an unripe one, a ripe one that is older
        order = [self.offers[2], self.offers[1], self.offers[0]]
        self.mine = {offer: make.matched(self.need, offer, 0.81) for offer in order}
        self.theirs = {offer: make.matched(self.others, offer, 0.81) for offer in order}

    def inbox(self, person: Person) -> list[int]:
        with reading() as session:
            told = tellings(session, person.actor.org_id or 0)
            return [match.achievement_id for match in matches_of(session, person.actor, told=told)]

    def refuse(self, reason: Refusal) -> None:
        answer_match(self.firm.actor, self.mine[self.offers[0]], AnswerKind.REFUSED, reason)


def test_an_unripe_one_sinks_for_this_enterprise_alone(database: Settings) -> None:
    """成熟度不够 lowers what is no riper; others' lists, and the institute's, stay as they are."""
    bench = Bench()
    refused, unripe, ripe = bench.offers
    assert bench.inbox(bench.firm) == [refused, unripe, ripe]
    bench.refuse(Refusal.MATURITY)
    assert bench.inbox(bench.firm) == [ripe, unripe]
    assert bench.inbox(bench.other) == [refused, unripe, ripe]
    with reading() as session:
        found = lowered(session, bench.firm.actor.org_id or 0, list(bench.mine.values()))
        assert {bench.mine[unripe]: ("maturity",)} == {
            number: each.reasons for number, each in found.items() if number != bench.mine[refused]
        }
        assert lowered(session, bench.lab.actor.org_id or 0, list(bench.mine.values())) == {}


def test_taken_back_at_once_and_faded_by_itself(database: Settings) -> None:
    bench = Bench()
    _, unripe, ripe = bench.offers
    bench.refuse(Refusal.MATURITY)
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        assert bench.inbox(bench.firm) == [unripe, ripe]
    with time_machine.travel(clock.now() + timedelta(seconds=5), tick=False):
        reset_lowering(bench.firm.actor, Side.NEED, Refusal.MATURITY)
        reset_lowering(bench.firm.actor, Side.NEED, Refusal.MATURITY)
        assert bench.inbox(bench.firm) == [unripe, ripe]
        with reading() as session:
            assert standings(tellings(session, bench.firm.actor.org_id or 0)) == []
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):  # a new refusal counts again
        answer_match(bench.firm.actor, bench.mine[unripe], AnswerKind.REFUSED, Refusal.PRICE)
        answer_match(bench.firm.actor, bench.mine[unripe], AnswerKind.REFUSED, Refusal.TIMING)
        with reading() as session:
            found = standings(tellings(session, bench.firm.actor.org_id or 0))
        assert [(each.side, each.reason, each.count) for each in found] == [("need", "timing", 1)]


def test_only_members_take_back_and_only_what_there_is(database: Settings) -> None:
    firm = make.enterprise()
    for side, reason in (("middle", "price"), ("need", "indicator"), ("need", "")):
        with pytest.raises(Invalid):
            reset_lowering(firm.actor, side, reason)
    with pytest.raises(NotAllowed):
        reset_lowering(make.add_person().actor, "need", "price")


def test_the_digest_follows(settings: Settings) -> None:
    """What is lowered comes later in the mail, and below the least probability not at all."""
    bench = Bench()
    _, unripe, ripe = bench.offers
    bench.refuse(Refusal.MATURITY)
    bench.refuse(Refusal.SUPPLIED)  # the same match, another reason: only the newest answer counts
    with reading() as session:
        plans = plan_week(session, settings, week_of(clock.now(), settings.zone), only=bench.firm.id)
    assert [item.match_id for item in plans[0].items] == [bench.mine[ripe], bench.mine[unripe]]
    assert all(item.level == "fair" for item in plans[0].items)


def test_one_place_asks_about_an_unsure_match(settings: Settings) -> None:
    """Beside two sure ones, marked; never alone, never more than one, never when switched off."""
    firm, lab = make.enterprise(), make.institute()
    need = make.published(firm, "need")
    unsure = {make.matched(need, make.published(lab, "achievement"), p, "weak") for p in (0.2, 0.35, 0.4, 0.45)}
    week = week_of(clock.now(), settings.zone)
    with reading() as session:
        assert plan_week(session, settings, week, only=firm.id)[0].items == ()
    for _ in range(2):
        make.matched(need, make.published(lab, "achievement"), 0.9)
    with reading() as session:
        items = plan_week(session, settings, week, only=firm.id)[0].items
        off = settings.model_copy(update={"digest_explore": False})
        assert len(plan_week(session, off, week, only=firm.id)[0].items) == 2
        full = settings.model_copy(update={"digest_max_items": 2})
        assert not any(item.explored for item in plan_week(session, full, week, only=firm.id)[0].items)
    assert [item.explored for item in items] == [False, False, True]
    assert items[2].match_id in unsure
    assert items[2].probability >= 0.3
