"""The rules about 科技驿站: whom its staff receives and what they may read, for one object and for rows alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, true

from matcher.actor import Actor
from matcher.rules import Rule


def _here(actor: Actor, model: Any) -> ColumnElement[bool]:
    chosen: ColumnElement[bool] = model.station_id.in_(actor.stations)
    return chosen if actor.stations else false()


CLERK = Rule(
    "staff of an open station",
    lambda actor, _obj: bool(actor.stations),
    lambda actor, _model: true() if actor.stations else false(),
)
AT_OWN_STATION = Rule(
    "received at one's own station",
    lambda actor, obj: obj.station_id is not None and obj.station_id in actor.stations,
    _here,
)
RECEIVED_BY = Rule(
    "whom one has received oneself",
    lambda actor, obj: actor.user_id is not None and obj.clerk_id == actor.user_id,
    lambda actor, model: model.clerk_id == actor.user_id if actor.user_id is not None else false(),
)
