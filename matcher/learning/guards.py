"""Whose answers count how much, and whether there are enough of them: no organisation may teach the others alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np

from matcher.learning.evidence import ANSWERED, Row
from matcher.learning.features import Numbers

ANSWERS = 80  # least answers (yes or no) that something is learnt from
ORGANISATIONS = 12  # least organisations that gave them: the cap could not hold with fewer than 1 / CAP
NEEDS = 20  # least needs: gains are compared by need
CAP = 0.10  # most of all weight that one organisation may have
JUDGED = 5  # answers from which on somebody can be called one-sided
EVEN = 0.10  # share of the rarer answer from which on a person counts in full



def _discernment(rows: Sequence[Row]) -> float:
    """0 for whoever always says the same, rising to 1 where the rarer answer is a tenth of all; 1 while few are known."""
    answers = [each.target for each in rows if each.outcome in ANSWERED]
    if len(answers) < JUDGED:
        return 1.0
    yes = sum(answers) / len(answers)
    return min(min(yes, 1 - yes) / EVEN, 1.0)


def weights(rows: Sequence[Row]) -> Numbers:
    """One weight per row: what the answer says, times how well its person and organisation tell apart, capped."""
    if not rows:
        return np.zeros(0)
    found = np.array([row.weight for row in rows], np.float64)
    owners = np.array([row.organisation_id for row in rows])
    for names in ([row.user_id for row in rows], [row.organisation_id for row in rows]):
        telling = {name: _discernment(own) for name, own in _grouped(rows, names).items()}
        found *= np.array([1.0 if name is None else telling[name] for name in names])
    return capped(found, owners)


def _grouped(rows: Sequence[Row], names: Sequence[Hashable]) -> dict[Hashable, list[Row]]:
    found: dict[Hashable, list[Row]] = defaultdict(list)
    for name, row in zip(names, rows, strict=True):
        found[name].append(row)
    return found


def capped(found: Numbers, owners: Numbers) -> Numbers:
    """The weights with each owner's sum brought down to at most `CAP` of the total that remains.

    With fewer owners than 1 / CAP nobody can stay below it: then all weigh the same.
    """
    names, places = np.unique(owners, return_inverse=True)
    sums = np.bincount(places, found, len(names))
    least, most = 0.0, float(sums.max(initial=0.0))
    for _ in range(60):  # the highest ceiling that leaves nobody more than the cap
        middle = (least + most) / 2
        total = float(np.minimum(sums, middle).sum())
        least, most = (middle, most) if middle <= CAP * total else (least, middle)
    ceiling = least if least > 0 else float(sums[sums > 0].min(initial=np.inf))
    factors = np.minimum(1.0, ceiling / np.where(sums > 0, sums, 1.0))
    return np.asarray(found * factors[places], np.float64)


def shortage(rows: Sequence[Row]) -> str:
    """Code of what there is too little of (answers, organisations, needs, kinds); empty when there is enough.

    Rows of one-sided organisations do not count.
    """
    counted = weights(rows)
    told = [row for row, weight in zip(rows, counted, strict=True) if row.outcome in ANSWERED and weight > 0]
    if len(told) < ANSWERS:
        return "answers"
    if len({row.organisation_id for row in told}) < ORGANISATIONS:
        return "organisations"
    if len({row.need_id for row in told}) < NEEDS:
        return "needs"
    return "" if 0 < sum(row.target for row in told) < len(told) else "kinds"
