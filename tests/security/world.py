"""One of everything, so that each route has something to show and something to leak."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from config.settings import Settings
from matcher import clock, files
from matcher.actions import accounts, brokers, cases, meetings, receptions, stations, tasks
from matcher.actions.exceptions import request_exception
from matcher.actions.integrity import enter_record
from matcher.actions.matches import answer_match
from matcher.actions.notices import file_objection, start_notice
from matcher.actions.sales import join_sale, open_listing
from matcher.actions.searches import save_search
from matcher.actor import VISITOR
from matcher.db import reading, transaction
from matcher.inputs.base import parse
from matcher.inputs.brokers import TrainingInput
from matcher.inputs.integrity import IntegrityInput
from matcher.inputs.meetings import MeetingInput
from matcher.inputs.pricing import ListingInput, ObjectionInput
from matcher.inputs.searches import SearchInput
from matcher.inputs.tasks import TaskInput
from matcher.models import (
    ApiToken,
    AuditEvent,
    Case,
    Delivery,
    Membership,
    OfficerPost,
    Organisation,
    OutboxItem,
    Pricing,
)
from matcher.tasks.terms import Duty
from matcher.vocabulary import AnswerKind, CaseState, Role
from tests import factories as make
from tests.prices import agree_price
from tests.security.contracts import contract_of
from tests.security.money import money_of

SECRET = "绝密配方七号"


@dataclass
class World:
    """People by name and the values that addresses are made of."""

    people: dict[str, make.Person | None]
    values: dict[str, object]
    draft: int


def build(settings: Settings) -> World:
    """A firm with a published need and a draft, a lab, a match, a case with a file and a broker."""
    owner, lab, staff = make.enterprise(), make.institute(), make.operator()
    people: dict[str, make.Person | None] = {
        "visitor": None,
        "unverified": make.add_person(verified=False),
        "stranger": make.enterprise(),
        "owner": owner,
        "other_side": lab,
        "broker": make.broker(),
        "officer": make.officers(owner.actor.org_id, Duty.ENVOY)[Duty.ENVOY],
        "operator": staff,
        "administrator": make.add_person(Role.ADMINISTRATOR),
    }
    need = make.published(owner, "need", detail_restricted=SECRET)
    draft = make.draft(owner, "need", title=f"草稿 {SECRET}")
    achievement = make.published(lab, "achievement", funding="national", completed_on="2020-01-31")
    match = make.matched(need, achievement)
    case_id = _case(owner, lab, people["broker"], staff)
    file_id = cases.add_file(owner.actor, case_id, files.store(settings, "说明.txt", SECRET.encode()))
    cases.write_message(owner.actor, case_id, f"消息 {SECRET}")
    accounts.create_token(owner.actor, "脚本", ["read"])
    notice_id, objection_id = _notice(owner, lab)
    meeting_id = _meeting(owner, lab, case_id)
    with reading() as session:
        name = session.get_one(Organisation, owner.actor.org_id).name
    barred = {"subject": name, "source": "认定书", "scope": "signing", "reason": SECRET,
              "starts_on": "2026-01-01", "ends_on": "2036-01-01"}  # fmt: skip
    sale_id, part_id = _sale(owner, lab)
    values: dict[str, object] = {
        "sale_id": sale_id,
        "search_id": save_search(owner.actor, parse(SearchInput, {"name": SECRET, "q": SECRET})),
        "part_id": part_id,
        "exception_id": request_exception(owner.actor, case_id, "price", SECRET),
        "integrity_id": enter_record(staff.actor, parse(IntegrityInput, barred)),
        "notice_id": notice_id,
        "objection_id": objection_id,
        "meeting_id": meeting_id,
        "folder": "needs",
        "kind": "need",
        "record_id": need,
        "achievement_id": achievement,
        "match_id": match,
        "question_id": make.asked(owner, need, achievement),
        "case_id": case_id,
        "file_id": file_id,
        "organisation_id": owner.actor.org_id,
        "code": "en",
        "token": "forged",
        "name": "what",
        "filename": "img/favicon.svg",
        "week": "2026-W48",
        **_work(people["broker"], staff, case_id),
    }
    with reading() as session:
        values |= {
            "token_id": session.query(ApiToken.id).scalar(),
            "number": session.get_one(Case, case_id).number,
            "pricing_id": session.query(Pricing.id).order_by(Pricing.id).limit(1).scalar(),
            "delivery_id": session.query(Delivery.id).order_by(Delivery.id).limit(1).scalar(),
            "item_id": session.query(OutboxItem.id).order_by(OutboxItem.id).limit(1).scalar(),
            "post_id": session.query(OfficerPost.id).order_by(OfficerPost.id).limit(1).scalar(),
            "event_id": session.query(AuditEvent.id).order_by(AuditEvent.id).limit(1).scalar(),
            "membership_id": session.query(Membership.id).order_by(Membership.id).limit(1).scalar(),
        }
    values |= _counter(people["broker"], staff, owner)
    values |= money_of(settings, owner, lab, staff, case_id)
    values |= contract_of(case_id)
    return World(people, values, draft)


def _priced(owner: make.Person, lab: make.Person) -> int:
    """Another case, at 议价."""
    offered = make.published(lab, "achievement", funding="national", completed_on="2020-01-31")
    match = make.matched(make.published(owner, "need"), offered)
    answer_match(owner.actor, match, AnswerKind.INTERESTED)
    case_id = answer_match(lab.actor, match, AnswerKind.INTERESTED)
    assert case_id is not None
    with transaction() as session:
        session.get_one(Case, case_id).state = CaseState.PRICING
    return case_id


def _notice(owner: make.Person, lab: make.Person) -> tuple[int, int]:
    """A public notice with an objection; what it says is for those who decide on it."""
    case_id = _priced(owner, lab)
    agree_price(case_id, owner, lab)
    notice_id = start_notice(lab.actor, case_id)
    objection = ObjectionInput(name="张三", contact="zhang@example.org", reason=f"权属有争议，{SECRET}。")
    return notice_id, file_objection(VISITOR, notice_id, objection)


def _counter(broker: make.Person | None, staff: make.Person, owner: make.Person) -> dict[str, object]:
    """A station, and a client of the owner's organisation whom the broker received."""
    assert broker is not None
    station_id = stations.add_station(staff.actor, make.station())
    client = make.client(email=owner.email, channel="event", contact_name=SECRET)
    reception_id = receptions.receive(broker.actor, client, make.given("need"), "0" * 16)
    return {"station_id": station_id, "reception_id": reception_id}


