"""The first name of a quantity's group, and words around a name that do or do not change what it measures."""

from __future__ import annotations

import re
from functools import lru_cache

from matcher.indicators.groups import GROUPS, WORDS

NAMES = 20_000  # names whose parts are remembered
# What may stand before a name without changing what is measured.
NEUTRAL = re.compile(
    r"^(?:整机|综合|实测|平均|年均|额定|典型|可逆|最大|最高|最低|总|装机|系统|设备|单件|单套|一次|产品|成品|制品|最终|典型|实际|稳定|单台|全程|样机|装置|机组|整车|主机|该|其|"
    r"现场|出厂|表观|average|mean|overall|measured|max\.?|maximum|maximale?)+"
)
# What makes of the same words another quantity: never called sufficient, always shown.
LIMITING = ("峰值", "高峰", "瞬时", "短时", "短期", "理论", "堆积", "振实", "小面积", "局部", "初始")
# What makes of a quantity the same one in another place or state.
CHANGING = re.compile(
    r"高温|低温|常温|室温|横向|纵向|轴向|径向|切向|层间|干态|湿态|静态|动态|残余|剩余|初|终|内|外|上|下|前|后|首|末|[年日月吨亩台件班]$|进|出|待机|空载|满载|半载|有效|无效|总|净|毛|单|多"
)
# Quantities that say nothing without what they are of.
OF_WHAT = frozenset(
    ["去除率", "脱除率", "回收率", "含量", "浓度", "残留量", "排放量", "转化率", "选择性", "用量", "成本", "费用", "强度", "温度", "时间", "效率", "精度", "误差", "寿命"]
)
AMOUNTS = frozenset(["残留", "残留量", "含量", "浓度", "量", "值", "残余", "残余量", "排放", "排放量", "排放浓度", "用量"])
_ALIAS = {alias.lower(): group[0] for group in GROUPS for alias in group}
_WHOLE = {alias: group[0] for group in WORDS for alias in group}
_FIRST = frozenset(group[0] for group in GROUPS)
_LONGEST_FIRST = sorted(_ALIAS, key=lambda alias: (-len(alias), alias))


_CHANGE = re.compile(
    r"(?:的)?(?:提高|提升|降低|下降|降|减少|减|缩短|增加|增|延长|扩大|节约|节省|高出|高|低于|低|远|improved|reduced|saved)(?:了|幅度?|率)?$"
)
_AGAINST = re.compile(r"(?:比|较|与).{2,}$")


@lru_cache(maxsize=NAMES)
def of_a_change(name: str) -> str:
    """The quantity that a name tells the change of: NOx排放降低 → NOx排放; empty when it tells no change."""
    left = _CHANGE.sub("", name)
    if left == name:
        return ""
    if "相比" in left:  # 与原设备相比破碎率
        return left.rpartition("相比")[2]
    return _AGAINST.sub("", left) or re.split(r"比|较", left)[-1]


_ENDINGS = tuple(_LONGEST_FIRST)
# 损失 and 损失率, 干燥收缩 and 干燥收缩值, 残留 and 残留量: the unit tells what is meant
_RATE = re.compile(r"(?<=[一-鿿]{2})(?:(?<![成合良得产收效功频速概])率|(?<![峰限阈])值|(?<=残留|消耗|排放|释放)量)$")


# 停位精度±5 mm is a 误差; of what is told apart, a 精度 is a share of right ones.
_SLACK = re.compile(r"(?<=[一-鿿]{2})(?<!识别)(?<!检测)(?<!分类)(?<!预测)(?<!诊断)(?<!判别)(?<!估产)(?:精度|偏差)$")
_AMOUNT = re.compile(r"(?<=[一-鿿a-z]{3})(?<![硫铁磷硅氮铅砷镉汞铬氯氧氢糖盐灰胶硒锌钙])(?:含量|残留量|浓度|质量分数|体积分数)$")  # 有机质 in g/kg is its 含量
_TAILS = ((_RATE, ""), (_AMOUNT, ""), (_SLACK, "误差"))
_CONTAINS = re.compile(r"含([硫铁磷硅氮铅砷镉汞铬氯氧氢糖盐灰胶硒锌钙])量?$")  # 汽油含硫 is its 硫含量
# What stands in a name beside the quantity: an aside, blanks, what it is counted per (see forms), the scale of a hardness.
_NO_MATTER = re.compile(
    r"每(?:小时|分钟|天|年|吨|公斤|千克|立方米|平方米|公顷|亩|升|台|套|件)(?=[一-鿿]{2})|(?<![\d万])吨水(?=[电能耗药])|(?<![\d万])[吨亩](?=[成电耗费运处投药])|"
    r"(?<=[年日月])(?:均|度)(?=[一-鿿]{2})|"
    r"[(（].*?[)）]|\s+(?=[一-鿿])|(?<=[一-鿿])\s+|邵(?:氏|尔)?[ACDO]?(?=硬度)|(?<=硬度)\s?(?:HRC|HRB|HBW|HB|HV|HS|Shore\s?[ACDO])$|(?<=[一-鿿]{3})\s?(?:Rw|Ra|Rz|Tg|λ)$|公顷(?=[单平均]?产)"
)


