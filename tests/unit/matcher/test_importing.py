"""Imports: what is accepted, what is refused with its row, and that the same file twice changes nothing."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from matcher import clock, db
from matcher.actions import imports, organisations, records
from matcher.actor import SYSTEM, Actor
from matcher.clock import add_months
from matcher.errors import InvalidRows, NotAllowed
from matcher.importing import MAX_ROW_BYTES, Row, read_rows
from matcher.inputs.base import parse
from matcher.inputs.records import NeedInput
from matcher.models import PRIORITY_IMPORT, Achievement, AuditEvent, Need, Organisation, OutboxItem
from matcher.vocabulary import RecordState
from tests import factories

TODAY = date(2026, 11, 24)
NEED: dict[str, Any] = {
    "need_id": "n1",
    "title": "喷漆房循环水处理",
    "text": "循环水发粘，漆渣难捞，希望换水周期延长到 12 个月。",
    "need_type": "工艺改进",
    "industry_chain": "汽车及零部件",
    "budget_min": 20.5,
    "budget_max": 50,
    "deadline_months": 12,
    "cooperation": ["技术开发(委托)", "技术服务"],
    "min_trl": 6,
    "region": "长春市",
    "indicators": [
        {"name": "换水周期", "op": ">=", "value": 12, "unit": "月"},
        {"name": "温度", "op": "range", "value": [5, 35], "unit": "℃"},
    ],
}
ACHIEVEMENT: dict[str, Any] = {
    "need_id": "c00",
    "grade": 3,
    "lang": "zh",
    "title": "循环水无磷药剂",
    "summary": "药剂使漆雾失去粘性并上浮成渣。",
    "keywords": ["漆雾凝聚"],
    "domain": "资源与环境",
    "trl": 8,
    "ip": "发明专利",
    "cooperation": ["技术许可"],
}


def need(**changes: Any) -> dict[str, Any]:
    """A good row with some columns changed."""
    return {**NEED, **changes}


def lines(*rows: Any) -> bytes:
    """Rows as a file."""
    return b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)


def read(content: bytes, kind: str = "need") -> list[Row]:
    """Rows of a file as read on TODAY."""
    return read_rows(kind, content, today=TODAY, source="test")


def problems(content: bytes, kind: str = "need") -> list[tuple[int, str]]:
    """Row and column of every problem."""
    with pytest.raises(InvalidRows) as caught:
        read(content, kind)
    assert all(str(message) for _, _, message in caught.value.rows)
    return [(row, column) for row, column, _ in caught.value.rows]


def test_exchange_format_of_needs_becomes_our_fields() -> None:
    """Chain, cooperation, relation, region and months are translated; money keeps its decimals."""
    [row] = read(lines(NEED))
    given: Any = row.given
    assert given.problem == NEED["text"]
    assert (given.chain, given.region, given.need_type) == ("automotive", "220100", "process")
    assert given.coop_modes == ["commissioned", "service"]
    assert given.budget_min == Decimal("20.5")
    assert given.deadline == date(2027, 11, 24)
    assert row.relative == {"deadline"}
    assert [(item.relation, item.value, item.value_high) for item in given.indicators] == [
        (">=", 12, None),
        ("range", 5, 35),
    ]
    assert (given.source, given.source_id) == ("test", "n1")


def test_exchange_format_of_achievements_becomes_our_fields() -> None:
    """A label of a test set is no field; it only makes the id."""
    [row] = read(lines(ACHIEVEMENT), "achievement")
    given: Any = row.given
    assert given.abstract == ACHIEVEMENT["summary"]
    assert given.tech_field == "environment"
    assert [right.type for right in given.ip] == ["invention"]
    assert given.coop_modes == ["licence"]
    assert given.source_id == "c00-3-zh"


def test_own_and_chinese_names_are_accepted() -> None:
    """The platform's own names, the form's Chinese ones, lists as text, a byte-order mark and empty lines."""
    own = {
        "title": "甲",
        "problem": "乙",
        "coop_modes": "合作开发、技术转让",
        "keywords": "涂装，循环水",
        "id": 7,
    }
    chinese = {"需求名称": "丙", "问题描述": "丁", "产业链": "新材料", "地区": "吉林市", "单位名称": "某单位"}
    first, second = read(b"\xef\xbb\xbf" + lines(own, b"\r\n  \n", chinese))
    assert first.given.coop_modes == ["joint", "transfer"]
    assert first.given.keywords == ["涂装", "循环水"]
    assert first.given.source_id == "7"
    assert (second.number, second.owner, second.given.chain, second.given.region) == (
        4,
        "某单位",
        "materials",
        "220200",
    )


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "title too long": ({"title": "长" * 101}, "title"),
    "text too long": ({"text": "长" * 2001}, "text"),
    "NUL": ({"title": "a\x00b"}, "title"),
    "control character": ({"text": "a\x1bb"}, "text"),
    "half of a pair": ({"title": "a\ud800b"}, "title"),
    "unknown chain": ({"industry_chain": "造船"}, "industry_chain"),
    "unknown region": ({"region": "火星"}, "region"),
    "unknown cooperation": ({"cooperation": ["合伙"]}, "cooperation.0"),
    "cooperation of another type": ({"cooperation": [3]}, "cooperation.0"),
    "negative money": ({"budget_min": -1}, "budget_min"),
    "money beyond the limit": ({"budget_max": 10**9}, "budget_max"),
    "money as words": ({"budget_max": "面议"}, "budget_max"),
    "parts of a yuan": ({"budget_max": 50.00001}, "budget_max"),
    "min above max": ({"budget_min": 60}, "budget_max"),
    "TRL 0": ({"min_trl": 0}, "min_trl"),
    "TRL 10": ({"min_trl": 10}, "min_trl"),
    "no date": ({"deadline_months": None, "deadline": "2026-02-30"}, "deadline"),
    "months of another type": ({"deadline_months": "十二"}, "deadline"),
    "months without end": ({"deadline_months": 10**6}, "deadline"),
    "unknown column": ({"titel": "x"}, "titel"),
    "same field twice": ({"problem": "x"}, "problem"),
    "title of another type": ({"title": ["x"]}, "title"),
    "indicator without value": ({"indicators": [{"name": "压力"}]}, "indicators.0"),
    "indicator upside down": (
        {"indicators": [{"name": "温度", "op": "range", "value": [9, 1]}]},
        "indicators.0",
    ),
    "indicator not finite": ({"indicators": [{"name": "温度", "value": "inf"}]}, "indicators.0.value"),
    "indicators of another type": ({"indicators": "温度"}, "indicators"),
    "indicator of another type": ({"indicators": ["温度"]}, "indicators.0"),
    "too many keywords": ({"keywords": [f"k{i}" for i in range(9)]}, "keywords"),
    "id too long": ({"need_id": "x" * 101}, "need_id"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_value_is_told_with_row_and_column(name: str) -> None:
    """81: each wrong value refuses the file with the row's number and the file's own column name."""
    changes, column = BAD[name]
    assert problems(lines(need(need_id="good"), need(**changes))) == [(2, column)]


LINES: dict[str, bytes] = {
    "broken UTF-8": b'{"title": "\xe6\x90"}',
    "another encoding": '{"title": "搭桥"}'.encode("gbk"),
    "cut off": b'{"title": "x"',
    "no JSON": b"title;text",
    "no object": b'["x"]',
    "not a number": b'{"budget_max": NaN}',
    "endless number": b'{"budget_max": 1' + b"0" * 5000 + b"}",
    "exponent out of range": b'{"budget_max": 1e9999999999999999999}',
    "too deep": b"[" * 100_000,
    "too long": b'{"title": "' + b"x" * MAX_ROW_BYTES + b'"}',
    "NUL bytes": b"\x00\x00",
}


@pytest.mark.parametrize("name", LINES)
def test_a_broken_line_is_told_with_its_row(name: str) -> None:
    """81: bytes that are no line of ours refuse the file with the row's number."""
    assert [row for row, _ in problems(lines(NEED, LINES[name] + b"\n", need(need_id="n3")))] == [2]


