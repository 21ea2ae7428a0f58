"""What decided about a pair, in full sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matcher.causes import Cause
from matcher.models import Question
from web import format as words

Data = Mapping[str, Any]
NOT_YET = frozenset({Cause.WAITING, Cause.PARKED, Cause.NEXT_TIME})


@dataclass(frozen=True)
class Told:
    """One cause; `url` with `link` leads on."""

    text: str
    url: str = ""
    link: str = ""


def heading(question: Question) -> str:
    """The answer in a few words."""
    codes = {cause.get("code") for cause in question.causes}
    if Cause.MATCHED in codes:
        return str(_("已经推荐"))
    return str(_("还没有推荐，因为：") if codes & NOT_YET else _("没有推荐，因为："))


def causes_told(question: Question) -> list[Told]:
    """Every stored cause; codes that this version does not know are left out."""
    return [WORDS[cause["code"]](cause) for cause in question.causes if cause.get("code") in WORDS]


def _matched(cause: Data) -> Told:
    url = url_for("matches.show", match_id=cause["match_id"])
    return Told(_("这一对已经在双方的匹配里。下面是按现在的版本重新算出的结果。"), url, _("打开这条匹配"))


def _below(cause: Data) -> Told:
    text = _("可信度 %(probability)s，推荐从 %(least)s（弱相关）起。两段文字说的不够接近，系统不凑数。",
             probability=f"{cause['probability']:.2f}", least=f"{cause['least']:.2f}")
    return Told(text)


def _not_proposed(cause: Data) -> Told:
    if cause["kind"] == "need":
        return Told(_("从这条需求找成果：按用词和含义最接近的几十项里没有它。"))
    return Told(_("从这项成果找需求：按用词和含义最接近的几十条里没有它。"))


def _places(cause: Data) -> Told:
    figures = {"better": cause["better"], "kept": cause["kept"]}
    if cause["kind"] == "need":
        return Told(_("这条需求已有 %(better)s 条更相关的匹配，每条记录最多留 %(kept)s 条。", **figures))
    return Told(_("这项成果已有 %(better)s 条更相关的匹配，每条记录最多留 %(kept)s 条。", **figures))


def _by_words(cause: Data) -> Told:
    kinds = words.labels(list(cause["kinds"]), "Kind")
    return Told(_("%(kinds)s还没有语义向量，只按用词比较，得分有上限。向量算好以后可以再问。", kinds=kinds))


WORDS: dict[str, Callable[[Data], Told]] = {
    Cause.MATCHED: _matched,
    Cause.SAME_ORGANISATION: lambda _cause: Told(_("双方属于同一家单位，同一家单位的需求和成果不互相推荐。")),
    Cause.BELOW: _below,
    Cause.CLOSED: lambda _cause: Told(_("它们匹配过，那条匹配已经关闭。任何一方修改并重新发布后会再算。")),
    Cause.WAITING: lambda _cause: Told(_("其中一方刚发布或修改，匹配还在计算，通常几秒就好，批量导入后会久一些。")),
    Cause.PARKED: lambda _cause: Told(_("其中一方上次的匹配没有算成，已经交给运营人员处理。")),
    Cause.NOT_PROPOSED: _not_proposed,
    Cause.PLACES: _places,
    Cause.NEXT_TIME: lambda _cause: Told(_("按最新的语料统计，它们够得上推荐。任何一方下次重新计算时会列出。")),
    Cause.BY_WORDS: _by_words,
}
