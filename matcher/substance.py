"""How much a text says, and the level that it can carry: little said is little known, however well it fits.

Counted are different words, no numbers and no single letters. Of the sample needs each has 49 and more; of 2,278
achievements all but 1 in 20 have 23 and more, and their titles alone, but for 1 in 100, at most 12. So below `FEW` a
text is hardly more than a title, below `SOME` not two sentences more. The count asks nothing of other texts: what a text
can carry does not change when others are published.
An advertisement praises and sells; it neither asks for a technology nor says how one works.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from math import exp

from matcher.text import script
from matcher.vocabulary import Level

FEW, SOME = 12, 18  # words below which a text carries no more than 弱相关, 较强相关
PRAISE = 3  # different selling words that make an advertisement, if they are more than twice the asking ones
SOFT = 0.1  # width, in units of the score, over which scores are pressed together below a limit
_RISING = (Level.NONE, Level.WEAK, Level.FAIR, Level.STRONG)
_ADVERTISES = frozenset({
    "厂家", "直销", "来电", "订购", "选购", "惠顾", "优惠", "质优价廉", "价廉物美", "物美价廉", "现货供应", "热销", "畅销", "主营", "批发", "零售",
    "促销", "特价", "品质保证", "信誉第一", "诚招", "加盟", "售后", "无忧", "爆款", "抢购", "团购", "包邮", "老客户", "sale", "discount",
    "discounts", "wholesale", "buy", "order", "cheap", "bestseller", "warranty",
})  # fmt: skip
_ASKS = frozenset({
    "需要", "需求", "需", "想", "想要", "希望", "期望", "寻求", "寻找", "求购", "征集", "亟需", "急需", "亟待", "解决", "攻克", "攻关", "难题",
    "难点", "痛点", "瓶颈", "问题", "不足", "缺乏", "缺少", "缺", "无法", "不能", "怎么", "怎么办", "如何", "能否", "替代", "研发", "研究",
    "提出", "发明", "方法", "机理", "模型", "need", "needs", "needed", "seek", "seeking", "looking", "require",
    "required", "problem", "want", "method", "research", "study",
})  # fmt: skip


def ceiling(words: Sequence[str]) -> Level:
    """The highest level that a text of these words can carry in a pair; a text without a word carries none."""
    distinct = set(words)
    count = sum(1 for _ in islice(_telling(distinct), 2 * SOME))  # more make no difference
    if count < 2 * SOME and script(words) in {"ja", "ko"}:
        count //= 2  # these are cut into overlapping pairs, twice as many
    if not count:
        return Level.NONE
    if count < FEW or (len(distinct & _ADVERTISES) >= PRAISE and advertises(frozenset(_telling(distinct)))):
        return Level.WEAK
    return Level.FAIR if count < SOME else Level.STRONG


def _telling(words: Iterable[str]) -> Iterator[str]:
    """Words that are neither numbers nor single letters."""
    return (word for word in words if len(word) > 1 and not word[0].isdigit())


def weaker(one: Level, other: Level) -> Level:
    """The lower of two levels of `ceiling`."""
    return min(one, other, key=_RISING.index)


def advertises(words: AbstractSet[str]) -> bool:
    """Whether a text of these words rather sells than asks or explains."""
    praise = len(words & _ADVERTISES)
    return praise >= PRAISE and praise > 2 * len(words & _ASKS)


def held(score: float, limit: float) -> float:
    """The score pressed below `limit`: what lies more than `SOFT` under it stays, the rest keeps its order."""
    knee = limit - SOFT
    if score <= knee:
        return score
    return limit - SOFT / 100 - 0.99 * SOFT * exp((knee - score) / SOFT)