def _meeting(owner: make.Person, lab: make.Person, case_id: int) -> int:
    day = (clock.now() + timedelta(days=3)).date().isoformat()
    values = {"title": "会面", "day": day, "begins": "09:00", "ends": "10:00", "place": SECRET, "guests": [owner.id, lab.id]}
    return meetings.call_meeting(owner.actor, case_id, parse(MeetingInput, values))


def _work(broker: make.Person | None, staff: make.Person, case_id: int) -> dict[str, object]:
    """A task of the owner and a course of the broker."""
    assert broker is not None
    task = parse(TaskInput, {"title": f"待办 {SECRET}", "duty": "need", "due_on": "2099-01-05"})
    course = parse(TrainingInput, {"title": "技术经纪人培训", "held_on": "2026-01-05", "hours": "16"})
    return {
        "task_id": tasks.add_task(staff.actor, task, case_id=case_id),
        "training_id": brokers.add_training(broker.actor, course),
        "user_id": broker.id,
    }


def _sale(owner: make.Person, lab: make.Person) -> tuple[int, int]:
    """A listing with somebody who would take it; what they say is for the seller."""
    sale_id = open_listing(lab.actor, _priced(owner, lab), ListingInput(price=Decimal(50), days=20))
    return sale_id, join_sale(make.enterprise().actor, sale_id, f"用途 {SECRET}")


def _case(owner: make.Person, lab: make.Person, broker: make.Person | None, staff: make.Person) -> int:
    offered = make.published(lab, "achievement", funding="national", completed_on="2020-01-31")
    match = make.matched(make.published(owner, "need"), offered)
    answer_match(owner.actor, match, AnswerKind.INTERESTED)
    case_id = answer_match(lab.actor, match, AnswerKind.INTERESTED)
    assert case_id is not None
    assert broker is not None
    cases.assign_broker(staff.actor, case_id, broker.id)
    with transaction() as session:
        session.get_one(Case, case_id).due_at = clock.now() + timedelta(days=3)
    return case_id