def test_all_problems_come_at_once_and_repeats_are_found() -> None:
    """Whoever mends a file sees every row; the same id twice is a mistake of the file."""
    found = problems(lines(need(min_trl=0), NEED, b"{\n", need(title="另一条")))
    assert found == [(1, "min_trl"), (3, ""), (4, "source_id")]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    """Nothing to import is a mistake that should be seen."""
    assert problems(content) == [(0, "")]


def test_markup_emoji_and_rare_characters_are_text() -> None:
    """81: nothing of it is interpreted; full-width digits are numbers."""
    text = "<script>alert(1)</script> 😀 𠮷 ＡＢＣ"
    [row] = read(lines(need(text=text, budget_max="５０")))
    given: Any = row.given
    assert given.problem == text
    assert given.budget_max == 50


def test_months_end_where_the_month_ends() -> None:
    """31 August and six months is the last day of February."""
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 31), 12) == date(2027, 12, 31)


# --- into the record ---------------------------------------------------------------------------------------------


@pytest.fixture
def owner(settings: Settings) -> str:
    """Name of a checked enterprise."""
    factories.enterprise(name="长春试验涂装有限公司")
    return "长春试验涂装有限公司"


def take(content: bytes, owner: str = "", kind: str = "need", **options: Any) -> imports.ImportResult:
    """Import a file as the system does."""
    rows = read_rows(kind, content, today=clock.now().date(), source="test")
    return imports.import_records(SYSTEM, kind, rows, organisation=owner, **options)


