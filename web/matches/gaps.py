"""What is missing between two sides in words: one sentence for each stored gap (`matcher.gaps`)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask_babel import gettext as _

from matcher.models import Computed
from web import format as words
from web.matches.quotes import indicator_words
from web.matches.reasons import Data, Gap, share_words


def gap_words(match: Computed, gap: Data) -> Gap:
    """The topic and what is missing in it; a kind that this version does not know gives its name alone."""
    worded = KINDS.get(gap["kind"])
    return worded(match, gap) if worded else Gap(str(gap["kind"]), "")


def _text(row: Data, *, stated: bool = False) -> str:
    return "".join(text for text, _mark in indicator_words(row, stated=stated))


def _indicator(_match: Computed, gap: Data) -> Gap:
    params = gap["params"]
    asked = params["asked"]
    told = {"improve": _too_little, "ask": _not_said}.get(gap["step"], _not_comparable)
    return Gap(asked["name"], told(params))


def _not_said(params: Data) -> str:
    return str(_("要求 %(asked)s，成果方没有说明。", asked=_text(params["asked"])))


def _too_little(params: Data) -> str:
    stated = params.get("stated")
    if not stated:
        return str(_("要求 %(asked)s，成果达不到。", asked=_text(params["asked"])))
    asked, stated = _text(params["asked"]), _text(stated, stated=True)
    if params.get("gap") is None:
        return str(_("要求 %(asked)s，成果 %(stated)s。", asked=asked, stated=stated))
    share = share_words(Decimal(str(params["gap"])))
    return str(_("要求 %(asked)s，成果 %(stated)s，差 %(share)s。", asked=asked, stated=stated, share=share))


def _not_comparable(params: Data) -> str:
    asked = _text(params["asked"])
    why = {
        "condition": _("测试条件不同，数值不能直接比较。"),
        "unit": _("单位不同，数值不能直接比较。"),
        "several": _("成果方给出多个数值，不清楚哪一个适用。"),
    }.get(params.get("why", ""), _("成果方的说法不能直接比较。"))
    return str(_("要求 %(asked)s。%(why)s", asked=asked, why=why))


def _maturity(_match: Computed, gap: Data) -> Gap:
    have, asked = gap["params"].get("trl"), gap["params"].get("min_trl")
    if have is None:
        return Gap(_("成熟度"), _("需求要求不低于 %(asked)s 级，成果方没有说明。", asked=asked))
    return Gap(_("成熟度"), _("成果现为 %(level)s 级，需求要求不低于 %(asked)s 级。", level=have, asked=asked))


def _cooperation(_match: Computed, gap: Data) -> Gap:
    params = gap["params"]
    asked = words.labels(params.get("need"), "CoopMode")
    if not params.get("offer"):
        return Gap(_("合作方式"), _("需求方希望 %(need)s，成果方没有说明。", need=asked))
    offered = words.labels(params["offer"], "CoopMode")
    return Gap(_("合作方式"), _("需求方希望 %(need)s，成果方接受 %(offer)s。", need=asked, offer=offered))


def _price(match: Computed, gap: Data) -> Gap:
    price, budget = words.price(match.achievement), words.budget(match.need)
    if gap["params"].get("gap") is None:
        return Gap(_("价格"), _("报价 %(price)s，预算 %(budget)s。", price=price, budget=budget))
    share = share_words(Decimal(str(gap["params"]["gap"])))
    return Gap(_("价格"), _("报价 %(price)s，预算 %(budget)s，超出 %(share)s。", price=price, budget=budget, share=share))


def _evidence(_match: Computed, gap: Data) -> Gap:
    names = str(_("、")).join(str(name) for name in gap["params"].get("names", ()))
    return Gap(_("证明材料"), _("%(names)s 达到要求，但只有成果方自己的说法，没有提到检测、鉴定或用户证明。", names=names))


KINDS: dict[str, Callable[[Computed, Data], Gap]] = {
    "indicator": _indicator,
    "maturity": _maturity,
    "cooperation": _cooperation,
    "price": _price,
    "evidence": _evidence,
}
