"""Three bridge cases at different stages, worked on by the people whom they concern."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from config.settings import Settings
from demo.cast import Cast
from demo.listings import Listings
from demo.story import Story
from matcher import clock, db, files
from matcher.actions import cases, matches
from matcher.actor import Actor
from matcher.models import Case, Match
from matcher.vocabulary import AnswerKind, CaseParty, CaseState, MatchState

TRIAL, AGREED, PROPOSED = "c05", "c24", "c25"
MINUTES = """首次对接会纪要

一、参会：需求方工艺技术部、成果方水处理药剂研究室、技术经纪人。
二、确认：循环池容积 80 m³，水性与溶剂型混线，现用亚铁盐加氧化剂。
三、约定：成果方两周内给出加药方案；需求方提供一个喷漆室做 14 天对比试验。
四、考核：换水周期、药剂费、捞渣含水率，按双方确认的记录表逐日记录。
"""
PLAN = """对比试验加药方案（试行）

A 剂 120 mg/L、B 剂 8 mg/L，按浊度与 ORP 双参数调节；
第 1–3 天逐步替代现有药剂，第 4–14 天稳定运行；
每日记录：浊度、悬浮物、漆渣产量与含水率、药剂用量、喷漆质量抽检。
"""


@dataclass
class Bridges:
    """The cases that this history opens, by the need that began them."""

    story: Story
    cast: Cast
    listings: Listings
    settings: Settings
    cases: dict[str, int] = field(default_factory=dict)

    def plan(self) -> None:
        """Put everything that happens to the three cases into the story."""
        self._trial()
        at = self.story.moment
        self.story.at(at(16, 9, 40), lambda: self.answer(AGREED, "need"))
        self.story.at(at(15, 14, 20), lambda: self.answer(AGREED, "offer"))
        self.story.at(at(3, 11), lambda: self._open(PROPOSED))

    def _trial(self) -> None:
        at, say = self.story.moment, self._say
        self.story.at(at(29, 10, 10), lambda: self.answer(TRIAL, "need"))
        self.story.at(at(28, 16, 5), lambda: self.answer(TRIAL, "offer"))
        self.story.at(at(27, 9, 30), self._assign)
        self.story.at(at(27, 10), lambda: say("broker", "双方好，我是本工单的经纪人。建议本周内先开一次线上会，把池容、漆种和现用药剂说清楚。"))  # fmt: skip
        self.story.at(at(26, 15), lambda: say("need", "我们周四下午方便。池子 80 立方，水性和溶剂型混着喷，冬天水温只有八九度，这一点请提前考虑。"))  # fmt: skip
        self.story.at(at(26, 16, 40), lambda: say("offer", "可以。低温下 B 剂溶解会慢一些，我们带两个分子量的样品过去，现场做烧杯试验。"))  # fmt: skip
        self.story.at(
            at(24, 17), lambda: self._move(CaseState.CONNECTED, "线上会已开，双方同意做现场对比试验。")
        )
        self.story.at(at(23, 9), lambda: self._file("broker", "首次对接会纪要.txt", MINUTES))
        self.story.at(at(16, 11), lambda: self._file("offer", "对比试验加药方案.txt", PLAN))
        self.story.at(
            at(15, 10),
            lambda: say("need", "方案收到，安环部提了一条：请补充两种药剂的安全技术说明书。其余没有意见。"),
        )
        self.story.at(at(13, 14), lambda: say("offer", "说明书已寄出，电子版明天上传。样品下周一到厂。"))
        self.story.at(
            at(9, 9), lambda: self._move(CaseState.TRIAL, "药剂到厂，2 号喷漆室开始 14 天对比试验。")
        )
        self.story.at(
            at(4, 16), lambda: say("need", "试验第四天：漆渣上浮明显，捞渣时间缩短约一半，水色还在观察。")
        )
        self.story.at(at(2, 9, 30), self._next_step)

    def _best(self, need: str) -> tuple[int, int]:
        """The open match of the need that its case is about: the one with the achievement made for it, else the best."""
        meant = self.listings.achievements[f"{need}-3-zh"]
        query = (
            select(Match.id, Match.achievement_id)
            .where(Match.need_id == self.listings.needs[need], Match.state == MatchState.OPEN)
            .order_by(Match.achievement_id != meant, Match.probability.desc(), Match.id)
            .limit(1)
        )
        with db.reading() as session:
            found = session.execute(query).one()
        return found.id, found.achievement_id

    def party(self, need: str, side: str) -> Actor:
        """Who acts for a side: an author; before the case is open, of the best match."""
        match_id = self._best(need)[0] if need not in self.cases else None
        with db.reading() as session:
            both: Any = (
                session.get_one(
                    Match, match_id, options=[joinedload(Match.need), joinedload(Match.achievement)]
                )
                if match_id
                else session.get_one(Case, self.cases[need])
            )
            record = both.need if side == "need" else both.achievement
            author = record.author_id
        return self.cast.actor(next(key for key, number in self.cast.users.items() if number == author))

    def answer(self, need: str, side: str) -> None:
        """A side's yes to the best match of the need; the second opens the case."""
        comment = "方向一致，想先了解现场条件。" if side == "offer" else "指标满足要求，希望尽快对接。"
        actor = self.party(need, side)
        case_id = matches.answer_match(actor, self._best(need)[0], AnswerKind.INTERESTED, None, comment)
        if case_id is not None:
            self.cases[need] = case_id

    def _open(self, need: str) -> None:
        broker = self.cast.actor("broker")
        self.cases[need] = cases.open_case(broker, self.listings.needs[need], self._best(need)[1])

    def version(self, need: str) -> int:
        """The case's version now."""
        with db.reading() as session:
            return session.get_one(Case, self.cases[need]).version

    def _assign(self) -> None:
        cases.assign_broker(self.cast.actor("operator"), self.cases[TRIAL], self.cast.users["broker"])

    def _say(self, who: str, text: str) -> None:
        actor = self.cast.actor("broker") if who == "broker" else self.party(TRIAL, who)
        cases.write_message(actor, self.cases[TRIAL], text)

    def _move(self, state: CaseState, note: str) -> None:
        cases.move_case(self.cast.actor("broker"), self.cases[TRIAL], self.version(TRIAL), state, note)

    def _file(self, who: str, name: str, content: str) -> None:
        actor = self.cast.actor("broker") if who == "broker" else self.party(TRIAL, who)
        cases.add_file(actor, self.cases[TRIAL], files.store(self.settings, name, content.encode()))

    def _next_step(self) -> None:
        cases.plan_step(
            self.cast.actor("broker"),
            self.cases[TRIAL],
            self.version(TRIAL),
            "提交 14 天对比试验记录并确认是否扩大到全线",
            CaseParty.NEED,
            clock.now() + timedelta(days=9),
        )
