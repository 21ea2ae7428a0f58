"""The mails of the calendar as a real SMTP server received them."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions import records
from matcher.clock import add_months
from matcher.db import reading, transaction
from matcher.links import FreshnessAct, read_freshness
from matcher.models import Delivery, DeliveryKind, Need, User
from tests import factories as make
from tests.servers.smtp import MailServer
from workers import mailer
from workers.conversion import offer_overdue, remind_of_duties
from workers.freshness import keep_fresh

DAY = timedelta(days=1)


def texts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def forget_mails() -> None:
    with transaction() as session:
        for delivery in session.scalars(select(Delivery)):
            session.delete(delivery)


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("nights", [(60,), (60, 74), (60, 74, 104)])
def test_the_question_its_reminder_and_the_archive(
    mail: Settings, smtp_server: MailServer, locale: str, nights: tuple[int, ...]
) -> None:
    """N5: each says what follows, in both languages, with links of the person's own that need no login."""
    firm = make.enterprise(locale=locale)
    need = make.published(firm, "need")
    forget_mails()
    for days in nights:
        with clock.at(clock.now() + days * DAY):
            keep_fresh(mail)
            mailer.send_due(mail)
    messages = smtp_server.to(firm.email)
    assert len(messages) == len(nights)
    for text in texts(messages[-1]):
        assert "人参提取废渣高值利用与快速干燥" in text
        assert f"https://daqiao.example/publish/need/{need}/edit" in text
    plain, _ = texts(messages[-1])
    tokens = [word.rpartition("/")[2] for word in plain.split() if "https://daqiao.example/f/" in word]
    found = [read_freshness(mail, token) for token in tokens]
    expected = [FreshnessAct.VALID] if len(nights) == 3 else [FreshnessAct.VALID, FreshnessAct.WITHDRAW]
    assert [each.act for each in found] == expected
    assert {(each.user_id, each.kind, each.record_id) for each in found} == {(firm.id, "need", need)}
    if locale == "en":
        assert not any("\u4e00" <= char <= "\u9fff" for char in messages[-1]["Subject"].split(":")[0])


def test_a_question_answered_meanwhile_is_not_sent(mail: Settings, smtp_server: MailServer) -> None:
    firm = make.enterprise()
    need = make.published(firm, "need")
    forget_mails()
    with clock.at(clock.now() + 60 * DAY):
        keep_fresh(mail)
        records.confirm_record(firm.actor, "need", need)
        assert mailer.send_due(mail) == 0
    with reading() as session:
        row = session.scalar(select(Delivery).where(Delivery.kind == DeliveryKind.FRESHNESS))
        assert row is not None
        assert (row.state, row.last_error) == ("skipped", "done")


def test_header_injection(mail: Settings, smtp_server: MailServer) -> None:
    """A line break in a title reaches no header."""
    firm = make.enterprise()
    need = make.published(firm, "need")
    forget_mails()
    with transaction() as session:
        session.get_one(Need, need).title = "坏标题\r\nBcc: victim@example.org"
        session.get_one(User, firm.id).name = "王\r\nBcc: victim@example.org"
    with clock.at(clock.now() + 60 * DAY):
        keep_fresh(mail)
        mailer.send_due(mail)
    assert smtp_server.to(firm.email)[0]["Bcc"] is None
    assert smtp_server.to("victim@example.org") == []


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize(("months", "days"), [(6, 10), (12, -2), (24, -2)])
def test_duties_of_conversion(
    mail: Settings, smtp_server: MailServer, locale: str, months: int, days: int
) -> None:
    """M44: what is due or overdue, in both languages."""
    lab = make.institute(locale=locale)
    completed = add_months(clock.today(mail.zone), -months) + timedelta(days=days)
    make.published(lab, "achievement", funding="national", completed_on=f"{completed}")
    forget_mails()
    assert remind_of_duties(mail) >= 1
    mailer.send_due(mail)
    assert smtp_server.to(lab.email)
    for message in smtp_server.to(lab.email):
        for text in texts(message):
            assert "过热蒸汽与射频联合的药渣快速脱水装备" in text
            assert "https://daqiao.example/conversion/mine" in text
        if locale == "en":
            assert not any("\u4e00" <= char <= "\u9fff" for char in message["Subject"])


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_an_overdue_achievement_is_offered(mail: Settings, smtp_server: MailServer, locale: str) -> None:
    """N20: the enterprise learns which, whose, why, and can answer from the mail; the owner gets no such mail."""
    firm, lab = make.enterprise(locale=locale), make.institute(name="长春精密研究所")
    completed = add_months(clock.today(mail.zone), -30)
    number = make.published(lab, "achievement", funding="national", completed_on=f"{completed}")
    match = make.matched(make.published(firm, "need"), number)
    forget_mails()
    offer_overdue(mail)
    assert mailer.send_due(mail) == 1
    for text in texts(smtp_server.to(firm.email)[0]):
        assert "长春精密研究所" in text
        assert f"https://daqiao.example/matches/{match}" in text
        assert "https://daqiao.example/a/" in text
    assert smtp_server.to(lab.email) == []
