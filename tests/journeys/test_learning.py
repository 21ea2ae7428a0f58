"""Answers teach: a refusal reorders the refusing enterprise's own list alone; many teach a version, which can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from matcher.actions.matches import answer_match
from matcher.db import reading, transaction
from matcher.embedding import open_encoder
from matcher.models import Achievement, Answer, LearningVersion, Match, Need
from matcher.vocabulary import AnswerKind, Level, Refusal
from tests import factories as make
from tests.factories import Person
from tests.journeys import people
from tests.journeys.platform import Platform
from tests.journeys.stage import Actor, Scene, confirm, follow, main, says, station, unfold
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.timeout(300)
FIRMS = 21  # a night asks for eighty answers of twelve organisations about twenty needs
RIPE, UNRIPE, REFUSED = "过热蒸汽脱水装备", "微波穿透脱水样机", "红外辐射脱水样机"
DRYERS = {  # readiness and words: of the ripe ones one says more and one less of the need than the unripe
    RIPE: (7, "过热蒸汽穿流快速干燥药渣，尾气冷凝回用"),
    "热泵循环脱水装备": (7, "热泵带动封闭热风循环，快速干燥药渣，省电"),
    REFUSED: (4, "红外辐射加热药渣薄层，快速干燥"),
    "热风穿流脱水样机": (4, "热风从下往上穿过药渣料层，干得均匀"),
    UNRIPE: (4, "微波穿透料层，内外快速干燥药渣"),
}
LOWER = "靠后：您说过“成熟度不足”"


def matched(platform: Platform) -> list[Person]:
    """Enterprises, each with a need that the platform has matched with all dryers, with the unripe one last."""
    platform.encoder = open_encoder(platform.settings)  # by words alone nothing is more than 弱相关
    with platform.clock():
        lab, firms = make.institute(), [make.enterprise() for _ in range(FIRMS)]
        for firm in firms:
            make.published(firm, "need")
    for titles in (set(DRYERS) - {UNRIPE}, {UNRIPE}):
        with platform.clock():
            for title in (each for each in DRYERS if each in titles):
                trl, how = DRYERS[title]
                words = f"{how}，人参药渣含水率由 70 % 降至 10 % 以下，不霉变。"
                make.published(lab, "achievement", title=title, abstract=words, trl=trl)
        platform.work()
    with transaction() as session:  # both as good as 强相关 begins, whatever the ranking thinks of them
        for match in session.scalars(select(Match).join(Match.achievement).where(Achievement.title.in_([RIPE, UNRIPE]))):
            match.probability, match.level = 0.81, Level.STRONG
    return firms


def in_order(scene: Scene, actor: Actor) -> list[str]:
    """Which achievements the person's list shows, from above."""
    rows = scene.open(actor, "/matches").locator("article.bridge-row").all_inner_texts()
    return [next(title for title in DRYERS if title in row) for row in rows]


def open_match(scene: Scene, actor: Actor, title: str) -> Page:
    """The match with that achievement, from the list."""
    page = scene.open(actor, "/matches")
    follow(page.locator("article.bridge-row", has_text=title).get_by_role("link").first)
    return page


def refuse(scene: Scene, actor: Actor, title: str) -> None:
    """不合适, because of 成熟度不足, on the match's page."""
    page = open_match(scene, actor, title)
    form = unfold(page, "不合适…")
    form.get_by_label("成熟度不足", exact=True).check()
    people.submit(page, form.get_by_role("button", name="告诉平台不合适"))
    says(page, "您单位认为不合适：成熟度不足。")


def agree(scene: Scene, actor: Actor, title: str) -> None:
    """有兴趣, on the match's page."""
    page = open_match(scene, actor, title)
    people.submit(page, page.get_by_role("button", name="有兴趣，请求对接", exact=True))
    says(page, "表示有兴趣")


def all_answer(platform: Platform, firms: list[Person]) -> None:
    """The other enterprises answer as one does who needs what is ready: yes to the ripe, no to the rest."""
    owners = {firm.actor.org_id: firm for firm in firms}
    with reading() as session:
        query = select(Match.id, Need.organisation_id, Match.achievement_id).join(Match.need)
        found = [row for row in session.execute(query) if row.organisation_id in owners]
        ripe = {row.id: make.load("achievement", row.achievement_id).trl > 4 for row in found}  # type: ignore[attr-defined]
    with platform.clock():
        for row in found:
            kind, reason = (AnswerKind.INTERESTED, None) if ripe[row.id] else (AnswerKind.REFUSED, Refusal.MATURITY)
            answer_match(owners[row.organisation_id].actor, row.id, kind, reason)


def test_answers_reorder_ones_own_list_and_teach_all(
    platform: Platform, smtp_server: MailServer, new_page: Callable[..., Page]
) -> None:
    """A refusal sinks what is no riper for this enterprise alone; a night learns from many; the operator goes back."""
    scene = Scene(platform, smtp_server, new_page)
    firms = matched(platform)
    first, second = (scene.enter(firm) for firm in firms[:2])
    before = in_order(scene, second)
    assert before == in_order(scene, first)
    assert before.index(UNRIPE) < before.index(RIPE), "the newer of two that are 强相关 comes first"

    refuse(scene, first, REFUSED)
    after = in_order(scene, first)
    assert after.index(RIPE) < after.index(UNRIPE)
    expect(first.page.locator("article.bridge-row", has_text=UNRIPE)).to_contain_text(LOWER)
    expect(first.page.locator("article.bridge-row", has_text=RIPE)).not_to_contain_text(LOWER)
    says(open_match(scene, first, UNRIPE), LOWER, "只在您单位自己的列表和周报里按 0.74（较强相关）排")
    station(first.page, "70-lower")
    assert in_order(scene, second) == before
    expect(main(second.page)).not_to_contain_text("靠后")
    expect(main(open_match(scene, second, UNRIPE))).not_to_contain_text("靠后")
    agree(scene, first, RIPE)

    all_answer(platform, firms[2:])
    platform.pass_days(1)
    with platform.clock():
        staff = make.operator()
    page = scene.open(scene.enter(staff), "/console/learning")
    with reading() as session:
        answers, figures = session.query(Answer).count(), session.query(LearningVersion).one().metrics
    says(page, "现在使用：第 1 版", "新版本更好，已启用。", f"{answers} 个答复 · {FIRMS - 1} 家单位 · {FIRMS - 1} 条需求")
    assert figures["loss_after"] < figures["loss_before"]
    says(page, f"次序正确 {100 * figures['order_before']:.1f}% → {100 * figures['order_after']:.1f}%")
    says(page, f"预测误差 {figures['loss_before']:.3f} → {figures['loss_after']:.3f}")
    expect(page.locator("dl.weights")).to_contain_text("成熟度达到要求")
    station(page, "71-learning")
    says(open_match(scene, second, UNRIPE), "答复的修正", "修正前")

    confirm(page, "退回到不修正")
    says(page, "现在使用：不修正", "由人固定")
    platform.work()
    expect(main(open_match(scene, second, UNRIPE))).not_to_contain_text("修正前")
