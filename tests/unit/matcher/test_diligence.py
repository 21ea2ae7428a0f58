"""The decision file: what prices, notices, meetings and exceptions leave in it, and what must never be in it."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from config.settings import Settings
from matcher import clock
from matcher.actions.cases import consent_case, open_case
from matcher.actions.diligence import build_decision_file
from matcher.actions.notices import file_objection, start_notice
from matcher.actor import VISITOR
from matcher.db import transaction
from matcher.errors import NotFound
from matcher.inputs.base import parse
from matcher.inputs.pricing import ObjectionInput
from matcher.models import CaseException, Meeting, SealedRange
from matcher.money import yuan
from tests import factories as make
from tests.prices import Talks, agree_price
from tests.unit.matcher.deals import Deal


def text_of(document: bytes) -> str:
    """Everything that the PDF says, without blanks."""
    pages = PdfReader(io.BytesIO(document)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def file_of(talks: Talks) -> str:
    """The decision file of the case as its achievement's side gets it."""
    return text_of(build_decision_file(talks.lab.actor, talks.id, zipped=False))


def test_a_bare_case_names_what_is_missing(database: Settings) -> None:
    """N12: every part has its heading; those without a record say so."""
    text = file_of(Talks())
    for title in ("公示与异议", "挂牌与拍卖", "会议纪要与决定", "合同与认定登记", "到账记录"):
        assert f"{title}平台上没有这一部分的记录" in text
    assert "定价依据平台上没有" not in text
    assert "议价" in text


def test_price_notice_and_objection_are_in_it(database: Settings) -> None:
    """Amount, notice and what was objected; not who objected and how to reach them."""
    talks = Talks()
    agree_price(talks.id, talks.firm, talks.lab, "128")
    notice = start_notice(talks.lab.actor, talks.id)
    said = {"name": "李四光明", "contact": "13900000000", "reason": "价格明显低于同类成果"}
    file_objection(VISITOR, notice, parse(ObjectionInput, said))
    text = file_of(talks)
    for there in ("128万元", "协议定价", "异议处理中", "价格明显低于同类成果"):
        assert there in text
    for hidden in ("李四光明", "13900000000"):
        assert hidden not in text


def test_sealed_ranges_leave_their_result_alone(database: Settings) -> None:
    """N10: the comparison is told, a range that nobody has compared yet is not."""
    talks = Talks()
    with transaction() as session:
        for side, number, gap, box in (("need", 1, "near", None), ("offer", 1, "near", None), ("need", 2, None, b"x")):
            session.add(
                SealedRange(
                    case_id=talks.id, round=number, side=side, gap=gap, box=box, entered_at=clock.now()
                )
            )
    text = file_of(talks)
    assert text.count("差距20%以内") == 2


def test_minutes_and_exceptions_are_in_it(database: Settings) -> None:
    """Held meetings with their decisions; one that was only planned is not evidence."""
    talks = Talks()
    with transaction() as session:
        for state, title in (("held", "定价会"), ("planned", "下一次会")):
            session.add(
                Meeting(
                    case_id=talks.id,
                    uid=f"{state}@test",
                    title=title,
                    starts_at=clock.now(),
                    ends_at=clock.now() + timedelta(hours=1),
                    place="线上",
                    state=state,
                    minutes="按收益法估值",
                    decisions=["价格定为一百二十八万元"],
                    organiser_id=talks.lab.id,
                    created_at=clock.now(),
                    updated_at=clock.now(),
                )
            )
        session.add(
            CaseException(
                case_id=talks.id,
                waives="notice",
                reason="抢险急用",
                state="approved",
                requested_by=talks.lab.id,
                requested_at=clock.now(),
                decided_by=talks.staff.id,
                decided_at=clock.now(),
                decision="同意先签",
            )
        )
    text = file_of(talks)
    for there in ("定价会", "按收益法估值", "价格定为一百二十八万元", "抢险急用", "同意先签"):
        assert there in text
    assert "下一次会" not in text


def test_comparable_deals_are_in_it_once_there_are_enough(settings: Settings) -> None:
    """Five registered deals of the field: quartiles, and no single price."""
    talks = Talks()
    assert "同领域可比成交平台上没有这一部分的记录" in file_of(talks)
    for price in ("1110000", "2220000", "3330000", "4440000", "5550000"):
        Deal().contract(type="licence", approved_tech=yuan(price))
    text = file_of(talks)
    assert "技术许可5220万元330万元440万元" in text
    assert "222万元" not in text


def test_nobody_learns_the_other_side_before_both_agreed(database: Settings) -> None:
    """Attack: an anonymous need whose owner has not agreed; its name stands in the file, so the achievement's side gets none."""
    firm, lab, broker = make.enterprise(), make.institute(), make.broker()
    need, offer = make.published(firm, "need", anonymous=True), make.published(lab, "achievement")
    case_id = open_case(broker.actor, need, offer)
    for agree in (False, True):
        if agree:
            consent_case(lab.actor, case_id, agree=True)
        with pytest.raises(NotFound):
            build_decision_file(lab.actor, case_id, zipped=False)
    consent_case(firm.actor, case_id, agree=True)
    assert build_decision_file(lab.actor, case_id, zipped=False)
