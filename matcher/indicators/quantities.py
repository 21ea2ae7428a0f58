"""A number with what stands around it: the relation that words or signs state, its range or tolerance, its unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from matcher.indicators.numbers import NUMBER, WORDED, number, worded
from matcher.units import names, unit
from matcher.vocabulary import Relation

_NOT = "(?:不能|不得|不可|不应|不要|不许|别)"
LEAST = (
    f"{_NOT}(?:低于|小于|少于|短于)|"
    "不低于|不小于|不少于|不短于|大于等于|大于或等于|至少|高于|大于|超过|高过|多于|超|逾|高出|突破|≥|>=|>|⩾|"
    "no less than|not less than|no lower than|at least|a minimum of|minimum of|more than|greater than|higher than|"
    "over|above|exceeds|exceeding|exceed|최소|не менее|не ниже|свыше|более|больше|выше|от"
)
MOST = (
    f"{_NOT}(?:超过|超出|超|高于|高过|大于|多于|长于)|"
    "不高于|不大于|不超过|不超|不多于|不长于|不超出|小于等于|小于或等于|至多|最多|低于|小于|少于|短于|不到|不足|不满|"
    "≤|<=|<|⩽|should not exceed|must not exceed|does not exceed|not exceeding|not exceed|no more than|not more than|"
    "no higher than|at most|a maximum of|maximum of|up to|less than|lower than|below|under|within|최대|"
    "не более|не выше|в пределах|не превышает|не превышают|менее|меньше|ниже|до"
)
ABOUT = "约为|约|大约|近|approximately|about|around|roughly|ca\\.|약|約|около|примерно|порядка"
BETTER = "优于|好于|better than"
AFTER_LEAST = "及以上|或以上|以上|以外|起|이상으로|or more|or higher|or above|or better|이상|초과|以上|超"
AFTER_MOST = "及以下|或以下|以下|以内|之内|之下|内(?!部|径|壁|腔|侧|层)|or less|or lower|or below|or fewer|이하|미만|이내|未満|以下|以内"
AFTER_ABOUT = "左右|上下|前后|정도|程度|前後"
SMALLER_IS_BETTER = ("精度", "误差", "稳定性", "稳定度", "漂移", "噪声", "分辨率", "重复性", "粗糙度", "偏差", "真空", "均匀性", "均匀度", "不确定度", "延迟", "时延", "残留", "error", "drift", "accuracy", "uniformity", "deviation", "погрешность", "오차", "誤差")

_WORDS = (
    "个百分点 百分点 模次 分钱 块钱 块 斤 成(?!本|品|功|熟|分|果|为|型|活) 欧 牛米 毫安时 安时 千卡 人次 摄氏度 千瓦时 度电 分贝 钟头 小时 分钟 毫秒 微秒 秒 天 日 周 个月 月 年 万元 亿元 元 平方米 立方米 平方公里 公顷 亩 "
    "公里 千米 毫米 厘米 微米 纳米 米 公斤 千克 毫克 微克 克 斤 吨 毫升 升 兆瓦 千瓦 瓦 兆帕 千伏 伏 千安 安 牛 赫兹 倍 级 目 度 "
    "帧 路 转 线 点 次 个 台 套 件 只 头 羽 株 粒 枚 片 块 张 人 户 辆 瓶 袋 箱 批 支 条 根 轮 例 项 种 组 "
    "개월 시간 분 초 년 일 회 타 개 원 톤 킬로그램 그램 時間 分間 ヶ月 か月 回 "
    "процентных\\spункта процентных\\sпунктов процентных\\sпункта минут минуты минуту секунд секунды месяцев часов часа час суток сут дней дня лет года год мес ц/га ц "
    "кВт·ч кВт МВт Вт кПа МПа Па ГПа мм см мкм нм км м2 м3 м кг мг мкг г т/ч т ц мл л мс мин ч с дБ °C К В А Гц кГц МГц га кН Н м/с шт об/мин циклов цикла руб\\./т руб/кг руб/м3 руб "
    "percentage\\spoints years year months month weeks days day hours hour minutes seconds cycles parts times"
)
_HAN_COUNTS = frozenset(["次", "个", "台", "套", "件", "只", "头", "羽", "株", "粒", "枚", "片", "块", "张", "人", "户", "辆", "瓶", "袋", "箱", "批", "支", "条", "根", "轮", "例", "项", "种", "组", "点", "路", "线", "人次"])
_SPECIAL = r"°Brix|°Bx|%FS|%IACS|wt ?%|vol ?%|dB\(A\)|Shore ?[A-D0]+|HV\d{1,2}|HBW?\d{0,2}|HR[A-C]|MPa·m\^?(?:1/2|0\.5)|MPa√m"
_NO_UNIT = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|and|or|at|in|of|to|for|per|with|the|by|on|is|as|when|are|was|after|from|per"
_LATIN = (
    rf"°C|°F|[°%‰℃′″]|(?!(?:{_NO_UNIT})\b)(?:[A-Za-zμΩ]{{1,6}}(?:[23](?!\d))?)(?![A-Za-z])"
)
_KNOWN = "|".join(
    sorted({*map(re.escape, names()), *_WORDS.split()}, key=lambda name: (-len(name), name))
)
_ATOM = rf"(?:{_SPECIAL}|(?:{_KNOWN})(?![A-Za-zа-яёΩμ]|(?<=[A-Za-z])\d)|{_LATIN})"
_EVERY = "立方米|平方米|公斤|千克|毫升|升|吨|克|秒|分钟|小时|厘米|毫米|米|亩|公顷|瓦时|千瓦时"
_BELOW = rf"(?:\(\s?{_ATOM}(?:[·⋅*.]{_ATOM})*\s?\)|(?:\d{{1,4}}\s?)?{_ATOM}(?:[·⋅]{_ATOM})*)"
UNIT = rf"(?:{_ATOM}(?:[·⋅](?:{_ATOM}))*(?:[-−]1)?(?:/{_BELOW})*(?:每(?:{_EVERY}))?(?: per (?:year|month|day))?|/(?:°C|K|g|kg|mL|ml|L|m2|m3)(?![A-Za-z]))"

_HEAD = rf"(?P<least>{LEAST})|(?P<most>{MOST})|(?P<about>{ABOUT})|(?P<better>{BETTER})"
_TAIL = rf"(?P<up>{AFTER_LEAST})|(?P<down>{AFTER_MOST})|(?P<near>{AFTER_ABOUT})"
_CHANGE = {"에서", "から"}  # from one value to another; with "from" or "с" before it, "to" and "до" are that as well
_FROM = re.compile(r"(?:from|с)\s?$", re.IGNORECASE)
_TO = r"(?:\s?[~～∼–—―〜-]\s?|\s?(?:至|到|to|до|에서|から)\s?)"
_BEGINS = "".join(sorted({word[0] for word in f"{LEAST}|{MOST}|{ABOUT}|{BETTER}".split("|") if word[0].isalpha()}))
QUANTITY = re.compile(
    rf"(?=[-−+±(（\d{_BEGINS}≥≤><⩾⩽不别千百十万一二两三四五六七八九])"  # fails fast on what cannot begin a quantity
    rf"(?:(?:{_HEAD})\s*)?(?P<pm>±\s?)?(?P<open>[(（]\s?)?(?<![A-Za-z0-9_.^А-Яа-яё/])(?P<low>{NUMBER})"
    rf"(?:\s?(?P<middle>{UNIT})?(?:(?P<to>{_TO})(?P<high>{NUMBER})|\s?±\s?(?P<slack>{NUMBER})))?(?:\s?[:：∶]\s?(?P<ratio>\d+(?:\.\d+)?)(?![\d:]))?"
    rf"(?P<close>\s?[)）])?\s?(?P<unit>{UNIT})?\s?(?:{_TAIL})?",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"\d|分之|[一二两三四五六七八九十](?=[成倍秒分个])")  # of what `NUMBER` takes, each has one of these
REACH = 32  # characters that may stand before a quantity's figures: the longest words of `_HEAD` have 17
PLAIN = re.compile(rf"(?P<value>{NUMBER}|{WORDED})\s?(?P<unit>{UNIT})?")


@dataclass(frozen=True)
class Quantity:
    """What a piece of text states: one relation of `matcher.vocabulary`, values in the unit as written."""

    relation: str
    value: Decimal
    high: Decimal | None
    unit: str
    start: int
    end: int
    told: bool  # by a word or sign, a range or a tolerance: more than a bare number
    worded: bool = False  # the relation stands there as a word or sign

    @property
    def counts(self) -> bool:
        """Whether the unit only counts things."""
        return self.unit in _HAN_COUNTS


def found_in(text: str) -> Iterator[re.Match[str]]:
    """The matches of `QUANTITY` in a normalised text, sought only where a number is near."""
    place = 0
    while near := NUMBERED.search(text, place):
        match = QUANTITY.search(text, max(place, near.start() - REACH))
        if match is None:
            return
        yield match
        place = match.end()


def read(match: re.Match[str]) -> Quantity | None:
    """The quantity of a match of `QUANTITY`; None when its numbers make no sense together."""
    low = number(match["low"])
    if low is None or (match["open"] and not match["close"]):
        return None
    last = match["unit"] or match["middle"] or ("%" if "分之" in match["low"] else "")
    start = match.start()
    worded = any(match.group("least", "most", "about", "better", "up", "down", "near"))
    if match["slack"] is not None:
        slack = number(match["slack"])
        if slack is None:
            return None
        return Quantity(Relation.RANGE.value, low - slack, low + slack, last, start, match.end(), told=True)
    if match["ratio"] is not None and Decimal(match["ratio"]):
        return Quantity(Relation.EQUAL.value, low / Decimal(match["ratio"]), None, last, start, match.end(), True)
    if match["high"] is not None:
        return _change(match, last) if _is_change(match) else _range(match, low, last)
    told = worded or bool(match["pm"] or match["ratio"])
    return Quantity(_relation(match), low, None, last, start, match.end(), told, worded)


def _is_change(match: re.Match[str]) -> bool:
    return match["to"].strip() in _CHANGE or _FROM.search(match.string, 0, match.start()) is not None


def _change(match: re.Match[str], last: str) -> Quantity | None:
    """From one value to another: the second is what is reached."""
    high = number(match["high"])
    if high is None:
        return None
    return Quantity(_relation(match), high, None, last, match.start(), match.end(), True)


def _range(match: re.Match[str], low: Decimal, last: str) -> Quantity | None:
    high = number(match["high"])
    if high is None:
        return None
    first = match["middle"]
    if first and match["unit"] and first != match["unit"]:  # 30 s~5 min: in the first unit
        one, other = unit(first), unit(match["unit"])
        if one.dimension != other.dimension:
            return None
        high, last = high * other.factor / one.factor, first
    if high < low:
        return None
    return Quantity(Relation.RANGE.value, low, high, last, match.start(), match.end(), True)


def _relation(match: re.Match[str]) -> str:
    if match["up"] or match["least"]:
        return Relation.AT_LEAST.value
    if match["down"] or match["most"]:
        return Relation.AT_MOST.value
    if match["better"]:
        return "better"
    return Relation.ABOUT.value if match["about"] or match["near"] else Relation.EQUAL.value


def plain(text: str) -> tuple[Decimal, str] | None:
    """A bare number with its unit, worded shares included."""
    match = PLAIN.fullmatch(text.strip())
    if match is None:
        return None
    value = worded(match["value"])
    if value is not None:
        return value, "%"
    value = number(match["value"])
    return None if value is None else (value, match["unit"] or "")
