"""Mails about a case's steps, as a real SMTP server received them."""

from datetime import timedelta

import pytest

from config.settings import Settings
from matcher import clock
from matcher.actions import cases, pausing
from matcher.db import reading, transaction
from matcher.models import Case, User
from matcher.vocabulary import CaseState, EndReason, PauseReason
from matcher.workdays import local_day
from tests import factories as make
from tests.servers.smtp import MailServer
from tests.unit.web.work import make_case, make_pair
from tests.unit.workers.test_letters import texts
from workers import mailer


def version(case_id: int) -> int:
    with reading() as session:
        return session.get_one(Case, case_id).version


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh", ("工单进入“已对接”", "暂停到", "工单继续办理", "工单已终止：资金", "工单恢复到“已对接”")),
        ("en", ("Case has reached “Connected”", "Case paused until", "Case continues", "Case ended: Funding", "Case brought back to “Connected”")),
    ],
)  # fmt: skip
def test_each_step_is_told_in_the_readers_language(
    mail: Settings, smtp_server: MailServer, locale: str, words: tuple[str, ...]
) -> None:
    """Subject, text and HTML say what happened and what comes next; the one who did it gets none."""
    pair, broker = make_pair(), make.broker()
    case_id = make_case(pair)
    with transaction() as session:
        session.get_one(User, pair.firm.id).locale = locale
    cases.assign_broker(make.operator().actor, case_id, broker.id)
    actor = broker.actor
    cases.move_case(actor, case_id, version(case_id), CaseState.CONNECTED)
    pausing.pause_case(actor, case_id, version(case_id), PauseReason.FUNDS, local_day(clock.now()) + timedelta(days=9))
    pausing.continue_case(actor, case_id)
    cases.end_case(actor, case_id, version(case_id), EndReason.FUNDS)
    pausing.resume_case(actor, case_id, version(case_id))
    mailer.send_due(mail)
    letters = {message["Subject"]: texts(message) for message in smtp_server.to(pair.firm.email)}
    for sentence in words:
        subject = next(subject for subject in letters if sentence in subject)
        assert all(sentence in text for text in letters[subject])
        assert all(f"https://daqiao.example/cases/{case_id}" in text for text in letters[subject])
    assert not any("DQ-" in str(message["Subject"]) and words[0] in str(message["Subject"]) for message in smtp_server.to(broker.email))
