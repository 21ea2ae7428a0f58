"""What people do in the browser, in their words: register, found, publish, review, answer."""

from __future__ import annotations

import re
import time
from email.message import EmailMessage

from playwright.sync_api import Locator, Page, expect

from tests import factories as make
from tests.servers.smtp import MailServer

LINK = re.compile(r"http://127\.0\.0\.1:\d+/\S+")


def text_of(message: EmailMessage) -> str:
    """The mail's text part."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def submit(page: Page, button: Locator) -> None:
    """Send a form and wait for the page that answers: leaving sooner could cancel what was sent."""
    with page.expect_navigation():
        button.click()


def mail_to(server: MailServer, recipient: str, contains: str, seconds: float = 30) -> str:
    """Wait for the mail to that person with an address that contains these letters; the address."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for message in reversed(server.to(recipient)):
            found = [link for link in LINK.findall(text_of(message)) if contains in link]
            if found:
                return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no mail to {recipient} with {contains}")


def register(page: Page, base: str, server: MailServer, email: str, name: str) -> None:
    """Make an account, prove the address through the mail, and end up signed in."""
    page.goto(f"{base}/register")
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.fill("[name=password]", make.PASSWORD)
    page.check("[name=accept_privacy]")
    page.click("main form button.primary")
    page.goto(mail_to(server, email, "/verify/"))
    submit(page, page.locator("main form button.primary"))
    if "/login" in page.url:
        sign_in(page, base, email)


def sign_in(page: Page, base: str, email: str) -> None:
    """Log in with the tests' password."""
    page.goto(f"{base}/login")
    page.fill("[name=email]", email)
    page.fill("[name=password]", make.PASSWORD)
    page.click("main form button.primary")
    expect(page).not_to_have_url(re.compile("/login"))


def found_organisation(page: Page, base: str, kind: str, name: str, number: int) -> None:
    """Register one's organisation; an operator has to check it."""
    page.goto(f"{base}/account/organisation/new")
    page.select_option("[name=kind]", kind)
    page.fill("[name=name]", name)
    page.fill("[name=credit_code]", make.credit_code(number))
    page.select_option("[name=region]", "220100")
    page.click("main form button.primary")
    expect(page.locator("main")).to_contain_text(name)


def accept_organisation(page: Page, base: str, name: str) -> None:
    """The operator checks the organisation."""
    page.goto(f"{base}/console/organisations")
    page.locator("article", has_text=name).get_by_role("button", name="核验通过", exact=True).click()
    expect(page.locator("article", has_text=name)).to_have_count(0)


STEPS: dict[str, list[dict[str, str]]] = {
    "need": [
        {"title": "人参提取废渣高值利用与快速干燥", "need_type": "process", "problem": make.FIELDS["need"]["problem"]},
        {},
        {"coop_modes": "joint", "budget_min": "80", "budget_max": "150", "deadline": "2099-12-31", "min_trl": "6"},
        {"chain": "medicine", "tech_field": "biomedicine", "region": "220500", "keywords": "人参 干燥"},
        {"detail_restricted": "参渣来自两条提取线。"},
    ],
    "achievement": [
        {
            "title": "过热蒸汽与射频联合的药渣快速脱水装备",
            "abstract": make.FIELDS["achievement"]["abstract"],
            "problem": "人参提取废渣含水率高、易霉变，热风干燥能耗高。干渣制成饲料。",
            "advantage": "脱水快，能耗低，已中试。",
        },
        {},
        {"trl": "7"},
        {"coop_modes": "joint"},
        {"chain": "medicine", "tech_field": "biomedicine", "region": "220100", "keywords": "药渣 干燥"},
        {},
    ],
}


def fill(page: Page, values: dict[str, str]) -> None:
    """Fill in fields by name, whatever kind of field each is."""
    for name, value in values.items():
        field = page.locator(f"[name={name}]")
        kind = field.first.evaluate("e => e.tagName + ':' + e.type")
        if kind.startswith("SELECT"):
            field.select_option(value)
        elif kind.endswith((":checkbox", ":radio")):
            page.check(f"[name={name}][value={value}]")
        else:
            field.fill(value)


def publish(page: Page, base: str, kind: str) -> None:
    """Walk through the steps of the form and submit."""
    page.goto(f"{base}/publish/{kind}/new")
    for values in STEPS[kind]:
        fill(page, values)
        page.click("main form button.primary")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("main")).to_contain_text("待审核")


def review(page: Page, base: str, title: str) -> None:
    """The operator reads the record and publishes it."""
    page.goto(f"{base}/console/review")
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page).to_have_url(re.compile("/console/review$"))
