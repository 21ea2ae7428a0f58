"""The main job in a real browser on the whole platform: from registering to the bridge case."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.journeys import people
from tests.journeys.stage import follow
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.timeout(300)
FIRM, LAB = "li@example.org", "zhao@example.org"


def test_from_registration_to_the_case(
    address: str, smtp_server: MailServer, new_page: Callable[..., Page]
) -> None:
    """Register, found, publish, review, match, answer by the mail's link without logging in, meet in the case."""
    staff = make.operator()
    make.broker()
    desk, firm, lab = new_page(), new_page(), new_page(viewport={"width": 390, "height": 844})
    people.sign_in(desk, address, staff.email)
    for page, email, name, kind, company, record in (
        (firm, FIRM, "李工", "enterprise", "通化参业股份公司", "need"),
        (lab, LAB, "赵研究员", "institute", "松江干燥技术研究所", "achievement"),
    ):
        people.register(page, address, smtp_server, email, name)
        people.found_organisation(page, address, kind, company, 700 + len(company))
        people.accept_organisation(desk, address, company)
        people.publish(page, address, record)
        people.review(desk, address, people.STEPS[record][0]["title"])

    firm.goto(f"{address}/matches")
    row = firm.locator("article.bridge-row", has_text=people.STEPS["achievement"][0]["title"])
    link = row.get_by_role("link").first
    for _ in range(120):
        if link.count():
            break
        firm.wait_for_timeout(500)
        firm.reload()
    follow(link)
    expect(firm.locator("main")).to_contain_text("人参")
    expect(firm.locator("main")).not_to_contain_text(LAB)
    firm.get_by_role("button", name="有兴趣，请求对接").click()

    stranger = new_page()  # nobody is logged in here: the link is enough
    stranger.goto(people.mail_to(smtp_server, LAB, "/a/"))
    expect(stranger.locator("main")).to_contain_text("打开这一页本身没有改变任何内容")
    stranger.locator("main form button.primary").click()
    expect(stranger.locator("main")).to_contain_text("答复已记录")

    for page, other in ((firm, LAB), (lab, FIRM)):
        page.goto(f"{address}/cases")
        follow(page.get_by_role("link", name=people.STEPS["need"][0]["title"]))
        expect(page.locator("main")).to_contain_text("DQ-")
        expect(page.locator("main")).to_contain_text("安排首次对接")
        opens = page.get_by_role("button", name="查看联系方式")
        if opens.count():
            opens.first.click()
        expect(page.locator("main")).to_contain_text(other)
    people.mail_to(smtp_server, FIRM, "/cases/")


def test_search_finds_what_was_published_in_another_language(address: str, page: Page) -> None:
    """A need that the relay has indexed is found by its words, and by an English query."""
    make.published(make.enterprise(), "need")
    for query in ("人参废渣", "drying ginseng residue"):
        title = page.get_by_role("link", name=make.FIELDS["need"]["title"])
        for _ in range(120):
            page.goto(f"{address}/search?q={query}")
            if title.count():
                break
            page.wait_for_timeout(500)
        expect(title.first).to_be_visible()
