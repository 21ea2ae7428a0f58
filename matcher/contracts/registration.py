"""技术合同认定登记 as a table: the state, who may take it where, what must be given.

The registry examines an application within 30 days of accepting it (rules for recognising and registering technology
contracts, 国科发政字〔2000〕063号). Its answers are entered by the broker or the operator, never by a side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from matcher.contracts.lists import RegistrationState
from matcher.errors import Invalid
from matcher.messages import Message, msg

S = RegistrationState
EXAMINATION = timedelta(days=30)
NUMBER_DIGITS = 16


@dataclass(frozen=True)
class Step:
    """An allowed step: the permission that it asks for, and whether the registry's or applicant's words belong to it."""

    target: RegistrationState
    permission: str
    needs_remark: bool = False


TABLE: dict[RegistrationState, tuple[Step, ...]] = {
    S.PENDING: (Step(S.ACCEPTED, "contract.submit"),),
    S.ACCEPTED: (
        Step(S.RECOGNISED, "contract.decide"),
        Step(S.RETURNED, "contract.decide", needs_remark=True),
        Step(S.REFUSED, "contract.decide", needs_remark=True),
    ),
    # what was corrected is said when the application goes in again
    S.RETURNED: (Step(S.ACCEPTED, "contract.submit", needs_remark=True),),
    S.REFUSED: (Step(S.ACCEPTED, "contract.submit", needs_remark=True),),
    S.RECOGNISED: (),
}
EDITABLE = frozenset({S.PENDING, S.RETURNED, S.REFUSED})


def step_to(state: str, target: RegistrationState) -> Step | None:
    """The step from `state` to `target`, if the table has one."""
    return next((step for step in TABLE[S(state)] if step.target == target), None)


def due_of(accepted: date) -> date:
    """The day by which the registry decides."""
    return accepted + EXAMINATION


def number_problem(number: str) -> Message | None:
    """What is wrong with a 合同登记编号; None when it has its 16 digits."""
    if not (number.isascii() and number.isdigit()):
        return msg("登记编号只有数字，共 %(digits)s 位。", digits=NUMBER_DIGITS)
    if len(number) != NUMBER_DIGITS:
        return msg("登记编号须为 %(digits)s 位数字，现在是 %(count)s 位。", digits=NUMBER_DIGITS, count=len(number))
    return None


def check_day(field: str, day: date, today: date, earliest: date, what: Message) -> None:
    """`Invalid` when `day` lies ahead, or before `earliest`, which `what` explains."""
    if day > today:
        raise Invalid({field: msg("日期不能晚于今天。")})
    if day < earliest:
        raise Invalid({field: what})
