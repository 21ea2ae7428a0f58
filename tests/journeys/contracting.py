"""The contract of a case in the browser: drafted, read, signed, registered, performed, paid."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests import contracts_of
from tests.journeys import people
from tests.journeys.stage import Stage, press, says, station, unfold

CONTRACT = "/contract"
NUMBER = "2026220100000123"


def today(stage: Stage) -> date:
    """The story's day."""
    return stage.platform.now.date()


def draft(stage: Stage) -> None:
    """The broker drafts the contract from what the case knows and fills in what it cannot know."""
    page = stage.go(stage.broker, CONTRACT)
    page.check("[name=kind][value=development]")
    press(page, "起草合同")
    expect(page.locator("[name=amount_total]")).to_have_value("1050000.00")
    day = today(stage)
    people.fill(page, {
        **{name: str(value) for name, value in contracts_of.FILLED.items() if name not in ("amount_total", "amount_tech")},
        "subtype": "commissioned",
        "amount_tech": "1000000",
        "valid_from": day.isoformat(),
        "valid_to": (day + timedelta(days=3 * 365)).isoformat(),
    })  # fmt: skip
    for row in page.locator("[id=rows-clauses] fieldset").all():
        code = row.locator("[name$='-code']").input_value()
        if code in contracts_of.TEXTS:
            row.locator("textarea").fill(contracts_of.TEXTS[code])
    page.get_by_role("button", name="保存合同").click()
    says(page, "合同已保存。", "委托开发")
    station(page, "11-contract")


def text_of_paper(page: Page, link: Locator) -> str:
    """The text of a paper that the page offers as PDF, without spaces."""
    with page.expect_download() as download:
        link.click()
    content = Path(download.value.path()).read_bytes()
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(each.extract_text() for each in pages).split())


def contract_paper(stage: Stage) -> str:
    """The contract's text as both sides will sign it."""
    page = stage.broker.page
    return text_of_paper(page, page.get_by_role("link", name="PDF 合同文本"))


def sign(stage: Stage) -> None:
    """Both have signed on paper: the day of it goes into the contract."""
    page = stage.go(stage.broker, f"{CONTRACT}/edit")
    page.fill("[name=signed]", today(stage).isoformat())
    page.get_by_role("button", name="保存合同").click()
    says(page, "合同已保存。")


def submit(stage: Stage, changed: str = "") -> None:
    """The lab hands the pack to the registry, which accepts it."""
    page = stage.go(stage.lab, CONTRACT)
    form = unfold(page, "再次提交" if changed else "记录受理")
    form.locator("[name=day]").fill(today(stage).isoformat())
    if changed:
        form.locator("[name=remark]").fill(changed)
    form.get_by_role("button", name="记录受理").click()
    says(page, "已记录受理。")


def answer(stage: Stage, verdict: str, remark: str = "", **values: str) -> None:
    """The broker enters what the registry answered."""
    page = stage.go(stage.broker, CONTRACT)
    form = unfold(page, "记录登记机构的答复")
    form.get_by_label(verdict, exact=True).check()
    for name, value in {"day": today(stage).isoformat(), "remark": remark, **values}.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name="记录", exact=True).click()
    says(page, "登记机构的答复已记录")


def agree_milestone(stage: Stage, title: str) -> None:
    """The broker notes what is to be delivered, in a month."""
    form = unfold(stage.go(stage.broker, CONTRACT), "添加里程碑")
    form.locator("[name=title]").fill(title)
    form.locator("[name=due]").fill((today(stage) + timedelta(days=30)).isoformat())
    form.get_by_role("button", name="添加", exact=True).click()
    says(stage.broker.page, "里程碑已添加。")


def deliver_and_accept(stage: Stage) -> None:
    """The lab delivers, the firm accepts."""
    form = unfold(stage.go(stage.lab, CONTRACT), "记录交付")
    form.locator("[name=day]").fill(today(stage).isoformat())
    form.get_by_role("button", name="记录交付").click()
    says(stage.lab.page, "交付已记录，等需求方验收。")
    press(stage.go(stage.firm, CONTRACT), "验收通过")
    says(stage.firm.page, "验收结果已记录。")


def pay(stage: Stage, amount: str, proof: Path) -> None:
    """Money came to the lab, which enters it with the bank's slip."""
    page = stage.go(stage.lab, CONTRACT)
    form = unfold(page, "登记到账")
    values = {"payer": "通化参业股份公司", "paid_on": today(stage).isoformat(), "amount": amount, "amount_tech": amount}
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("[name=file]").set_input_files(proof)
    form.get_by_role("button", name="登记到账").click()
    says(page, "到账已登记。", proof.name)
