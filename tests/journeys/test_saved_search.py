"""A saved search brings what is new into the weekly mail, once, and is let rest and given up from there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.factories import Person
from tests.journeys import people
from tests.journeys.platform import Platform
from tests.journeys.stage import Actor, Scene, confirm, main, says, station
from tests.servers.smtp import MailServer

pytestmark = pytest.mark.timeout(300)
WORDS, NAME = "药渣脱水", "药渣脱水设备"


def publish(platform: Platform, lab: Person, title: str, **fields: object) -> int:
    """A record comes onto the platform and into its index."""
    with platform.clock():
        number = make.published(lab, "achievement", title=title, **fields)
    platform.work()
    return number


def save(scene: Scene, reader: Actor) -> None:
    """Search by words, narrow it by a filter, keep it under a name of one's own."""
    page = scene.open(reader, "/achievements")
    page.fill("#q", WORDS)
    people.submit(page, page.get_by_role("button", name="查找", exact=True))
    page.locator("[name=chain][value=medicine]").check()
    expect(page.locator(".active-filters")).to_be_visible()
    page.get_by_role("link", name="保存这个查找").click()
    page.fill("[name=name]", NAME)
    people.submit(page, page.get_by_role("button", name="保存", exact=True))
    says(page, NAME, "写进周报", f"“{WORDS}”")
    station(page, "50-saved")


def next_week(scene: Scene, reader: Actor) -> list[str]:
    """A week passes; what its digest brought to the reader."""
    before = len(scene.mail.to(reader.email))
    scene.platform.pass_days(7)
    scene.platform.weekly_mails()
    return [people.text_of(message) for message in scene.mail.to(reader.email)[before:]]


def test_from_a_search_to_the_mail_and_to_rest(
    platform: Platform, smtp_server: MailServer, new_page: Callable[..., Page]
) -> None:
    """Saved with a filter; the one new fitting record is mailed, opened, not mailed again; paused by the mail; deleted."""
    scene = Scene(platform, smtp_server, new_page)
    with platform.clock():
        person, lab = make.enterprise(), make.institute()
    publish(platform, lab, "药渣脱水旧装备")
    reader = scene.enter(person)
    save(scene, reader)
    publish(platform, lab, "别的产业链上的药渣脱水机", chain="automotive")
    new = publish(platform, lab, "新到的药渣脱水装备")

    [told] = next_week(scene, reader)
    assert f"因为您关注“{NAME}”" in told
    assert "新到的药渣脱水装备" in told
    assert not [title for title in ("旧装备", "别的产业链") if title in told]
    page = reader.page
    page.goto(people.mail_to(smtp_server, reader.email, f"/achievements/{new}"))
    says(page, "新到的药渣脱水装备")
    assert next_week(scene, reader) == []

    stranger = scene.stranger()  # the link is enough, and opening it alone changes nothing
    stranger.goto(people.mail_to(smtp_server, reader.email, "/s/"))
    says(stranger, "暂停这个查找？", NAME)
    says(scene.open(reader, "/searches"), "写进周报")
    people.submit(stranger, stranger.get_by_role("button", name="确认暂停", exact=True))
    says(stranger, "已暂停这个查找")
    says(scene.open(reader, "/searches"), "已暂停")
    publish(platform, lab, "停下以后的药渣脱水装备")
    assert next_week(scene, reader) == []

    confirm(scene.open(reader, "/searches"), "删除")
    says(page, "还没有保存的查找")
    stranger.reload()
    expect(main(stranger)).not_to_contain_text(NAME)
