"""科技驿站 (M30): add, change, close, reopen, name its staff."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher import audit, clock
from matcher.actions.accounts import user_by_email
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import AlreadyDone, Conflict, Invalid, NotFound, Stale
from matcher.inputs.base import free_line
from matcher.inputs.stations import StationInput
from matcher.messages import msg
from matcher.models import Station, StationStaff
from matcher.permissions import find, require

EMAIL_LIMIT = 254


def _check_name(session: Session, name: str, own_id: int = 0) -> None:
    if session.scalar(select(Station.id).where(Station.name == name, Station.id != own_id)):
        raise Invalid({"name": msg("已有同名的驿站。")})


@action("station.add")
def add_station(session: Session, actor: Actor, given: StationInput) -> int:
    """A new service point, open from now on; the id."""
    require(actor, "station.edit")
    _check_name(session, given.name)
    station = Station(**given.model_dump(), created_at=clock.now())
    session.add(station)
    audit.record(session, actor, "station.add", station)
    return station.id


@action("station.edit")
def edit_station(session: Session, actor: Actor, station_id: int, version: int, given: StationInput) -> None:
    """Change what visitors read; `Stale` when somebody changed it meanwhile."""
    station = _find(session, actor, station_id)
    if station.version != version:
        raise Stale
    _check_name(session, given.name, station.id)
    for name, value in given.model_dump().items():
        setattr(station, name, value)
    fields = audit.changed_fields(station)
    station.version += 1
    audit.record(session, actor, "station.edit", station, fields=fields)


def _find(session: Session, actor: Actor, station_id: int) -> Station:
    return find(session, actor, "station.edit", Station, station_id, lock=True)


@action("station.close")
def close_station(session: Session, actor: Actor, station_id: int) -> None:
    """Receive nobody there any more; its cases and receptions stay with the operators."""
    station = _find(session, actor, station_id)
    if station.closed_at is not None:
        raise AlreadyDone(msg("这个驿站已停用。"))
    station.closed_at = clock.now()
    audit.record(session, actor, "station.close", station)


@action("station.reopen")
def reopen_station(session: Session, actor: Actor, station_id: int) -> None:
    """Open it again with the staff it had."""
    station = _find(session, actor, station_id)
    if station.closed_at is None:
        raise AlreadyDone(msg("这个驿站正在使用。"))
    station.closed_at = None
    audit.record(session, actor, "station.reopen", station)


@action("station.add_staff")
def add_staff(session: Session, actor: Actor, station_id: int, email: str) -> None:
    """Let the account of that address receive clients there."""
    station = _find(session, actor, station_id)
    if station.closed_at is not None:
        raise Conflict(msg("这个驿站已停用。"))
    user = user_by_email(session, free_line("email", email, EMAIL_LIMIT))
    if user is None or user.verified_at is None:
        raise Invalid({"email": msg("没有这个邮箱的账号，或邮箱还没有验证。")})
    post = session.scalar(
        select(StationStaff).where(StationStaff.station_id == station.id, StationStaff.user_id == user.id)
    )
    if post is not None and post.ended_at is None:
        raise AlreadyDone(msg("这个人已是驿站人员。"))
    if post is None:
        post = StationStaff(station_id=station.id, user_id=user.id, created_at=clock.now())
        session.add(post)
    post.ended_at = None
    audit.record(session, actor, "station.add_staff", station, user_id=user.id)


@action("station.remove_staff")
def remove_staff(session: Session, actor: Actor, station_id: int, user_id: int) -> None:
    """They receive nobody there any more, and no longer read its cases."""
    station = _find(session, actor, station_id)
    post = session.scalar(
        select(StationStaff).where(
            StationStaff.station_id == station.id,
            StationStaff.user_id == user_id,
            StationStaff.ended_at.is_(None),
        )
    )
    if post is None:
        raise NotFound
    post.ended_at = clock.now()
    audit.record(session, actor, "station.remove_staff", station, user_id=user_id)
