"""What came of a listing's cases, as its owner is told: counts by result, never whose."""

import pytest

from config.settings import Settings
from matcher.actions.cases import end_case
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.models import Case
from matcher.outcomes import outcomes
from matcher.vocabulary import CaseState, EndReason
from tests import factories as make


def end(case_id: int, reason: EndReason) -> None:
    """End the case as it is now."""
    with reading() as session:
        version = session.get_one(Case, case_id).version
    end_case(SYSTEM, case_id, version, reason)


def test_endings_come_back_as_counts(database: Settings) -> None:
    """A case ended for its price is one more of that reason for both listings; the listing's cases still count it."""
    _firm, _lab, case_id = make.bridged()
    with reading() as session:
        case = session.get_one(Case, case_id)
        records = [make.load("need", case.need_id), make.load("achievement", case.achievement_id)]
        assert [outcomes(session, record).endings for record in records] == [{}, {}]
    end(case_id, EndReason.PRICE)
    with reading() as session:
        told = [outcomes(session, record) for record in records]
    assert [(each.cases, each.converted, each.endings) for each in told] == [(1, 0, {"price": 1})] * 2


@pytest.mark.parametrize("state", [CaseState.CONVERTED, CaseState.PRICING])
def test_only_converted_cases_count_as_converted(settings: Settings, state: CaseState) -> None:
    """A case that reached 转化成功 is told as such; one on its way is only a case."""
    _firm, _lab, case_id = make.bridged()
    with transaction() as session:
        case = session.get_one(Case, case_id)
        case.state = state
        number = case.achievement_id
    with reading() as session:
        told = outcomes(session, make.load("achievement", number))
    assert (told.cases, told.converted, told.endings) == (1, int(state == CaseState.CONVERTED), {})
