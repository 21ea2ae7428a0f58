"""Numbers as technical texts write them: 1,500, 2万, 5×10⁻⁷, 10^7, 20 тыс., 千分之五, 35±2, 3～5."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
MULTIPLES = {
    "千": 10**3, "万": 10**4, "亿": 10**8, "만": 10**4, "억": 10**8, "億": 10**8,
    "тыс.": 10**3, "тыс": 10**3, "млн": 10**6, "млрд": 10**9, "million": 10**6, "billion": 10**9, "thousand": 10**3,
}  # fmt: skip
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
LARGEST = 15  # digits; what is longer is a code, not a quantity

PLAIN = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
POWER = r"10\^[-+]?\d+"
MULTIPLE = r"(?:[千万亿만억億](?!元)|\s?(?:тыс\.?|млн|млрд|million|billion|thousand)(?![a-zа-яё]))"
NUMBER = rf"[-−+]?(?:{PLAIN}\s?[×x*]\s?{POWER}|{POWER}|{PLAIN}{MULTIPLE}?)"
WORDED = r"(?:千|百|万)分之[一二两三四五六七八九十]+"
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
    text = re.sub(r"10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda m: "10^" + m[1].translate(SUPERSCRIPT), text)
    text = re.sub(r"([×x*]\s?10)(?:−|-)(\d)", r"\1^-\2", text)
    text = re.sub(r"\b(тыс|млн|млрд)\.", r"\1", text)  # the point of an abbreviation ends no sentence
    return re.sub(r"(?<=\d),(?=\d)", ".", text) if re.search("[а-яё]", text) else text


def number(text: str) -> Decimal | None:
    """The number that a piece of text is, multiplied out; None when it is none or absurdly long."""
    match = _PARTS.fullmatch(text.strip())
    if match is None or sum(each.isdigit() for each in text) > LARGEST:
        return None
    if match["alone"]:
        return _power("1", match["alone"], match["sign"])
    found = _power(match["plain"].replace(",", ""), match["power"] or "0", match["sign"])
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


def worded(text: str) -> Decimal | None:
    """千分之五 as a share in %."""
    whole, _, part = text.partition("分之")
    size = {"百": 100, "千": 1000, "万": 10000}.get(whole)
    if size is None or part not in _DIGITS:
        return None
    return Decimal(_DIGITS[part]) * 100 / size
