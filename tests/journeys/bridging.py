"""Bringing two together: two yeses, a broker, steps on, a meeting, the end."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests import factories as make
from tests.journeys import people
from tests.journeys.stage import Actor, Stage, accept_next, follow, press, says, station, unfold


def two_yeses(stage: Stage) -> None:
    """The firm says yes on the platform, the lab by its mail's link; the case is there for both."""
    page = stage.firm.page
    page.goto(f"{stage.platform.address}/matches")
    follow(page.locator("article.bridge-row").get_by_role("link").first)
    station(page, "01-match")
    people.submit(page, page.get_by_role("button", name="有兴趣，请求对接", exact=True))
    stranger = stage.stranger()
    stranger.goto(stage.mail_with(stage.lab, "/a/"))
    stranger.locator("main form button.primary").click()
    says(stranger, "答复已记录")
    stage.case = urlsplit(stage.mail_with(stage.firm, "/cases/")).path
    station(stage.go(stage.firm), "02-case")
    says(stage.firm.page, "DQ-2026-", "安排首次对接")


def give_to_broker(stage: Stage) -> None:
    """Nobody was there to look after the case: the operator gives it to a new broker, who hears of it."""
    says(stage.go(stage.firm), "待运营人员指定")
    stage.hire_broker()
    page = stage.go(stage.desk)
    station(page, "03-assign")
    page.select_option("[name=broker_id]", str(stage.broker.person.id))
    press(page, "指定")
    says(page, "经纪人已指定。")
    assert stage.case in stage.mail_with(stage.broker, stage.case)


def move(stage: Stage, words: str, note: str, *told: Actor) -> None:
    """The broker records a step; those named get a mail about it."""
    stage.platform.work()
    page = stage.go(stage.broker)
    form = unfold(page, "记录进展")
    form.get_by_label(words, exact=True).check()
    form.locator("[name=note]").fill(note)
    form.get_by_role("button", name="记录", exact=True).click()
    says(page, "进展已记录。", note)
    expect(page.locator(".path li:not(.todo)").last).to_contain_text(words)
    before = {actor.email: len(stage.mail.to(actor.email)) for actor in told}
    stage.platform.work()
    for email, count in before.items():
        assert len(stage.mail.to(email)) == count + 1
        assert stage.case in people.text_of(stage.mail.to(email)[-1])


def cannot_move(stage: Stage, words: str, *missing: str) -> None:
    """The broker is told what must be there before this step; the step is not offered."""
    form = unfold(stage.go(stage.broker), "记录进展")
    for each in missing:
        expect(form).to_contain_text(each)
    assert form.get_by_label(words, exact=True).count() == 0


def meet(stage: Stage, days: int) -> None:
    """The broker calls a meeting, the firm accepts by its mail's link, the invitation is a calendar file."""
    day = (stage.platform.now + timedelta(days=days)).date()
    page = stage.go(stage.broker, "/meetings")
    for name, value in {
        "title": "首次对接会", "day": day.isoformat(), "begins": "10:00", "ends": "11:00", "place": "长春科技大市场三楼",
    }.items():  # fmt: skip
        page.fill(f"[name={name}]", value)
    press(page, "发出邀请")
    says(page, "邀请已发出。", "首次对接会")
    station(page, "04-meeting")
    link = stage.mail_with(stage.firm, "/m/")
    check_invitation(stage, day)
    stranger = stage.stranger()
    stranger.goto(link)
    says(stranger, "打开这一页本身没有改变任何内容")
    station(stranger, "05-invitation")
    press(stranger, "确认：参加")
    says(stranger, "已答复：参加。")
    guest = stage.go(stage.broker, "/meetings").locator(".guests li", has_text=_name(stage.firm))
    expect(guest).to_contain_text("参加")


def check_invitation(stage: Stage, day: date) -> None:
    """The firm's mail holds the meeting as calendar programs read it."""
    mail = next(m for m in reversed(stage.mail.to(stage.firm.email)) if "首次对接会" in str(m["subject"]))
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert parts
    assert parts[0].get_param("method") == "REQUEST"
    text = str(parts[0].get_content())
    assert "BEGIN:VEVENT" in text
    assert f"{day:%Y%m%d}T" in text


def write_minutes(stage: Stage, days: int) -> None:
    """After the meeting the broker keeps the minutes; what was agreed becomes the lab's task."""
    page = stage.go(stage.broker, "/meetings")
    page.get_by_role("link", name="写纪要").click()
    due = (stage.platform.now + timedelta(days=days)).date()
    page.fill("[name=minutes]", "双方看了样机，愿意用参渣试一次。")
    page.fill("[name=decisions]", "五月前完成试用")
    page.fill("[name='tasks-0-title']", "寄出试用样机")
    page.select_option("[name='tasks-0-duty']", "offer")
    page.fill("[name='tasks-0-due_on']", due.isoformat())
    press(page, "保存纪要")
    says(page, "纪要已保存，任务已分派。", "五月前完成试用")
    station(stage.go(stage.lab), "06-minuted")
    says(stage.lab.page, "寄出试用样机")


def end(stage: Stage, reason: str) -> None:
    """The broker ends the case for a reason."""
    page = stage.go(stage.broker)
    form = unfold(page, "终止工单")
    form.get_by_label(reason, exact=True).check()
    accept_next(page)
    form.get_by_role("button", name="终止工单").click()
    says(page, "工单已终止。", f"终止：{reason}")


def _name(actor: Actor) -> str:
    return f"用户{make.code(int(actor.person.email.removeprefix('person').partition('@')[0]))}"


def newest_mail(stage: Stage, actor: Actor) -> str:
    """What the newest mail to that person says."""
    return people.text_of(stage.mail.to(actor.email)[-1])
