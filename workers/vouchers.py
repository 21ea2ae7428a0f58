"""Nightly: vouchers whose last day has passed, and those that end soon."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, select

from config.settings import Settings
from matcher import clock
from matcher.actions.vouchers import WARN_DAYS, expire_voucher, warn_of_end
from matcher.actor import SYSTEM, Actor
from matcher.db import reading
from matcher.errors import Refused
from matcher.models import Voucher
from matcher.vouchers.terms import VoucherState


def _each(act: Callable[[Actor, int], None], *conditions: ColumnElement[bool]) -> int:
    """Do it to every issued voucher that fits; how many. One that was dealt with meanwhile is left alone."""
    with reading() as session:
        ids = list(
            session.scalars(select(Voucher.id).where(Voucher.state == VoucherState.ISSUED, *conditions))
        )
    done = 0
    for voucher_id in ids:
        try:
            act(SYSTEM, voucher_id)
        except Refused:
            continue
        done += 1
    return done


def expire_vouchers(settings: Settings) -> int:
    """Let what is left of vouchers lapse after their last day; how many."""
    return _each(expire_voucher, Voucher.valid_until < clock.today(settings.zone))


def warn_of_ends(settings: Settings) -> int:
    """Tell once that a voucher ends within fourteen days; how many."""
    today = clock.today(settings.zone)
    return _each(
        warn_of_end, Voucher.valid_until >= today, Voucher.valid_until <= today + timedelta(days=WARN_DAYS)
    )
