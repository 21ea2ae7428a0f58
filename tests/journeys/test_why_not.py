"""Why an achievement is not among one's matches: asked on the page, answered with figures and reasons, the same by the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.journeys import people
from tests.journeys.platform import Platform
from tests.journeys.stage import Actor, Stage, main, says, station
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.timeout(300)
CORN: dict[str, Any] = {
    "title": "玉米籽粒热风烘干塔节能改造", "abstract": "玉米籽粒水分由 28 % 降到 14 %，烘干塔余热回用，煤耗降低 15 %。",
    "problem": "玉米收获时籽粒潮湿，烘干煤耗高。", "advantage": "改造投资少。", "chain": "agriculture", "trl": 4,
    "keywords": [], "indicators": [], "coop_modes": ["joint"],
}  # fmt: skip

FIELD = "input[name=other]:not([type=hidden])"


def ask(stage: Stage, other: str) -> Page:
    """The firm asks from its need's matches, by a number or whatever it types."""
    page = stage.open(stage.firm, f"/needs/{stage.need}/matches")
    expect(main(page)).not_to_contain_text(CORN["title"])
    page.get_by_role("link", name="问为什么没有").click()
    page.fill(FIELD, other)
    people.submit(page, page.get_by_role("button", name="问为什么", exact=True))
    return page


def figures(page: Page) -> dict[str, str]:
    """The facts of how it was computed, as the page says them."""
    names, values = (page.locator(f"#how ~ dl {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return dict(zip(names, (value.split("\n")[0] for value in values), strict=True))


def token_of(stage: Stage, actor: Actor) -> str:
    """A token for reading, made on the page and shown there once."""
    page = stage.open(actor, "/account/tokens")
    people.fill(page, {"name": "对照程序", "scopes": "read"})
    people.submit(page, page.get_by_role("button", name="建立令牌", exact=True))
    return main(page).locator("pre").inner_text()


def test_an_enterprise_asks_why_not(platform: Platform, smtp_server: MailServer, new_page: Callable[..., Page]) -> None:
    """The answer names what decided and what is missing; the API has its digits; nonsense gets a sentence at the field."""
    stage = Stage(platform, smtp_server, new_page)
    with platform.clock():
        other = make.published(stage.lab.person, "achievement", **CORN)
    platform.work()

    page = ask(stage, "烘干塔那一项")
    expect(page.locator(".form-field.bad", has=page.locator(FIELD))).to_contain_text("请填写编号")
    assert page.input_value(FIELD) == "烘干塔那一项"

    page = ask(stage, str(other))
    says(page, "没有推荐，因为：", "推荐从 0.15（弱相关）起", CORN["title"], "无相关", "差 17 %", "要求不低于 6 级", "差 2 级", "开展中试")
    station(page, "60-why-not")
    told = figures(page)
    question = page.url.rpartition("/")[2]

    program = stage.stranger().request
    bearer = {"Authorization": f"Bearer {token_of(stage, stage.firm)}"}
    found = program.get(f"{platform.address}/api/v1/questions/{question}", headers=bearer).json()
    assert (found["need_id"], found["achievement_id"]) == (stage.need, other)
    assert told["可信度"] == f"{found['probability']:.2f} · 无相关"
    assert 0 < found["probability"] < 0.15
    assert told["用词"] == f"{found['parts']['words']:.2f}"
    assert told["输入指纹"] == f"{found['need_hash'][:6]} · {found['achievement_hash'][:6]}"
    reasons = {each["kind"]: each["params"] for each in found["reasons"]["reasons"]}
    assert (reasons["maturity"]["trl"], reasons["maturity"]["min_trl"]) == (4, 6)
    says(stage.open(stage.firm, f"/why/{question}"), f"差 {100 * float(reasons['indicator']['gap']):.0f} %")
    again = program.get(f"{platform.address}/api/v1/questions/{question}/rerun", headers=bearer).json()
    assert (again["known"], again["same"]) == (True, True)
    assert program.get(f"{platform.address}/api/v1/questions/{question}").status == 401
