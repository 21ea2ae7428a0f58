"""Enterprises on an achievement's page: present and past needs, who is told, what is never used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from indexes import statistics
from indexes.opening import encoder_or_none, ensure_live, open_engine
from indexes.sync import step
from matcher import clock
from matcher.actions.records import expire_record, withdraw_record
from matcher.actor import SYSTEM
from matcher.db import transaction
from matcher.models import Need
from tests import factories as make
from tests.factories import Person
from tests.unit.web.test_need_experts import Named, publish_others
from web.index import Index

Browsers = Callable[[Person], FlaskClient]
HEADING = "可能用得上的企业"
DRYING = "年产生参渣约 900 吨，含水高、易霉变，希望快速脱水干燥，6 小时内把药渣含水率降到 12 % 以下。"


@pytest.fixture
def carry(app: Flask, settings: Settings) -> Iterator[Callable[[], None]]:
    """Carry changes into a real index with real vectors; the portal itself may not encode."""
    engine, encoder = open_engine(settings), encoder_or_none(settings)
    assert encoder is not None
    ensure_live(engine, encoder)
    app.extensions["index"] = Index(engine, Named(encoder))

    def work() -> None:
        while step(engine, encoder).handled:
            pass
        statistics.take(encoder)
        statistics.forget()

    yield work
    engine.close()
    statistics.forget()


@pytest.fixture
def lab() -> Person:
    """Whose achievement it is."""
    return make.institute()


def need_of(name: str, **fields: Any) -> tuple[Person, int]:
    firm = make.enterprise(name=name)
    return firm, make.published(firm, "need", **{"title": f"{name}的参渣干燥", "problem": DRYING, **fields})


def expire(need: int) -> None:
    """The validity of a published need is over, as the night finds it."""
    with transaction() as session:
        session.get_one(Need, need).valid_until = (clock.now() - timedelta(days=2)).date()
    expire_record(SYSTEM, "need", need)


def part_of(page: str) -> str:
    """The section, or nothing."""
    return page[page.index(HEADING) :] if HEADING in page else ""


def test_present_and_past_needs_with_reasons(
    carry: Callable[[], None], browser_of: Browsers, lab: Person
) -> None:
    """The enterprise of a past need is named with its title but no link; of a present one with link and match."""
    offer = make.published(lab, "achievement")
    _now, present = need_of("现在参业")
    _then, past = need_of("过去参业")
    need_of("隧道公司", title="地铁隧道监测", problem="地铁隧道的光纤结构监测与预警怎样做。", keywords=[], indicators=[], chain="digital", tech_field="electronics")
    match = make.matched(present, offer)
    publish_others()
    carry()
    expire(past)
    carry()
    for person in (lab, make.broker(), make.operator()):
        part = part_of(browser_of(person).get(f"/achievements/{offer}").text)
        assert "现在参业" in part
        assert f'href="/needs/{present}"' in part
        assert f'href="/matches/{match}"' in part
        assert "过去参业的参渣干燥" in part
        assert f'href="/needs/{past}"' not in part
        assert "过去的需求" in part
        assert "都说到：" in part
        assert "同一产业链：医药健康" in part
        assert "同省：通化市" in part
        assert "隧道公司" not in part


def test_only_owner_brokers_and_operators_are_told(
    carry: Callable[[], None], client: FlaskClient, browser_of: Browsers, lab: Person
) -> None:
    """Other institutes and enterprises, and visitors, see the page without them; a need's page has none."""
    offer = make.published(lab, "achievement")
    firm, need = need_of("现在参业")
    carry()
    for person in (make.institute(), firm, make.add_person()):
        assert HEADING not in browser_of(person).get(f"/achievements/{offer}").text
    assert HEADING not in client.get(f"/achievements/{offer}").text
    assert HEADING not in browser_of(make.operator()).get(f"/needs/{need}").text


def test_anonymous_withdrawn_and_old_needs_are_never_used(
    carry: Callable[[], None], browser_of: Browsers, lab: Person
) -> None:
    """Neither name nor title of what was published without a name, taken back, or is years old."""
    offer = make.published(lab, "achievement")
    need_of("匿名参业", anonymous=True)
    _hidden, hidden = need_of("曾匿名参业", anonymous=True)
    firm, back = need_of("撤回参业")
    _old, old = need_of("从前参业")
    carry()
    expire(hidden)
    expire(old)
    withdraw_record(firm.actor, "need", back, make.version("need", back))
    with transaction() as session:
        session.get_one(Need, old).published_at = clock.now() - timedelta(days=1200)
    for person in (lab, make.broker(), make.operator()):
        page = browser_of(person).get(f"/achievements/{offer}").text
        assert HEADING in page
        for name in ("匿名参业", "撤回参业", "从前参业"):
            assert name not in page
    carry()
    assert "没有与这项成果足够接近的" in browser_of(lab).get(f"/achievements/{offer}").text


def test_an_enterprise_is_named_once_and_ones_own_not(
    carry: Callable[[], None], browser_of: Browsers
) -> None:
    """Its nearest need stands for it, the others are counted; an agency's need and one's own are none."""
    agency = make.add_member(make.OrgKind.AGENCY, name="自己的机构")
    offer = make.published(agency, "achievement")
    make.published(agency, "need", title="自己的需求", problem=DRYING)
    firm, _first = need_of("两条参业")
    make.published(firm, "need", title="还要干燥参渣", problem=DRYING)
    publish_others()
    carry()
    part = part_of(browser_of(agency).get(f"/achievements/{offer}").text)
    assert part.count("/organisations/") == 1
    assert "另有 1 条相近的需求" in part
    assert "自己的需求" not in part


def test_new_achievements_and_a_missing_index_each_have_a_sentence(
    carry: Callable[[], None], app: Flask, settings: Settings, browser_of: Browsers, lab: Person
) -> None:
    """Never an error; a draft says nothing."""
    browser = browser_of(lab)
    assert HEADING not in browser.get(f"/achievements/{make.draft(lab, 'achievement')}").text
    offer = make.published(lab, "achievement")
    assert "正在编入索引" in part_of(browser.get(f"/achievements/{offer}").text)
    empty = open_engine(settings.model_copy(update={"data_dir": settings.data_dir / "elsewhere"}))
    app.extensions["index"] = Index(empty, None)
    assert "查找服务暂时不可用" in part_of(browser.get(f"/achievements/{offer}").text)


def test_one_and_many_take_the_same_queries(
    carry: Callable[[], None], browser_of: Browsers, lab: Person, count_queries: Any
) -> None:
    """As many queries for four enterprises, two of them past, as for two; nothing is written."""
    offer = make.published(lab, "achievement")
    browser = browser_of(lab)
    publish_others()

    def add(number: int) -> None:
        make.matched(need_of(f"现在{number}")[1], offer)
        past = need_of(f"过去{number}")[1]
        carry()
        expire(past)
        carry()

    add(1)
    browser.get(f"/achievements/{offer}")
    with count_queries() as few:
        browser.get(f"/achievements/{offer}")
    add(2)
    browser.get(f"/achievements/{offer}")
    with count_queries() as many:
        page = browser.get(f"/achievements/{offer}").text
    assert "现在2" in page
    assert "过去2" in page
    assert few.total == many.total
    assert many.writes == []
