"""The bridge in full, in a real browser with real mail: from a match to converted, by the platform's own calendar."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import bridging, contracting, pricing, sharing
from tests.journeys.platform import Platform
from tests.journeys.stage import Stage, main, says, station
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def stage(platform: Platform, smtp_server: MailServer, new_page: Callable[..., Page]) -> Stage:
    """A firm and a lab whom the platform has matched, a broker and an operator."""
    return Stage(platform, smtp_server, new_page)


def bring_to_pricing(stage: Stage) -> None:
    """Two yeses, a broker, a meeting, a trial."""
    bridging.two_yeses(stage)
    bridging.give_to_broker(stage)
    bridging.meet(stage, days=2)
    bridging.move(stage, "已对接", "双方通了电话。", stage.firm, stage.lab)
    stage.platform.pass_days(3)
    bridging.write_minutes(stage, days=20)
    bridging.move(stage, "方案/试用", "样机运到通化。", stage.firm, stage.lab)
    bridging.move(stage, "议价", "试用三周，含水率 9.8 %。", stage.firm, stage.lab)


def test_from_the_match_to_the_money(stage: Stage, tmp_path: Path) -> None:
    """Match, two yeses, broker, meeting, trial, price, 15 days of notice, contract, 补正, payment, shares, claim, success."""
    bring_to_pricing(stage)
    pricing.gap_by_sealed_ranges(stage)
    pricing.agree(stage, "105")
    bridging.cannot_move(stage, "签约", "完成公示")
    public = pricing.give_notice(stage)
    says(public, "105", "过热蒸汽")
    contracting.draft(stage)
    assert "1,050,000" in contracting.contract_paper(stage)
    stage.platform.pass_days(14)
    bridging.cannot_move(stage, "签约", "公示期满")
    stage.platform.pass_days(2)
    bridging.cannot_move(stage, "签约", "已签订的技术合同")
    contracting.sign(stage)
    bridging.move(stage, "签约", "双方盖章。", stage.firm, stage.lab)

    contracting.submit(stage)
    contracting.answer(stage, "补正", "补充验收标准的检测方法")
    says(stage.go(stage.lab, contracting.CONTRACT), "补充验收标准的检测方法")
    station(stage.lab.page, "12-returned")
    contracting.submit(stage, changed="写明由第三方检测")
    contracting.answer(stage, "已认定", reg_no=contracting.NUMBER, approved_tech="1000000")
    says(stage.go(stage.firm, contracting.CONTRACT), contracting.NUMBER)
    station(stage.firm.page, "13-recognised")
    bridging.move(stage, "已登记", "登记证明已取得。", stage.firm, stage.lab)
    bridging.move(stage, "履约", "样机开工。", stage.firm, stage.lab)

    sharing.set_rights(stage)
    contracting.agree_milestone(stage, "样机交付")
    proof = tmp_path / "银行回单.txt"
    proof.write_text("收到 630000 元", encoding="utf-8")
    contracting.pay(stage, "630000", proof)
    sharing.share(stage)
    assert sharing.amounts(stage) == ["189,000.00 元", "264,600.00 元", "176,400.00 元"]
    assert "264,600.00" in sharing.statement(stage, "赵研究员")
    sharing.claim(stage, stage.firm)
    station(stage.firm.page, "16-claim")
    sharing.grant_claim(stage)
    contracting.deliver_and_accept(stage)
    bridging.move(stage, "转化成功", "第一条线投产。", stage.firm, stage.lab)
    for actor in (stage.firm, stage.lab):
        expect(main(stage.go(actor))).to_contain_text("第一条线投产。")
        station(actor.page, f"17-converted-{actor.person.id}")


def test_ended_for_the_price(stage: Stage) -> None:
    """The same way to the price, where it ends: the lab finds the reason as a count at its achievement."""
    bring_to_pricing(stage)
    pricing.gap_by_sealed_ranges(stage)
    bridging.end(stage, "价格")
    stage.platform.work()
    page = stage.lab.page
    page.goto(f"{stage.platform.address}/publish/achievement/{stage.achievement}")
    says(page, "终止：价格 × 1")
    station(page, "18-outcome")
    assert "终止" in bridging.newest_mail(stage, stage.lab)
