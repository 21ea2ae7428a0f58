"""How a match was computed, so that it can be checked and computed again."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from matcher.evidence import LEAST
from matcher.models import Computed
from matcher.vocabulary import Level
from web import format as words
from web.cards import record_url


def computed_facts(match: Computed) -> list[tuple[str, Any]]:
    """Pairs for the list of facts; those without a value are left out by the component."""
    reasons = match.reasons or {}
    return [
        (_("可信度"), Markup("{:.2f} · {}").format(min(match.probability, 0.99), words.label(match.level, "Level"))),
        (_("语义"), _part(match, "semantic", _("两段文字含义的接近程度"))),
        (_("用词"), _words(match)),
        (_("句子"), sentences_found(match)),
        (_("扣除"), _part(match, "held", _("一方写得太少，或只是广告，先按较低的级别"))),
        (_("指标"), _indicators(reasons)),
        (_("答复的修正"), _learned(match)),
        (_("依据"), _records(match)),
        (_("排序版本"), match.ranking_version),
        (_("模型"), Markup('<span class="small muted">{}</span>').format(match.model) if match.model else ""),
        (_("语料统计"), _("第 %(number)s 号快照", number=match.snapshot_id) if match.snapshot_id else ""),
        (_("计算于"), words.when(match.computed_at, "exact")),
        (_("输入指纹"), _prints(match)),
    ]


def _part(match: Computed, name: str, what: str) -> Markup | str:
    value = (match.parts or {}).get(name)
    return "" if value is None else Markup('{:.2f}<br><span class="small muted">{}</span>').format(float(value), what)


def _words(match: Computed) -> Markup | str:
    terms = [str(term) for term in (match.reasons or {}).get("terms", ())][:6]
    return _part(match, "words", _("、").join(terms) or _("两边没有共同的关键词"))


def sentences_found(match: Computed) -> Markup | str:
    """How many pairs of sentences the encoder found, and what their figures mean."""
    told = [reason for reason in (match.reasons or {}).get("reasons", ()) if reason.get("kind") == "meaning" and reason.get("left")]
    if not told or match.level not in LEAST:
        return ""
    least = f"{LEAST[Level(match.level)][0]:.2f}"
    note = _("数字是两句意思的接近程度，不到 %(least)s 的不列", least=least)
    found = _("%(count)s 对按意思找到", count=len(told))
    return Markup('{}<br><span class="small muted">{}</span>').format(found, note)


def _learned(match: Computed) -> Markup | str:
    """What the answers to other matches have changed, where a correction was in use."""
    before = (match.parts or {}).get("before")
    if before is None:
        return ""
    note = _("按其他匹配的答复学到的微调，修正前 %(before)s", before=f"{min(float(before), 0.99):.2f}")
    return Markup('{:+.2f}<br><span class="small muted">{}</span>').format(match.probability - float(before), note)


def _indicators(reasons: dict[str, Any]) -> str:
    counts = [(_("%(count)s 满足"), "met"), (_("%(count)s 有差距"), "short"), (_("%(count)s 待确认"), "open")]
    parts = [text % {"count": reasons[name]} for text, name in counts if reasons.get(name)]
    total = sum(int(reasons.get(name) or 0) for _text, name in counts)
    return _("%(parts)s，共 %(total)s 项", parts=" · ".join(parts), total=total) if total else ""


def _records(match: Computed) -> Markup:
    link = Markup('<a href="{}">{}</a>')
    need = link.format(record_url("need", match.need_id), _("需求第 %(version)s 版", version=match.need_version))
    offer = link.format(record_url("achievement", match.achievement_id), _("成果第 %(version)s 版", version=match.achievement_version))
    return Markup("{}<br>{}").format(need, offer)


def _prints(match: Computed) -> Markup:
    short = f"{match.need_hash[:6]} · {match.achievement_hash[:6]}"
    full = f"{match.need_hash} {match.achievement_hash}"
    return Markup('<code class="small" title="{}">{}</code>').format(full, short)
