"""The filter of the case list and board, as its address says it; what it does not understand it leaves out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import request

from matcher.board import CaseFilter, Phase
from matcher.vocabulary import CaseParty, CaseState, Term

TEXT = 60


def asked() -> CaseFilter:
    """The filter of this request."""
    given = request.args
    return CaseFilter(
        closed=given.get("box") == "closed",
        phase=_one_of(Phase, given.get("phase", "")),
        state=_one_of(CaseState, given.get("state", "")),
        party=_one_of(CaseParty, given.get("party", "")),
        broker_id=_number(given.get("broker", "")),
        late=given.get("late") == "1",
        paused=given.get("paused") == "1",
        text="".join(char for char in given.get("q", "").strip() if char.isprintable())[:TEXT],
    )


def _one_of(terms: type[Term], code: str) -> str:
    return code if code in {term.value for term in terms} else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def address(by: CaseFilter, **changes: Any) -> dict[str, Any]:
    """The filter as arguments of an address, with some of them changed."""
    values = {**asdict(by), **changes}
    return {
        "box": "closed" if values["closed"] else None,
        "phase": values["phase"] or None,
        "state": values["state"] or None,
        "party": values["party"] or None,
        "broker": values["broker_id"],
        "late": "1" if values["late"] else None,
        "paused": "1" if values["paused"] else None,
        "q": values["text"] or None,
    }


def narrows(by: CaseFilter) -> bool:
    """Whether anything but open or closed is asked for."""
    return by != CaseFilter(closed=by.closed)
