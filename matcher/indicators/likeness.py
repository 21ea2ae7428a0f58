"""Whether two names speak of one quantity, of a related one, or of different ones."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from matcher.indicators.kinds import akin, asks_for, speaks_of
from matcher.indicators.synonyms import (
    AMOUNTS,
    OF_WHAT,
    apart,
    articles,
    bare,
    canonical,
    changes,
    in_words,
    known,
    limits,
    neutral,
    of_a_change,
    of_the_whole,
    opposed,
    plain_of,
)
from matcher.text import tokens

SAME_PAIRS = 0.8  # share of the shorter name's character pairs that the other must hold
NAMES = 20_000  # names whose traits are remembered
SHORTEST = 2  # characters of a name of a quantity


class Likeness(IntEnum):
    """How two names stand to each other."""

    OTHER = 0
    AKIN = 1  # of one kind: worth quoting where nothing nearer is told
    NEAR = 2  # worth quoting, for a person to judge
    PART = 3  # the stated name leaves out what the asked one is about: the same where the text tells it elsewhere
    SAME = 4


def likeness(asked: str, stated: str) -> Likeness:
    """Of an asked and a stated name. Rather near than same where words before the quantity may matter."""
    if traits(asked).isdisjoint(traits(stated)) and asks_for(asked).isdisjoint(speaks_of(stated)):
        return Likeness.OTHER  # nearly always, and quickly
    return _likeness(asked, stated)


@lru_cache(maxsize=NAMES)
def traits(name: str) -> frozenset[str]:
    """What two names must share some of to be alike at all: pairs of characters, a quantity, the same letters."""
    if not name:
        return frozenset()
    found = {f"={''.join(sorted(name))}"}
    for form in filter(None, {name, plain_of(name), of_a_change(name), plain_of(of_a_change(name))}):
        before, what = canonical(form)
        found.add(f"={what}")
        for text in (form.lower(), in_words(form.lower()), before + what, "".join(tokens(before + what))):
            found.update(text[place : place + 2] for place in range(len(text) - 1))
    return frozenset(found)


@lru_cache(maxsize=100_000)
def _likeness(asked: str, stated: str) -> Likeness:
    if not asked or not stated:
        return Likeness.OTHER
    changed = of_a_change(stated)
    if changed and not of_a_change(asked):  # by how much it changed says nothing about what it is
        return min(likeness(asked, changed), Likeness.NEAR)
    if apart(asked, stated):  # Rg1 and Re, D50 and D90
        return Likeness.AKIN if akin(asked, stated) else Likeness.OTHER
    if sorted(asked) == sorted(stated):  # 预警提前时间, 提前预警时间
        return Likeness.SAME
    found = _of_parts(canonical(asked), canonical(stated))
    if opposed(asked, stated):  # the least of something is not the most of it
        return min(found, Likeness.NEAR) if found is not Likeness.OTHER else _without_extent(asked, stated)
    plain = plain_of(asked), plain_of(stated)
    if found is not Likeness.SAME and plain != (asked, stated) and likeness(*plain) is Likeness.SAME:
        return Likeness.SAME  # 铣削电主轴最高转速 is a 主轴转速
    if found is Likeness.OTHER and akin(asked, stated):
        return Likeness.AKIN
    return found


def _without_extent(asked: str, stated: str) -> Likeness:
    """最高压力 and 最低压力 speak of one thing, 最大爬坡度 and 最小转弯半径 do not."""
    return min(likeness(plain_of(asked), plain_of(stated)), Likeness.NEAR)


def _of_parts(asked: tuple[str, str], stated: tuple[str, str]) -> Likeness:
    (before, what), (around, found) = asked, stated
    if limits(before) != limits(around) or not articles(before) <= articles(around):
        return Likeness.NEAR if what == found else Likeness.OTHER
    if what == found:
        return _of_one_quantity(before, around, what)
    if bare(before + what) == bare(around + found):
        return Likeness.SAME
    if known(what) and known(found):  # 收率 is no part of 回收率
        return Likeness.OTHER
    return _of_words(before + what, around + found)


def _of_one_quantity(before: str, around: str, what: str) -> Likeness:
    if before == around or (neutral(before) and neutral(around)):
        return Likeness.SAME
    if of_the_whole(before) and not of_the_whole(around):
        return Likeness.NEAR
    if not before or neutral(before):  # asked in general, stated of a part
        return Likeness.SAME
    if not around or neutral(around):
        return Likeness.NEAR if changes(before) else Likeness.PART
    if before in around or around in before:
        return Likeness.SAME
    return Likeness.OTHER if what in OF_WHAT else Likeness.AKIN  # the 去除率 of another substance is another matter


def _of_words(what: str, found: str) -> Likeness:
    if what.startswith(found) and len(found) >= SHORTEST and what[len(found) :] in AMOUNTS:
        return Likeness.SAME
    short, long = sorted((what, found), key=len)
    if long.endswith(short) and len(short) >= SHORTEST:
        rest = long[: -len(short)]
        if limits(rest):
            return Likeness.NEAR
        if neutral(rest) or long == found:
            return Likeness.SAME
        return Likeness.NEAR if changes(rest) else Likeness.PART
    if _left_out(what, found) or _left_out(found, what):
        return Likeness.SAME
    if same_name(what, found):
        return Likeness.SAME
    if what[:1] != found[:1] and what[-1:] != found[-1:]:
        return Likeness.OTHER
    before, after = _common(what, found), _common(what[::-1], found[::-1])
    alike = before >= SHORTEST or (after >= SHORTEST and neutral(what[:-after]))
    return Likeness.NEAR if alike else Likeness.OTHER


def _left_out(what: str, found: str) -> bool:
    """吨水运行费用 and 吨水费用: a word inside the name is left out that changes nothing."""
    before, after = _common(what, found), _common(what[::-1], found[::-1])
    if min(before, after) < SHORTEST or before + after < len(found) or len(what) - len(found) < SHORTEST:
        return False
    return not changes(what[before : len(what) - len(found) + before])


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    if one[:1] != other[:1]:  # nearly always
        return 0
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def same_name(one: str, other: str) -> bool:
    """Whether nearly all character pairs of the shorter name are in the other, and most of the longer's in it."""
    pairs, others = _pairs(one), _pairs(other)
    if not pairs or not others:
        return bool(one) and one == other
    shared = len(pairs & others)
    return shared >= SAME_PAIRS * min(len(pairs), len(others)) and 2 * shared >= max(len(pairs), len(others))


@lru_cache(maxsize=20_000)
def _pairs(name: str) -> frozenset[str]:
    letters = "".join(tokens(name))
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))
