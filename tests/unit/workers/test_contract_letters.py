"""Mails about a contract's registration and its half-yearly reports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.settings import Settings
from matcher import clock
from matcher.actions.reports import submit_report
from matcher.contracts.lists import RegistrationState
from matcher.db import reading, transaction
from matcher.inputs.base import parse
from matcher.inputs.contracts import ReportInput
from matcher.models import Delivery, PerformanceReport, User
from matcher.vocabulary import CaseState
from tests import contracts_of as contracts
from tests.servers.smtp import MailServer
from tests.unit.web.work import Pair, make_case, make_pair
from tests.unit.workers.test_letters import texts
from workers import mailer
from workers.contracts import plan_reports

LETTERS = {
    "returned": ({"zh": "请补充验收标准", "en": "请补充验收标准"}, {"zh": "认定登记须补正", "en": "needs corrections"}),
    "recognised": ({"zh": "编号 2026220100000123", "en": "registered under 2026220100000123"}, {"zh": "已认定", "en": "Recognised"}),
    "refused": ({"zh": "不予登记", "en": "refused to register"}, {"zh": "不予登记", "en": "Registration refused"}),
}


def signed(pair: Pair) -> int:
    """Their case at 签约."""
    case_id = make_case(pair)
    contracts.walk(case_id, CaseState.SIGNED)
    return case_id


def speak(pair: Pair, locale: str) -> None:
    """Let the firm's member read this language."""
    with transaction() as session:
        session.get_one(User, pair.firm.id).locale = locale


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("state", LETTERS)
def test_the_registrys_answer_is_told_in_the_readers_language(
    mail: Settings, smtp_server: MailServer, state: str, locale: str
) -> None:
    """补正 with the registry's words, 已认定 with the number, 不予登记; text and HTML lead to the contract."""
    pair = make_pair()
    case_id = signed(pair)
    speak(pair, locale)
    contracts.submit(case_id)
    number = {"reg_no": "2026220100000123"} if state == "recognised" else {}
    contracts.decide(case_id, RegistrationState(state), remark="请补充验收标准", **number)
    mailer.send_due(mail)
    message = smtp_server.to(pair.firm.email)[-1]
    says, subject = LETTERS[state]
    assert subject[locale] in str(message["Subject"])
    for text in texts(message):
        assert says[locale] in text
        assert f"https://daqiao.example/cases/{case_id}/contract" in text


@pytest.mark.parametrize(("locale", "says"), [("zh", "销售额和应付的提成"), ("en", "Please hand in the report")])
def test_a_due_report_is_told(mail: Settings, smtp_server: MailServer, locale: str, says: str) -> None:
    """The half-year and the date by which the report is due."""
    pair = make_pair()
    signed(pair)
    speak(pair, locale)
    with clock.at(clock.now() + timedelta(days=240)):
        assert plan_reports(mail) == 1
        mailer.send_due(mail)
    for text in texts(smtp_server.to(pair.firm.email)[-1]):
        assert says in text


def test_a_report_that_was_handed_in_is_not_asked_for(mail: Settings, smtp_server: MailServer) -> None:
    """Between planning and sending somebody filled it in."""
    pair = make_pair()
    case_id = signed(pair)
    with clock.at(clock.now() + timedelta(days=240)):
        plan_reports(mail)
        with reading() as session:
            for report in session.query(PerformanceReport):
                submit_report(pair.firm.actor, case_id, report.id, parse(ReportInput, {"sales": "1"}))
        mailer.send_due(mail)
    with reading() as session:
        assert {row.state for row in session.query(Delivery).filter_by(kind="report_due")} == {"skipped"}
