"""Dates, money, figures and codes as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask

from matcher import clock
from web import format as words
from web.format import THIN

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)  # already the 25th in Shanghai


@pytest.fixture(autouse=True)
def page(app: Flask) -> Iterator[None]:
    """A Chinese page at NOW."""
    with app.test_request_context("/", headers={"Accept-Language": "zh"}), clock.at(NOW):
        yield


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "今天"), (1, "昨天"), (12, "12 天前"), (90, "3 个月前"), (800, "2 年前"), (-3, "今天")],
)
def test_past_days_are_counted_in_the_configured_zone(days: int, text: str) -> None:
    """How long ago speaks of calendar days in Shanghai, not in UTC."""
    assert words.ago(NOW - timedelta(days=days)) == text
    assert words.ago(datetime(2026, 11, 24, 15, 59, tzinfo=UTC)) == "昨天"  # 23:59 on the 24th there


@pytest.mark.parametrize(
    ("day", "text"),
    [(date(2026, 11, 25), "今天到期"), (date(2027, 1, 6), "剩 42 天"), (date(2026, 11, 22), "已过 3 天")],
)
def test_what_is_left_of_a_day(day: date, text: str) -> None:
    """A deadline says what it means."""
    assert words.left(day) == text
    assert words.is_past(day) == text.startswith("已过")


def test_relative_words_carry_the_exact_value() -> None:
    """The exact value is in the title, the machine's in datetime."""
    element = words.when(NOW)
    assert element == '<time datetime="2026-11-24T18:30:00+00:00" title="2026-11-25 02:30">今天</time>'
    assert words.when(None) == ""


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [("80", "150", f"80–150{THIN}万元"), ("80", "80", f"80{THIN}万元"), ("0.5", None, f"0.5{THIN}万元"),
     (None, "100", f"最高 100{THIN}万元"), (None, None, ""), ("1200", "20000", f"1,200–20,000{THIN}万元")],
)  # fmt: skip
def test_money_is_in_wan(low: str | None, high: str | None, text: str) -> None:
    """万元 with a thin space, ranges with a dash, one figure when both are equal."""
    assert words.money(low and Decimal(low), high and Decimal(high)) == text  # type: ignore[arg-type]


def test_english_money_is_in_yuan(app: Flask) -> None:
    """100: numbers by locale: English readers get full yuan."""
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert words.money(Decimal(80), Decimal(150)) == "CNY 800,000–1,500,000"
        assert words.percent(0.32) == "32%"


def test_shares_have_a_denominator_or_a_dash() -> None:
    """A share of nothing is no number."""
    assert words.share(412, 1284) == f"32{THIN}%"
    assert words.share(1, 0) == "–"


def test_codes_become_words_and_unknown_ones_stay() -> None:
    """Labels come from the closed lists."""
    assert words.label("joint", "CoopMode") == "合作开发"
    assert words.labels(["joint", "licence"], "CoopMode") == "合作开发、技术许可"
    assert words.label("unheard", "CoopMode") == "unheard"
    assert words.region("222400") == "延边州"
    assert words.trl(7) == "成熟度 7 · 中试"
    assert words.trl(None) == ""


def test_open_budgets_and_prices_say_so() -> None:
    """面议 where there is no figure."""
    assert words.budget(SimpleNamespace(budget_min=None, budget_max=None)) == "面议"
    offer = SimpleNamespace(price_min=Decimal(160), price_max=None, price_mode="fixed")
    assert words.price(offer) == f"160{THIN}万元"
    offer.price_mode = "negotiable"
    assert words.price(offer) == "面议"
