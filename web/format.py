"""How dates, money, figures and codes read on a page. Pure but for the page's language and the configured zone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask import Flask, current_app
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from markupsafe import Markup

from config.settings import Settings
from matcher import clock, vocabulary
from matcher.money import YUAN_PER_WAN
from web.locale import current_language, translated

THIN = "\u2009"
_lists: dict[str, type[vocabulary.Term]] = {}


def init_app(app: Flask) -> None:
    """Register everything below as filters."""
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.filters["share"] = share
    app.jinja_env.globals["now"] = clock.now
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _today() -> date:
    settings: Settings = current_app.config["SETTINGS"]
    return clock.today(settings.zone)


def _day(moment: datetime | date) -> date:
    """The calendar day of a moment in the configured zone."""
    if isinstance(moment, datetime):
        settings: Settings = current_app.config["SETTINGS"]
        return moment.astimezone(settings.zone).date()
    return moment


def exact(moment: datetime | date | None) -> str:
    """A day (`2026年11月24日`) or a moment with its time, in the configured zone."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return str(format_datetime(moment, "d MMM y, HH:mm" if current_language() == "en" else "y-MM-dd HH:mm"))
    return str(format_date(moment, "d MMM y" if current_language() == "en" else "y-MM-dd"))


def clock_time(moment: datetime) -> str:
    """A moment to the second in the configured zone: `2026-12-05 15:00:00`, where seconds decide."""
    settings: Settings = current_app.config["SETTINGS"]
    return f"{moment.astimezone(settings.zone):%Y-%m-%d %H:%M:%S}"


def day(moment: datetime | date | None) -> str:
    """A near day with its weekday: `11月27日 周五`, `Fri, 27 Nov`."""
    if moment is None:
        return ""
    return str(format_date(_day(moment), "EEE, d MMM" if current_language() == "en" else "M月d日 EEE"))


def hour(moment: datetime) -> str:
    """The time of day in the configured zone: `14:30`."""
    settings: Settings = current_app.config["SETTINGS"]
    return f"{moment.astimezone(settings.zone):%H:%M}"


