"""What is overdue climbs through the four officers to the operator: real nights, real mails, read in the browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from matcher.tasks.terms import OFFICERS
from tests import factories as make
from tests.journeys import bridging, people
from tests.journeys.platform import Platform
from tests.journeys.stage import Stage, main, press, says, station
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.timeout(300)


def appoint(stage: Stage, email: str, duty: str) -> None:
    """The operator names somebody for the firm's region."""
    page = stage.desk.page
    page.goto(f"{stage.platform.address}/console/officers")
    people.fill(page, {"email": email, "duty": duty, "region": "220100"})
    press(page, "指定")
    expect(main(page)).to_contain_text(email)


def test_overdue_climbs_through_four_roles(
    platform: Platform, smtp_server: MailServer, new_page: Callable[..., Page]
) -> None:
    """The broker is reminded, then told; 联络员, 科技特派员, 指导员, 督导员, the operator get one mail each, in order."""
    stage = Stage(platform, smtp_server, new_page)
    with platform.clock():
        officers = {duty: make.add_person() for duty in OFFICERS}
    for duty, person in officers.items():
        appoint(stage, person.email, duty)
    station(stage.desk.page, "30-officers")
    bridging.two_yeses(stage)
    bridging.give_to_broker(stage)
    before = len(stage.mail.messages)
    platform.pass_days(30)

    order = [kept.recipients[0] for kept in stage.mail.messages[before:] if stage.case in people.text_of(kept.message)]
    ladder = [*(officers[duty].email for duty in OFFICERS), stage.desk.email]
    assert order[0] == stage.broker.email
    assert [email for email in order if email in ladder] == ladder
    says(stage.go(stage.firm), "逾期未完成，升级到督导员", "逾期未完成，升级到运营人员")
    station(stage.firm.page, "31-escalated")
    stage.desk.page.goto(f"{platform.address}/today")
    says(stage.desk.page, "安排首次对接", "已升级 5 次")
    station(stage.desk.page, "32-operator")
