"""A match as a line of a list: what the `bridge_row` macro shows, and nothing that only the match's own page needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext as _l

from matcher.models import Match, Record
from web import format as words
from web.cards import Chip, title_of
from web.matches.presentation import need_side, offer_side
from web.matches.reasons import Reason, reasons_of

VERDICTS = (("ok", _l("%(count)s 项相合")), ("warn", _l("%(count)s 项接近")), ("bad", _l("%(count)s 项不合")),
            ("none", _l("%(count)s 项待确认")))

@dataclass(frozen=True)
class End:
    """One end of the line. `lang` is the record's own language."""

    side: str
    title: str
    lang: str


@dataclass(frozen=True)
class BridgeRow:
    """Two titles, the level between, the best reason and what else a reader should know before opening it."""

    level_label: str
    need: End
    offer: End
    best: str
    chips: Sequence[Chip]
    url: str
    twins: Sequence[tuple[str, End]] = ()  # address and end of each match whose achievement is nearly the same


def bridge_row_of(match: Match, *, chips: Sequence[Chip] = (), twins: Sequence[Match] = ()) -> BridgeRow:
    """The line of `match`; it names no organisation, so that it is the same for all who may read the match."""
    reasons = reasons_of(match)
    return BridgeRow(
        level_label=words.label(match.level, "Level"),
        need=_end(need_side(match.need), match.need),
        offer=_end(offer_side(match.achievement), match.achievement),
        best=best_words(reasons),
        chips=[*chips, *verdict_chips(reasons)],
        url=url_for("matches.show", match_id=match.id),
        twins=[
            (
                url_for("matches.show", match_id=twin.id),
                _end(offer_side(twin.achievement), twin.achievement),
            )
            for twin in twins
        ],
    )


def _end(side: str, record: Record) -> End:
    return End(side, title_of(record), record.lang)


def best_words(reasons: Sequence[Reason]) -> str:
    """The one reason that a list shows: the first that speaks for the match."""
    best = next((reason for reason in reasons if reason.verdict == "ok"), None)
    return best.sentence() if best else ""


def verdict_chips(reasons: Sequence[Reason]) -> list[Chip]:
    """How many reasons came out which way."""
    count = Counter(reason.verdict for reason in reasons)
    return [Chip(str(text) % {"count": count[verdict]}, verdict) for verdict, text in VERDICTS if count[verdict]]