def ago(moment: datetime | date | None) -> str:
    """How long ago in plain words, by calendar day: 今天, 昨天, 12 天前, 3 个月前."""
    if moment is None:
        return ""
    days = (_today() - _day(moment)).days
    if days <= 0:
        return str(_("今天"))
    if days == 1:
        return str(_("昨天"))
    if days < 60:
        return str(_("%(count)s 天前", count=days))
    if days < 730:
        return str(_("%(count)s 个月前", count=days // 30))
    return str(_("%(count)s 年前", count=days // 365))


def left(moment: datetime | date | None) -> str:
    """What is left until a day: 剩 42 天, 今天到期, 已过 3 天."""
    if moment is None:
        return ""
    days = (_day(moment) - _today()).days
    if days == 0:
        return str(_("今天到期"))
    if days < 0:
        return str(_("已过 1 天") if days == -1 else _("已过 %(count)s 天", count=-days))
    return str(_("剩 1 天") if days == 1 else _("剩 %(count)s 天", count=days))


def is_past(moment: datetime | date | None) -> bool:
    """Whether the day of `moment` lies before today."""
    return moment is not None and _day(moment) < _today()


def when(moment: datetime | date | None, how: str = "ago") -> Markup:
    """A `<time>` element: relative words (`ago`, `left`), `day` or `exact`, with the exact value as title."""
    if moment is None:
        return Markup()
    words = {"ago": ago, "left": left, "exact": exact, "day": day}[how](moment)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), exact(moment), words)


def number(value: float | Decimal | None) -> str:
    """A figure with the language's separators: 1,284."""
    if value is None:
        return "–"
    return str(format_decimal(value, locale=current_language()))


def percent(value: float | None) -> str:
    """A ratio as whole percent: `32 %` in Chinese, `32%` in English."""
    if value is None:
        return "–"
    space = THIN if current_language() == "zh" else ""
    return f"{value * 100:.0f}{space}%"


def share(part: float, whole: float) -> str:
    """`part` out of `whole` as percent; a dash when there is no whole."""
    return percent(part / whole) if whole else "–"


def money(low: Decimal | None, high: Decimal | None = None) -> str:
    """An amount or range given in 万元: `80–150 万元`, in English in full yuan."""
    bounds = [bound for bound in (low, high) if bound is not None]
    if not bounds:
        return ""
    if current_language() == "en":
        words = [number(int(bound * YUAN_PER_WAN)) for bound in bounds]
        text = "CNY " + "–".join(dict.fromkeys(words))
    else:
        # four places are a yuan: the usual three would round a price that was agreed to it
        words = [str(format_decimal(bound, "#,##0.####", locale=current_language())) for bound in bounds]
        text = "–".join(dict.fromkeys(words)) + f"{THIN}万元"
    if low is None:
        return str(_("最高 %(amount)s", amount=text))
    return text


def yuan(amount: Decimal | str | None) -> str:
    """An amount in 元 to the fen: `1,234.50 元`, in English `CNY 1,234.50`."""
    if amount is None:
        return ""
    figure = format_decimal(Decimal(amount), format="#,##0.00", locale=current_language())
    return f"CNY\u00a0{figure}" if current_language() == "en" else f"{figure}{THIN}元"


def budget(need: Any) -> str:
    """The means of a need: a range in 万元, or 面议."""
    return money(need.budget_min, need.budget_max) or str(_("面议"))


def price(achievement: Any) -> str:
    """The price of an achievement by its mode: amount, or the mode's own word."""
    amount = money(achievement.price_min, achievement.price_max)
    mode = label(achievement.price_mode, "PriceMode")
    return amount if amount and achievement.price_mode in ("fixed", "range") else mode


def quantity(value: Any, unit: str | None = "") -> str:
    """A value and its unit with a thin space between: `8.9 ℃/min`."""
    text = number(value) if isinstance(value, int | float | Decimal) else str(value)
    return f"{text}{THIN}{unit}" if unit else text


def _terms(name: str) -> type[vocabulary.Term]:
    """The closed list of that name, wherever in the domain it stands."""
    if name not in _lists:
        _lists.update({terms.__name__: terms for terms in vocabulary.Term.__subclasses__()})
    return _lists[name]


def label(code: str | None, vocabulary_name: str) -> str:
    """The word for a stored code of a closed list, such as `label('joint', 'CoopMode')`; the code if unknown."""
    if not code:
        return ""
    try:
        return translated(_terms(vocabulary_name)(code).label)
    except ValueError:
        return str(code)


def labels(codes: list[str] | None, vocabulary_name: str) -> str:
    """The words for several codes, joined as a list in the page's language."""
    joint = ", " if current_language() == "en" else "、"
    return joint.join(label(code, vocabulary_name) for code in codes or [])


def region(code: str | None) -> str:
    """The name of a GB/T 2260 region."""
    return translated(vocabulary.REGIONS.get(code, code)) if code else ""


def regions(codes: list[str] | None) -> str:
    """Names of several regions."""
    return (", " if current_language() == "en" else "、").join(region(code) for code in codes or [])


def trl(level: int | None, form: str = "short") -> str:
    """Maturity as number and words: `成熟度 7 · 中试`, or in full what the level means."""
    if level is None:
        return ""
    band = translated(vocabulary.TRL_BANDS[vocabulary.trl_band(level)][2])
    if form == "long":
        meaning = translated(vocabulary.TRL[level])
        return str(_("%(level)s 级，%(meaning)s（%(band)s）", level=level, meaning=meaning, band=band))
    return str(_("成熟度 %(level)s · %(band)s", level=level, band=band))


def language_name(code: str | None) -> str:
    """The name of a record's language."""
    return label(code, "Lang")


FILTERS = (
    exact,
    day,
    hour,
    ago,
    left,
    is_past,
    when,
    number,
    percent,
    money,
    yuan,
    budget,
    price,
    quantity,
    label,
    labels,
    region,
    regions,
    trl,
    language_name,
)
