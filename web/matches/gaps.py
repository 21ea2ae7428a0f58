"""What is missing between two sides, and the step that would close it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from flask_babel import gettext as _

from matcher.models import Match
from web import format as words
from web.matches.quotes import indicator_words
from web.matches.reasons import Data, Gap, share_words


def gaps_of(match: Match) -> Sequence[Gap]:
    """The stored gaps in words; steps that this version does not know are left out."""
    found = (match.reasons or {}).get("gaps", ())
    return [STEPS[gap["step"]](match, gap) for gap in found if gap.get("step") in STEPS]


def _text(row: Data, *, stated: bool = False) -> str:
    return "".join(text for text, _mark in indicator_words(row, stated=stated))


def _improve(_match: Match, gap: Data) -> Gap:
    params = gap["params"]
    share = share_words(Decimal(str(params["gap"]))) if params.get("gap") is not None else ""
    text = _("要求 %(asked)s，成果 %(stated)s。", asked=_text(params["asked"]), stated=_text(params["stated"], stated=True))
    note = _("差 %(share)s。请成果方评估能否改进，或商定可接受的值。", share=share) if share else _("请成果方评估能否改进。")
    return Gap(params["asked"]["name"], text, note)


def _ask(_match: Match, gap: Data) -> Gap:
    note = _("对接后先问这一项，通常一次通话就能确认。")
    if gap["kind"] == "indicator":
        asked = gap["params"]["asked"]
        return Gap(asked["name"], _("要求 %(asked)s，成果方没有说明。", asked=_text(asked)), note)
    topic = _("成熟度") if gap["kind"] == "maturity" else _("合作方式")
    return Gap(topic, _("成果方没有说明。"), note)


def _verify(_match: Match, gap: Data) -> Gap:
    params = gap["params"]
    asked = params["asked"]
    condition, unit = asked.get("condition"), asked.get("unit")
    why = {
        "condition": _("测试条件不同，数值不能直接比较。"),
        "unit": _("单位不同，数值不能直接比较。"),
        "several": _("成果方给出多个数值，不清楚哪一个适用。"),
    }.get(params.get("why", ""), _("成果方的说法不能直接比较。"))
    note = _("请成果方按需求的条件（%(condition)s）再测一次。", condition=condition) if condition and params.get("why") == "condition" else (
        _("请成果方按 %(unit)s 给出数值和测试条件。", unit=unit) if unit else _("请成果方给出数值和测试条件。"))
    return Gap(asked["name"], why, note)


def _mature(step: str) -> Callable[[Match, Data], Gap]:
    def gap_of(_match: Match, gap: Data) -> Gap:
        params = gap["params"]
        text = _("成果现为 %(level)s 级，需求要求不低于 %(asked)s 级。", level=params["trl"], asked=params["min_trl"])
        how = {
            "proof_of_concept": _("先做概念验证，可以找高校院所的概念验证中心。"),
            "bench_trial": _("先做小试，拿到模拟条件下的数据。"),
            "pilot_trial": _("先做中试，可以找中试基地，在接近使用的条件下跑一轮。"),
        }[step]
        return Gap(_("成熟度"), text, how)

    return gap_of


def _negotiate(match: Match, _gap: Data) -> Gap:
    text = _("报价 %(price)s，预算 %(budget)s。", price=words.price(match.achievement), budget=words.budget(match.need))
    return Gap(_("价格"), text, _("可以谈分期、许可费加提成，或技术入股。"))


def _agree_mode(_match: Match, gap: Data) -> Gap:
    params = gap["params"]
    text = _("需求方希望 %(need)s，成果方接受 %(offer)s。", need=words.labels(params["need"], "CoopMode"),
             offer=words.labels(params["offer"], "CoopMode"))
    return Gap(_("合作方式"), text, _("对接时先商定以哪种方式合作。"))


STEPS: dict[str, Callable[[Match, Data], Gap]] = {
    "improve": _improve,
    "ask": _ask,
    "verify": _verify,
    "proof_of_concept": _mature("proof_of_concept"),
    "bench_trial": _mature("bench_trial"),
    "pilot_trial": _mature("pilot_trial"),
    "negotiate": _negotiate,
    "agree_mode": _agree_mode,
}