def stored() -> list[Need]:
    """All needs in order."""
    with db.reading() as session:
        return list(session.scalars(select(Need).order_by(Need.id)))


def test_complete_rows_go_to_review_and_incomplete_ones_become_drafts(owner: str) -> None:
    """One event, one outbox item for each record, at the imports' priority."""
    result = take(lines(NEED, {"title": "只有名称", "id": 2}), owner)
    assert (result.created, result.states) == (2, {"submitted": 1, "draft": 1})
    full, partial = stored()
    assert (full.state, full.submitted_at is not None, full.intake) == ("submitted", True, "import")
    assert partial.state == RecordState.DRAFT
    assert partial.region == "220100"
    with db.reading() as session:
        assert session.scalar(select(func.count()).where(AuditEvent.action == "record.import")) == 1
        items = session.execute(
            select(OutboxItem.record_id, OutboxItem.version, OutboxItem.priority).where(
                OutboxItem.kind == "need"
            )
        ).all()
    assert sorted(items) == [(full.id, 1, PRIORITY_IMPORT), (partial.id, 1, PRIORITY_IMPORT)]


def test_publish_puts_complete_rows_on_the_platform(owner: str) -> None:
    """With the option, and afterwards for rows that were imported without it."""
    take(lines(NEED), owner)
    result = take(lines(NEED), owner, publish=True)
    assert (result.updated, result.states) == (1, {"published": 1})
    [row] = stored()
    assert row.published_at is not None
    assert row.valid_until is not None
    assert take(lines(NEED), owner, publish=True).unchanged == 1


def test_same_file_twice_changes_nothing(owner: str) -> None:
    """The second time no version rises and no item is queued; a deadline in months does not wander."""
    take(lines(NEED), owner)
    with db.reading() as session:
        before = session.scalar(select(func.count()).select_from(OutboxItem))
    with clock.at(clock.now() + timedelta(days=40)):
        result = take(lines(NEED), owner)
    assert (result.created, result.updated, result.unchanged) == (0, 0, 1)
    assert [row.version for row in stored()] == [1]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxItem)) == before


def test_changed_row_updates_its_record(owner: str) -> None:
    """Recognised by source and id; what is published goes back to review."""
    take(lines(NEED), owner, publish=True)
    result = take(lines(need(title="新的名称")), owner)
    assert (result.updated, result.states) == (1, {"submitted": 1})
    [row] = stored()
    assert (row.title, row.version) == ("新的名称", 2)


def test_what_people_changed_is_not_overwritten(settings: Settings) -> None:
    """The owner's edit and the owner's withdrawal outlive a second import."""
    person = factories.enterprise(name="甲单位")
    take(lines(NEED, need(need_id="n2", title="第二条")), "甲单位", publish=True)
    first, second = stored()
    fields = {
        name: getattr(first, name)
        for name in ("problem", "need_type", "chain", "region", "coop_modes", "deadline")
    }
    given = parse(
        NeedInput, {**fields, "title": "本人修改", "budget_open": True, "source": "test", "source_id": "n1"}
    )
    records.save_record(person.actor, "need", first.id, first.version, given)
    records.withdraw_record(person.actor, "need", second.id, second.version)
    result = take(lines(need(title="文件"), need(need_id="n2", title="文件二")), publish=True, owner="甲单位")
    assert result.kept == 2
    assert [row.title for row in stored()] == ["本人修改", "第二条"]


