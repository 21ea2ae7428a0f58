"""Answers to matches, and the case that two yeses open."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from config.settings import Settings
from matcher import clock
from matcher.actions.matches import answer_match, retract_answer
from matcher.actions.records import withdraw_record
from matcher.db import reading
from matcher.errors import Conflict, Invalid, NotFound
from matcher.inbox import Box, counts, matches_of
from matcher.models import Answer, Case, Delivery, Match
from matcher.outcomes import outcomes
from matcher.vocabulary import AnswerKind, Refusal
from tests import factories as make


class Pair:
    """A firm and a lab with a match of theirs."""

    def __init__(self) -> None:
        self.firm, self.lab = make.enterprise(), make.institute()
        self.need = make.published(self.firm, "need")
        self.achievement = make.published(self.lab, "achievement")
        self.match = make.matched(self.need, self.achievement)


@pytest.fixture
def pair(database: Settings) -> Pair:
    return Pair()


def mails(kind: str) -> list[int]:
    with reading() as session:
        return list(
            session.scalars(select(Delivery.user_id).where(Delivery.kind == kind).order_by(Delivery.user_id))
        )


def test_one_yes_tells_the_other_side_and_two_open_a_case(pair: Pair) -> None:
    """The first yes is mailed to the other side, the second opens one case at 双方同意."""
    assert answer_match(pair.firm.actor, pair.match, AnswerKind.INTERESTED) is None
    assert mails("other_side_yes") == [pair.lab.id]
    case_id = answer_match(pair.lab.actor, pair.match, AnswerKind.INTERESTED)
    with reading() as session:
        case = session.get_one(Case, case_id)
        assert (case.state, case.number[:3], case.next_party) == ("agreed", "DQ-", "broker")
        assert (
            case.due_at is not None and case.need_agreed_at is not None and case.offer_agreed_at is not None
        )
        assert session.get_one(Match, pair.match).state == "cased"
    assert mails("case_opened") == [pair.firm.id, pair.lab.id]


def test_both_at_once_open_one_case(pair: Pair) -> None:
    """Two yeses in the same moment: one case, never none or two."""
    threads = [
        threading.Thread(target=answer_match, args=(person.actor, pair.match, AnswerKind.INTERESTED))
        for person in (pair.firm, pair.lab)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_refusal_needs_a_reason_and_is_counted_for_the_supplier(pair: Pair) -> None:
    """22 of the features: refusals come back as counts by reason, without who gave them."""
    with pytest.raises(Invalid):
        answer_match(pair.firm.actor, pair.match, AnswerKind.REFUSED)
    answer_match(pair.firm.actor, pair.match, AnswerKind.REFUSED, Refusal.MATURITY)
    with reading() as session:
        told = outcomes(session, make.load("achievement", pair.achievement))
    assert (told.refused, told.refusals) == (1, {"maturity": 1})


def test_answers_can_change_until_both_said_yes(pair: Pair) -> None:
    """One answer per organisation; retractable; closed once there is a case."""
    answer_match(pair.firm.actor, pair.match, AnswerKind.REFUSED, Refusal.PRICE)
    answer_match(pair.firm.actor, pair.match, AnswerKind.INTERESTED)
    retract_answer(pair.firm.actor, pair.match)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Answer)) == 0
    answer_match(pair.firm.actor, pair.match, AnswerKind.INTERESTED)
    answer_match(pair.lab.actor, pair.match, AnswerKind.INTERESTED)
    with pytest.raises(Conflict):
        retract_answer(pair.firm.actor, pair.match)


def test_others_cannot_answer(pair: Pair) -> None:
    """52: a match of others is as absent as an unknown one."""
    for actor in (make.enterprise().actor, make.operator().actor):
        with pytest.raises(NotFound):
            answer_match(actor, pair.match, AnswerKind.INTERESTED)


def test_later_comes_back_after_14_days(pair: Pair) -> None:
    """稍后再看 leaves the open box and returns to it by itself."""
    start = clock.now()
    answer_match(pair.firm.actor, pair.match, AnswerKind.LATER)
    for days, box in ((13, Box.LATER), (15, Box.OPEN)):
        with time_machine.travel(start + timedelta(days=days), tick=False), reading() as session:
            assert {name: n for name, n in counts(session, pair.firm.actor).items() if n} == {box: 1}


def test_newest_strong_ones_first(database: Settings) -> None:
    """The order of the inbox: level, then newest."""
    firm, lab = make.enterprise(), make.institute()
    need = make.published(firm, "need")
    ids = [
        make.matched(need, make.published(lab, "achievement"), 0.9, level)
        for level in ("weak", "strong", "fair", "strong")
    ]
    with reading() as session:
        found = [match.id for match in matches_of(session, firm.actor)]
    assert found == [ids[3], ids[1], ids[2], ids[0]]


def test_withdrawal_closes_matches_and_hides_them(pair: Pair) -> None:
    """46: what was withdrawn is answered and shown no more."""
    withdraw_record(
        pair.lab.actor, "achievement", pair.achievement, make.version("achievement", pair.achievement)
    )
    with pytest.raises(NotFound):
        answer_match(pair.firm.actor, pair.match, AnswerKind.INTERESTED)
    with reading() as session:
        assert matches_of(session, pair.firm.actor) == []
        assert session.get_one(Match, pair.match).closed_reason == "withdrawn"
