"""Needs that have run out: the enterprise said no more of them, so they left the lists. They still say who knows the subject."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from demo.cast import Cast
from demo.story import Story
from matcher.actions import records
from matcher.actor import SYSTEM
from matcher.clock import add_months
from matcher.inputs.base import parse
from matcher.inputs.records import INPUTS

ENTERED, UNTIL = 36, 14  # days before the start
NEEDS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "tangling",
        {
            "title": "干化污泥热解制炭，重金属要锁得住",
            "need_type": "process",
            "problem": "厂里污水站每天出 8 吨含水 30 % 的干化污泥，外运处置每吨 300 元还常常排不上。想上一条小型热解线把污泥"
            "烧成生物炭自己用在绿化和林地改良上，热解气回燃供热。关键是铜、锌、镉的浸出要降下去，烟气二噁英达标，产炭率不低于 40 %。",
            "chain": "environment",
            "tech_field": "environment",
            "region": "222400",
            "coop_modes": ["transfer", "joint"],
            "budget_min": "80",
            "budget_max": "200",
            "min_trl": 7,
            "keywords": ["污泥热解", "生物炭", "重金属"],
        },
    ),
    (
        "junmu",
        {
            "title": "家具喷涂车间废气焚烧后的余热想收回来",
            "need_type": "process",
            "problem": "喷涂和烘房的 VOCs 废气进热力焚烧炉，天然气费每月二十多万。希望把烟气余热梯级用到烘房和采暖，能耗降三成；"
            "废过滤棉、废活性炭现在按危废外运，最好能在厂里热解减量，炉子要有爆炸下限监测和应急旁通。",
            "chain": "automotive",
            "tech_field": "environment",
            "region": "220300",
            "coop_modes": ["joint"],
            "budget_min": "60",
            "budget_max": "120",
            "min_trl": 7,
            "keywords": ["VOCs", "余热利用", "热力氧化"],
        },
    ),
)


def enter_past(story: Story, cast: Cast) -> None:
    """Entered and reviewed in the first weeks, valid until a day that is over."""
    ends = story.moment(UNTIL - 1, 5, 10)
    for number, (author, fields) in enumerate(NEEDS):
        moment = story.moment(ENTERED, 10, number)
        day = story.day(ENTERED)
        given = {**fields, "deadline": add_months(day, 9), "valid_until": last_day(story)}
        entered: list[int] = []
        story.at(moment, partial(_publish, cast, author, given, entered))
        story.at(ends + timedelta(minutes=number), partial(_expire, entered))


def last_day(story: Story) -> date:
    """The day before they leave the lists: two days of a weekend may fall into one Friday."""
    return story.day(UNTIL - 1) - timedelta(days=1)


def _publish(cast: Cast, author: str, fields: dict[str, Any], entered: list[int]) -> None:
    number = records.create_record(cast.actor(author), "need", parse(INPUTS["need"], fields))
    records.submit_record(cast.actor(author), "need", number, 1)
    records.review_record(cast.actor("operator"), "need", number, 2, publish=True)
    entered.append(number)


def _expire(entered: list[int]) -> None:
    records.expire_record(SYSTEM, "need", entered[0])
