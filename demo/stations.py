"""科技驿站 of the demonstration: two service points, and a client who came in and has a case since."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from demo.cast import Cast, credit_code
from demo.people import Org
from demo.story import Story
from matcher import clock, db
from matcher.actions import receptions, stations
from matcher.actor import Actor, actor_of
from matcher.inputs.base import parse
from matcher.inputs.records import NeedInput
from matcher.inputs.stations import ClientInput, StationInput
from matcher.models import Match, Reception, User
from matcher.vocabulary import OrgKind

STATIONS = (
    {"name": "长春净月科技驿站", "place": "长春市净月区示范大街 100 号一楼", "region": "220100",
     "hours": "周一至周五 8:30–17:00", "phone": "0431-0000-0401"},
    {"name": "通化人参产业科技驿站", "place": "通化市东昌区样例路 8 号产业服务中心", "region": "220500",
     "hours": "周一至周五 9:00–16:30，每月第一个周六上午", "phone": "0435-0000-0402"},
)  # fmt: skip
CLIENT = Org("yanze", OrgKind.ENTERPRISE, "集安堰泽冷水渔业有限公司", "220500", "agriculture", "")
CLIENT_NUMBER = 901
NEED = {
    "title": "冷水鱼养殖尾水净化回用",
    "need_type": "process",
    "problem": "我们用旧集装箱和水泥池养虹鳟，每天换水 200 吨，尾水里残饵粪便多、氨氮高，直接排放被要求整改。希望尾水净化后循环使用，耗水降到 60 吨以下，水质能自动监测。",
    "chain": "agriculture",
    "tech_field": "environment",
    "region": "220500",
    "coop_modes": ["joint", "service"],
    "budget_min": "30",
    "budget_max": "60",
    "keywords": ["虹鳟", "尾水", "循环水"],
    "indicators": [{"name": "日耗水量", "relation": "<=", "value": "60", "unit": "t"}],
}
DEADLINE = timedelta(days=240)


@dataclass
class Counter:
    """What happens at the counters, as deeds of the story."""

    story: Story
    cast: Cast
    stations: list[int] = field(default_factory=list)
    received: int = 0

    def plan(self) -> None:
        """Put it into the story; the case follows once the evening's matching has run."""
        at, after = self.story.moment, self.story.at
        after(at(36, 9, 5), self._open_stations)
        after(at(9, 10, 20), self._receive)
        after(at(7, 14, 35), self._propose)

    def _open_stations(self) -> None:
        boss = self.cast.actor("operator")
        for values in STATIONS:
            number = stations.add_station(boss, parse(StationInput, values))
            stations.add_staff(boss, number, "station@example.org")
            self.stations.append(number)

    def _receive(self) -> None:
        client = {
            "station_id": self.stations[1],
            "credit_code": credit_code(CLIENT, CLIENT_NUMBER),
            "organisation_name": CLIENT.name,
            "organisation_region": CLIENT.region,
            "contact_name": "潘玉泽",
            "contact_phone": "0435-0000-0117",
            "email": "pan.yuze@example.org",
            "identity_seen": True,
            "accept_privacy": True,
        }
        need = parse(NeedInput, {**NEED, "deadline": (clock.now() + DEADLINE).date()})
        self.received = receptions.receive(self._clerk(), parse(ClientInput, client), need, "demo")

    def _clerk(self) -> Actor:
        """The clerk as they act now: a cast's actors were made before they worked at a station."""
        with db.reading() as session:
            return actor_of(session, session.get_one(User, self.cast.users["station"]))

    def _propose(self) -> None:
        with db.reading() as session:
            reception = session.get_one(Reception, self.received)
            best = select(Match.achievement_id).where(Match.need_id == reception.need_id).order_by(Match.probability.desc())
            chosen = session.scalar(best.limit(1))
        if chosen is not None:
            receptions.open_case_for(self._clerk(), self.received, chosen, agreed=True)
