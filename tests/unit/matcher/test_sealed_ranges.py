"""Sealed price ranges (N10): one word for both, no figure anywhere, no trying figure by figure."""

from __future__ import annotations

import base64
import itertools
import logging
import os
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from config.settings import Settings, SettingsError, load_settings
from matcher import db
from matcher.actions.cases import end_case
from matcher.actions.ranges import enter_range
from matcher.db import reading, transaction
from matcher.errors import Conflict, Invalid, NotFound
from matcher.inputs.base import parse
from matcher.inputs.pricing import RangeInput
from matcher.models import AuditEvent, Base, SealedRange
from matcher.pricing.ranges import PROPOSALS, gap_between, last_gap, ranges_of
from matcher.pricing.sealing import Place, Range, UnsealedError, seal, unseal
from matcher.pricing.terms import Gap
from matcher.vocabulary import EndReason
from tests import factories as make
from tests.factories import Person
from tests.prices import Talks

KEY, OTHER = b"k" * 32, b"o" * 32
PLACE = Place(7, 1, "need")
FIGURES = Decimal("777.1357"), Decimal("888.2468")  # easy to find should they be written anywhere


def between(low: object, high: object) -> RangeInput:
    """A range in 万元."""
    return parse(RangeInput, {"low": str(low), "high": str(high)})


def rows(case_id: int) -> list[SealedRange]:
    """What the table holds."""
    with reading() as session:
        return ranges_of(session, case_id)


def wan(low: str, high: str) -> Range:
    """A range in 万元."""
    return Range(Decimal(low), Decimal(high))


@pytest.mark.parametrize(
    ("need", "offer", "gap"),
    [
        (wan("60", "100"), wan("90", "150"), Gap.OVERLAP),
        (wan("60", "90"), wan("90", "150"), Gap.OVERLAP),  # they touch
        (wan("200", "300"), wan("90", "150"), Gap.OVERLAP),  # would pay more than is asked
        (wan("60", "80"), wan("100", "150"), Gap.NEAR),  # exactly 20 %
        (wan("60", "79.9999"), wan("100", "150"), Gap.FAR),
        (wan("0", "1"), wan("1500", "1600"), Gap.FAR),
    ],
)
def test_one_of_three_words(need: Range, offer: Range, gap: Gap) -> None:
    """The gap is between the near ends, as a share of what the achievement's side would take at the least."""
    assert gap_between(need, offer) == gap
    assert PROPOSALS[gap]


@given(low=st.integers(0, 10**10 - 2), width=st.integers(1, 10**6))
def test_what_is_sealed_comes_back(low: int, width: int) -> None:
    """Property: to the yuan, in boxes of one length, never twice the same."""
    given_range = Range(Decimal(low) / 10_000, Decimal(low + width) / 10_000)
    first, second = (seal([KEY], PLACE, given_range) for _ in range(2))
    opened = unseal([OTHER, KEY], PLACE, first)
    assert (opened.low, opened.high) == (given_range.low, given_range.high)
    assert first != second
    assert len(first) == len(seal([KEY], PLACE, wan("0", "1")))


@pytest.mark.parametrize("place", [Place(8, 1, "need"), Place(7, 2, "need"), Place(7, 1, "offer")])
def test_a_box_opens_only_in_its_place(place: Place) -> None:
    """Bad input: a box copied into another case, round or side, a changed one, another key, none."""
    box = seal([KEY], PLACE, wan("60", "90"))
    for keys, where, what in (
        ([KEY], place, box),
        ([KEY], PLACE, box[:-1] + bytes([box[-1] ^ 1])),
        ([OTHER], PLACE, box),
        ([KEY], PLACE, b""),
    ):
        with pytest.raises(UnsealedError):
            unseal(keys, where, what)


def test_a_range_shows_itself_to_no_log() -> None:
    """Its representation has no figures."""
    assert "777" not in repr(Range(*FIGURES))


def test_both_enter_one_word_comes_out(database: Settings) -> None:
    """Nothing before both have; then one word, and the boxes are gone."""
    talks = Talks()
    enter_range(talks.firm.actor, talks.id, between(60, 90))
    assert [(row.side, row.gap, bool(row.box)) for row in rows(talks.id)] == [("need", None, True)]
    enter_range(talks.lab.actor, talks.id, between(100, 150))
    assert [(row.gap, row.box) for row in rows(talks.id)] == [("near", None), ("near", None)]
    assert last_gap(rows(talks.id)) == Gap.NEAR


def test_tries_are_counted_and_need_both(database: Settings) -> None:
    """Nobody tries figure after figure against the other's range: once a round, three rounds, each one audited."""
    talks = Talks()
    for number in (1, 2, 3):
        assert enter_range(talks.firm.actor, talks.id, between(60, 90 + number)) == number
        with pytest.raises(Conflict):
            enter_range(talks.firm.actor, talks.id, between(60, 91))
        assert enter_range(talks.lab.actor, talks.id, between(100, 150)) == number
    for side in (talks.firm, talks.lab):
        with pytest.raises(Conflict):
            enter_range(side.actor, talks.id, between(60, 91))
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "range.enter")).all()
    assert [event.changes["round"] for event in events] == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("low", "high", "field"),
    [("90", "60", "high"), ("60", "60", "high"), ("-1", "60", "low"), ("1", "1000000.0001", "high"), ("1", "9e99", "high"),
     ("1", "NaN", "high"), ("1", "Infinity", "high"), ("", "60", "low"), ("六十", "70", "low"), ("1.00001", "60", "low")],
)  # fmt: skip
def test_bad_ranges(low: str, high: str, field: str) -> None:
    """Bad input: min above max, equal, negative, huge, no number; the message does not repeat the figure."""
    with pytest.raises(Invalid) as refused:
        parse(RangeInput, {"low": low, "high": high})
    assert list(refused.value.errors) == [field]
    assert "1000000.0001" not in str(refused.value.errors[field])


