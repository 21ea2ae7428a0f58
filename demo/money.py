"""The money of the demonstration: rights tables, vouchers at every stage, a finance need, and what contracts earn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from config.settings import Settings
from demo.cases import TRIAL, Bridges
from demo.cast import Cast
from demo.story import Story
from matcher import db, files
from matcher.actions import claims, finance, orders, rights, shares, vouchers
from matcher.actor import Actor
from matcher.claims.facts import facts_of
from matcher.claims.rules import claim_rules, lacking
from matcher.inputs.base import parse
from matcher.inputs.money import (
    AmountInput,
    FinanceInput,
    OrderInput,
    ReferralInput,
    RightsInput,
    VoucherApplication,
    VoucherGrant,
)
from matcher.models import Achievement, Case, Contract, RightsTable
from matcher.vocabulary import Side

REPORT = """振动与盐雾试验报告（摘要）

样品：热管理模块 3 套；依据：企业试验规范；结论：外观与密封性符合要求，数据见附表。
"""
RIGHTS_FROM = timedelta(days=330)


@dataclass
class Money:
    """What happens to the money, as deeds of the story."""

    story: Story
    cast: Cast
    bridges: Bridges
    settings: Settings

    numbers: dict[str, int] = field(default_factory=dict)

    def plan(self) -> None:
        """Put it into the story; what contracts earn comes last, after everything that is paid."""
        at, after = self.story.moment, self.story.at
        after(at(33, 10, 5), self._rights)  # its achievement is published 37 days before the start
        after(at(34, 9, 20), partial(self._apply, "enterprise", "60000"))
        after(at(32, 11), partial(self._issue, "enterprise", "60000", 180))
        after(at(28, 10, 40), partial(self._reserve, "enterprise", "热管理模块振动与盐雾试验", "24000"))
        after(at(14, 15, 10), partial(self._use, "enterprise", "22800"))
        after(at(13, 9, 50), partial(self._show, "enterprise"))
        after(at(10, 14), partial(self._settle, "enterprise", "22800"))
        after(at(21, 9, 20), partial(self._apply, "shuyuan", "40000"))
        after(at(19, 11), partial(self._issue, "shuyuan", "40000", 180))
        after(at(12, 13, 30), partial(self._reserve, "shuyuan", "发酵液成分检测", "15000"))
        after(at(5, 16), partial(self._use, "shuyuan", "15000"))
        after(at(4, 10, 20), partial(self._show, "shuyuan"))
        after(at(18, 9, 20), partial(self._apply, "hejv", "30000"))
        after(at(16, 11), partial(self._issue, "hejv", "30000", 10))
        after(at(2, 16, 15), partial(self._apply, "heye", "80000"))
        after(at(6, 10, 30), self._finance)
        after(self.story.start, self._earn)

    def _author(self, achievement_id: int) -> Actor:
        """Who entered it."""
        with db.reading() as session:
            author = session.get_one(Achievement, achievement_id).author_id
        return self.cast.actor(next(key for key, number in self.cast.users.items() if number == author))

    def _rights(self) -> None:
        """The institute holds most, its first author a share of their own; both are on the platform's record."""
        self._set_rights(self.bridges.listings.achievements[f"{TRIAL}-3-zh"])

    def _set_rights(self, achievement_id: int) -> None:
        with db.reading() as session:
            achievement = session.get_one(Achievement, achievement_id)
            owner, people = achievement.organisation.name, achievement.people or ["项目负责人", "主要完成人"]
            if session.scalar(select(RightsTable.id).where(RightsTable.achievement_id == achievement_id)):
                return
        first = (self.story.start - RIGHTS_FROM).date()
        table: dict[str, Any] = {
            "valid_from": first,
            "route": "transfer",
            "holders": [
                {"kind": "organisation", "name": owner, "type": "unit", "share": "70"},
                {"kind": "person", "name": people[0], "type": "ownership", "share": "30"},
            ],
            "team_percent": "60",
            "team": _equally(people[:4]),
        }
        rights.set_rights(self._author(achievement_id), achievement_id, parse(RightsInput, table), 1)

    def _apply(self, key: str, asked: str) -> None:
        purpose = "新产品样件的振动、盐雾和密封试验，供客户认可使用。"
        given = parse(VoucherApplication, {"service": "testing", "purpose": purpose, "asked": asked})
        self.numbers[key] = vouchers.apply_for_voucher(self.cast.actor(key), given)

    def _issue(self, key: str, asked: str, days: int) -> None:
        until = (self.story.start + timedelta(days=days)).date()
        given = parse(VoucherGrant, {"granted": asked, "valid_until": until})
        vouchers.issue_voucher(self.cast.actor("operator"), self.numbers[key], given)

    def _reserve(self, key: str, title: str, amount: str) -> None:
        provider = self.cast.actor("institute").org_id
        given = parse(OrderInput, {"provider_id": provider, "title": title, "amount": amount})
        self.numbers[f"order {key}"] = orders.reserve(self.cast.actor(key), self.numbers[key], given)

    def _use(self, key: str, amount: str) -> None:
        orders.use(
            self.cast.actor(key), self.numbers[f"order {key}"], parse(AmountInput, {"amount": amount})
        )

    def _show(self, key: str) -> None:
        file = files.store(self.settings, "检测报告摘要.txt", REPORT.encode())
        orders.add_evidence(self.cast.actor("institute"), self.numbers[f"order {key}"], file)

    def _settle(self, key: str, amount: str) -> None:
        given = parse(AmountInput, {"amount": amount})
        orders.settle(self.cast.actor("operator"), self.numbers[f"order {key}"], given)

    def _finance(self) -> None:
        case_id = self.bridges.cases[TRIAL]
        with db.reading() as session:
            case = session.get_one(Case, case_id)
            firm = self._member(case.need_org_id)
        purpose = "水处理系统改造的设备采购，预计六个月内完成。"
        asked = {"kind": "loan", "amount": "1500000", "months": "24", "purpose": purpose}
        need = finance.ask_for_finance(firm, case_id, parse(FinanceInput, asked))
        finance.white_list(self.cast.actor("operator"), need, listed=True)
        told = {"institution": "长春示例银行科技支行", "referred_on": vouchers.today()}
        finance.refer(self.cast.actor("broker"), need, parse(ReferralInput, told))

    def _member(self, org_id: int) -> Actor:
        return self.cast.actor(self.cast.members(org_id)[0])

    def _earn(self) -> None:
        """Share every payment of a registered contract, and let both sides claim what fits."""
        with db.reading() as session:
            contracts = list(session.scalars(select(Contract).order_by(Contract.id)))
            found = [
                (
                    contract.case,
                    [payment.id for payment in contract.payments if payment.cancelled_at is None],
                    facts_of(contract),
                )
                for contract in contracts
            ]
        for case, payments, facts in found:
            if not payments:
                continue
            self._set_rights(case.achievement_id)
            for payment in payments[:-1] or payments:  # the newest is left to be shared on the page
                shares.compute_shares(self._member(case.offer_org_id), case.id, payment)
            for rule in claim_rules().values():
                if not lacking(rule, facts):
                    org_id = case.need_org_id if rule.side == Side.NEED else case.offer_org_id
                    claims.apply_for_claim(self._member(org_id), case.id, rule.code)


def _equally(people: list[str]) -> list[dict[str, str]]:
    """Equal parts of 100 %, the first one taking what does not divide."""
    each = 100 // len(people)
    parts = [100 - each * (len(people) - 1), *[each] * (len(people) - 1)]
    return [{"name": name, "share": str(part)} for name, part in zip(people, parts, strict=True)]
