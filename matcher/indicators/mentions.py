"""Quantities that a text states under a name: what is measured, how it stands to which value, and where it is said.

Rather silent than wrong: years, codes, counted things and the conditions of other values are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from matcher.facts import Indicator
from matcher.indicators import names
from matcher.indicators.numbers import written_out
from matcher.indicators.quantities import NUMBERED, SMALLER_IS_BETTER, Quantity, found_in, read
from matcher.text import normalise, script_of_letters, sentence_spans
from matcher.units import unit
from matcher.vocabulary import Relation

LONGEST = 6000  # characters that are read
KEPT = 2048  # texts whose quantities are remembered: one need is compared with many achievements, and they with many
REACH = 90  # characters before a number in which its name must stand

_NO_CODE = r"NH[34]|SO[234]|NO[23]|CO2|CH4|PM(?:2\.5|10)|SF6|BOD5|H[VB]W?\d"  # what is measured, and scales of hardness
_CODES = re.compile(
    rf"(?<![A-Za-z])(?<!硬度)(?!{_NO_CODE})[A-Z]{{2,5}}(?:/[A-Z]+)?\s?(?!0\.\d)\d+(?:[.:-]\d+)*(?:-\d{{2,}})?(?![\d.]*\s?(?:[%°‰μ±×~～]|mg|kW|kN|MPa|[mn]m\b))|[A-Z]+-\d+[-\dA-Z]*|\d{{4}}-[A-Z]+-\d+|"
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}|(?:19|20)\d\d\s?年(?:\d{1,2}月)?(?:\d{1,2}日)?|\d{1,2}月\d{1,2}日|\d{8,}|第\s?\d+\s?\S|"
    r"(?<!\d)\d+-\d{5,}|(?:в|до|с)\s(?:19|20)\d\d\s\S*|№\s?\S+|\d{4}년|\d{1,2}월(?:\s?\d{1,2}일)?|\d+-\d+-\d+|[Vv]\d+(?:\.\d+)+|昭和\d+年|令和\d+年|平成\d+年"
)
_ENDS = re.compile(
    r"\s*(?:$|[,，、;；。.!！?？:：()（）]|和|及|与|或|并|且|而|可调|可设|不等|维持|保持|持续|不(?!锈)|的(?!时)|て|で|の|、|と|であ|に|이|고|로|의|을|를|으|감소|향상|증가|절감|단축|и\s|и$|за\s|при\s|без\s|на\s|в\s|无|未|不变|"
    r"and\b|or\b|with\b|per\b|at\b|after\b|for\b|in\b|of\b|when\b|higher\b|lower\b|を|延長|短縮|削減|低減|向上|増加|減少|[A-Za-z(]|\d)"
)
_ASIDE_OPEN = re.compile(r"[(（][^()（）]*$")
_UNDER = re.compile(r"(?:\b(?:at|after|during|for|under)|за|при|через)\s*$", re.IGNORECASE)
LONGEST_UNDER = 10  # characters of the longest word of `_UNDER` and a blank, and some more
_COMPARED = re.compile(r"(?:(?P<most>不超过|不高于|不大于|(?<!不)低于|(?<!不)小于)|(?P<least>不低于|不小于|不少于|(?<!不)高于|(?<!不)大于))[一-鿿]{2,8}的$")
_BEHIND = re.compile(r"(?:室温|常温|高温|低温)(?:下|时)?$")
_COUNTED = re.compile(r"(?:员工|职工|农户|用户|图像|样本|专利|论文|方案|企业|项目|课题|奖项|奖|职称|标准|软著)$")
_NO_NAME = {"预计", "连续", "到过", "可达", "一次", "最多", "低温", "高温", "常温", "一件", "反应", "保存", "连续跑", "不拖慢"}
_NO_QUANTITY = re.compile(r"^每(?:小时|分钟|[天日年月吨亩台套件次个米秒车盘批班人户头])$|(?:建有|拥有|设有|看管|出池时|×)$")  # what is owned, or the time of another value
_EACH_OF = re.compile(r"(?P<names>[^,，;；:：。、\s\d和与及]{2,14}(?:[、和与及][^,，;；:：。、\s\d和与及]{2,14})+)分别\D{0,4}$")
_MEASURED = re.compile(r"(?:去除率|脱除率|回收率|检出率|合格率|准确率|保留率|含量|浓度|残留量|排放量|强度|误差|精度|寿命|时间|温度|成本|费用|产量|效率)$")
_A_MEASURE = re.compile(r"[率度量值比数力时间本用能耗期差距命]$")
_NEXT_OF = re.compile(r"\s?(?:[、和与及,，]|以及)\s?")
_FIRST_UNDER = re.compile(r"(?P<name>[一-鿿]{2,12}?)(?:要求|指标)?[:：]\s?(?P<under>[-−]?\d+(?:\.\d+)?\s?°C|室温|常温|高温|低温)\s?(?:下|时)?\s?$")
_SAME_AGAIN = re.compile(r"[,，、;；:：]\s?(?P<under>[-−]?\d+(?:\.\d+)?\s?°C|室温|常温|高温|低温)\s?(?:下|时)?\s?(?:为|达|达到)?\s?$")
_CONDITION = re.compile(r"\s*(?:下|时|後|后|中|处|条件|环境|之间|以来)")
_BOTH = re.compile(r"(?P<names>[^,，;；:：。、\s]{2,12}(?:[、和与及][^,，;；:：。、\s]{2,12})+?)(?:均|都|皆)(?:[^\d,，]{0,4})$")
_EACH_ALIKE = re.compile("[均都皆]")  # one of them stands in `_BOTH`, which takes long to say no
_NOW = re.compile(r"(?:目前|现在|现有|眼下|如今|以前|过去|往年|去年|原来|只有|夏天|冬天)[^,，;；。]*$")
_WISHED = re.compile(
    r"[,，;；](?:(?:希望|要求|要|想|力争|争取|能不能|能否|最好|目标|必须|需要?|客户|常年|把它|能)*)"
    r"(?:做到|达到|达|降到|降至|降低到|压到|减到|减少到|缩短到|缩到|缩短至|提高到|提到|提升到|提高至|控制在|稳定在|保持在)?\s?$"
)
_WISH = re.compile(r"希望|要求|想|力争|争取|能不能|能否|最好|需要|必须")


@dataclass(frozen=True)
class Mention:
    """A quantity found in a text; `sentence[start:end]` holds relation, number and unit, `sentence[:start]` the name."""

    indicator: Indicator
    sentence: str
    start: int
    end: int


def extract(text: str) -> list[Mention]:
    """All quantities of a text in order, in the units as written. Anything may be passed; nothing is raised."""
    return list(_extracted(text[:LONGEST]))


@lru_cache(maxsize=KEPT)
def _extracted(text: str) -> tuple[Mention, ...]:
    text = normalise(written_out(text))
    return tuple(each for start, end in sentence_spans(text) for each in _of_sentence(text[start:end]))


def _of_sentence(sentence: str) -> Iterator[Mention]:
    return _Sentence(sentence).mentions() if NUMBERED.search(sentence) else iter(())


class _Sentence:
    """A sentence read from left to right: what was named before may name what follows."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._name_of = _namer(text)
        self._wanted = ""  # the name of a present value that the sentence complains of
        self._known = ""  # the name that a list of values under several conditions goes on with
        self._rest: list[str] = []  # names of 分别 that still wait for their value

    def mentions(self) -> Iterator[Mention]:
        masked = _CODES.sub(lambda match: "\0" * len(match[0]), self._text)
        last = 0  # where the value before ended
        for match in found_in(masked):
            quantity = read(match)
            if quantity is None:
                continue
            left = masked[max(0, match.start() - REACH) : match.start()].rpartition("\0")[2]
            between, last = masked[last : match.start()], match.end()
            if left.endswith("的") and (compared := _COMPARED.search(left)):
                left, quantity = left[: compared.start()], _against(quantity, compared)
            for name, condition in self._names(quantity, left, between, masked[match.end() :]):
                yield Mention(_row(name, quantity, condition), self._text, match.start(), match.end())

    def _names(self, quantity: Quantity, left: str, between: str, after: str) -> Sequence[tuple[str, str]]:
        """The names of a value, each with its condition; none where it states nothing."""
        if self._rest and _NEXT_OF.fullmatch(between):
            return [(self._rest.pop(0), "")]
        self._rest = []
        if first := _FIRST_UNDER.search(left):
            self._known = first["name"]
            return [(self._known, first["under"])]
        if later := _named_later(quantity, after):
            return [(later, "")]
        if self._complains(quantity, left, after):
            return []
        if self._wanted and _WISHED.search(left):
            self._known, self._wanted = self._wanted, ""
            return [(self._known, "")]
        return [(each, "") for each in _alike(quantity, left, after)] or self._own(quantity, left, after)

    def _complains(self, quantity: Quantity, left: str, after: str) -> bool:
        """Whether it is what something is now: the wish that follows may lack a name, and has this one."""
        now = _NOW.search(left)
        if now is None or quantity.relation in _BOUNDED or not _WISH.search(after):
            return False
        said = self._name_of(_NOW_WORDS.sub("", now[0]))
        self._wanted = said if said not in _NO_NAME and len(said) > 1 else self._name_of(left[: now.start()])
        return True

    def _own(self, quantity: Quantity, left: str, after: str) -> Sequence[tuple[str, str]]:
        """The name in front of the value, cut out only where it can matter: that takes longest."""
        if _stands_alone(left) and _may_end(quantity, after):
            name, condition = _apart(self._name_of(left))
            if _is_indicator(name, quantity, after):
                if "分别" in left[-8:]:
                    name, *self._rest = _names_of(left) or (name, name)
                self._known = name
                return [(name, condition)]
        under = _SAME_AGAIN.search(left) if self._known else None
        return [(self._known, under["under"])] if under else []