# Signs of chemistry and what they are called.
_SIGNS = {
    "nh3-n": "氨氮", "化学需氧量": "cod", "生化需氧量": "bod", "so2": "二氧化硫", "nox": "氮氧化物", "co2": "二氧化碳", "h2s": "硫化氢",
    "nh3": "氨", "vocs": "挥发性有机物", "voc": "挥发性有机物", "ss": "悬浮物", "tn": "总氮", "tp": "总磷", "pm2.5": "细颗粒物", "氨气": "氨", "粘": "黏",
}  # fmt: skip
_SIGN = re.compile("|".join(rf"(?<![a-z]){re.escape(sign)}(?![a-z])" for sign in sorted(_SIGNS, key=lambda each: (-len(each), each))))


@lru_cache(maxsize=NAMES)
def in_words(folded: str) -> str:
    """A folded name with signs of chemistry in the words that a table may use instead."""
    return _SIGN.sub(lambda found: _SIGNS[found[0]], folded)


def _inside_a_word(folded: str, alias: str) -> bool:
    """Whether a short name of letters only ends a longer word: ra in camera."""
    before = folded[: -len(alias)][-1:]
    return re.match("[a-zа-яё]", alias) is not None and re.match("[a-zа-яё]", before) is not None


@lru_cache(maxsize=NAMES)
def canonical(name: str) -> tuple[str, str]:
    """What stands before the quantity in a name, and the quantity under its first name: 轮辋拉伸强度 → (轮辋, 抗拉强度)."""
    folded = _CONTAINS.sub(r"\1含量", in_words(_NO_MATTER.sub("", name).strip().lower()))
    first, _, rest = folded.partition(" ")  # in Russian the quantity stands first: влажность пеллет
    before, _, last = folded.rpartition(" ")  # in Korean and English last: 건조 후 함수율
    if folded in _WHOLE and folded not in _ALIAS:
        return "", _WHOLE[folded]
    if re.match("[а-яё]", first) and first in _WHOLE:
        return rest, _WHOLE[first]
    if re.match("[a-z가-힣]", last) and before and last in _WHOLE and not folded.endswith(_ENDINGS):
        return before, _WHOLE[last]
    for pattern, instead in _TAILS:
        if not folded.endswith(_ENDINGS):  # a name that the groups hold stays as it is
            folded = pattern.sub(instead, folded)
    for alias in _LONGEST_FIRST if folded.endswith(_ENDINGS) else ():
        if folded.endswith(alias) and not _inside_a_word(folded, alias):
            return folded[: -len(alias)].strip(), _ALIAS[alias]
    return "", folded


def known(what: str) -> bool:
    """Whether a quantity heads a group of names: two that do are two quantities."""
    return what in _FIRST


@lru_cache(maxsize=NAMES)
def neutral(before: str) -> bool:
    """Whether what stands before a quantity leaves it what it is."""
    return NEUTRAL.sub("", before) == ""


@lru_cache(maxsize=NAMES)
def bare(name: str) -> str:
    """A name without the neutral words before its quantity: 装机总功率 → 功率; as it is where nothing would remain."""
    left = NEUTRAL.sub("", name)
    return left if len(left) > 1 else name


@lru_cache(maxsize=NAMES)
def of_the_whole(before: str) -> bool:
    """Whether a word before a quantity takes the whole thing: the figure of a part of it is another one."""
    return re.search(r"系统|整机|整车|整体|综合|全厂", before) is not None


@lru_cache(maxsize=NAMES)
def changes(before: str) -> bool:
    """Whether a word before a quantity may tell of another value of it, not only of what it belongs to."""
    return CHANGING.search(before) is not None


_SYMBOL = re.compile(r"(?<![A-Za-z])[A-Z][A-Za-z]?\d{0,2}(?![A-Za-z\d])")


def apart(one: str, other: str) -> bool:
    """Whether both names carry a symbol, and none of the other's: of two substances, sizes or kinds."""
    left, right = _SYMBOL.findall(one), _SYMBOL.findall(other)
    return bool(left and right) and set(left).isdisjoint(right)


_MOST, _LEAST, _USUAL = re.compile(r"最高|最大|峰值"), re.compile(r"最低|最小"), re.compile(r"额定|平均|年均")


def opposed(one: str, other: str) -> bool:
    """Whether one name speaks of the most and the other of the least or the usual of a quantity."""
    left, right = _extent(one), _extent(other)
    return bool(left and right) and left.isdisjoint(right)


def plain_of(name: str) -> str:
    """A name without the words for the most, the least and the usual."""
    return re.sub(r"最高|最大|峰值|最低|最小|额定|平均|年均", "", name)


@lru_cache(maxsize=NAMES)
def _extent(name: str) -> frozenset[str]:
    """Which of the most, the least and the usual a name speaks of."""
    kinds = {"most": _MOST, "least": _LEAST, "usual": _USUAL}
    return frozenset(kind for kind, pattern in kinds.items() if pattern.search(name))


# Which article or where it was measured; times and temperatures are conditions instead.
_APPLIES = re.compile(r"[a-z]?\d+(?:\.\d+)?(?:[~-]\d+(?:\.\d+)?)?\s?(?:级|目|号|型|個|点|件|枚|mm|毫米|cm|厘米|m(?!in)|米)(?:处|厚|宽|长|当たりの?|あたりの?)?")


@lru_cache(maxsize=NAMES)
def limits(before: str) -> str:
    """The words before a quantity that make another one of it."""
    left = _APPLIES.sub("", before)
    return "".join(word for word in LIMITING if word in before) + ("of a part" if re.search(r"\d", left) else "")


@lru_cache(maxsize=NAMES)
def articles(before: str) -> frozenset[str]:
    """The sizes and grades before a quantity: B06级, 1米处."""
    return frozenset(_APPLIES.findall(before))
