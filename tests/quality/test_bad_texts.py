"""What careless, hurried and ill-meaning people enter, on the whole way: record, index, vectors, match."""

import json
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import select

from config.settings import Settings
from indexes import sync
from indexes.opening import encoder_or_none, open_engine
from matcher.db import reading, transaction
from matcher.models import MODELS, Match, OutboxItem, Stage
from matcher.vocabulary import Level
from tests import factories
from tests.quality.bad_texts import BAD, RICH
from workers import matching

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("quality")]
RECORDS = Path(__file__).parents[2] / "demo" / "records"
TEMPTED = ("c00", "c05", "c11")  # whose achievements in misleading wording tempt
EXTREME = {
    "indicators": [
        {"name": "含水率", "relation": "<=", "value": "-1000000000000", "unit": ""},
        {"name": "强度", "relation": ">=", "value": "0.000000001", "unit": ""},
    ],
    "keywords": [],
}


def rows(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (RECORDS / name).read_text(encoding="utf-8").splitlines()]


def put(kind: str, owner: factories.Person, title: str, body: str, **fields: object) -> int:
    """A published record with exactly these texts, as a row from elsewhere may hold them: forms refuse some."""
    text = "problem" if kind == "need" else "abstract"
    more = {"problem": "见简介", "advantage": "见简介"} if kind == "achievement" else {}
    record_id = factories.published(owner, kind, **{**more, "title": "题", text: "文", **EXTREME, **fields})
    with transaction() as session:
        record = session.get_one(MODELS[kind], record_id)
        record.title = title.replace("\0", "")[:100]  # which no database stores
        setattr(record, text, body.replace("\0", ""))
        for name in more:
            setattr(record, name, "")
    return record_id


def match_everything(settings: Settings) -> None:
    """What the relay and the worker do, with the real encoder."""
    engine, encoder = open_engine(settings), encoder_or_none(settings)
    assert encoder is not None
    while True:
        while sync.step(engine, encoder).handled:
            pass
        with reading() as session:
            items = list(session.scalars(select(OutboxItem.id).where(OutboxItem.stage == Stage.MATCH)))
        if not items:
            return
        for item in items:
            matching.match_item(item)


@pytest.fixture
def levels(settings: Settings) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Levels of all matches of each bad text, as need and as achievement, among records that tempt."""
    firm, lab = factories.enterprise(), factories.institute()
    texts = {**BAD, **RICH}
    needs = {put("need", firm, title, body): name for name, (title, body) in texts.items()}
    offers = {put("achievement", lab, title, body): name for name, (title, body) in BAD.items()}
    for row in chain(rows("achievements.jsonl"), rows("achievements_hard.jsonl")):
        if row["need_id"] in TEMPTED and row["lang"] == "zh" and int(row["grade"]) < 2:
            put("achievement", lab, row["title"], row["summary"], indicators=[])
    for row in rows("needs.jsonl"):
        if row["need_id"] in TEMPTED:
            put("need", firm, row["title"], row["text"], indicators=[])
    match_everything(settings)
    found: tuple[dict[str, set[str]], dict[str, set[str]]] = ({name: set() for name in texts}, {name: set() for name in BAD})
    with reading() as session:
        assert set(session.scalars(select(OutboxItem.stage))) == {Stage.DONE}
        assert not session.scalars(select(OutboxItem.last_error).where(OutboxItem.last_error != "")).all()
        for match in session.scalars(select(Match)):
            assert match.reasons["version"]
            if match.need_id in needs:
                found[0][needs[match.need_id]].add(match.level)
            if match.achievement_id in offers:
                found[1][offers[match.achievement_id]].add(match.level)
    return found


def test_no_bad_text_makes_a_strong_match(levels: tuple[dict[str, set[str]], dict[str, set[str]]]) -> None:
    """Neither with records that tempt nor with its own copy on the other side; and the work goes through without an error."""
    as_needs, as_offers = levels
    strong = [name for found in levels for name, each in found.items() if Level.STRONG in each]
    assert not strong
    assert all(each <= {Level.WEAK} for found in (as_needs, as_offers) for name, each in found.items() if name in BAD)
    assert as_needs["boilerplate"] == as_offers["boilerplate"] == {Level.WEAK}  # its title still finds its copy
