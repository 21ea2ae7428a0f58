"""How an overdue task climbs (M32): 联络员 → 科技特派员 → 指导员 → 督导员, then the operators. Pure."""

from __future__ import annotations

from datetime import datetime

from config.settings import get_settings
from matcher.tasks.terms import OFFICERS, Duty
from matcher.workdays import due_after

LADDER: tuple[Duty, ...] = (*OFFICERS, Duty.OPERATOR)


def next_duty(duty: str) -> Duty | None:
    """In whose hands an overdue task comes next; None when there is nobody above. A side's goes to the 联络员."""
    if duty not in LADDER:
        return LADDER[0]
    place = LADDER.index(Duty(duty)) + 1
    return LADDER[place] if place < len(LADDER) else None


def escalate_at(duty: str, moment: datetime) -> datetime | None:
    """When a task in these hands, late since `moment`, climbs; None when it cannot."""
    return due_after(moment, get_settings().escalate_workdays) if next_duty(duty) else None
