"""Who gets the money: the rights table, shares to the fen, statements, claims for subsidies."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import contracting, people
from tests.journeys.stage import Actor, Stage, press, says, station

MONEY = "/money"


def set_rights(stage: Stage) -> None:
    """The lab says whose the achievement is and how the team shares; the team gets seventy per cent."""
    page = stage.lab.page
    page.goto(f"{stage.platform.address}/achievements/{stage.achievement}/rights")
    people.fill(page, {
        "valid_from": contracting.today(stage).isoformat(), "team_percent": "70",
        "team-0-name": "赵研究员", "team-0-share": "60", "team-1-name": "钱工程师", "team-1-share": "40",
    })  # fmt: skip
    press(page, "保存新版本")
    says(page, "权属表已保存")
    station(page, "14-rights")


def share(stage: Stage) -> None:
    """The lab shares the payment by the table of its day."""
    page = stage.go(stage.lab, MONEY)
    press(page, "按权属表分配")
    says(page, "这笔到账已分配，分配单可以下载。")
    station(page, "15-shares")


def amounts(stage: Stage) -> list[str]:
    """What each one gets, as the page says it."""
    cells = stage.go(stage.lab, MONEY).locator("#shares tbody td.num:last-child")
    return [" ".join(text.split()) for text in cells.all_inner_texts()]


def statement(stage: Stage, who: str) -> str:
    """That recipient's statement as text, without spaces."""
    page = stage.lab.page
    page.goto(f"{stage.platform.address}/statements")
    link = page.get_by_role("row", name=who).get_by_role("link", name="PDF")
    return contracting.text_of_paper(page, link)


def claim(stage: Stage, actor: Actor) -> None:
    """A side claims what the rules of region and year give it."""
    page = stage.go(actor, MONEY)
    page.locator("#claims").get_by_role("button", name="申请", exact=True).first.click()
    says(page, "申请已提交")


def grant_claim(stage: Stage) -> None:
    """The operator checks, approves and notes the payment of the claim."""
    page = stage.desk.page
    page.goto(f"{stage.platform.address}/console/claims")
    for words in ("核查完毕", "批准", "登记拨付"):
        press(page, words)
    expect(page.locator("main")).to_contain_text("已拨付")
