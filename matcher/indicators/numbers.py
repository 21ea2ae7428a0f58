"""Numbers as technical texts write them: 1,500, 2万, 5×10⁻⁷, 10^7, 20 тыс., 10的7次方, 千分之五, 七成, 35±2, 3～5."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
MULTIPLES = {
    "千": 10**3, "万": 10**4, "亿": 10**8, "만": 10**4, "억": 10**8, "億": 10**8,
    "тыс.": 10**3, "тыс": 10**3, "млн": 10**6, "млрд": 10**9, "million": 10**6, "billion": 10**9, "thousand": 10**3,
}  # fmt: skip
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_WHOLES = {"百": 100, "千": 1000, "万": 10_000, "十万": 100_000, "百万": 1_000_000}
LARGEST = 15  # digits; what is longer is a code, not a quantity

PLAIN = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\s\d{3})+(?!\d)|\d+(?:\.\d+)?)"
POWER = r"10\^[-+]?\d+"
MULTIPLE = r"(?:[千万亿만억億](?!元)|\s?(?:тыс\.?|млн|млрд|million|billion|thousand)(?![a-zа-яё]))"
WORDED = r"(?:千|百|十万|百万|万)分之(?:[一二两三四五六七八九十]|\d+(?:\.\d+)?)"
HAN = r"(?:[一二两三四五六七八九](?=成(?!本|品|功|熟|分|果|为|型|活)|倍|秒|分钟|个百分点)|十(?=秒|分钟|倍))"  # only where a unit follows
NUMBER = rf"[-−+]?(?:{PLAIN}\s?[×x*]\s?{POWER}|{POWER}|{PLAIN}{MULTIPLE}?|{WORDED}|{HAN})"
_PARTS = re.compile(
    rf"(?P<sign>[-−+]?)(?:(?P<plain>{PLAIN})(?:\s?[×x*]\s?10\^(?P<power>[-+]?\d+))?(?P<multiple>{MULTIPLE})?"
    rf"|10\^(?P<alone>[-+]?\d+))"
)


@dataclass(frozen=True)
class Value:
    """Least and most of what a number says; equal unless it is a range or carries a tolerance."""

    low: Decimal
    high: Decimal

    @property
    def single(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high


def written_out(text: str) -> str:
    """Powers of ten as 10^n, which compatibility forms would else turn into 10n; decimal commas of ru as points."""
    text = re.sub(r"10的负?(\d+)次方", lambda m: f"10^{'-' if '负' in m[0] else ''}{m[1]}", text)
    text = re.sub(r"10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "10^" + m[1].translate(SUPERSCRIPT), text)
    text = re.sub(r"([×x*]\s?10)(?:−|-)(\d)", r"\1^-\2", text)
    text = re.sub(r"\b(тыс|млн|млрд)\.", r"\1", text)  # the point of an abbreviation ends no sentence
    text = re.sub(r"\bbetween (\d[\d.]*)(\s?[A-Za-z%°μ]{0,4}) and (\d)", r"\1\2 to \3", text)
    return re.sub(r"(?<=\d),(?=\d)", ".", text) if re.search("[а-яё]", text) else text


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """The number that a piece of text is, multiplied out; None when it is none or absurdly long."""
    if (said := in_words(text.strip())) is not None:
        return said
    match = _PARTS.fullmatch(text.strip())
    if match is None or (len(text) > LARGEST and sum(each.isdigit() for each in text) > LARGEST):
        return None
    if match["alone"]:
        return _power("1", match["alone"], match["sign"])
    found = _power(re.sub(r"[,\s]", "", match["plain"]), match["power"] or "0", match["sign"])
    factor = MULTIPLES[match["multiple"].strip()] if match["multiple"] else 1
    return None if found is None else found * factor


def _power(digits: str, power: str, sign: str) -> Decimal | None:
    if abs(int(power)) > 2 * LARGEST:
        return None
    try:
        value = Decimal(f"{digits}E{int(power)}")
    except InvalidOperation:
        return None
    return -value if sign in {"-", "−"} else value


def in_words(text: str) -> Decimal | None:
    """千分之五 as a share of 100, 七 before its unit as 7; None of what stands in figures."""
    if text in _DIGITS:
        return Decimal(_DIGITS[text])
    return worded(text) if "分之" in text else None


def worded(text: str) -> Decimal | None:
    """千分之五 as a share in %."""
    whole, _, part = text.partition("分之")
    size = _WHOLES.get(whole)
    if size is None or not (part in _DIGITS or re.fullmatch(r"\d+(?:\.\d+)?", part)):
        return None
    return Decimal(_DIGITS.get(part, part)) * 100 / size
