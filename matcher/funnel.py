"""The way from listing to deal with a denominator at each step (N6, first form)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from matcher.bridge import PATH
from matcher.models import Achievement, Case, CaseEvent, Match, Need
from matcher.vocabulary import CaseState, Level, RecordState, Term


class FunnelStep(Term):
    """Steps of the funnel."""

    PUBLISHED = "published", "发布的需求"
    MATCHED = "matched", "有强相关匹配"
    AGREED = "agreed", "双方同意"
    CONNECTED = "connected", "已对接"
    SIGNED = "signed", "签约"
    REGISTERED = "registered", "认定登记"
    CONVERTED = "converted", "转化成功"


@dataclass(frozen=True)
class Funnel:
    """Needs that reached each step, in order, and how many of each kind are listed."""

    steps: list[tuple[FunnelStep, int]]
    needs: int
    achievements: int

    def share(self, index: int) -> float | None:
        """Part of the step before that reached step `index`; None for the first and for an empty one."""
        before = self.steps[index - 1][1] if index else 0
        return self.steps[index][1] / before if before else None


def _reached(session: Session, state: CaseState) -> int:
    """Needs with a case that is at `state` or further, or ended after it had been there."""
    beyond = PATH[PATH.index(state) :]
    passed = select(CaseEvent.case_id).where(CaseEvent.data["state"].as_string().in_(beyond))
    return (
        session.scalar(
            select(func.count(distinct(Case.need_id))).where(Case.state.in_(beyond) | Case.id.in_(passed))
        )
        or 0
    )


def funnel(session: Session) -> Funnel:
    """The whole platform's funnel, counted by needs ever published."""
    published = (
        session.scalar(select(func.count()).select_from(Need).where(Need.published_at.is_not(None))) or 0
    )
    strong = select(func.count(distinct(Match.need_id))).where(Match.level == Level.STRONG)
    steps = [(FunnelStep.PUBLISHED, published), (FunnelStep.MATCHED, session.scalar(strong) or 0)]
    steps += [(step, _reached(session, CaseState(step.value))) for step in list(FunnelStep)[2:]]
    listed = [
        session.scalar(select(func.count()).select_from(model).where(model.state == RecordState.PUBLISHED))
        or 0
        for model in (Need, Achievement)
    ]
    return Funnel(steps, listed[0], listed[1])
