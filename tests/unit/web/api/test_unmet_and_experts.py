"""Unmet needs, experts of a need and folded twins through the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from config.settings import Settings
from indexes import statistics
from indexes.opening import ensure_live, open_engine
from indexes.sync import step
from tests import factories as make
from tests.unit.web.api.test_records import Caller
from tests.unit.web.test_need_experts import publish_experts, publish_others
from web.index import Index

TEXT = "处理量 2 t/h，人参药渣含水率由 70 % 降至 10 % 以下用时 3.5 h，吨能耗较热风干燥降低 38 %，已在两家药厂连续运行一年。"


@pytest.fixture
def carry(app: Flask, settings: Settings) -> Iterator[Callable[[], None]]:
    """Carry what was published into a real index, by words alone."""
    engine = open_engine(settings)
    ensure_live(engine, None)
    app.extensions["index"] = Index(engine, None)

    def work() -> None:
        while step(engine, None).handled:
            pass
        statistics.take(None)
        statistics.forget()

    yield work
    engine.close()
    statistics.forget()


def test_the_map_of_unmet_needs(app: Flask, settings: Settings) -> None:
    """Cells and needs as the page shows them, narrowed by field, chain and region; solved needs are not there."""
    firm = make.enterprise()
    first = make.published(firm, "need", title="没人能解决的", region="222400")
    other = make.published(firm, "need", title="别的领域", chain="digital", tech_field="electronics")
    solved = make.published(firm, "need", title="有人能解决的")
    make.matched(solved, make.published(make.institute(), "achievement"))
    client = app.test_client()
    found = client.get("/api/v1/unmet-needs").json
    assert {item["need_id"] for item in found["items"]} == {first, other}
    assert found["total"] == 2
    assert {(cell["field"], cell["chain"], cell["count"]) for cell in found["cells"]} == {
        ("biomedicine", "medicine", 1),
        ("electronics", "digital", 1),
    }
    item = next(item for item in found["items"] if item["need_id"] == first)
    assert (item["title"], item["waited_days"], item["region"]) == ("没人能解决的", 0, "222400")
    narrowed = client.get("/api/v1/unmet-needs?field=electronics&size=1").json
    assert [item["need_id"] for item in narrowed["items"]] == [other]
    assert (narrowed["total"], len(narrowed["cells"])) == (1, 2)
    assert client.get("/api/v1/unmet-needs?region=222400").json["total"] == 1
    assert client.get("/api/v1/unmet-needs?page=0").status_code == 422
    assert client.get("/api/v1/unmet-needs?what=1").status_code == 422


def test_experts_of_a_need(app: Flask, settings: Settings, carry: Callable[[], None]) -> None:
    """The owner and a broker are told, with reasons, within consent; others are refused; without a token nobody."""
    firm, lab = make.enterprise(), make.institute(name="参茸研究院")
    need = make.published(firm, "need", coop_modes=["joint"])
    publish_experts(lab)
    publish_others()
    assert Caller(app, firm).send("GET", f"/needs/{need}/experts").json == {"items": [], "indexed": False}
    carry()
    (item,) = Caller(app, firm).send("GET", f"/needs/{need}/experts").json["items"]
    assert (item["name"], item["organisation"]["name"], item["services"]) == ("参渣赵", "参茸研究院", ["joint"])
    assert (item["same_field"], item["same_chain"], item["comes"]) == (True, True, True)
    assert item["terms"]
    named = {each["name"] for each in Caller(app, make.broker()).send("GET", f"/needs/{need}/experts").json["items"]}
    assert named == {"参渣赵", "暗处孙"}
    assert Caller(app, lab).send("GET", f"/needs/{need}/experts").status_code == 403
    assert Caller(app, firm, "write").send("GET", f"/needs/{need}/experts").status_code == 403
    assert app.test_client().get(f"/api/v1/needs/{need}/experts").status_code == 401
    draft = make.draft(firm, "need")
    assert Caller(app, firm).send("GET", f"/needs/{draft}/experts").status_code == 404
    assert Caller(app, lab).send("GET", f"/needs/{draft}/experts").status_code == 404


def test_experts_without_an_index(app: Flask, settings: Settings) -> None:
    """The index being away is said as such."""
    firm = make.enterprise()
    need = make.published(firm, "need")
    empty = open_engine(settings.model_copy(update={"data_dir": settings.data_dir / "elsewhere"}))
    app.extensions["index"] = Index(empty, None)
    assert Caller(app, firm).send("GET", f"/needs/{need}/experts").status_code == 503


def test_twins_stand_behind_the_one_they_resemble(app: Flask, settings: Settings) -> None:
    """In the list of a need's matches: order by probability, twins moved up behind their first."""
    firm = make.enterprise()
    need = make.published(firm, "need")

    def offer(title: str, text: str, probability: float) -> int:
        achievement = make.published(make.institute(), "achievement", title=title, abstract=text)
        return make.matched(need, achievement, probability)

    first = offer("药渣快速脱水装备", TEXT, 0.9)
    middle = offer("参渣微波穿透干燥", "微波穿透干燥参渣，二十分钟降到一成含水，装置占地小，已有样机。" * 2, 0.8)
    twin = offer("药渣快速脱水装备（转让）", TEXT + "欢迎合作。", 0.7)
    items = Caller(app, firm).send("GET", f"/needs/{need}/matches").json["items"]
    assert [(item["id"], item["twin_of"]) for item in items] == [(first, None), (twin, first), (middle, None)]
