"""Receive a client in person: their need is entered for them, and a case opened if something fits (M08, M30, M34)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.cases import check_pair
from matcher.actions.clients import client_of
from matcher.actions.mail import members, plan_mail
from matcher.actions.opening import add_event, next_number, open_proposed_case
from matcher.actions.records import check_complete, mark_published
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import AlreadyDone, Conflict, Invalid
from matcher.inputs.records import NeedInput
from matcher.inputs.stations import ClientInput
from matcher.integrity.blocks import require_publishable
from matcher.messages import msg
from matcher.models import Achievement, DeliveryKind, Need, Organisation, Reception, Station, User
from matcher.outbox import enqueue
from matcher.permissions import allowed, find, require
from matcher.vocabulary import OrgState, RecordState, Role, Side


@action("reception.receive")
def receive(session: Session, actor: Actor, given: ClientInput, need: NeedInput, once: str) -> int:
    """Register the client as far as needed and enter their need; the reception's id.

    The need is published at once when its organisation is checked and the clerk has seen who came for whom: what is
    typed by the platform's own people in the client's presence needs no second look. Else it waits for review.
    `once` is the form's own mark: sent twice, it is refused with `AlreadyDone`.
    """
    require(actor, "reception.receive")
    if session.scalar(select(Reception.id).where(Reception.once == once)):
        raise AlreadyDone(msg("这次受理已经登记。"))
    station = _station(session, actor, given.station_id)
    organisation, contact = client_of(session, actor, given)
    record = _need(session, actor, given, need, organisation, contact)
    reception = Reception(
        number=next_number(session, "SL", "reception"),
        once=once,
        channel=given.channel,
        station_id=station.id if station else None,
        clerk_id=actor.user_id,
        organisation_id=organisation.id,
        need_id=record.id,
        contact_id=contact.id if contact else None,
        contact_name=given.contact_name,
        contact_phone=given.contact_phone,
        identity_seen=given.identity_seen,
        privacy_accepted_at=clock.now(),
        created_at=clock.now(),
    )
    session.add(reception)
    session.flush()
    _tell(session, reception, contact)
    audit.record(session, actor, "reception.receive", reception, need_id=record.id, state=record.state)
    return reception.id


def _station(session: Session, actor: Actor, station_id: int | None) -> Station | None:
    """The station chosen: staff choose one of their own, brokers and operators any open one, or none."""
    roams = actor.is_operator or actor.role == Role.BROKER
    if station_id is None and roams:
        return None
    station = session.get(Station, station_id) if station_id is not None else None
    if station is None or not (roams or station.id in actor.stations):
        raise Invalid({"station_id": msg("请选择一个驿站。")})
    if station.closed_at is not None:
        raise Invalid({"station_id": msg("这个驿站已停用。")})
    return station


def _need(
    session: Session,
    actor: Actor,
    given: ClientInput,
    values: NeedInput,
    organisation: Organisation,
    contact: User | None,
) -> Need:
    """The need as the online form would save it. Without a contact's account, whoever received them speaks for them."""
    moment = clock.now()
    need = Need(
        **values.values(),
        organisation_id=organisation.id,
        author_id=contact.id if contact else actor.user_id,
        intake=given.channel,
        version=1,
        created_at=moment,
        updated_at=moment,
    )
    check_complete(need)
    try:
        require_publishable(session, actor, need)
    except Conflict as error:
        raise Invalid({"credit_code": error.message}) from None
    if organisation.state == OrgState.CHECKED and given.identity_seen and allowed(actor, "client.vouch"):
        mark_published(need)
    else:
        need.state, need.submitted_at = RecordState.SUBMITTED, moment
    session.add(need)
    enqueue(session, need)
    return need


def _tell(session: Session, reception: Reception, contact: User | None) -> None:
    """A mail to the contact, and to everybody of the organisation, so that nobody speaks for it unseen."""
    people = {user.id: user for user in members(session, reception.organisation_id)}
    if contact is not None:
        people[contact.id] = contact
    for number in sorted(people):
        plan_mail(session, people[number], DeliveryKind.RECEIVED, reception_id=reception.id)


@action("reception.open_case")
def open_case_for(
    session: Session, actor: Actor, reception_id: int, achievement_id: int, *, agreed: bool = False
) -> int:
    """Propose the client's need and an achievement to both sides; the case's id.

    `agreed`: the client has agreed at the counter, on a signed case sheet; the other side is asked as ever.
    """
    reception = find(session, actor, "reception.serve", Reception, reception_id, lock=True)
    need = session.get_one(Need, reception.need_id, with_for_update=True)
    achievement = session.get(Achievement, achievement_id)
    if achievement is None or not allowed(actor, "record.read", achievement):
        raise Invalid({"achievement": msg("没有这个编号的成果。")})
    if need.state != RecordState.PUBLISHED:
        raise Conflict(msg("需求审核发布之后才能开工单。"))
    if agreed and not allowed(actor, "client.vouch"):
        raise Invalid({"agreed": msg("经纪人不能代客户记录同意；请客户登录后自己确认。")})
    if agreed and not reception.identity_seen:
        raise Invalid({"agreed": msg("没有核对来人身份，不能代为记录同意；请客户登录后自己确认。")})
    check_pair(session, need, achievement)
    case = open_proposed_case(session, actor, need, achievement, finds_broker=True)
    if agreed:
        case.need_agreed_at = clock.now()
        add_event(session, case, actor, "agreed", side=Side.NEED, at_counter=True)
    audit.record(session, actor, "reception.open_case", case, reception_id=reception.id, agreed=agreed)
    return case.id
