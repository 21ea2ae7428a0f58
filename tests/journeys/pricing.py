"""Finding a price: sealed ranges, a proposal and its confirmation, the public notice, an auction."""

from __future__ import annotations

from datetime import datetime

from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.stage import Actor, Stage, confirm, follow, main, press, says, station, unfold


def seal(stage: Stage, actor: Actor, low: str, high: str) -> None:
    """One side enters its range in 万元."""
    page = stage.go(actor, "/price")
    people.fill(page, {"low": low, "high": high})
    people.submit(page, page.get_by_role("button", name="密封并提交", exact=True))


def gap_by_sealed_ranges(stage: Stage) -> None:
    """Each side enters a range; both are told one word, nobody a figure."""
    seal(stage, stage.firm, "71.1357", "93.2468")
    says(stage.firm.page, "等对方填写后显示结果")
    seal(stage, stage.lab, "104.3579", "137.4681")
    for actor in (stage.firm, stage.lab, stage.broker, stage.desk):
        page = stage.go(actor, "/price")
        sealed = page.locator("#sealed")
        expect(sealed).to_contain_text("差距 20 % 以内")
        for figure in ("71.1357", "93.2468", "104.3579", "137.4681"):
            assert figure not in sealed.inner_text()
    station(stage.lab.page, "07-sealed")


def agree(stage: Stage, amount: str) -> None:
    """The lab proposes a price by 协议, the firm confirms exactly that one."""
    page = stage.go(stage.lab, "/price")
    people.fill(page, {"route": "agreement", "amount": amount, "terms": "签约付 60 %，验收付 40 %。"})
    press(page, "提出价格")
    says(page, "价格已提出，等对方确认。")
    page = stage.go(stage.firm, "/price")
    station(page, "08-price")
    press(page, "确认这个价格")
    says(page, "已确认价格。")


def give_notice(stage: Stage) -> Page:
    """The lab puts the price on notice, which everybody can read; the stranger's page of it."""
    page = stage.go(stage.lab, "/price")
    confirm(page, "开始公示")
    says(page, "公示已开始。")
    expect(page.locator(".path")).to_contain_text("公示")
    stranger = stage.stranger()
    stranger.goto(f"{stage.platform.address}/notices")
    station(stranger, "09-notices")
    follow(main(stranger).get_by_role("table").get_by_role("link").first)
    station(stranger, "10-notice")
    return stranger


def announce_auction(stage: Stage, ends_at: datetime) -> str:
    """The lab announces an English auction; the address of its public page."""
    page = stage.go(stage.lab, "/price")
    form = unfold(page, "拍卖")
    for name, value in {
        "price": "80", "increment": "5", "reserve": "90", "deposit": "8", "extension_minutes": "5",
        "ends_at": f"{ends_at:%Y-%m-%dT%H:%M}",
    }.items():  # fmt: skip
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name="公告拍卖").click()
    says(page, "拍卖已公告。")
    station(page, "20-auction-case")
    return str(page.get_by_role("link", name="看公开页面").evaluate("link => link.href"))


def take_part(stage: Stage, actor: Actor, sale: str) -> None:
    """Somebody registers, pays the deposit outside, and the broker notes that it came."""
    actor.page.goto(sale)
    actor.page.fill("[name=note]", "用于参渣干燥。")
    press(actor.page, "登记")
    says(actor.page, "等经纪人登记收到保证金")
    page = stage.go(stage.broker, "/price")
    press(page, "登记收到保证金")
    says(page, "保证金已登记。")


def bid(actor: Actor, sale: str, amount: str) -> Page:
    """A bid in 万元; the page that answers."""
    actor.page.goto(sale)
    actor.page.fill("[name=amount]", amount)
    press(actor.page, "出价")
    return actor.page