def _alike(quantity: Quantity, left: str, after: str) -> Sequence[str]:
    """抗拉强度和弯曲强度均大于: all the names that have one value."""
    both = _BOTH.search(left) if _EACH_ALIKE.search(left) else None
    if both is None or not _stands_alone(left) or not _is_indicator(both["names"], quantity, after):
        return []
    return re.split(r"[、和与及]", both["names"])


_BOUNDED = {Relation.AT_LEAST.value, Relation.AT_MOST.value}  # 现在不超过: a fact that is bounded is no complaint
_NOW_WORDS = re.compile(r"^(?:目前|现在|现有|眼下|如今|以前|过去|往年|去年|原来|只有|夏天|冬天)")


def _names_of(left: str) -> list[str]:
    """拉伸强度和弯曲强度分别达到: the names whose values follow one after another."""
    found = _EACH_OF.search(left)
    if found is None:
        return []
    names_found = re.split(r"[、和与及]", found["names"])
    measured = _MEASURED.search(names_found[-1])  # COD、氨氮和总磷去除率: what is measured stands once
    return [name if measured is None or _A_MEASURE.search(name) else f"{name}{measured[0]}" for name in names_found]


_LATER = {
    "检测时间": re.compile(r"\s?(?:即可|就|就能|内|左右|便可|可)?(?:出|给出|得到|判读|显示|报告)(?:检测)?结果"),
    "降解时间": re.compile(r"\s?(?:即可|内|左右)?(?:完全|基本)?降解"),
    "充电时间": re.compile(r"\s?(?:即可|内|左右|可)?(?:充满|充至80%)"),
}