def test_one_bad_row_stores_nothing(owner: str) -> None:
    """81: an unknown owner in the last row refuses the whole file."""
    with pytest.raises(InvalidRows) as caught:
        take(lines(NEED, need(need_id="n2", organisation="没有的单位")), owner)
    assert [(row, column) for row, column, _ in caught.value.rows] == [(2, "organisation")]
    assert stored() == []


def test_row_without_owner_and_shared_name_are_refused(settings: Settings) -> None:
    """A name that two organisations have is no address; a credit code is."""
    person = factories.enterprise(name="同名公司")
    factories.enterprise(name="同名公司")
    for content in (lines(NEED), lines(need(organisation="同名公司"))):
        with pytest.raises(InvalidRows):
            take(content)
    with db.reading() as session:
        code = session.scalar(select(Organisation.credit_code).where(Organisation.id == person.actor.org_id))
    take(lines(need(credit_code=code)))
    assert [row.organisation_id for row in stored()] == [person.actor.org_id]


def test_published_record_cannot_be_made_incomplete(owner: str) -> None:
    """A later file that empties a required field is refused with the row."""
    take(lines(NEED), owner, publish=True)
    with pytest.raises(InvalidRows) as caught:
        take(lines(need(text="")), owner)
    assert [(row, column) for row, column, _ in caught.value.rows] == [(1, "problem")]


def test_only_operators_import(owner: str) -> None:
    """Members use the form."""
    with pytest.raises(NotAllowed):
        imports.import_records(Actor(user_id=1, verified=True), "need", read(lines(NEED)))


def test_achievements_are_imported(settings: Settings) -> None:
    """The exchange format lacks required fields: drafts."""
    factories.institute(name="乙研究所")
    assert take(lines(ACHIEVEMENT), "乙研究所", "achievement").states == {"draft": 1}
    with db.reading() as session:
        assert session.scalars(select(Achievement.ip)).one()[0]["type"] == "invention"


def test_a_thousand_rows_take_less_than_a_second_each_thousand(owner: str) -> None:
    """Reading and storing keep well above 1,000 records a second (checked at 400, by the processor's time alone)."""
    content = lines(*(need(need_id=f"n{number}", title=f"需求 {number}") for number in range(2000)))
    began = time.process_time()
    take(content, owner, publish=True)
    assert 2000 / (time.process_time() - began) > 400


def test_import_is_the_same_on_both_databases(database: Settings) -> None:
    """More rows than one chunk, twice, then one of them changed: SQLite and PostgreSQL agree."""
    factories.enterprise(name="甲厂")
    rows = [need(need_id=f"n{number}", title=f"需求 {number}") for number in range(imports.CHUNK + 20)]
    seen: list[int] = []
    assert take(lines(*rows), "甲厂", publish=True, progress=seen.append).created == len(rows)
    assert seen == [imports.CHUNK, len(rows)]
    assert take(lines(*rows), "甲厂", publish=True).unchanged == len(rows)
    rows[-1]["budget_max"] = 77.5
    result = take(lines(*rows), "甲厂", publish=True)
    assert (result.updated, result.unchanged) == (1, len(rows) - 1)
    assert stored()[-1].budget_max == Decimal("77.5")


def test_a_deleted_drafts_number_carries_no_edits_over(settings: Settings) -> None:
    """SQLite gives its number again: what people saved in the draft does not keep a file from changing the new record."""
    person = factories.enterprise(name="甲单位")
    number = factories.draft(person, "need")
    records.save_record(person.actor, "need", number, 1, factories.given("need", title="手写"))
    records.delete_draft(person.actor, "need", number, 2)
    take(lines(NEED), "甲单位")
    assert [record.id for record in stored()] == [number]
    result = take(lines(need(title="文件改了")), "甲单位")
    assert (result.kept, result.updated) == (0, 1)


def test_a_file_publishes_nothing_of_an_organisation_that_lost_its_check(settings: Settings) -> None:
    """A draft that a file completes stays a draft while its organisation is not checked."""
    person = factories.enterprise(name="甲单位")
    take(lines({"title": NEED["title"], "need_id": "n1"}), "甲单位", publish=True)
    assert [record.state for record in stored()] == ["draft"]
    organisations.revoke_organisation(factories.operator().actor, person.actor.org_id or 0, "已注销")
    take(lines(NEED), publish=True)
    assert [record.state for record in stored()] == ["draft"]
