"""Where the money of an achievement came from, and what its owner owes the public by when.

Sources: fields.md 4.1 (资助情况); mechanisms M44 (6, 12 and 24 months) and M45 (知识产权信息披露).
"""

from __future__ import annotations

from datetime import date, timedelta

from matcher.clock import add_months
from matcher.vocabulary import Term

SOON_DAYS = 30  # a duty is announced so many days before it is due


class Funding(Term):
    """课题来源."""

    NATIONAL = "national", "国家"
    PROVINCIAL = "provincial", "省内"
    HORIZONTAL = "horizontal", "横向"
    OWN = "own", "自选"


PUBLIC = frozenset({Funding.NATIONAL, Funding.PROVINCIAL})


class Duty(Term):
    """What is due after completion or acceptance, in this order."""

    DISCLOSE = "disclose", "披露知识产权信息"
    START = "start", "启动转化"
    CONVERT = "convert", "形成转化"


MONTHS = {Duty.DISCLOSE: 6, Duty.START: 12, Duty.CONVERT: 24}
CONVERSION = (Duty.START, Duty.CONVERT)  # a case in progress or a registered contract fulfils these two


def due_on(completed: date, duty: Duty) -> date:
    """The last day on which `duty` is in time."""
    return add_months(completed, MONTHS[duty])


def completed_by(day: date, duty: Duty) -> date:
    """The last day of completion whose `duty` was due on or before `day`: for conditions on the column itself.

    `due_on` never falls when the completion moves on by a day, so one date divides all rows.
    """
    found = add_months(day, -MONTHS[duty]) + timedelta(days=3)  # months differ by at most three days
    while due_on(found, duty) > day:
        found -= timedelta(days=1)
    return found
