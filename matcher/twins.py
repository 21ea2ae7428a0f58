"""Near-identical achievements (N18): one is shown, the others are folded below it; pure.

Two achievements are twins when their titles share words and their texts are mostly the same runs of three words. Meaning
does not tell: different achievements for one need have cosines of up to 0.97. Runs of words do: the 3,301 pairs of
different achievements for one need in `demo/records/` and `demo/training/` share at most 8 % of them, while 95 of 100
copies with a sentence dropped, all figures changed or a portal's phrases around them lie above the threshold
(`tests/unit/matcher/test_twins.py` measures both).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from matcher.text import tokens

T = TypeVar("T")
RUN = 3  # words of a shingle
SAME_TEXT = 0.40  # Jaccard of the texts' shingles
SAME_TITLE = 0.25  # Jaccard of the titles' words: standard phrases alone make no twins


@dataclass(frozen=True)
class Print:
    """What of a text is compared: the words of its title, the runs of words of all of it."""

    title: frozenset[str]
    runs: frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Folded(Generic[T]):
    """What is shown, and its twins in their order."""

    lead: T
    twins: tuple[T, ...] = ()


def text_print(title: str, text: str) -> Print:
    """The print of an achievement's title and text."""
    words = tokens(f"{title}。{text}")
    runs = frozenset(tuple(words[place : place + RUN]) for place in range(max(len(words) - RUN, 0) + 1))
    return Print(frozenset(tokens(title)), runs)


def are_twins(one: Print, other: Print) -> bool:
    """Whether a reader would take the two for the same achievement."""
    return _share(one.title, other.title) >= SAME_TITLE and _share(one.runs, other.runs) >= SAME_TEXT


def _share(one: frozenset[Hashable] | frozenset[str], other: frozenset[Hashable] | frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def fold(items: Iterable[T], class_of: Callable[[T], Hashable], text_of: Callable[[T], Print]) -> list[Folded[T]]:
    """The items in their order, each twin under the first of its class that it resembles.

    Twins are measured by the one that is shown, never by each other, so that small steps do not lead far away.
    """
    leads: dict[Hashable, list[tuple[Print, int]]] = {}
    found: list[tuple[T, list[T]]] = []
    for item in items:
        own, others = text_of(item), leads.setdefault(class_of(item), [])
        place = next((number for known, number in others if are_twins(known, own)), None)
        if place is None:
            others.append((own, len(found)))
            found.append((item, []))
        else:
            found[place][1].append(item)
    return [Folded(lead, tuple(twins)) for lead, twins in found]


def flat(folded: Sequence[Folded[T]]) -> list[T]:
    """Every item, twins behind the one they are folded under."""
    return [item for each in folded for item in (each.lead, *each.twins)]
