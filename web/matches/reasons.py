"""The stored reasons of a match in words: a row between the banks for each.

`matcher.reasons` says what is stored. A verdict here is one of the bridge's five: ok, warn (close), bad (against),
none (to be found out), note (for information, counted neither for nor against).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from matcher.models import Computed
from matcher.text import normalise
from matcher.vocabulary import Level
from web import format as words
from web.matches.quotes import Marked, indicator_words, marked_all, quoted

CLOSE = Decimal("0.25")  # a gap up to a quarter of what was asked is called close


@dataclass(frozen=True)
class Reason:
    """A row: each side as text with its agreeing parts marked, None where that side says nothing."""

    verdict: str
    label: str
    topic: str = ""
    left: Marked | None = None
    right: Marked | None = None
    left_lang: str = ""
    right_lang: str = ""
    told: str = ""
    note: str = ""  # beside the left side, in the reader's language

    def sentence(self) -> str:
        """The reason in one line, for lists."""
        return self.told or (f"{self.topic}{_('：')}{self.label}" if self.topic else self.label)


@dataclass(frozen=True)
class Gap:
    """Something that is missing: what it is about, and a sentence."""

    topic: str
    text: str


Data = Mapping[str, Any]


def reasons_of(match: Computed) -> Sequence[Reason]:
    """Rows in the stored order; kinds that this version does not know are left out."""
    found = (match.reasons or {}).get("reasons", ())
    return [KINDS[reason["kind"]](match, reason) for reason in found if reason.get("kind") in KINDS]


def _problem(match: Computed, reason: Data) -> Reason:
    terms = _joined(reason["params"].get("terms", ())[:5])
    about_titles = reason["left"]["text"] == normalise(match.need.title)
    verdict, label = "ok", _("同一主题") if about_titles else _("同一问题")
    if match.level == Level.NONE:  # an answer to a question: words in common do not make it the same problem
        verdict, label = "note", _("用词有重合")
    return Reason(
        verdict, label, "", quoted(reason["left"]), quoted(reason["right"]),
        match.need.lang, match.achievement.lang, _("两边都说到 %(terms)s", terms=terms),
    )


def _meaning(match: Computed, reason: Data) -> Reason:
    foreign = match.need.lang != match.achievement.lang
    near = _("跨语言，意思相近") if foreign else _("用词不同，意思相近")
    languages = match.need.lang, match.achievement.lang
    if reason.get("left") and reason.get("right"):  # two sentences carry it
        label = _("意思相近（%(near)s）", near=f"{float(reason['params']['near']):.2f}")
        return Reason("ok", label, "", quoted(reason["left"]), quoted(reason["right"]), *languages, near)
    left, right = marked_all(match.need.title), marked_all(match.achievement.title)
    if match.level == Level.NONE:
        return Reason("none", _("意思不够近"), "", left, right, *languages)
    return Reason("ok", near, "", left, right, *languages, near)


def _indicator(match: Computed, reason: Data) -> Reason:
    params = reason["params"]
    asked, stated = params["asked"], params.get("stated")
    left = indicator_words(asked)
    from_text = params.get("asked_in") == "text"
    shown = quoted(reason["left"]) if from_text and reason.get("left") else left
    right = quoted(reason["right"]) if reason.get("right") else indicator_words(stated, stated=True) if stated else None
    verdict, label = _measured(reason["verdict"], params)
    told = _("%(name)s：要求 %(asked)s，成果 %(stated)s", name=asked["name"], asked=_plain(left),
             stated=_plain(indicator_words(stated, stated=True))) if stated else ""
    note = _("取自需求正文") if from_text else ""
    return Reason(verdict, label, asked["name"], shown, right, match.need.lang, match.achievement.lang, told, note)


def _measured(verdict: str, params: Data) -> tuple[str, str]:
    if verdict == "met":
        return "ok", _("满足")
    if verdict == "missing":
        return "none", _("未提供")
    if verdict == "unclear":
        return "none", {"condition": _("测试条件不同"), "unit": _("单位不同"), "several": _("有多个数值")}.get(
            params.get("why", ""), _("待核对"))
    return _short(params, _("不满足"), lambda share: _("差 %(share)s", share=share))


def _short(params: Data, without: str, worded: Callable[[str], str]) -> tuple[str, str]:
    """Amber for a gap that may be closed, red beyond; `without` when it has no figure."""
    gap = Decimal(str(params["gap"])) if params.get("gap") is not None else None
    if gap is None:
        return "bad", without
    return ("warn" if gap <= CLOSE else "bad"), worded(share_words(gap))


def share_words(share: Decimal) -> str:
    """A gap as percent, never rounded down to nothing."""
    return words.percent(max(float(share), 0.01))


def _maturity(_match: Computed, reason: Data) -> Reason:
    have, asked = reason["params"].get("trl"), reason["params"]["min_trl"]
    left = marked_all(_("要求不低于 %(level)s 级", level=asked))
    right = marked_all(words.trl(have, "long")) if have else None
    if reason["verdict"] == "met":
        verdict, label = "ok", _("成熟度满足")
    elif have is None:
        verdict, label = "none", _("未提供")
    else:
        verdict, label = ("warn" if asked - have == 1 else "bad"), _("差 %(count)s 级", count=asked - have)
    told = _("成熟度 %(level)s 级，要求不低于 %(asked)s 级", level=have, asked=asked) if have else ""
    return Reason(verdict, label, _("成熟度"), left, right, told=told)


def _cooperation(_match: Computed, reason: Data) -> Reason:
    params = reason["params"]
    both = set(params.get("both", ()))
    left, right = (
        _listed(params.get(side, ()), both) if params.get(side) else None for side in ("need", "offer")
    )
    verdict, label = {"met": ("ok", _("合作方式相合")), "missing": ("none", _("未提供"))}.get(
        reason["verdict"], ("warn", _("方式不同，可商定")))
    told = _("合作方式：%(modes)s", modes=words.labels(sorted(both), "CoopMode")) if both else ""
    return Reason(verdict, label, _("合作方式"), left, right, told=told)


def _listed(codes: Sequence[str], both: set[str]) -> Marked:
    joint = _("、")
    parts: Marked = []
    for code in codes:
        parts += ([(joint, False)] if parts else []) + [(words.label(code, "CoopMode"), code in both)]
    return parts


def _price(match: Computed, reason: Data) -> Reason:
    left, right = marked_all(words.budget(match.need)), marked_all(words.price(match.achievement))
    verdict, label = {
        "met": ("ok", _("在预算内")),
        "missing": ("none", _("未提供")),
        "unclear": ("note", _("价格可谈")),
    }.get(reason["verdict"]) or _short(reason["params"], _("超出预算"), lambda share: _("超预算 %(share)s", share=share))
    return Reason(verdict, label, _("价格"), left, right)


def _region(_match: Computed, reason: Data) -> Reason:
    params = reason["params"]
    label = {"city": _("同城"), "province": _("同省")}.get(params.get("near", ""), _("地区"))
    places = [marked_all(words.region(params.get(side))) for side in ("need", "offer")]
    return Reason("note", label, _("地区"), places[0], places[1])


def _chain(_match: Computed, reason: Data) -> Reason:
    chain = marked_all(words.label(reason["params"]["chain"], "Chain"))
    return Reason("note", _("同一产业链"), _("产业链"), chain, chain)


KINDS: dict[str, Callable[[Computed, Data], Reason]] = {
    "problem": _problem,
    "meaning": _meaning,
    "indicator": _indicator,
    "maturity": _maturity,
    "cooperation": _cooperation,
    "price": _price,
    "region": _region,
    "chain": _chain,
}


def _joined(parts: Sequence[str]) -> str:
    return str(_("、")).join(str(part) for part in parts)


def _plain(parts: Marked) -> str:
    return re.sub(r"\s+", " ", "".join(text for text, _mark in parts)).strip()
