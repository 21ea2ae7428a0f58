"""What similar deals cost: told only where no single one can be seen."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from matcher import clock
from matcher.contracts.lists import ContractType, RegistrationState
from matcher.db import reading, transaction
from matcher.models import Contract
from matcher.money import Yuan, yuan
from matcher.pricing.comparables import BLOCK, Deal, comparables, summary
from tests.prices import Talks


def deals(*prices: int, sellers: int = 5, buyers: int = 5) -> list[Deal]:
    """Deals of so many sellers and buyers in turn, in whole 万元."""
    return [Deal(n % sellers, n % buyers, yuan(price * 10_000)) for n, price in enumerate(prices)]


def test_median_and_quartiles() -> None:
    """Of five deals, rounded to two figures."""
    found = summary(deals(1234, 80, 100, 121, 300))
    assert found is not None
    assert (found.deals, found.lower, found.median, found.upper) == (5, 100, 120, 300)


@pytest.mark.parametrize(
    "few",
    [
        deals(1, 2, 3, 4),
        deals(1, 2, 3, 4, 5, sellers=2),
        deals(1, 2, 3, 4, 5, buyers=2),
        [Deal(min(n, 2), n, yuan(n + 1)) for n in (2, 2, 2, 0, 1)],  # one seller has three of five
        [],
    ],
)
def test_too_few_tell_nothing(few: list[Deal]) -> None:
    """Fewer than five deals, than three sellers or buyers, or one with more than half of them."""
    assert summary(few) is None


@given(st.lists(st.integers(1, 9999), min_size=5, max_size=40))
def test_it_grows_by_whole_blocks(prices: list[int]) -> None:
    """Property: one more deal changes nothing until five more are there, so no difference is one deal's."""
    looks = [summary(deals(*prices[:n])) for n in range(len(prices) + 1)]
    for (few, first), (many, second) in combinations(enumerate(looks), 2):
        if few // BLOCK == many // BLOCK:
            assert first == second


@given(st.lists(st.integers(10**4, 10**9), min_size=5, max_size=20))
def test_no_price_is_told_exactly(prices: list[int]) -> None:
    """Property: every figure has two significant digits and lies within five per cent and the range of the deals."""
    found = summary([Deal(n % 5, n % 5, Yuan(Decimal(price))) for n, price in enumerate(prices)])
    assert found is not None
    for figure in (found.lower, found.median, found.upper):
        assert len(figure.normalize().as_tuple().digits) <= 2
        assert min(prices) * Decimal("0.95") <= figure * 10_000 <= max(prices) * Decimal("1.05")


def _registered(talks: Talks, price: str, **values: object) -> None:
    moment = clock.now()
    fields = {"type": ContractType.LICENCE, "reg_state": RegistrationState.RECOGNISED, "approved_tech": yuan(price), **values}
    with transaction() as session:
        session.add(
            Contract(case_id=talks.id, name="合同", created_at=moment, updated_at=moment, reg_decided=moment.date(), **fields)
        )


def test_from_our_own_registered_contracts(database: Settings) -> None:
    """Those of the field that the registry confirmed, by type; drafts, refused ones and other types do not count."""
    for number in range(5):
        _registered(Talks(), f"{100_000 * (number + 1)}")
    _registered(Talks(), "1", reg_state=RegistrationState.PENDING)
    _registered(Talks(), "1", type=ContractType.TRANSFER)
    with reading() as session:
        found = comparables(session, "biomedicine")
        assert list(found) == [ContractType.LICENCE]
        assert (found[ContractType.LICENCE].deals, found[ContractType.LICENCE].median) == (5, 30)
        assert comparables(session, "energy") == {}
        assert comparables(session, None) == {}
