"""Prices for tests, made through the actions that people use."""

from __future__ import annotations

from matcher import clock
from matcher.actions import cases
from matcher.actions.matches import answer_match
from matcher.actions.notices import close_notice, start_notice
from matcher.actions.pricing import confirm_price, propose_price
from matcher.actor import SYSTEM
from matcher.bridge import NO_NOTICE_DUE, NOTICE_DUE, NOTICE_OVER, PRICED, missing_for, move_to
from matcher.db import reading
from matcher.inputs.base import parse
from matcher.inputs.pricing import PriceInput
from matcher.models import Case, Notice, Pricing
from matcher.pricing.current import current_pricing
from matcher.vocabulary import AnswerKind, CaseState, OrgKind
from tests import factories as make
from tests.factories import Person

OF_THE_PRICE = {str(guard.missing) for guard in (PRICED, NOTICE_DUE, NO_NOTICE_DUE, NOTICE_OVER)}


def agree_price(case_id: int, firm: Person, lab: Person, amount: str = "100") -> int:
    """A price by 协议 that the lab proposes and the firm accepts, in a case at 议价; its id."""
    pricing = propose_price(
        lab.actor, case_id, parse(PriceInput, {"route": "agreement", "amount": amount})
    )
    confirm_price(firm.actor, case_id, pricing)
    return pricing


def give_notice(case_id: int, lab: Person) -> int:
    """Put the agreed price on notice and let its days pass without objection; the notice's id."""
    notice = start_notice(lab.actor, case_id)
    with reading() as session:
        ends_at = session.get_one(Notice, notice).ends_at
    with clock.at(ends_at):
        close_notice(SYSTEM, notice)
    return notice


class Talks:
    """A firm, a lab and a broker whose case is at 议价."""

    def __init__(self, lab: Person | None = None) -> None:
        self.firm, self.lab = make.enterprise(), lab or make.institute()
        self.broker, self.staff = make.broker(), make.operator()
        match = make.matched(make.published(self.firm, "need"), make.published(self.lab, "achievement"))
        answer_match(self.firm.actor, match, AnswerKind.INTERESTED)
        self.id = answer_match(self.lab.actor, match, AnswerKind.INTERESTED) or 0
        cases.assign_broker(self.staff.actor, self.id, self.broker.id)
        self.move(CaseState.CONNECTED)
        self.move(CaseState.PRICING)

    @property
    def case(self) -> Case:
        """The case as it is now."""
        with reading() as session:
            return session.get_one(Case, self.id)

    @property
    def pricing(self) -> Pricing | None:
        """Its open or agreed price."""
        with reading() as session:
            return current_pricing(session, self.id)

    def lacking(self, target: CaseState) -> list[str]:
        """What the guards of the price say is missing for a step; those of other subjects are not asked."""
        with reading() as session:
            case = session.get_one(Case, self.id)
            move = move_to(case, target)
            assert move is not None
            return [str(message) for message in missing_for(session, case, move) if str(message) in OF_THE_PRICE]

    def move(self, target: CaseState) -> None:
        """A step by the broker."""
        cases.move_case(self.broker.actor, self.id, self.case.version, target)


def private_lab() -> Person:
    """A member of an agency, which is not publicly funded and may offer achievements."""
    return make.add_member(OrgKind.AGENCY)
