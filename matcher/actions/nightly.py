"""The nightly clocks of cases and tasks: hand up what stays late (M32), call off what nobody waits for any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from config.settings import Settings
from matcher.actions.escalation import escalate_task, raise_step, settle_task
from matcher.actor import SYSTEM, Actor
from matcher.db import reading
from matcher.errors import Refused
from matcher.tasks import clockwork


def escalate(settings: Settings) -> int:
    """Late steps go to the first officer, late tasks to the next; how many. One rung a run, whatever the clock says."""
    with reading() as session:
        tasks, steps = clockwork.tasks_to_raise(session), clockwork.steps_to_raise(session, settings)
    return _each(escalate_task, tasks) + _each(raise_step, steps)


def settle(_settings: Settings) -> int:
    """Tasks that their case has outlived are called off; how many."""
    with reading() as session:
        tasks = clockwork.tasks_to_settle(session)
    return _each(settle_task, tasks)


def _each(act: Callable[[Actor, int], object], numbers: Iterable[int]) -> int:
    """Each in its own transaction; one that somebody has dealt with meanwhile is passed over."""
    return sum(_done(act, number) for number in numbers)


def _done(act: Callable[[Actor, int], object], number: int) -> bool:
    try:
        act(SYSTEM, number)
    except Refused:
        return False
    return True
