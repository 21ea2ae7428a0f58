"""What an explanation is made of: reasons, quotations and gaps, as plain data without sentences of its own.

It is stored with the match as JSON; pages and mails word it in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

VERSION = 1
_AS_THEY_ARE = (str, int, float, type(None))


@dataclass(frozen=True)
class Quote:
    """Words of one side; `marks` are spans of characters in `text` that carry the reason."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Reason:
    """One row between the two sides.

    Kinds and their `params` (money in 万元 and shares as decimal strings, codes of `matcher.vocabulary`):

    - `problem` (met): both sides' sentences speak of the same; terms.
    - `meaning` (met): two sentences mean the same without common wording; near. Without sentences: the whole texts are
      near in meaning only; semantic.
    - `indicator` (met, short, missing, unclear): asked and stated as {name, relation, value, high, unit, condition},
      gap as a share of the asked value, why (several, unit, condition, bounds, name) for unclear, found (table or text),
      asked_in (text, where the need's table does not hold it: `left` then quotes the need).
    - `maturity` (met, short, missing): trl, min_trl.   - `cooperation` (met, short, missing): need, offer, both.
    - `price` (met, short, unclear, missing): price_min, price_max, price_mode, budget_max, gap.
    - `region` (met, short, missing): need, offer, near (city or province).   - `chain` (met): chain.
    """

    kind: str
    verdict: str
    left: Quote | None = None
    right: Quote | None = None
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Gap:
    """What is missing and the step that would close it (`matcher.gaps.GapStep`); `kind` and `params` as those of the reason.

    A kind without a reason of its own: `evidence`, indicators met by the achievement's own account alone; names.
    """

    kind: str
    step: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """Everything shown about one match. `met`, `short`, `open` count the need's indicators."""

    terms: tuple[str, ...]
    reasons: tuple[Reason, ...]
    gaps: tuple[Gap, ...]
    met: int = 0
    short: int = 0
    open: int = 0

    def data(self) -> dict[str, Any]:
        """As plain JSON values, for storing."""
        told = [{**vars(each), "left": _quoted(each.left), "right": _quoted(each.right), "params": _plain(each.params)} for each in self.reasons]
        missing = [{**vars(each), "params": _plain(each.params)} for each in self.gaps]
        return {"version": VERSION, **vars(self), "terms": list(self.terms), "reasons": told, "gaps": missing}


def _quoted(quote: Quote | None) -> dict[str, Any] | None:
    return None if quote is None else {"text": quote.text, "marks": [list(mark) for mark in quote.marks]}


def _plain(value: Any) -> Any:
    """JSON values: decimals as plain strings, tuples as lists."""
    if isinstance(value, _AS_THEY_ARE):
        return value
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, dict):
        return {str(key): each if isinstance(each, _AS_THEY_ARE) else _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
