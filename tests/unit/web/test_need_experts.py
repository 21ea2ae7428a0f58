"""Experts on a need's page: who sees them, why they are named, whom consent keeps out, what is said when nobody fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from indexes import statistics
from indexes.opening import encoder_or_none, ensure_live, open_engine
from indexes.sync import step
from matcher.actions.records import withdraw_record
from matcher.embedding import Encoder
from tests import factories as make
from tests.factories import Person
from web.index import Index

Browsers = Callable[[Person], FlaskClient]
HEADING = "能帮忙的专家"
PROFILE = "从事人参等中药材提取废渣的快速干燥与饲料化利用二十年，擅长参渣脱水防霉，主持开发低能耗干燥装备。"


class Named:
    """The real encoder's name alone: whoever asks it for a vector fails."""

    def __init__(self, encoder: Encoder) -> None:
        self.fingerprint, self.dimensions = encoder.fingerprint, encoder.dimensions

    def encode(self, texts: Sequence[str], role: str) -> Any:
        """Not without loading the model."""
        raise AssertionError("the page must not encode")


@pytest.fixture
def indexed(app: Flask, settings: Settings) -> Iterator[Callable[[], None]]:
    """Carry what was published into a real index with real vectors; the portal itself may not encode."""
    engine, encoder = open_engine(settings), encoder_or_none(settings)
    assert encoder is not None
    ensure_live(engine, encoder)
    app.extensions["index"] = Index(engine, Named(encoder))

    def carry() -> None:
        while step(engine, encoder).handled:
            pass
        statistics.take(encoder)
        statistics.forget()

    yield carry
    engine.close()
    statistics.forget()


@pytest.fixture
def firm() -> Person:
    """Who needs."""
    return make.enterprise()


def publish_others(count: int = 8) -> None:
    """Achievements of other subjects: words are rare, and meanings far, only in a corpus of some breadth."""
    lab = make.institute()
    for subject in ("激光焊接气孔抑制", "地铁隧道监测", "硬碳负极材料", "液压起重机传动", "数据库迁移", "冶炼污酸回收", "稻田养殖", "光伏硅片清洗")[:count]:
        make.published(lab, "achievement", title=subject, abstract=f"关于{subject}的装置与方法，已经中试。", problem=f"{subject}的老难题。", advantage="稳定可靠。", keywords=[subject[:4]])


def publish_experts(lab: Person) -> None:
    """One who fits, one who does not, and one who fits but agreed to brokers only."""
    make.published(lab, "expert", name="参渣赵", profile=PROFILE, chain="medicine", services=["joint"], service_regions=["220500"])
    make.published(lab, "expert", name="隧道钱", profile="研究地铁隧道的光纤结构监测与预警。", tech_field="electronics", chain="digital")
    make.published(lab, "expert", name="暗处孙", profile=PROFILE, consent="brokers")


def test_an_expert_is_named_with_reasons(
    indexed: Callable[[], None], browser_of: Browsers, firm: Person
) -> None:
    """Terms, field and chain, service, place, and the achievement that the expert took part in, on both pages."""
    lab = make.institute(name="参茸研究院")
    need = make.published(firm, "need", coop_modes=["joint"])
    match = make.matched(need, make.published(lab, "achievement", people=["参渣赵"]))
    publish_experts(lab)
    publish_others()
    indexed()
    for path in (f"/needs/{need}", f"/needs/{need}/matches"):
        page = browser_of(firm).get(path).text
        part = page[page.index(HEADING) :]
        assert "参渣赵" in part
        assert "参茸研究院" in part
        assert "需求和简介都说到" in part
        assert "同一技术领域（生物与新医药）和产业链（医药健康）" in part
        assert "可提供需求要的：联合攻关" in part
        assert "可到通化市服务" in part
        assert f'参与的成果与需求强相关：<a href="/matches/{match}"' in part
        assert "隧道钱" not in part
        assert "暗处孙" not in part


def test_consent_is_kept(indexed: Callable[[], None], browser_of: Browsers, firm: Person) -> None:
    """Who agreed to brokers only is named to brokers, marked so; who agreed to nobody is not."""
    lab = make.institute()
    need = make.published(firm, "need")
    publish_experts(lab)
    make.published(lab, "expert", name="不见李", profile=PROFILE, consent="none")
    publish_others()
    indexed()
    page = browser_of(make.broker()).get(f"/needs/{need}").text
    assert "暗处孙" in page
    assert "仅经纪人" in page
    assert "不见李" not in page
    page = browser_of(firm).get(f"/needs/{need}").text
    assert "参渣赵" in page
    assert "暗处孙" not in page


