"""What stands above every page of a case: its number and sides, the path, whose move it is, the tabs."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from matcher import clock
from matcher.bridge import CLOSED, party_of
from matcher.contracts.queries import late_reports
from matcher.models import Case
from matcher.permissions import allowed
from matcher.vocabulary import CaseParty
from web.cards import title_of
from web.cases.presentation import PathStep, Turn, path_of, turn_of
from web.cases.sections import tabs_of
from web.session import current_actor, reading


@dataclass(frozen=True)
class Frame:
    """Filled into `cases/frame.html`. `party` is as whom the reader works on the case; None: only reads."""

    case: Case
    party: CaseParty | None
    need: str
    offer: str
    closed: bool
    path: list[PathStep]
    turn: Turn
    late_reports: int
    tabs: list[dict[str, object]]


def _late_reports(case: Case) -> int:
    """How many reports are late, for those who may read the contract."""
    if not allowed(current_actor(), "contract.read", case):
        return 0
    return late_reports(reading(), case.id, clock.today(current_app.config["SETTINGS"].zone))


def frame_of(case: Case) -> Frame:
    """The frame of a case loaded by `web.cases.page.find_case`."""
    party = party_of(current_actor(), case)
    return Frame(
        case=case,
        party=party,
        need=title_of(case.need),
        offer=title_of(case.achievement),
        closed=case.state in CLOSED,
        path=path_of(case),
        turn=turn_of(case, party),
        late_reports=_late_reports(case),
        tabs=tabs_of(case),
    )
