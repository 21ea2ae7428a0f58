"""The steps from a match to converted as forms that people send, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from matcher.db import reading
from matcher.models import Case, Payment
from tests import contracts_of, factories
from tests.factories import Person
from tests.faults.visitor import Form, Visitor

# A Monday morning in a year that the subsidy rules know.
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True)
class Step:
    """Who sends which form, and the action that the audit trail then names."""

    who: str
    page: str
    to: str
    action: str
    given: dict[str, Any] = field(default_factory=dict)
    file: Path | None = None


class Story:
    """A matched need and achievement, their people at browsers, and a calendar that `later` moves."""

    def __init__(self, base: str, clock_file: Path, folder: Path) -> None:
        self.base, self.clock_file, self.folder = base, clock_file, folder
        self.people: dict[str, Person] = {}
        self.visitors: dict[str, Visitor] = {}
        self.now = BEGIN
        self.later(0)

    def later(self, days: int) -> None:
        """Move the calendar of all processes."""
        self.now += timedelta(days=days)
        self.clock_file.write_text(str((self.now - datetime.now(self.now.tzinfo)).total_seconds()), encoding="utf-8")

    def populate(self) -> None:
        """The people and their match."""
        self.people = {
            "firm": factories.enterprise(), "lab": factories.institute(),
            "staff": factories.operator(), "broker": factories.broker(),
        }  # fmt: skip
        need = factories.published(self.people["firm"], "need")
        self.achievement = factories.published(self.people["lab"], "achievement")
        self.match = factories.matched(need, self.achievement)

    def enter(self) -> None:
        """Everybody logs in."""
        for name, person in self.people.items():
            self.visitors[name] = Visitor(self.base)
            self.visitors[name].sign_in(person.email, factories.PASSWORD)

    def form(self, step: Step) -> Form:
        """The step's form as the person has it before them."""
        return self.visitors[step.who].form(step.page, step.to, step.given, step.file)

    @property
    def today(self) -> date:
        """The story's day."""
        return self.now.date()

    @property
    def case(self) -> str:
        """The case's address."""
        with reading() as session:
            return f"/cases/{session.scalars(select(Case.id)).one()}"

    def steps(self) -> Iterator[Step]:
        """One after the other; each is asked for when the one before it is done."""
        yield from self._bring_together()
        yield from self._find_a_price()
        yield from self._sign_and_register()
        yield from self._perform_and_pay()

    def _move(self, target: str) -> Step:
        return Step("broker", self.case, "/move", "case.move", {"target": target, "note": f"到{target}"})

    def _bring_together(self) -> Iterator[Step]:
        for who in ("firm", "lab"):
            yield Step(who, f"/matches/{self.match}", "/answer", "match.answer", {"answer": "interested"})
        case, day = self.case, self.today + timedelta(days=2)
        other = factories.broker()
        yield Step("staff", case, "/assign", "case.assign", {"broker_id": other.id})
        yield Step("staff", case, "/assign", "case.assign", {"broker_id": self.people["broker"].id})
        meeting = {"title": "首次对接会", "day": day, "begins": "10:00", "ends": "11:00", "place": "长春"}
        yield Step("broker", f"{case}/meetings", "/meetings", "meeting.call", {**meeting, "guests": self.people["firm"].id})
        yield Step("firm", f"{case}/meetings", "/reply", "meeting.reply", {"reply": "accepted"})
        yield self._move("connected")
        self.later(3)
        minutes = {"minutes": "看了样机。", "tasks-0-title": "寄出样机", "tasks-0-duty": "offer", "tasks-0-due_on": day + timedelta(days=20)}
        yield Step("broker", f"{case}/meetings/1/minutes", "/minutes", "meeting.minute", minutes)
        yield self._move("trial")
        yield self._move("pricing")

    def _find_a_price(self) -> Iterator[Step]:
        price = f"{self.case}/price"
        yield Step("firm", price, "/range", "range.enter", {"low": "71", "high": "93"})
        yield Step("lab", price, "/range", "range.enter", {"low": "104", "high": "137"})
        yield Step("lab", price, "/price", "price.propose", {"route": "agreement", "amount": "120"})
        yield Step("firm", price, "/confirm", "price.confirm")
        yield Step("lab", price, "/notice", "notice.start")

    def _sign_and_register(self) -> Iterator[Step]:
        contract = f"{self.case}/contract"
        yield Step("broker", contract, "/contract", "contract.draft", {"kind": "development"})
        self.later(16)
        dates = {"signed": self.today, "valid_from": self.today, "valid_to": self.today + timedelta(days=1000)}
        given = {**contracts_of.FILLED, "subtype": "commissioned", **dates}
        yield Step("broker", f"{contract}/edit", "/edit", "contract.save", {**given, **self._clauses()})
        yield self._move("signed")
        yield Step("lab", contract, "/registration", "contract.submit", {"day": self.today})
        returned = {"target": "returned", "day": self.today, "remark": "补充检测方法"}
        yield Step("broker", contract, "/decision", "contract.decide", returned)
        yield Step("lab", contract, "/registration", "contract.submit", {"day": self.today, "remark": "写明第三方检测"})
        recognised = {"target": "recognised", "day": self.today, "reg_no": "2026220100000123", "approved_tech": "1000000"}
        yield Step("broker", contract, "/decision", "contract.decide", recognised)
        yield self._move("registered")
        yield self._move("performing")

    def _clauses(self) -> dict[str, str]:
        """Each clause of the form with a text of ours."""
        with reading() as session:
            case_id = session.scalars(select(Case.id)).one()
        rows = enumerate(contracts_of.contract_of(case_id).clauses)
        return {f"clauses-{row}-text": contracts_of.TEXTS.get(each["code"], each["text"]) for row, each in rows}

    def _perform_and_pay(self) -> Iterator[Step]:
        contract, money, rights = f"{self.case}/contract", f"{self.case}/money", f"/achievements/{self.achievement}/rights"
        team = {"team-0-name": "赵研究员", "team-0-share": "60", "team-1-name": "钱工程师", "team-1-share": "40"}
        yield Step("lab", rights, "/rights", "rights.set", {"valid_from": self.today, "team_percent": "70", **team})
        yield Step("broker", contract, "/milestones", "milestone.plan", {"title": "样机交付", "due": self.today + timedelta(days=30)})
        slip = self.folder / "银行回单.txt"
        slip.write_text("收到 600000 元", encoding="utf-8")
        payment = {"payer": "通化参业", "paid_on": self.today, "amount": "600000", "amount_tech": "600000"}
        yield Step("lab", contract, "/payments", "payment.record", payment, slip)
        with reading() as session:
            number = session.scalars(select(Payment.id)).one()
        yield Step("lab", money, f"/shares/{number}", "shares.compute")
        yield Step("firm", money, "/claims", "claim.apply")
        yield Step("lab", contract, "/deliver", "milestone.deliver", {"day": self.today})
        yield Step("firm", contract, "/judge", "milestone.judge", {"accept": "yes"})
        yield self._move("converted")