def test_a_withdrawn_expert_is_not_named_before_the_index_knows(
    indexed: Callable[[], None], browser_of: Browsers, firm: Person
) -> None:
    """The database decides what a page shows."""
    lab = make.institute()
    need = make.published(firm, "need")
    number = make.published(lab, "expert", name="参渣赵", profile=PROFILE)
    indexed()
    assert "参渣赵" in browser_of(firm).get(f"/needs/{need}").text
    withdraw_record(lab.actor, "expert", number, make.version("expert", number))
    assert "参渣赵" not in browser_of(firm).get(f"/needs/{need}").text


def test_only_owner_brokers_and_operators_are_told(
    indexed: Callable[[], None], client: FlaskClient, browser_of: Browsers, firm: Person
) -> None:
    """Others see the need without them; an achievement has none."""
    lab = make.institute()
    need, offer = make.published(firm, "need"), make.published(lab, "achievement")
    publish_experts(lab)
    indexed()
    for person, told in ((firm, True), (make.broker(), True), (make.operator(), True), (lab, False), (make.enterprise(), False)):
        assert (HEADING in browser_of(person).get(f"/needs/{need}").text) is told
    assert HEADING not in client.get(f"/needs/{need}").text
    assert HEADING not in browser_of(make.operator()).get(f"/achievements/{offer}").text


def test_when_nobody_fits_the_page_says_so(
    indexed: Callable[[], None], browser_of: Browsers, firm: Person
) -> None:
    """Experts of other subjects are not named to fill the place."""
    need = make.published(firm, "need")
    make.published(make.institute(), "expert", name="隧道钱", profile="研究地铁隧道的光纤结构监测与预警。", tech_field="electronics")
    indexed()
    page = browser_of(firm).get(f"/needs/{need}").text
    assert "没有人的专长与这条需求足够接近" in page
    assert "隧道钱" not in page


def test_drafts_new_needs_and_a_missing_index_each_have_a_sentence(
    indexed: Callable[[], None], app: Flask, settings: Settings, browser_of: Browsers, firm: Person
) -> None:
    """Never an error, never an empty heading."""
    browser = browser_of(firm)
    draft = make.draft(firm, "need")
    assert "发布以后，这里会推荐" in browser.get(f"/needs/{draft}").text
    need = make.published(firm, "need")
    assert "正在编入索引" in browser.get(f"/needs/{need}").text
    empty = open_engine(settings.model_copy(update={"data_dir": settings.data_dir / "elsewhere"}))
    app.extensions["index"] = Index(empty, None)
    answer = browser.get(f"/needs/{need}")
    assert answer.status_code == 200
    assert "专家推荐稍后恢复" in answer.text


def test_by_words_alone_where_there_is_no_encoder(
    app: Flask, settings: Settings, browser_of: Browsers, firm: Person
) -> None:
    """An index without vectors still finds who writes of the same thing."""
    engine = open_engine(settings)
    ensure_live(engine, None)
    app.extensions["index"] = Index(engine, None)
    need = make.published(firm, "need")
    publish_experts(make.institute())
    while step(engine, None).handled:
        pass
    statistics.take(None)
    statistics.forget()
    page = browser_of(firm).get(f"/needs/{need}").text
    assert "参渣赵" in page
    assert "隧道钱" not in page
    engine.close()


def test_one_and_many_take_the_same_queries(
    indexed: Callable[[], None], browser_of: Browsers, firm: Person, count_queries: Any
) -> None:
    """Experts, organisations and matches: as many queries for three as for one, and nothing is written."""
    need = make.published(firm, "need")

    def add(number: int) -> None:
        lab = make.institute()
        make.matched(need, make.published(lab, "achievement", people=[f"参渣{number}"]))
        make.published(lab, "expert", name=f"参渣{number}", profile=PROFILE)
        indexed()

    def asked() -> int:
        browser_of(firm).get(f"/needs/{need}")
        browser = browser_of(firm)
        with count_queries() as counted:
            assert HEADING in browser.get(f"/needs/{need}").text
        assert counted.writes == []
        return int(counted.total)

    add(1)
    before = asked()
    for number in (2, 3, 4):
        add(number)
    assert asked() == before