def _named_later(quantity: Quantity, after: str) -> str:
    """15分钟即可出结果: a time whose name follows as a verb."""
    if unit(quantity.unit).dimension != "time":
        return ""
    return next((name for name, words in _LATER.items() if words.match(after)), "")


def _stands_alone(left: str) -> bool:
    """Neither in brackets nor the condition of another value."""
    return _ASIDE_OPEN.search(left) is None and _UNDER.search(left, max(0, len(left) - LONGEST_UNDER)) is None


def _against(quantity: Quantity, compared: re.Match[str]) -> Quantity:
    """低于额定功率的3%: the relation stands before what is compared with."""
    relation = Relation.AT_MOST if compared["most"] else Relation.AT_LEAST
    return replace(quantity, relation=relation.value, told=True, worded=True)


def _namer(sentence: str) -> Callable[[str], str]:
    kinds: dict[str, Callable[[str], str]] = {
        "zh": names.chinese, "ja": names.japanese, "ko": names.korean, "ru": names.russian, "en": names.english,
    }  # fmt: skip
    return kinds[script_of_letters(sentence)]


def _is_indicator(name: str, quantity: Quantity, after: str) -> bool:
    if name in _NO_NAME or _NO_QUANTITY.search(name) or (_COUNTED.search(name) and not quantity.unit.startswith("%")):
        return False
    if len(name) < 2 or not re.search(r"[^\W\d_]", name):
        return False
    if not _may_end(quantity, after):
        return False
    if quantity.unit:
        return True
    return quantity.told or names.DIMENSIONLESS.search(name) is not None


def _may_end(quantity: Quantity, after: str) -> bool:
    """Whether what stands behind a value leaves it one that is stated."""
    if _CONDITION.match(after) and not (quantity.high is not None and after.lstrip().startswith("之间")):
        return False
    return quantity.worded or _ENDS.match(after) is not None or after.lstrip().startswith("之间")


def _apart(name: str) -> tuple[str, str]:
    """A name and the condition that stands behind it: 剪切强度室温 → (剪切强度, 室温)."""
    found = _BEHIND.search(name)
    return (name[: found.start()], found[0]) if found and found.start() >= 2 else (name, "")


def _row(name: str, quantity: Quantity, condition: str = "") -> Indicator:
    relation = quantity.relation
    if relation == "better":
        smaller = any(word in name for word in SMALLER_IS_BETTER)
        relation = (Relation.AT_MOST if smaller else Relation.AT_LEAST).value
    return Indicator(name, relation, quantity.value, quantity.unit, condition, quantity.high)
