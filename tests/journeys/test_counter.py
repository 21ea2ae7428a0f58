"""At a counter, in a real browser on the whole platform: a walk-in client gets a case, and finds it online later."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.journeys import people
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.timeout(300)
CLIENT = "pan@example.org"


def test_a_clerk_opens_a_case_and_the_client_agrees_by_the_invitation(
    address: str, smtp_server: MailServer, new_page: Callable[..., Page]
) -> None:
    """Journey 5: the clerk enters client and need, opens a case, prints it; the client follows the mail and agrees."""
    (clerk, _station), lab = make.clerk(), make.institute()
    offer = make.published(lab, "achievement")
    desk, client = new_page(), new_page(viewport={"width": 390, "height": 844})
    people.sign_in(desk, address, clerk.email)
    desk.get_by_role("link", name="线下受理").first.click()
    desk.get_by_role("link", name="受理来客").click()
    fields = {key: value for step in people.STEPS["need"] for key, value in step.items()}
    people.fill(desk, {
        "credit_code": make.credit_code(95001), "organisation_name": "集安堰泽参业有限公司",
        "organisation_region": "220500", "contact_name": "潘先生", "contact_phone": "0435-0000-0117",
        "email": CLIENT, **fields,
    })
    desk.check("[name=identity_seen]")
    desk.check("[name=accept_privacy]")
    desk.click("main form button.primary")
    expect(desk.locator("main")).to_contain_text("SL-")
    desk.fill("[name=achievement]", str(offer))
    desk.get_by_role("button", name="为这一对开工单").click()
    expect(desk.locator("main")).to_contain_text("待双方同意")
    number = re.search(r"DQ-\d{4}-\d{6}", desk.locator("main").inner_text())
    assert number
    desk.get_by_role("link", name="打印工单").click()
    expect(desk.locator("svg.qr")).to_be_visible()
    expect(desk.locator("main")).to_contain_text(f"/cases/by-number/{number[0]}")

    client.goto(people.mail_to(smtp_server, CLIENT, "/invitation/"))
    client.fill("[name=password]", make.PASSWORD)
    people.submit(client, client.locator("main form button.primary"))
    people.sign_in(client, address, CLIENT)
    client.goto(f"{address}/cases/by-number/{number[0]}")
    client.get_by_role("button", name="同意对接").click()
    expect(client.locator("#timeline")).to_contain_text("需求方同意对接")
