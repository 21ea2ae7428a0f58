"""Carry out the planning of the weekly digest; what belongs into it is decided in `matcher.digest`."""

from __future__ import annotations

import structlog

from config.settings import Settings
from indexes.arrivals import finds
from indexes.opening import encoder_or_none, open_engine
from matcher import clock
from matcher.actions.deliveries import planned_week, store_plans
from matcher.actor import SYSTEM, Actor
from matcher.db import reading
from matcher.digest.planning import plan_week
from matcher.digest.weeks import due_week

log = structlog.get_logger()


def plan_due(settings: Settings) -> int:
    """Plan the week that is due now, once; how many deliveries were added.

    Weeks only go forward: a clock that jumps back plans nothing again.
    """
    week = due_week(clock.now(), settings)
    with reading() as session:
        if week is None or week <= planned_week(session):
            return 0
    return plan(settings, week)


def plan(settings: Settings, week: str, actor: Actor = SYSTEM) -> int:
    """Plan that week now, whether due or not; people who have their digest of that week keep it."""
    engine, encoder = open_engine(settings), encoder_or_none(settings)
    try:
        with reading() as session:
            plans = plan_week(session, settings, week, finds=finds(session, engine, encoder, week))
    finally:
        engine.close()
    added = store_plans(actor, week, plans)
    log.info("digest planned", week=week, recipients=len(plans), added=added)
    return added
