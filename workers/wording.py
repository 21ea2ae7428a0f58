"""How strings, dates, money and codes read in a mail, in the recipient's language. Pages have `web.format`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from matcher.messages import Message, msg
from matcher.models import Achievement, Need
from matcher.money import YUAN_PER_WAN
from matcher.vocabulary import REGIONS, TRL_BANDS, PriceMode, trl_band

CATALOGUES = Path(__file__).parents[1] / "web" / "translations"  # one catalogue for pages and mails
THIN = "\u2009"


@lru_cache(maxsize=8)
def translations(locale: str) -> NullTranslations:
    """The catalogue of a language; Chinese is the source and needs none."""
    return Translations.load(CATALOGUES, [locale], "messages") if locale != "zh" else NullTranslations()


@dataclass(frozen=True)
class Wording:
    """Words for one recipient."""

    locale: str
    zone: ZoneInfo

    @cached_property
    def catalogue(self) -> NullTranslations:
        """The recipient's catalogue."""
        return translations(self.locale)

    def say(self, text: Message | str) -> str:
        """A sentence or label in the recipient's language."""
        message = text if isinstance(text, Message) else Message(text)
        if not message.text:
            return ""
        words = str(self.catalogue.gettext(message.text))
        return words % message.params if message.params else words

    def region(self, code: str | None) -> str:
        """Name of a GB/T 2260 region."""
        return self.say(REGIONS.get(code, code)) if code else ""

    def trl(self, level: int | None) -> str:
        """Maturity as number and word."""
        if level is None:
            return ""
        band = self.say(TRL_BANDS[trl_band(level)][2])
        return self.say(msg("成熟度 %(level)s · %(band)s", level=level, band=band))

    def day(self, moment: date | datetime | None) -> str:
        """A calendar day in the configured zone."""
        if moment is None:
            return ""
        day = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        return str(
            format_date(day, "d MMM y" if self.locale == "en" else "y 年 M 月 d 日", locale=self.locale)
        )

    def last_day(self, end: datetime) -> str:
        """The last day of a period that ends at `end`, which may be its midnight."""
        return self.day(end - timedelta(microseconds=1))

    def moment(self, moment: datetime) -> str:
        """A day and its time in the configured zone."""
        local = moment.astimezone(self.zone)
        return f"{self.day(moment)} {local:%H:%M}"

    def money(self, low: Decimal | None, high: Decimal | None) -> str:
        """An amount or range given in 万元; in English in full yuan."""
        bounds = list(dict.fromkeys(bound for bound in (low, high) if bound is not None))
        if not bounds:
            return ""
        if self.locale == "en":
            text = "CNY " + "–".join(self._figure(bound * YUAN_PER_WAN) for bound in bounds)
        else:
            text = "–".join(self._figure(bound) for bound in bounds) + f"{THIN}万元"
        return self.say(msg("最高 %(amount)s", amount=text)) if low is None else text

    def yuan(self, amount: Decimal | None) -> str:
        """An amount in 元 to the fen."""
        if amount is None:
            return ""
        figure = format_decimal(amount, format="#,##0.00", locale=self.locale)
        return f"CNY {figure}" if self.locale == "en" else f"{figure}{THIN}元"

    def _figure(self, value: Decimal) -> str:
        return str(format_decimal(value, "#,##0.####", locale=self.locale))

    def means(self, record: Need | Achievement) -> str:
        """Budget of a need or price of an achievement; 面议 when none is given."""
        if isinstance(record, Need):
            return self.money(record.budget_min, record.budget_max) or self.say(PriceMode.NEGOTIABLE.label)
        amount = self.money(record.price_min, record.price_max)
        fixed = record.price_mode in (PriceMode.FIXED, PriceMode.RANGE)
        return amount if amount and fixed else self.say(PriceMode(record.price_mode).label)
