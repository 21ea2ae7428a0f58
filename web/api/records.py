"""Needs and achievements: list, read, write, submit, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from matcher.actions import records
from matcher.inbox import folded, in_own_order, matches_of_record
from matcher.inputs.records import AchievementInput, NeedInput
from matcher.lowering import lowered_for
from matcher.models import MODELS, Record
from matcher.permissions import find, rows
from web.api.blueprint import answer, blueprint, reread
from web.api.operation import Operation, operation
from web.api.present import etag, match_out, record_out
from web.api.schemas import MatchList, RecordOut, RecordPage, RecordQuery
from web.api.versions import missing_version, overtaken, version_seen
from web.session import current_actor, reading

KINDS = {"needs": "need", "achievements": "achievement"}
READ: dict[int, type[BaseModel] | None] = {200: RecordOut}


def _list(kind: str, query: RecordQuery) -> Response:
    actor = current_actor()
    model: Any = MODELS[kind]
    wanted = rows(actor, "record.read", model)
    if query.mine:
        wanted &= model.organisation_id == (actor.org_id or 0)
    total = reading().scalar(select(func.count()).select_from(model).where(wanted)) or 0
    found = reading().scalars(
        select(model)
        .where(wanted)
        .options(joinedload(model.organisation))
        .order_by(model.updated_at.desc(), model.id.desc())
        .offset((query.page - 1) * query.size)
        .limit(query.size)
    )
    items = [record_out(actor, record) for record in found]
    return answer(RecordPage(items=items, total=total, page=query.page, size=query.size))


def _found(kind: str, record_id: int) -> Record:
    return find(reading(), current_actor(), "record.read", MODELS[kind], record_id)


def _show(kind: str, record_id: int, code: int = 200, **headers: str) -> Response:
    record = _found(kind, record_id)
    tag = etag(record)
    if code == 200 and tag in request.headers.get("If-None-Match", ""):
        return answer(None, 304, ETag=tag)
    return answer(record_out(current_actor(), record), code, ETag=tag, **headers)


def _create(kind: str, body: NeedInput | AchievementInput) -> Response:
    record_id = records.create_record(current_actor(), kind, body)
    reread()
    folder = next(folder for folder, name in KINDS.items() if name == kind)
    return _show(kind, record_id, 201, Location=f"/api/v1/{folder}/{record_id}")


def _change(kind: str, record_id: int, act: Callable[[int], object]) -> Response:
    """Do `act(version)` when the caller saw the newest version; answer what the record is then."""
    version = version_seen()
    if version is None:
        return missing_version()
    if _found(kind, record_id).version != version:
        return overtaken()
    act(version)
    reread()
    return _show(kind, record_id)


def _matches(kind: str, record_id: int) -> Response:
    _found(kind, record_id)
    actor = current_actor()
    found = matches_of_record(reading(), actor, kind, record_id)
    lower = lowered_for(reading(), actor, found)
    items = [
        match_out(actor, match, None if match is each.lead else each.lead.id, lowering=lower.get(match.id))
        for each in folded(in_own_order(found, lower))
        for match in (each.lead, *each.twins)
    ]
    return answer(MatchList(items=items))


@blueprint.get("/needs")
@operation(Operation("List needs", {200: RecordPage}, query=RecordQuery))
def list_needs(query: RecordQuery) -> Response:
    """Needs that the caller may read, newest change first."""
    return _list("need", query)


@blueprint.get("/achievements")
@operation(Operation("List achievements", {200: RecordPage}, query=RecordQuery))
def list_achievements(query: RecordQuery) -> Response:
    """Achievements that the caller may read, newest change first."""
    return _list("achievement", query)


@blueprint.post("/needs")
@operation(
    Operation("Write a new need", {201: RecordOut}, body=NeedInput, token=True, etag=True, problems=(403,))
)
def create_need(body: NeedInput) -> Response:
    """A draft of the caller's organisation."""
    return _create("need", body)


@blueprint.post("/achievements")
@operation(
    Operation(
        "Write a new achievement",
        {201: RecordOut},
        body=AchievementInput,
        token=True,
        etag=True,
        problems=(403,),
    )
)
def create_achievement(body: AchievementInput) -> Response:
    """A draft of the caller's organisation."""
    return _create("achievement", body)


@blueprint.get("/needs/<int:record_id>")
@operation(Operation("Read a need", {**READ, 304: None}, etag=True))
def read_need(record_id: int) -> Response:
    """One need."""
    return _show("need", record_id)


@blueprint.get("/achievements/<int:record_id>")
@operation(Operation("Read an achievement", {**READ, 304: None}, etag=True))
def read_achievement(record_id: int) -> Response:
    """One achievement."""
    return _show("achievement", record_id)


CHANGE: dict[str, Any] = {"token": True, "if_match": True, "etag": True, "problems": (403, 409)}


@blueprint.put("/needs/<int:record_id>")
@operation(Operation("Replace a need", READ, body=NeedInput, **CHANGE))
def save_need(record_id: int, body: NeedInput) -> Response:
    """All fields are replaced by those given."""
    return _change(
        "need", record_id, lambda v: records.save_record(current_actor(), "need", record_id, v, body)
    )


@blueprint.put("/achievements/<int:record_id>")
@operation(Operation("Replace an achievement", READ, body=AchievementInput, **CHANGE))
def save_achievement(record_id: int, body: AchievementInput) -> Response:
    """All fields are replaced by those given."""
    return _change(
        "achievement",
        record_id,
        lambda v: records.save_record(current_actor(), "achievement", record_id, v, body),
    )


@blueprint.post("/needs/<int:record_id>/submit")
@operation(Operation("Submit a need for review", READ, **{**CHANGE, "problems": (403, 409, 422)}))
def submit_need(record_id: int) -> Response:
    """422 names what is missing."""
    return _change("need", record_id, lambda v: records.submit_record(current_actor(), "need", record_id, v))


@blueprint.post("/achievements/<int:record_id>/submit")
@operation(Operation("Submit an achievement for review", READ, **{**CHANGE, "problems": (403, 409, 422)}))
def submit_achievement(record_id: int) -> Response:
    """422 names what is missing."""
    return _change(
        "achievement",
        record_id,
        lambda v: records.submit_record(current_actor(), "achievement", record_id, v),
    )


@blueprint.post("/needs/<int:record_id>/withdraw")
@operation(Operation("Withdraw a need", READ, **CHANGE))
def withdraw_need(record_id: int) -> Response:
    """Its open matches close."""
    return _change(
        "need", record_id, lambda v: records.withdraw_record(current_actor(), "need", record_id, v)
    )


@blueprint.post("/achievements/<int:record_id>/withdraw")
@operation(Operation("Withdraw an achievement", READ, **CHANGE))
def withdraw_achievement(record_id: int) -> Response:
    """Its open matches close."""
    return _change(
        "achievement",
        record_id,
        lambda v: records.withdraw_record(current_actor(), "achievement", record_id, v),
    )


@blueprint.get("/needs/<int:record_id>/matches")
@operation(Operation("Matches of a need", {200: MatchList}, token=True))
def need_matches(record_id: int) -> Response:
    """Those that the caller may read, best first."""
    return _matches("need", record_id)


@blueprint.get("/achievements/<int:record_id>/matches")
@operation(Operation("Matches of an achievement", {200: MatchList}, token=True))
def achievement_matches(record_id: int) -> Response:
    """Those that the caller may read, best first."""
    return _matches("achievement", record_id)
