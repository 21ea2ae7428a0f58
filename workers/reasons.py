"""The one reason that a mail shows for a match: a figure against a figure before words, words before terms of a deal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matcher.messages import msg
from matcher.vocabulary import CoopMode, Relation
from workers.wording import THIN, Wording

Data = Mapping[str, Any]
TERMS = 5


def best_reason(reasons: Data, wording: Wording) -> str:
    """The strongest reason that speaks for the match, in one sentence; empty when none is stored."""
    met = [reason for reason in reasons.get("reasons", ()) if reason.get("verdict") == "met"]
    for kind, worded in KINDS.items():
        found = next((reason for reason in met if reason.get("kind") == kind), None)
        if found is not None:
            return worded(found["params"], wording)
    return ""


def _listed(parts: Sequence[str], wording: Wording) -> str:
    return (", " if wording.locale == "en" else "、").join(parts)


def _quantity(row: Data) -> str:
    """`≥ 450 MPa`; what is stated as equal needs no sign."""
    unit = f"{THIN}{row['unit']}" if row.get("unit") else ""
    if row.get("high") is not None:
        return f"{row['value']}–{row['high']}{unit}"
    sign = "" if row["relation"] == Relation.EQUAL else f"{Relation(row['relation']).label} "
    return f"{sign}{row['value']}{unit}"


def _indicator(params: Data, wording: Wording) -> str:
    asked, stated = params["asked"], params["stated"]
    return wording.say(
        msg(
            "%(name)s：要求 %(asked)s，成果 %(stated)s",
            name=asked["name"],
            asked=_quantity(asked),
            stated=_quantity(stated),
        )
    )


def _problem(params: Data, wording: Wording) -> str:
    return wording.say(msg("两边都说到 %(terms)s", terms=_listed(params.get("terms", ())[:TERMS], wording)))


def _meaning(_params: Data, wording: Wording) -> str:
    return wording.say(msg("用词不同，意思相近"))


def _maturity(params: Data, wording: Wording) -> str:
    return wording.say(
        msg("成熟度 %(level)s 级，要求不低于 %(asked)s 级", level=params["trl"], asked=params["min_trl"])
    )


def _cooperation(params: Data, wording: Wording) -> str:
    modes = [wording.say(CoopMode(code).label) for code in params["both"]]
    return wording.say(msg("合作方式：%(modes)s", modes=_listed(modes, wording)))


KINDS: dict[str, Callable[[Data, Wording], str]] = {
    "indicator": _indicator,
    "problem": _problem,
    "maturity": _maturity,
    "cooperation": _cooperation,
    "meaning": _meaning,
}