def test_who_may_enter(database: Settings) -> None:
    """Bad input: broker, operator, strangers, a case that has ended."""
    talks = Talks()
    for person in (talks.broker, talks.staff, make.enterprise()):
        with pytest.raises(NotFound):
            enter_range(person.actor, talks.id, between(60, 90))
    end_case(talks.broker.actor, talks.id, talks.case.version, EndReason.PRICE)
    with pytest.raises(Conflict):
        enter_range(talks.firm.actor, talks.id, between(60, 90))


def _everything(settings: Settings) -> bytes:
    """Every row of every table as text, and with SQLite the files as they lie on the disk."""
    files = [path.read_bytes() for path in Path(settings.data_dir).rglob("*") if path.is_file()]
    return b"".join([_tables(), *files])


def _spellings(value: Decimal) -> set[bytes]:
    """The figure in 万元 and 元, as text and as the bytes of an integer."""
    yuan = int(value * 10_000)
    return {str(value).encode(), str(yuan).encode(), yuan.to_bytes(8, "big"), yuan.to_bytes(8, "little")}


def test_no_figure_is_written_anywhere(database: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """Neither database, its files, audit, timeline, mails nor logs hold a figure, before and after the comparison."""
    talks = Talks()
    caplog.set_level(logging.DEBUG)
    for person, low in ((talks.firm, FIGURES[0]), (talks.lab, FIGURES[1])):
        enter_range(person.actor, talks.id, between(low, low + 1))
        content = _everything(database) + caplog.text.encode()
        found = [spelling for figure in FIGURES for end in (figure, figure + 1) for spelling in _spellings(end) if spelling in content]
        assert found == []


def test_the_key_lies_beside_the_database_not_in_it(database: Settings) -> None:
    """Made once, readable by its owner alone, and in no table; without it the box of a dump stays closed."""
    talks = Talks()
    enter_range(talks.firm.actor, talks.id, between(60, 90))
    file = database.data_dir / "price.key"
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_bytes() not in _tables()
    box = rows(talks.id)[0].box
    assert box is not None
    with pytest.raises(UnsealedError):
        unseal([OTHER], Place(talks.id, 1, "need"), box)


def _tables() -> bytes:
    with db.engine().connect() as connection:
        return b"".join(
            repr(connection.execute(text(f'SELECT * FROM "{table}"')).all()).encode()  # noqa: S608 - our own names
            for table in Base.metadata.tables
        )


def _use_keys(patch: pytest.MonkeyPatch, *keys: bytes) -> None:
    from config.settings import get_settings

    patch.setenv("PRICE_KEY", ",".join(base64.b64encode(key).decode() for key in keys))
    get_settings.cache_clear()


def test_keys_can_be_changed(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new key in front seals from then on; the older ones still open what they sealed."""
    talks = Talks()
    _use_keys(monkeypatch, KEY)
    enter_range(talks.firm.actor, talks.id, between(60, 90))
    _use_keys(monkeypatch, OTHER, KEY)
    enter_range(talks.lab.actor, talks.id, between(80, 150))
    assert last_gap(rows(talks.id)) == Gap.OVERLAP


def test_a_lost_key_costs_one_entry(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not open is thrown away and entered anew; the case is not stuck."""
    talks = Talks()
    _use_keys(monkeypatch, KEY)
    enter_range(talks.firm.actor, talks.id, between(60, 90))
    _use_keys(monkeypatch, OTHER)
    enter_range(talks.lab.actor, talks.id, between(80, 150))
    assert [(row.side, row.gap) for row in rows(talks.id)] == [("offer", None)]
    enter_range(talks.firm.actor, talks.id, between(60, 90))
    assert last_gap(rows(talks.id)) == Gap.OVERLAP


def test_a_box_moved_by_hand_in_the_database_does_not_open(database: Settings) -> None:
    """Somebody with the database swaps boxes of two cases: neither tells anything."""
    first, second = Talks(), Talks()
    for talks in (first, second):
        enter_range(talks.firm.actor, talks.id, between(60, 90))
    with transaction() as session:
        a, b = session.scalars(select(SealedRange).order_by(SealedRange.id))
        a.box, b.box = b.box, a.box
    enter_range(first.lab.actor, first.id, between(80, 150))
    assert last_gap(rows(first.id)) is None


def test_production_needs_the_key(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PRICE_KEY in production nothing is sealed, with a sentence; a short key stops the start, unquoted."""
    talks = Talks()
    monkeypatch.setenv("ENVIRONMENT", "production")
    from config.settings import get_settings

    get_settings.cache_clear()
    with pytest.raises(Conflict):
        enter_range(talks.firm.actor, talks.id, between(60, 90))
    assert rows(talks.id) == []
    for bad in ("short", base64.b64encode(os.urandom(31)).decode(), "!" * 44):
        with pytest.raises(SettingsError) as refused:
            load_settings(price_key=bad)
        assert bad not in str(refused.value)


def test_a_race_of_both_ends_in_one_word(database: Settings) -> None:
    """Both sides at once: one round, one word."""
    from concurrent.futures import ThreadPoolExecutor

    talks = Talks()
    sides: list[tuple[Person, RangeInput]] = [(talks.firm, between(60, 90)), (talks.lab, between(80, 150))]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda entry: enter_range(entry[0].actor, talks.id, entry[1]), sides))
    assert [(row.round, row.gap) for row in rows(talks.id)] == list(itertools.repeat((1, "overlap"), 2))
