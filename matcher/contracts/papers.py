"""The contract draft and the 登记表 as papers. They are legal papers of this country, so their language is Chinese."""

from __future__ import annotations

from datetime import date
from typing import Any

from matcher.contracts.industries import Industry
from matcher.contracts.lists import (
    ContractField,
    ContractIp,
    ContractType,
    Country,
    PartyType,
    PayMode,
    Plan,
    Subtype,
)
from matcher.models import Contract
from matcher.money import Yuan
from matcher.papers.paper import Block, Facts, Heading, Paper, Signatures, Table, Text
from matcher.vocabulary import REGIONS, Term

UNITS = "零一二三四五六七八九"
BLANK = "　"


def contract_paper(contract: Contract) -> Paper:
    """The draft with all clauses, owners and milestones, ready to be signed."""
    kind = _label(ContractType, contract.type) or "技术"
    blocks: list[Block] = [Facts(tuple(_head(contract)))]
    written = [clause for clause in contract.clauses if clause["text"].strip()]
    for place, clause in enumerate(written, 1):
        blocks += [Heading(f"第{numeral(place)}条　{clause['title']}"), Text(clause["text"])]
    if contract.terms:
        blocks += [Heading("其他约定"), Text(contract.terms)]
    blocks += [*_owners(contract), *_milestones(contract)]
    blocks.append(Signatures((f"甲方（买方）：{contract.buyer_name}", f"乙方（卖方）：{contract.seller_name}")))
    return Paper(f"{kind}合同", tuple(blocks), contract.name, contract.case.number)


def registration_paper(contract: Contract) -> Paper:
    """The 技术合同登记表 with every field of the registry; what is empty stays to be filled in by hand."""
    blocks: tuple[Block, ...] = (
        Heading("一、合同"),
        Facts(tuple(_contract_rows(contract))),
        Heading("二、卖方"),
        Facts(tuple(_party_rows(contract, "seller"))),
        Heading("三、买方"),
        Facts(tuple(_party_rows(contract, "buyer"))),
        Heading("四、登记机构填写"),
        Facts(
            (
                ("合同登记编号", contract.reg_no or BLANK),
                ("核定技术交易额", _money(contract.approved_tech)),
                ("认定日期", _day(contract.reg_decided)),
            )
        ),
    )
    return Paper("技术合同登记表", blocks, "", contract.case.number)


def numeral(number: int) -> str:
    """1 to 99 as Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{UNITS[tens]}十"
    return head + (UNITS[ones] if ones or not tens else "")


def _head(contract: Contract) -> list[tuple[str, str]]:
    return [
        ("项目名称", contract.name),
        ("甲方（买方）", contract.buyer_name or BLANK),
        ("乙方（卖方）", contract.seller_name or BLANK),
        ("合同成交总额", _money(contract.amount_total)),
        ("其中技术交易额", _money(contract.amount_tech)),
        ("支付方式", _label(PayMode, contract.pay_mode) or BLANK),
        ("签订日期", _day(contract.signed)),
        ("有效期限", _term(contract)),
    ]


def _contract_rows(contract: Contract) -> list[tuple[str, str]]:
    return [
        ("项目名称", contract.name),
        ("合同类别", _label(ContractType, contract.type) or BLANK),
        ("子类", _label(Subtype, contract.subtype) or BLANK),
        ("签订日期", _day(contract.signed)),
        ("有效期限", _term(contract)),
        ("合同成交总额", _money(contract.amount_total)),
        ("技术交易额", _money(contract.amount_tech)),
        ("支付方式", _label(PayMode, contract.pay_mode) or BLANK),
        ("知识产权类型", _label(ContractIp, contract.ip_kind) or BLANK),
        ("技术领域", _label(ContractField, contract.field11) or BLANK),
        ("国民经济行业", f"{contract.industry or ''} {_label(Industry, contract.industry)}".strip() or BLANK),
        ("计划类别", _label(Plan, contract.plan) or BLANK),
        ("预计新增投入", _money(contract.new_input)),
        ("预计新增产值", _money(contract.new_output)),
    ]


def _party_rows(contract: Contract, side: str) -> list[tuple[str, str]]:
    def value(name: str) -> Any:
        return getattr(contract, f"{side}_{name}")

    return [
        ("单位名称", value("name") or BLANK),
        ("统一社会信用代码", value("code") or BLANK),
        ("单位性质", _coded(PartyType, value("party_type"))),
        ("国别（地区）", _coded(Country, value("country"))),
        ("行政区划", f"{value('region')} {REGIONS[value('region')]}" if value("region") else BLANK),
    ]


def _owners(contract: Contract) -> list[Block]:
    if not contract.owners:
        return []
    rows = tuple((owner["name"], f"{owner['share']} %", owner["duties"]) for owner in contract.owners)
    return [Heading("成果的共有"), Table(("权利人", "份额", "义务"), rows, (1,))]


def _milestones(contract: Contract) -> list[Block]:
    if not contract.milestones:
        return []
    rows = tuple((each.title, _day(each.due)) for each in contract.milestones)
    return [Heading("里程碑"), Table(("内容", "完成日期"), rows)]


def _label(terms: type[Term], code: str | None) -> str:
    return terms(code).label if code else ""


def _coded(terms: type[Term], code: str | None) -> str:
    return f"{code} {terms(code).label}" if code else BLANK


def _money(amount: Yuan | None) -> str:
    return BLANK if amount is None else f"{amount:,.2f} 元"


def _day(day: date | None) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日" if day else BLANK


def _term(contract: Contract) -> str:
    if contract.valid_from is None and contract.valid_to is None:
        return BLANK
    return f"{_day(contract.valid_from)}至 {_day(contract.valid_to)}"
