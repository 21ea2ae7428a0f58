"""Closed lists as the choices of form fields, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectChoice

from matcher import vocabulary
from web.locale import translated

Choices = list[SelectChoice]


def options(terms: type[vocabulary.Term], empty: object = "") -> Choices:
    """Codes and labels of a closed list; `empty` is the words for “none chosen”, which comes first."""
    return _with_empty(((term.value, translated(term.label)) for term in terms), empty)


def regions(empty: object = "") -> Choices:
    """The regions, those of the province first."""
    return _with_empty(((code, translated(name)) for code, name in vocabulary.REGIONS.items()), empty)


def levels(empty: object = "") -> Choices:
    """Readiness levels with what each means."""
    return _with_empty(
        ((str(level), f"{level} · {translated(meaning)}") for level, meaning in vocabulary.TRL.items()), empty
    )


def _with_empty(pairs: Iterable[tuple[str, str]], empty: object) -> Choices:
    first = [SelectChoice("", str(empty))] if empty else []
    return first + [SelectChoice(code, label) for code, label in pairs]
