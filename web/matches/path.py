"""差距路径 (N7) as a page shows it: numbered steps, each with what it closes, whose move it is, where it is taken and what may pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matcher.actor import Actor
from matcher.gaps import GapStep, PathStep, path_of
from matcher.models import Computed
from matcher.permissions import allowed
from web import format as words
from web.matches.gaps import gap_words
from web.matches.reasons import Data, Gap

HOW = {
    GapStep.ASK: _l("请成果方在成果里写明；写明后会自动重新计算。急的话，对接后先问这几项。"),
    GapStep.AGREE_MODE: _l("对接时先商定以哪种方式合作。"),
    GapStep.PROOF_OF_CONCEPT: _l("先在实验室验证关键功能，确认原理可行。"),
    GapStep.BENCH_TRIAL: _l("做出样机或小批样品，拿到模拟条件下的数据。"),
    GapStep.PILOT_TRIAL: _l("在接近使用的条件下跑一轮，需求方最好一起定考核指标。"),
    GapStep.INDUSTRIAL_TRIAL: _l("在实际使用环境里运行，定型并小批量试制，可以由需求方提供场地。"),
    GapStep.IMPROVE: _l("请成果方评估能否改进，或双方商定可接受的值。"),
    GapStep.VERIFY: _l("按需求的单位和测试条件测一次，报告里写明条件。"),
    GapStep.NEGOTIATE: _l("可以谈分期、许可费加提成，或技术入股。"),
}


@dataclass(frozen=True)
class Step:
    """One step: its name, for a trial the readiness before and after, and what is known of the way to take it."""

    title: str
    levels: str
    mover: str
    gaps: Sequence[Gap]
    how: str
    place: str
    voucher: str
    url: str = ""


def path_steps(actor: Actor, match: Computed) -> list[Step]:
    """The way to close the stored gaps, for this reader; what several trials close together is said at the first."""
    found = path_of((match.reasons or {}).get("gaps", ()))
    before: list[Data] = []
    steps = []
    for step in found:
        steps.append(_step(actor, match, step, [gap for gap in step.gaps if gap not in before]))
        before += step.gaps
    return steps


def _step(actor: Actor, match: Computed, step: PathStep, gaps: Sequence[Data]) -> Step:
    means, offer = step.means, match.achievement
    levels = _("成熟度 %(start)s → %(end)s 级", start=step.levels[0], end=step.levels[1]) if step.levels else ""
    edits = step.step == GapStep.ASK and allowed(actor, "record.edit", offer)
    return Step(
        title=words.label(step.step, "GapStep"),
        levels=levels,
        mover=words.label(means.mover, "Mover"),
        gaps=[gap_words(match, gap) for gap in gaps],
        how=str(HOW[step.step]),
        place=words.label(means.facility, "FacilityKind"),
        voucher=words.label(means.voucher, "ServiceKind"),
        url=url_for("publish.edit", kind=offer.kind, record_id=offer.id) if edits else "",
    )
