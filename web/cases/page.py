"""Everything a case's page needs, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matcher.bridge import CLOSED, party_of
from matcher.brokers import proposals
from matcher.models import Case, CaseEvent, CaseFile, Match, User
from matcher.permissions import allowed, find
from matcher.vocabulary import CaseState, Role
from web.cases.forms import EndForm, FileForm, MessageForm, MoveForm, PauseForm, PlanForm
from web.cases.frame import frame_of
from web.cases.presentation import choices_of
from web.cases.shelf import files_of, series_of
from web.cases.timeline import Line, agreed, lines_of, told_to
from web.matches.presentation import bridge_of, need_bank, offer_bank
from web.prices.presentation import card_of
from web.session import current_actor, reading
from web.tasks.card import tasks_of


def find_case(case_id: int, action: str = "case.read") -> Case:
    """The case with everything on its page, if this person may know of it."""
    case = find(reading(), current_actor(), action, Case, case_id)
    loaded = (
        select(Case)
        .where(Case.id == case.id)
        .options(
            joinedload(Case.need_org),
            joinedload(Case.offer_org),
            joinedload(Case.broker),
            joinedload(Case.station),
            joinedload(Case.need),
            joinedload(Case.achievement),
            joinedload(Case.match).selectinload(Match.answers),
            selectinload(Case.events).joinedload(CaseEvent.actor),
        )
        .execution_options(populate_existing=True)
    )
    return reading().scalars(loaded).unique().one()


def page(case: Case, forms: Mapping[str, Any] | None = None, notice: str = "", *, contacts: bool = False) -> str:
    """The page. `forms` are those to show again with what was typed; `contacts` tells them to a broker or operator."""
    actor = current_actor()
    party = party_of(actor, case)
    given = forms or {}
    choices = choices_of(case, party)
    files = files_of(case)
    move = given.get("move") or MoveForm(formdata=None)
    move.target.choices = [(choice.target, choice.label) for choice in choices if not choice.missing]
    for form in (move, plan := given.get("plan") or PlanForm(formdata=None), end := given.get("end") or EndForm(formdata=None), pause := given.get("pause") or PauseForm(formdata=None)):
        form.version.data = case.version
    is_side = party in ("need", "offer")
    may_see = allowed(actor, "case.contacts", case)
    return render_template(
        "cases/show.html",
        case=case,
        party=party,
        closed=case.state in CLOSED,
        frame=frame_of(case),
        price_card=card_of(reading(), case.id) if allowed(actor, "case.business", case) else None,
        lines=lines_read(case, files),
        files=series_of(files),
        choices=choices,
        forms={"message": given.get("message") or MessageForm(formdata=None).start(),
               "file": (given.get("file") or FileForm(formdata=None)).offer(party), "move": move, "plan": plan, "end": end, "pause": pause},
        notice=notice,
        need=need_bank(actor, case.need, named=named_to(case)),
        offer=offer_bank(case.achievement),
        bridge=bridge_of(actor, case.match, named=named_to(case)) if case.match else None,
        shows_contacts=may_see and (is_side or contacts),
        may_open_contacts=may_see and not is_side and not contacts,
        may_consent=case.state == CaseState.PROPOSED and is_side and allowed(actor, "case.consent", case),
        consented=is_side and getattr(case, f"{party}_agreed_at") is not None,
        may_resume=case.state == CaseState.ENDED and allowed(actor, "case.resume", case),
        may_write=allowed(actor, "case.write", case),
        may_assign=allowed(actor, "case.assign", case) and case.state not in CLOSED,
        brokers=brokers(),
        proposals=proposals(reading(), case.need, case.achievement) if allowed(actor, "case.assign", case) else [],
        tasks=tasks_of(actor, case, given),
    )


def lines_read(case: Case, files: Sequence[CaseFile]) -> list[Line]:
    """The timeline as this reader may know it; of files those given."""
    told = told_to(case, business=allowed(current_actor(), "case.business", case))
    return lines_of(case, told, brokers(), {file.id for file in files})


def named_to(case: Case) -> bool | None:
    """An anonymous need has a name on the case's page once both sides agreed, and for the broker who serves it."""
    actor = current_actor()
    return True if agreed(case) or (actor.role == Role.BROKER and actor.user_id == case.broker_id) else None


def brokers() -> dict[int, User]:
    """Everybody who is a broker, by number."""
    found = reading().scalars(select(User).where(User.role == Role.BROKER).order_by(User.id))
    return {user.id: user for user in found}
