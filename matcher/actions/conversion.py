"""限时转化: what owners report, what the calendar reminds them of, and to whom overdue achievements are offered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.mailing import Planned, plan_once, speakers
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.conversion.status import overdue, owed_between
from matcher.conversion.terms import CONVERSION, Duty
from matcher.errors import Conflict, Invalid, NotAllowed
from matcher.inputs.conversion import DisclosureInput, PlanInput
from matcher.messages import msg
from matcher.models import (
    Achievement,
    ConversionOffer,
    ConversionPlan,
    DeliveryKind,
    IpDisclosure,
    Match,
    Need,
    Organisation,
)
from matcher.permissions import find
from matcher.vocabulary import Level, MatchState, OrgKind, RecordState

OFFERED_FROM = (Level.STRONG, Level.FAIR)  # 较强相关 or better


def _today() -> date:
    return clock.today(get_settings().zone)


@action("conversion.disclose")
def disclose(session: Session, actor: Actor, achievement_id: int, given: DisclosureInput) -> None:
    """Report the rights of a publicly funded achievement, or correct the report."""
    achievement = _funded(session, actor, achievement_id)
    _not_later("disclosed_on", given.disclosed_on)
    row = session.scalar(select(IpDisclosure).where(IpDisclosure.achievement_id == achievement.id))
    row = row or IpDisclosure(achievement_id=achievement.id, created_at=clock.now())
    row.project_ref, row.disclosed_on, row.remark = given.project_ref, given.disclosed_on, given.remark
    row.rights = [right.model_dump(mode="json") for right in given.rights]
    _sign(session, actor, row)
    audit.record(session, actor, "conversion.disclose", achievement, rights=len(row.rights))


@action("conversion.start")
def start(session: Session, actor: Actor, achievement_id: int, given: PlanInput) -> None:
    """Report that the conversion of a publicly funded achievement has begun, and how; or correct the report."""
    achievement = _funded(session, actor, achievement_id)
    _not_later("started_on", given.started_on)
    row = session.scalar(select(ConversionPlan).where(ConversionPlan.achievement_id == achievement.id))
    row = row or ConversionPlan(achievement_id=achievement.id, created_at=clock.now())
    row.started_on, row.mode, row.text = given.started_on, given.mode, given.text
    _sign(session, actor, row)
    audit.record(session, actor, "conversion.start", achievement, mode=given.mode)


def _funded(session: Session, actor: Actor, achievement_id: int) -> Achievement:
    achievement = find(session, actor, "conversion.report", Achievement, achievement_id, lock=True)
    if achievement.published_at is None or not achievement.publicly_funded or achievement.completed_on is None:
        raise Conflict(msg("只有已发布过、由财政资金资助并有完成日期的成果需要报告。"))
    return achievement


def _not_later(field: str, day: date) -> None:
    if day > _today():
        raise Invalid({field: msg("日期不能晚于今天。")})


def _sign(session: Session, actor: Actor, row: IpDisclosure | ConversionPlan) -> None:
    assert actor.user_id is not None
    row.user_id, row.updated_at = actor.user_id, clock.now()
    session.add(row)


def _calendar(actor: Actor) -> None:
    if not actor.system:
        raise NotAllowed


@action("conversion.remind")
def remind(
    session: Session, actor: Actor, stage: str, duty: Duty, window: tuple[date, date], ids: Sequence[int]
) -> int:
    """Tell the owners of those that still owe `duty`, due within `window` (after, until); how many mails were new.

    `Conflict` when none was, so that a second run leaves no trace.
    `stage` is `soon` or `overdue`; each achievement, duty and date of completion is told once in each.
    """
    _calendar(actor)
    achievements = list(
        session.scalars(select(Achievement).where(Achievement.id.in_(ids), owed_between(duty, *window)))
    )
    people = speakers(session, achievements)
    mails = [
        Planned(
            user_id,
            f"{stage}-{duty}-{each.id}-{each.completed_on}",
            {"stage": stage, "duty": duty.value, "achievement_id": each.id},
        )
        for each in achievements
        for user_id in people[each.id]
    ]
    added = plan_once(session, DeliveryKind.CONVERSION_DUTY, mails)
    if not added:
        raise Conflict(msg("没有新的提醒。"))
    audit.record(session, actor, "conversion.remind", ("achievements", None), stage=stage, duty=duty, added=added)
    return added


@action("conversion.offer")
def offer(session: Session, actor: Actor, ids: Sequence[int]) -> int:
    """Offer these achievements, as far as their conversion is overdue, to enterprises with a good open match.

    Each enterprise is told once of an achievement, by its best match; how many offers were new.
    """
    _calendar(actor)
    offers = [
        ConversionOffer(
            achievement_id=match.achievement_id,
            organisation_id=match.need.organisation_id,
            match_id=match.id,
            created_at=clock.now(),
        )
        for match in _best_matches(session, ids)
    ]
    session.add_all(offers)
    session.flush()
    _tell_enterprises(session, offers)
    audit.record(session, actor, "conversion.offer", ("achievements", None), offers=[each.id for each in offers])
    return len(offers)


def _best_matches(session: Session, ids: Sequence[int]) -> list[Match]:
    """The best offerable match of each achievement and enterprise that was not told before."""
    query = (
        select(Match)
        .join(Need, Need.id == Match.need_id)
        .join(Achievement, Achievement.id == Match.achievement_id)
        .where(Match.achievement_id.in_(ids), *offerable())
        .options(contains_eager(Match.need))
        .order_by(Match.probability.desc(), Match.id)
    )
    best: dict[tuple[int, int], Match] = {}
    for match in session.scalars(query):
        best.setdefault((match.achievement_id, match.need.organisation_id), match)
    return list(best.values())


def offerable() -> tuple[Any, ...]:
    """Conditions on matches joined with their need and achievement: an offer is due and was not made."""
    today = _today()
    enterprises = select(Organisation.id).where(Organisation.kind == OrgKind.ENTERPRISE)
    offered = select(ConversionOffer.id).where(
        ConversionOffer.achievement_id == Match.achievement_id,
        ConversionOffer.organisation_id == Need.organisation_id,
    )
    return (
        Match.state == MatchState.OPEN,
        Match.level.in_(OFFERED_FROM),
        Need.state == RecordState.PUBLISHED,
        Need.organisation_id.in_(enterprises),
        or_(*(overdue(duty, today) for duty in CONVERSION)),
        ~offered.exists(),
    )


def _tell_enterprises(session: Session, offers: Sequence[ConversionOffer]) -> None:
    needs = {each.match_id: session.get_one(Match, each.match_id).need for each in offers}
    people = speakers(session, {need.id: need for need in needs.values()}.values())
    mails = [
        Planned(
            user_id,
            f"{each.achievement_id}-{each.organisation_id}",
            {"offer_id": each.id, "match_id": each.match_id},
        )
        for each in offers
        for user_id in people[needs[each.match_id].id]
    ]
    plan_once(session, DeliveryKind.CONVERSION_OFFER, mails)
