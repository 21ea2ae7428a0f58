"""Mails about integrity records and exceptions, as a real SMTP server received them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher.actions.exceptions import decide_exception, request_exception
from matcher.actions.integrity import appeal, decide_appeal, enter_record
from matcher.db import transaction
from matcher.inputs.base import parse
from matcher.inputs.integrity import IntegrityInput
from matcher.integrity.blocks import today
from matcher.models import Delivery
from tests import factories as make
from tests.servers.smtp import MailServer
from tests.unit.web.work import make_case, make_pair
from tests.unit.workers.test_letters_time import forget_mails, texts
from workers import mailer

LONG = timedelta(days=90)


def is_english(text: str) -> bool:
    return not any("\u4e00" <= char <= "\u9fff" for char in text)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_news_of_a_record(mail: Settings, smtp_server: MailServer, locale: str) -> None:
    """M59: entered, then the appeal's result, in the reader's language, with the page to read and appeal."""
    firm = make.enterprise(locale=locale, name="Acme Works")
    forget_mails()
    values = {"subject": "Acme Works", "source": "No. 17", "scope": "all", "reason": "Forged data.",
              "starts_on": today(), "ends_on": today() + LONG}  # fmt: skip
    number = enter_record(make.operator().actor, parse(IntegrityInput, values))
    mailer.send_due(mail)
    appeal(firm.actor, number, "Withdrawn since.")
    decide_appeal(make.operator().actor, number, grant=True, answer="True.")
    mailer.send_due(mail)
    entered, granted = smtp_server.to(firm.email)
    for message, quote in ((entered, "Forged data."), (granted, "True.")):
        for text in texts(message):
            assert "Acme Works" in text
            assert quote in text
            assert "https://daqiao.example/account/integrity" in text
        assert is_english(message["Subject"]) == (locale == "en")


def test_those_who_left_are_not_told(mail: Settings, smtp_server: MailServer) -> None:
    """The mail is written under the rights of the moment of sending."""
    from matcher.actions.organisations import leave_organisation

    firm = make.enterprise(name="Acme Works")
    values = {"subject": "Acme Works", "source": "No. 17", "scope": "all", "reason": "Forged data.",
              "starts_on": today(), "ends_on": today() + LONG}  # fmt: skip
    forget_mails()
    enter_record(make.operator().actor, parse(IntegrityInput, values))
    leave_organisation(firm.actor)
    mailer.send_due(mail)
    assert smtp_server.to(firm.email) == []


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("approve", [True, False])
def test_decision_on_an_exception(mail: Settings, smtp_server: MailServer, locale: str, approve: bool) -> None:
    """M51: both sides read which rule no longer applies, or still does, and why."""
    pair = make_pair(make.enterprise(locale=locale), make.institute(locale=locale))
    case_id = make_case(pair)
    number = request_exception(pair.firm.actor, case_id, "broker", "X")
    forget_mails()
    decide_exception(make.operator().actor, number, approve=approve, decision="By order 9.")
    mailer.send_due(mail)
    for person in (pair.firm, pair.lab):
        (message,) = smtp_server.to(person.email)
        for text in texts(message):
            assert "By order 9." in text
            assert f"https://daqiao.example/cases/{case_id}/exceptions" in text
        assert is_english(message["Subject"]) == (locale == "en")
    with transaction() as session:
        assert {each.state for each in session.scalars(select(Delivery))} == {"sent"}
