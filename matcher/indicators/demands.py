"""What a need asks in its own words: requirements that stand only in its text (N1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from matcher.facts import Indicator
from matcher.indicators.comparing import Comparison
from matcher.indicators.likeness import Likeness, likeness
from matcher.indicators.measuring import Verdict
from matcher.indicators.mentions import KEPT, Mention, extract
from matcher.vocabulary import Relation

MOST = 6  # indicators of one need that are set against an achievement, those of its table counted

_ASKED = re.compile(
    r"要求|希望|期望|需要|需求|应达|必须|想要|想把|想在|想买|想找|想引|想请|想上|拟寻|寻求|寻找|征集|引进|(?:^|[,;。])求|求(?=[购找助])|能不能|能否|目标|指标|"
    r"力争|我们要|要能|要有|做到|保证|确保|must|should|shall|\bneed|require|\bwant|looking for|target|"
    r"요구|필요|희망|목표|해야|требу|нуж|долж|необходим|求める|必要|目標",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    r"目前|现在|现有|眼下|如今|以前|过去|往年|去年|前年|原来|当前|现用|只有|仅有|只能|经常|有时|时常|徘徊|已经|用过|试过|买过|曾|最高到|最多到|反复|"
    r"current|\bnow\b|today|at present|현재|지금|기존|сейчас|ныне|в настоящее|текущ|現在|現状",
    re.IGNORECASE,
)
_FIRM = re.compile(r"≤|≥|<|>|不|别|以内|之内|以上|以下|no |not |at (?:least|most)|до|не |이상|이하|以内")
_LOOSE = re.compile(r"^(?:不到|不足|不满)")  # 回收率不到50% complains
_LESS = re.compile(
    r"(?:误差|偏差|精度|节拍|周期|时间|用时|耗时|成本|费用|费|投入|能耗|电耗|水耗|耗汽|噪声|重量|增重|损失率?|破损率|破碎率|误报率?|虚警率?|漏检率|"
    r"不良率?|废品率|错误率|丢包率?|残留量?|波动|延迟|延时|时延|粗糙度|变形量?)$"
)
_MORE = re.compile(
    r"(?:合格率|良率|检出率|准确率|正确率|成功率|回收率|去除率|利用率|覆盖率|保留率|保持率|成活率|出苗率|发芽率|转化率|收率|得率|寿命|效率|概率|纯度|"
    r"敏感性|敏感度|特异性|特异度|强度|降低|减少|提高|下降|增产)$"
)
_THINGS = frozenset(["个", "台", "套", "件", "人", "路", "种", "项", "户", "家", "张", "辆", "块", "头", "只", "株"])


def demanded(rows: Sequence[Indicator], text: str) -> list[tuple[Indicator, Mention | None]]:
    """The indicators of a need: those of its table, then those that only its text asks, with the place in it.

    A row of the table wins over words of the same name or a near one. At most `MOST` together, never fewer than the rows.
    """
    found: list[tuple[Indicator, Mention | None]] = [(row, None) for row in rows]
    for each in requirements(text):
        if len(found) >= MOST:
            break
        if not any(_told_already(known, each.indicator) for known, _ in found):
            found.append((_directed(each.indicator), each))
    return found


def _told_already(known: Indicator, other: Indicator) -> bool:
    """By name, or by the same value on the same side: 升温速率≥0.6 ℃/min and 每分钟升温不低于0.6 ℃."""
    if likeness(known.name, other.name) >= Likeness.NEAR:
        return True
    same_unit = known.unit.partition("/")[0] == other.unit.partition("/")[0]
    return same_unit and (known.relation, known.value) == (other.relation, other.value)


def _directed(asked: Indicator) -> Indicator:
    """探测概率90% asks for at least as much, 节拍45 s for at most: the quantity tells where the text does not."""
    if asked.relation != Relation.EQUAL:
        return asked
    less, more = (pattern.search(asked.name) is not None for pattern in (_LESS, _MORE))
    if less == more:
        return asked
    return replace(asked, relation=(Relation.AT_MOST if less else Relation.AT_LEAST).value)


def tempered(compared: Comparison, place: Mention | None) -> Comparison:
    """A bare value in a text does not say on which side it may be missed: then a person must judge."""
    if place is None or compared.asked.relation != Relation.EQUAL or compared.verdict is not Verdict.SHORT:
        return compared
    return replace(compared, verdict=Verdict.UNCLEAR, gap=None, why="bounds")


@lru_cache(maxsize=KEPT)
def requirements(text: str) -> tuple[Mention, ...]:
    """The requirements of a text in its order. How things are now and facts about the enterprise are none."""
    return tuple(each for each in extract(text) if _is_requirement(each))


def _is_requirement(mention: Mention) -> bool:
    before, span = mention.sentence[: mention.start], mention.sentence[mention.start : mention.end]
    if mention.indicator.unit in _THINGS or _PRESENT.search(re.split(r"[,;。!?]", before)[-1]):
        return False
    wished, present = _last(_ASKED, before), _last(_PRESENT, before)
    if wished >= 0:
        return wished > present
    return (
        mention.indicator.relation in {Relation.AT_LEAST, Relation.AT_MOST}
        and _FIRM.search(span) is not None
        and _LOOSE.search(span) is None
        and present < 0
    )


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last of a pattern begins; -1 where there is none."""
    return max((match.start() for match in pattern.finditer(text)), default=-1)
