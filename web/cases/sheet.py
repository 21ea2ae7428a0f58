"""The case on paper (M08): number, QR code, both sides, where it stands, what comes next, lines to sign on."""

from __future__ import annotations

from flask import current_app, render_template
from flask_login import login_required

from config.settings import Settings
from matcher import clock, links
from matcher.models import Case
from web.cases.frame import frame_of
from web.cases.page import brokers, find_case, named_to
from web.cases.timeline import Line, lines_of
from web.cases.views import blueprint
from web.matches.presentation import need_bank, offer_bank
from web.qr import qr_code
from web.session import current_actor

LAST = 12  # lines of the timeline: with them the sheet stays on one page
TOLD = ("opened", "agreed", "moved", "assigned", "planned", "paused", "continued", "ended", "resumed", "decision")


@blueprint.get("/cases/<int:case_id>/sheet")
@login_required
def sheet(case_id: int) -> str:
    """One page of A4 for the client's folder."""
    case = find_case(case_id)
    settings: Settings = current_app.config["SETTINGS"]
    address = links.page(settings, "cases", "by-number", case.number)
    return render_template(
        "cases/sheet.html",
        case=case,
        turn=frame_of(case).turn,
        need=need_bank(current_actor(), case.need, named=named_to(case)),
        offer=offer_bank(case.achievement),
        lines=steps_of(case),
        address=address,
        code=qr_code(address),
        printed=clock.now(),
    )


def steps_of(case: Case) -> list[Line]:
    """What happened in short, oldest first: steps and decisions, neither messages nor files."""
    lines = [line for line in lines_of(case, case.events, brokers(), ()) if line.kind in TOLD]
    return lines[:LAST][::-1]
