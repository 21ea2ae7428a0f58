"""Money: exact types, stated rounding, shares that sum to the fen."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.money import FEN, Wan, Yuan, percent_of, split, to_wan, to_yuan, yuan

amounts = st.integers(0, 10**13).map(lambda fen: Yuan(fen * FEN))


@st.composite
def percentages(draw: st.DrawFn) -> dict[int, Decimal]:
    """Percentages of up to four places that make exactly 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 1_000_000), max_size=9)))
    ends = [0, *cuts, 1_000_000]
    return {n: Decimal(b - a) / 10_000 for n, (a, b) in enumerate(pairwise(ends))}


@given(amounts, percentages())
def test_shares_sum_to_the_payment(amount: Yuan, percents: dict[int, Decimal]) -> None:
    """Every fen is given away once; nobody is more than one fen from the exact share."""
    shares = split(amount, percents)
    assert sum(shares.values()) == amount
    assert all(abs(shares[key] - amount * percents[key] / 100) < FEN for key in percents)
    assert all(share == share.quantize(FEN) for share in shares.values())


@pytest.mark.parametrize("percents", [{"a": Decimal("99.99")}, {"a": Decimal(101), "b": Decimal(-1)}, {}])
def test_shares_of_less_than_everything_are_refused(percents: dict[str, Decimal]) -> None:
    with pytest.raises(ValueError, match="100"):
        split(yuan(100), percents)


def test_the_fen_left_over_goes_to_the_largest_remainder() -> None:
    third = Decimal("33.3333")
    shares = split(yuan("0.10"), {"a": third, "b": third, "c": Decimal("33.3334")})
    assert shares == {"a": Decimal("0.03"), "b": Decimal("0.03"), "c": Decimal("0.04")}


def test_yuan_and_wan_meet_in_one_place() -> None:
    assert to_yuan(Wan(Decimal("120.5"))) == Decimal(1_205_000)
    assert to_wan(yuan(1_205_000)) == Decimal("120.5")
    assert to_yuan(Wan(Decimal("0.0000005"))) == Decimal("0.01")  # half up
    assert percent_of(yuan("0.05"), Decimal(50)) == Decimal("0.03")


@pytest.mark.parametrize("value", ["0.001", "NaN", "Infinity"])
def test_no_amount_below_a_fen(value: str) -> None:
    with pytest.raises(ValueError, match="fen"):
        yuan(value)
