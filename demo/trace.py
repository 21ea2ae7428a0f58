"""What is disclosed, who is barred, and where a case departs from a rule."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from demo.cases import AGREED, TRIAL, Bridges
from demo.cast import Cast
from demo.people import ORGANISATIONS
from demo.story import Story
from matcher import db
from matcher.actions.disclosure import accept_agreement
from matcher.actions.exceptions import decide_exception, request_exception
from matcher.actions.integrity import appeal, enter_record, lift_record
from matcher.actions.records import open_detail
from matcher.actor import Actor
from matcher.disclosure.agreement import VERSION
from matcher.disclosure.receipts import acceptance
from matcher.inputs.base import parse
from matcher.inputs.integrity import IntegrityInput
from matcher.integrity.blocks import today
from matcher.models import Case
from matcher.waivers import Waivable


def leave_traces(story: Story, cast: Cast, bridges: Bridges) -> None:
    """Both sides of a case read each other's detail; a record is lifted, another appealed against; two exceptions."""
    at = story.moment
    story.at(at(25, 10, 20), lambda: _read_each_other(bridges))
    story.at(at(17, 9, 5), lambda: _read_each_other(bridges))
    story.at(at(40, 11), lambda: _enter(cast, "linchuan", "publishing", "申报材料中的检测报告与原件不符。"))
    story.at(at(33, 15), lambda: lift_record(cast.actor("operator2"), 1, "单位已补交原件并通过复核。"))
    story.at(at(12, 14), lambda: _enter(cast, "junmu", "signing", "承担的省级项目逾期一年未提交验收材料。"))
    story.at(at(2, 10), lambda: appeal(cast.actor("junmu"), 2, "验收材料已于上月提交，主管部门的受理回执附在项目系统中，请核对后解除。"))
    story.at(at(10, 9), lambda: _except(cast, bridges))
    story.at(at(1, 16), lambda: _ask(bridges, AGREED, Waivable.PRICE, "属于省重大专项，价格由专项办组织评估后统一下达。"))


def _read_each_other(bridges: Bridges) -> None:
    """The first time both accept the agreement, later they only open."""
    with db.reading() as session:
        case = session.get_one(Case, bridges.cases[TRIAL])
        seen: list[tuple[Actor, Any]] = [
            (bridges.party(TRIAL, "offer"), case.need),
            (bridges.party(TRIAL, "need"), case.achievement),
        ]
        new = [(actor, record) for actor, record in seen if acceptance(session, actor, record) is None]
    for actor, record in new:
        accept_agreement(actor, record.kind, record.id, VERSION, "zh")
    for actor, record in seen:
        open_detail(actor, record.kind, record.id)


def _enter(cast: Cast, org: str, scope: str, reason: str) -> None:
    name = next(each.name for each in ORGANISATIONS if each.key == org)
    given = {
        "subject": name,
        "source": "省科研诚信办 2026 年第 17 号认定书",
        "scope": scope,
        "reason": reason,
        "starts_on": today(),
        "ends_on": today() + timedelta(days=180),
    }
    enter_record(cast.actor("operator"), parse(IntegrityInput, given))


def _ask(bridges: Bridges, case: str, rule: Waivable, reason: str) -> int:
    return request_exception(bridges.party(case, "need"), bridges.cases[case], rule, reason)


def _except(cast: Cast, bridges: Bridges) -> None:
    number = _ask(bridges, TRIAL, Waivable.MILESTONES, "试验按天记录，效果以双方确认的记录表为准，不另设里程碑。")
    decide_exception(cast.actor("operator2"), number, approve=True, decision="同意。以经双方签字的 14 天记录表代替里程碑验收。")
