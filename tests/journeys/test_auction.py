"""A listing with an auction: announced, joined, bid for in its last minutes, extended, won, agreed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests import factories as make
from tests.journeys import bridging, pricing
from tests.journeys.platform import Platform
from tests.journeys.stage import Stage, says, station
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.timeout(300)


def test_an_auction_is_won_after_its_extension(
    platform: Platform, smtp_server: MailServer, new_page: Callable[..., Page]
) -> None:
    """Two firms bid; a bid in the last five minutes extends; the highest above the reserve is the agreed price."""
    stage = Stage(platform, smtp_server, new_page)
    bridging.two_yeses(stage)
    bridging.give_to_broker(stage)
    bridging.move(stage, "已对接", "双方通了电话。", stage.firm, stage.lab)
    bridging.move(stage, "议价", "愿意公开竞价。", stage.firm, stage.lab)
    ends_at = platform.now.replace(hour=15, minute=0, second=0) + timedelta(days=10)
    sale = pricing.announce_auction(stage, ends_at)
    with platform.clock():
        rival = make.enterprise()
    rival_firm = stage.enter(rival)
    pricing.take_part(stage, stage.firm, sale)
    pricing.take_part(stage, rival_firm, sale)

    platform.until(ends_at - timedelta(hours=1))
    says(pricing.bid(stage.firm, sale, "85"), "已出价。", "您的出价最高")
    says(pricing.bid(rival_firm, sale, "86"), "至少 90")  # the highest and the increment
    platform.until(ends_at - timedelta(minutes=3))
    says(pricing.bid(rival_firm, sale, "95"), "已出价。", "15:02")
    station(rival_firm.page, "21-auction")
    platform.until(ends_at + timedelta(minutes=1))
    says(pricing.bid(stage.firm, sale, "100"), "已出价。")
    platform.until(ends_at + timedelta(minutes=30))
    stage.firm.page.goto(sale)
    says(stage.firm.page, "由您的单位取得")
    station(stage.firm.page, "22-won")
    rival_firm.page.goto(sale)
    says(rival_firm.page, "交易已经结束。")
    says(stage.go(stage.lab, "/price"), "100")
    station(stage.lab.page, "23-auction-over")
