"""差距路径 (N7): the steps that would make two sides fit, in the order in which they are taken; closed lists and pure functions.

A gap is stored with the reasons it came from (`matcher.reasons`); a path is read from the stored gaps, so that those of
older matches have one, too. Facilities and vouchers are named by what they are; who offers them is looked up elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.facts import AchievementFacts
from matcher.indicators import Verdict
from matcher.reasons import Gap, Reason
from matcher.vocabulary import TRL_BANDS, Term
from matcher.vouchers.terms import ServiceKind


class GapStep(Term):
    """What closes a gap, in the order in which it makes sense: first what a question settles, the price last."""

    ASK = "ask", "补充材料"
    AGREE_MODE = "agree_mode", "商定合作方式"
    PROOF_OF_CONCEPT = "proof_of_concept", "开展概念验证"
    BENCH_TRIAL = "bench_trial", "开展小试"
    PILOT_TRIAL = "pilot_trial", "开展中试"
    INDUSTRIAL_TRIAL = "industrial_trial", "开展产业化验证"
    IMPROVE = "improve", "改进指标"
    VERIFY = "verify", "做检验检测"
    NEGOTIATE = "negotiate", "谈价格"


class Mover(Term):
    """Whose move a step is."""

    OFFER = "offer", "成果方"
    NEED = "need", "需求方"
    BOTH = "both", "双方"


class FacilityKind(Term):
    """Where a step is taken (fields.md 4.8)."""

    PROOF_OF_CONCEPT = "proof_of_concept", "概念验证中心"
    BENCH = "bench", "小试实验室"
    PILOT = "pilot", "中试基地"
    TESTING = "testing", "检验检测机构"


@dataclass(frozen=True)
class Means:
    """Who takes a step, where, and which kind of voucher may pay for it."""

    mover: Mover
    facility: FacilityKind | None = None
    voucher: ServiceKind | None = None


MEANS: Mapping[GapStep, Means] = {
    GapStep.ASK: Means(Mover.OFFER),
    GapStep.AGREE_MODE: Means(Mover.BOTH),
    GapStep.PROOF_OF_CONCEPT: Means(Mover.OFFER, FacilityKind.PROOF_OF_CONCEPT, ServiceKind.RESEARCH),
    GapStep.BENCH_TRIAL: Means(Mover.OFFER, FacilityKind.BENCH, ServiceKind.RESEARCH),
    GapStep.PILOT_TRIAL: Means(Mover.BOTH, FacilityKind.PILOT, ServiceKind.RESEARCH),
    GapStep.INDUSTRIAL_TRIAL: Means(Mover.BOTH),
    GapStep.IMPROVE: Means(Mover.OFFER),
    GapStep.VERIFY: Means(Mover.OFFER, FacilityKind.TESTING, ServiceKind.TESTING),
    GapStep.NEGOTIATE: Means(Mover.BOTH),
}
_TRIALS = {
    "concept": GapStep.PROOF_OF_CONCEPT,
    "bench": GapStep.BENCH_TRIAL,
    "pilot": GapStep.PILOT_TRIAL,
    "industry": GapStep.INDUSTRIAL_TRIAL,
}
# the highest readiness that a trial leads to (fields.md 4.7), lowest first
TRIALS: tuple[tuple[int, GapStep], ...] = tuple((TRL_BANDS[band][1], step) for band, step in _TRIALS.items())
_STEPS: Mapping[tuple[str, str], GapStep] = {
    ("indicator", Verdict.SHORT): GapStep.IMPROVE,
    ("indicator", Verdict.MISSING): GapStep.ASK,
    ("indicator", Verdict.UNCLEAR): GapStep.VERIFY,
    ("maturity", Verdict.MISSING): GapStep.ASK,
    ("cooperation", Verdict.SHORT): GapStep.AGREE_MODE,
    ("cooperation", Verdict.MISSING): GapStep.ASK,
    ("price", Verdict.SHORT): GapStep.NEGOTIATE,
}
# words of a text that speaks of somebody else's test, in the languages of the records
EVIDENCE = re.compile(
    r"(检测|检验|测试|试验|查新|鉴定|验收|评价|评估)(报告|证书|意见|结论)|第三方(检|测|验)|用户(使用)?(证明|报告)|通过.{0,8}(鉴定|验收|检测)|CMA|CNAS"
    r"|test(ing)? report|third[- ]party test|certifi|accredited|시험\s?성적서|인증서|試験成績書|第三者試験|протокол испытан|сертификат",
    re.IGNORECASE,
)


def gaps_of(reasons: Sequence[Reason], achievement: AchievementFacts) -> tuple[Gap, ...]:
    """What is missing in the reasons, in their order, and last the evidence for what was only claimed."""
    found = [*map(_gap, reasons), _evidence(reasons, achievement)]
    return tuple(gap for gap in found if gap is not None)


def _gap(reason: Reason) -> Gap | None:
    if (reason.kind, reason.verdict) == ("maturity", Verdict.SHORT):
        return Gap("maturity", trial_to(reason.params["trl"] + 1), reason.params)
    step = _STEPS.get((reason.kind, reason.verdict))
    return Gap(reason.kind, step, reason.params) if step else None


def _evidence(reasons: Sequence[Reason], achievement: AchievementFacts) -> Gap | None:
    """Indicators that are met by the achievement's own account, where its text tells of no test, appraisal or user."""
    met = [each for each in reasons if (each.kind, each.verdict) == ("indicator", Verdict.MET)]
    if not met or EVIDENCE.search(f"{achievement.title}。{achievement.body}"):
        return None
    return Gap("evidence", GapStep.VERIFY, {"names": [each.params["asked"]["name"] for each in met]})


def trial_to(level: int) -> GapStep:
    """How a technology reaches readiness `level`, 1 to 9."""
    return next(step for highest, step in TRIALS if level <= highest)


@dataclass(frozen=True)
class PathStep:
    """One step with the stored gaps that it closes; for a trial `levels` are the readiness before and after it."""

    step: GapStep
    gaps: tuple[Mapping[str, Any], ...]
    levels: tuple[int, int] | None = None

    @property
    def means(self) -> Means:
        """Who, where and what may pay for it."""
        return MEANS[self.step]


def path_of(gaps: Iterable[Mapping[str, Any]]) -> tuple[PathStep, ...]:
    """The way from stored gaps to a fit: each step once; steps that this version does not know are left out."""
    known = [gap for gap in gaps if gap.get("step") in list(GapStep)]
    trials = [each for gap in known if gap["kind"] == "maturity" for each in _trials(gap)]
    others = [gap for gap in known if not (gap["kind"] == "maturity" and _levels(gap))]
    single = [
        PathStep(step, closed)
        for step in GapStep
        if (closed := tuple(gap for gap in others if gap["step"] == step))
    ]
    order = list(GapStep)
    return tuple(sorted([*single, *trials], key=lambda each: order.index(each.step)))


def _levels(gap: Mapping[str, Any]) -> tuple[int, int] | None:
    """Readiness that there is and that is asked for, where both are known."""
    have, asked = gap["params"].get("trl"), gap["params"].get("min_trl")
    return (int(have), int(asked)) if have is not None and asked is not None else None


def _trials(gap: Mapping[str, Any]) -> list[PathStep]:
    """The trials between what there is and what is asked, one for each band of readiness."""
    levels = _levels(gap)
    if levels is None:
        return []
    have, asked = levels
    steps: list[PathStep] = []
    for highest, step in TRIALS:
        if have < min(highest, asked):
            steps.append(PathStep(step, (gap,), (have, min(highest, asked))))
            have = min(highest, asked)
    return steps
