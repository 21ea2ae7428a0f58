"""The contract of the demonstration: priced, on notice, signed, corrected once, registered, half paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from config.settings import Settings
from demo.cases import Bridges
from demo.cast import Cast
from demo.story import Story
from matcher import clock, db, files
from matcher.actions import cases, contracts, milestones, notices, payments, pricing, registration
from matcher.actor import SYSTEM
from matcher.contracts.clauses import templates
from matcher.contracts.lists import ContractType, RegistrationState
from matcher.inputs.base import parse
from matcher.inputs.contracts import ContractInput, DecisionInput, MilestoneInput, PaymentInput
from matcher.inputs.pricing import PriceInput
from matcher.models import Contract
from matcher.pricing.current import current_pricing
from matcher.vocabulary import CaseState

SIGNED = "c17"
TEXTS = {
    "subject": "甲方委托乙方研究开发低温电热壁面导热的污泥烘干样机。\n技术目标：污泥含水率由 80 % 降到 40 % 以下。\n乙方交付样机一台、图纸一套和运行报告。",
    "plan": "十二个月内分样机、现场试验两个阶段完成，地点为甲方厂区。",
    "payment": "签约后十日内支付 50 %，现场试验验收后支付 50 %。",
    "results": "样机归甲方；研究开发产生的专利申请权归双方共有。",
    "secrecy": "双方对图纸、配方和运行数据保密五年。",
    "acceptance": "由双方认可的检测机构检测含水率和吨水能耗，两项合格即为通过。",
    "risk": "因无法克服的技术困难致使研究开发失败的，损失由双方各承担一半。",
    "liability": "逾期交付或付款，每日按相应金额的万分之五支付违约金。",
    "disputes": "协商不成的，由甲方所在地人民法院管辖。",
}
SLIP = "银行电子回单（样本）\n摘要：技术开发合同首期款\n金额：300000.00 元\n"
DELIVERY = "样机交付清单（样本）\n一、样机一台；二、总装图与零件图一套；三、空载运行记录。\n"


@dataclass
class Contracts:
    """What happens from the price to the money, as deeds of the story."""

    story: Story
    cast: Cast
    bridges: Bridges
    settings: Settings
    notice: int | None = None

    def plan(self) -> None:
        """Put it into the story: a month and a half from two yeses to the first payment."""
        at, after = self.story.moment, self.story.at
        after(at(29, 9, 15), lambda: self.bridges.answer(SIGNED, "need"))
        after(at(28, 16, 30), lambda: self.bridges.answer(SIGNED, "offer"))
        after(at(27, 10), self._connect)
        after(at(26, 14, 10), self._price)
        after(at(8, 9, 5), self._close_notice)
        after(at(8, 11, 40), self._sign)
        after(at(7, 10), lambda: self._submit(""))
        after(at(6, 16, 20), self._return)
        after(at(5, 9, 30), lambda: self._submit("已在验收条款写明检测机构和检测方法。"))
        after(at(4, 11), self._recognise)
        after(at(1, 10, 45), self._pay)
        after(at(1, 14), self._deliver)

    @property
    def case_id(self) -> int:
        """The case."""
        return self.bridges.cases[SIGNED]

    def _move(self, state: CaseState, note: str = "") -> None:
        cases.move_case(self.cast.actor("broker"), self.case_id, self.bridges.version(SIGNED), state, note)

    def _connect(self) -> None:
        cases.assign_broker(self.cast.actor("operator"), self.case_id, self.cast.users["broker"])
        self._move(CaseState.CONNECTED, "双方现场看过烘干车间，确认了泥量和可用电力。")
        self._move(CaseState.PRICING)

    def _price(self) -> None:
        """Sixty 万元 by agreement; where the owner is public, on notice until its days are over."""
        given = parse(PriceInput, {"route": "agreement", "amount": "60"})
        number = pricing.propose_price(self.bridges.party(SIGNED, "offer"), self.case_id, given)
        pricing.confirm_price(self.bridges.party(SIGNED, "need"), self.case_id, number)
        with db.reading() as session:
            found = current_pricing(session, self.case_id)
            due = found is not None and found.notice_due
        if due:
            self.notice = notices.start_notice(self.bridges.party(SIGNED, "offer"), self.case_id)

    def _close_notice(self) -> None:
        """What the calendar does when the days of a notice are over."""
        if self.notice is not None:
            notices.close_notice(SYSTEM, self.notice)

    def _contract(self) -> Contract:
        with db.reading() as session:
            return session.scalars(select(Contract).where(Contract.case_id == self.case_id)).one()

    def _sign(self) -> None:
        actor, today = self.cast.actor("broker"), clock.today(self.settings.zone)
        contracts.draft_contract(actor, self.case_id, ContractType.DEVELOPMENT)
        contract = self._contract()
        values = {name: getattr(contract, name) for name in ContractInput.model_fields}
        values |= _filled(contract) | {
            "signed": today,
            "valid_from": today,
            "valid_to": today + timedelta(days=3 * 365),
        }
        contracts.save_contract(actor, self.case_id, contract.version, parse(ContractInput, values))
        for title, days in (("样机交付", 120), ("现场试验验收", 300)):
            given = parse(MilestoneInput, {"title": title, "due": today + timedelta(days=days)})
            milestones.plan_milestone(actor, self.case_id, given)
        self._move(CaseState.SIGNED, "双方签字盖章。")

    def _submit(self, remark: str) -> None:
        actor, day = self.bridges.party(SIGNED, "offer"), clock.today(self.settings.zone)
        registration.submit_registration(actor, self.case_id, self._contract().version, day, remark)

    def _answer(self, state: RegistrationState, **given: str) -> None:
        values: dict[str, Any] = {"day": clock.today(self.settings.zone), **given}
        actor, version = self.cast.actor("broker"), self._contract().version
        registration.enter_decision(actor, self.case_id, version, state, parse(DecisionInput, values))

    def _return(self) -> None:
        self._answer(RegistrationState.RETURNED, remark="验收条款请写明检测机构和检测方法。")

    def _recognise(self) -> None:
        self._answer(RegistrationState.RECOGNISED, reg_no="2026220000000017", approved_tech="540000")
        self._move(CaseState.REGISTERED)
        self._move(CaseState.PERFORMING)

    def _pay(self) -> None:
        contract = self._contract()
        values = {"payer": contract.buyer_name, "paid_on": clock.today(self.settings.zone)}
        amounts = {"amount": "300000", "amount_tech": "270000", "fee": "3000", "vat": "8737.86"}
        proof = files.store(self.settings, "首期款银行回单.txt", SLIP.encode())
        actor = self.bridges.party(SIGNED, "offer")
        payments.record_payment(actor, self.case_id, parse(PaymentInput, values | amounts), proof)

    def _deliver(self) -> None:
        with db.reading() as session:
            contract = session.scalars(select(Contract).where(Contract.case_id == self.case_id)).one()
            first = contract.milestones[0].id
        proof = files.store(self.settings, "样机交付清单.txt", DELIVERY.encode())
        actor, day = self.bridges.party(SIGNED, "offer"), clock.today(self.settings.zone)
        milestones.deliver_milestone(actor, self.case_id, first, day, proof)


def _filled(contract: Contract) -> dict[str, Any]:
    """What people filled in: the classification, the clauses, who owns the results."""
    known = {template.code for template in templates()} & TEXTS.keys()
    return {
        "subtype": "commissioned",
        "amount_tech": "540000",
        "pay_mode": "instalments",
        "ip_kind": contract.ip_kind or "none",
        "field11": contract.field11 or "environment",
        "industry": "46",
        "plan": "none",
        "seller_party_type": contract.seller_party_type or "021",
        "buyer_party_type": contract.buyer_party_type or "150",
        "clauses": [
            {**clause, "text": TEXTS[clause["code"]] if clause["code"] in known else clause["text"]}
            for clause in contract.clauses
        ],
        "owners": [
            {"name": contract.seller_name, "share": "60", "duties": "维护专利，改进成果及时告知对方。"},
            {"name": contract.buyer_name, "share": "40", "duties": "缴纳年费，不得单独许可第三人。"},
        ],
    }
