"""Searches that people of the demonstration keep, and chains that they watch."""

from __future__ import annotations

from functools import partial
from typing import Any

from demo.cast import Cast
from demo.story import Story
from matcher.actions.searches import pause_search, save_search
from matcher.inputs.base import parse
from matcher.inputs.searches import SearchInput

FIRST_DAY = 26
SEARCHES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("enterprise", {"name": "装备制造", "filters": {"chain": ["equipment"]}}),
    ("enterprise", {"name": "减阻降噪", "q": "车辆外形减阻与气动噪声", "filters": {"kind": ["achievement"]}}),
    ("institute", {"name": "海上风电需求", "q": "海上风电", "filters": {"kind": ["need"]}}),
    ("broker", {"name": "人参与中药材", "q": "人参加工", "filters": {"kind": ["achievement", "need"]}}),
    ("broker", {"name": "铜箔", "q": "铜箔电沉积", "filters": {}}),
)


def keep_searches(story: Story, cast: Cast) -> None:
    """Kept some weeks ago, so that digests have brought what arrived since; one rests."""
    for number, (key, given) in enumerate(SEARCHES):
        story.at(story.moment(FIRST_DAY, 11, number), partial(_save, cast, key, given))
    story.at(story.moment(FIRST_DAY - 9, 11), lambda: _rest(cast, "institute"))


def _save(cast: Cast, key: str, given: dict[str, Any]) -> int:
    return save_search(cast.actor(key), parse(SearchInput, given))


def _rest(cast: Cast, key: str) -> None:
    name, q = "环境监测", "水质在线监测"
    number = _save(cast, key, {"name": name, "q": q, "filters": {}})
    pause_search(cast.actor(key), number, rests=True)
