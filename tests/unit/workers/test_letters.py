"""What the mails say, as a real SMTP server received them."""

from collections.abc import Callable
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions import accounts, cases, deliveries, matches, organisations, records
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.digest.weeks import week_of
from matcher.links import AnswerLink, read_answer
from matcher.models import Achievement, Delivery, DeliveryKind, DeliveryState, Membership, User
from matcher.signing import BadLinkError, unsign
from matcher.vocabulary import AnswerKind, Role
from tests import factories
from tests.factories import Person
from tests.servers.smtp import MailServer
from tests.unit.workers.mails import planned
from workers import mailer, transport
from workers.digest import plan


def both_sides(**need: object) -> tuple[Person, Person, int]:
    enterprise, institute = factories.enterprise(name="甲公司"), factories.institute(name="乙研究所")
    match = factories.matched(
        factories.published(enterprise, "need", **need), factories.published(institute, "achievement")
    )
    with transaction() as session:
        for delivery in session.scalars(select(Delivery)):
            session.delete(delivery)
    return enterprise, institute, match


def texts(message: EmailMessage) -> tuple[str, str]:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def week() -> str:
    return week_of(clock.now(), ZoneInfo("Asia/Shanghai"))


def test_digest_mail(mail: Settings, smtp_server: MailServer) -> None:
    """45, 48: text and HTML say the same, links use the configured address, one-click unsubscribing is offered."""
    enterprise, institute, match = both_sides()
    plan(mail, week())
    assert mailer.send_due(mail) == 2
    message = smtp_server.to(enterprise.email)[0]
    assert message["List-Unsubscribe"].startswith("<https://daqiao.example/unsubscribe/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for text in texts(message):
        assert "过热蒸汽与射频联合的药渣快速脱水装备" in text
        assert f"https://daqiao.example/matches/{match}" in text
        assert text.count("https://daqiao.example/a/") == len(AnswerKind)
        assert "127.0.0.1" not in text
    assert institute.email in smtp_server.by_recipient()


def test_answer_links_name_person_match_and_answer(mail: Settings, smtp_server: MailServer) -> None:
    """44: what a link says is signed: whom it is for, which match, which answer."""
    enterprise, _, match = both_sides()
    plan(mail, week())
    mailer.send_due(mail)
    plain, _ = texts(smtp_server.to(enterprise.email)[0])
    tokens = [word.rpartition("/")[2] for word in plain.split() if "https://daqiao.example/a/" in word]
    assert [read_answer(mail, token) for token in tokens] == [
        AnswerLink(enterprise.id, match, answer) for answer in AnswerKind
    ]
    for forged in (tokens[0][:-2] + "xx", tokens[0] + "x", "", "a.b.c"):
        with pytest.raises(BadLinkError):
            read_answer(mail, forged)
    unsubscribe = smtp_server.to(enterprise.email)[0]["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    with pytest.raises(BadLinkError):
        read_answer(mail, unsubscribe)


def test_withdrawn_between_plan_and_send(mail: Settings, smtp_server: MailServer) -> None:
    """46: a record withdrawn between planning and sending is not shown; an empty digest is not sent."""
    enterprise, institute, _ = both_sides()
    other = factories.published(factories.institute(), "achievement", title="留下的成果")
    factories.matched(1, other, 0.7)
    plan(mail, week())
    records.withdraw_record(institute.actor, "achievement", 1, factories.version("achievement", 1))
    mailer.send_due(mail)
    plain, html = texts(smtp_server.to(enterprise.email)[0])
    assert "留下的成果" in plain
    assert "过热蒸汽" not in plain + html
    assert smtp_server.to(institute.email) == []
    with reading() as session:
        state = session.scalar(
            select(Delivery.state).where(Delivery.user_id == institute.id, Delivery.kind == "digest")
        )
    assert state == DeliveryState.SKIPPED


def test_header_injection_and_html(mail: Settings, smtp_server: MailServer) -> None:
    """45: a line break in a title reaches no header, markup is escaped, a text part exists."""
    enterprise, _, _ = both_sides()
    with transaction() as session:
        session.get_one(
            Achievement, 1
        ).title = "坏标题\r\nBcc: victim@example.org\n\n<script>alert(1)</script>"
        session.get_one(User, enterprise.id).name = "王\r\nBcc: victim@example.org"
    plan(mail, week())
    mailer.send_due(mail)
    message = smtp_server.to(enterprise.email)[0]
    assert message["Bcc"] is None
    assert "Bcc: victim@example.org" in message["Subject"]
    assert smtp_server.to("victim@example.org") == []
    _, html = texts(message)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_anonymous_need_is_not_named(mail: Settings, smtp_server: MailServer) -> None:
    """46: the mail hides what the page hides: whose need an anonymous one is."""
    _, institute, _ = both_sides(anonymous=True)
    plan(mail, week())
    mailer.send_due(mail)
    assert "甲公司" not in "".join(texts(smtp_server.to(institute.email)[0]))


def yes_and_case(enterprise: Person, institute: Person, match: int) -> int:
    matches.answer_match(institute.actor, match, AnswerKind.INTERESTED)
    case = matches.answer_match(enterprise.actor, match, AnswerKind.INTERESTED)
    assert case is not None
    return case


def test_case_mails(mail: Settings, smtp_server: MailServer) -> None:
    """The other side's yes, the case, a message in it: each to whom it concerns; a message's words stay in the case."""
    enterprise, institute, match = both_sides()
    case = yes_and_case(enterprise, institute, match)
    cases.write_message(enterprise.actor, case, "方便下周来看设备吗")
    assert mailer.send_due(mail) == 4
    assert [bool(smtp_server.to(person.email)) for person in (enterprise, institute)] == [True, True]
    everything = "".join(text for kept in smtp_server.messages for text in texts(kept.message))
    assert f"https://daqiao.example/cases/{case}" in everything
    assert "方便下周来看设备吗" not in everything


def test_a_case_mail_names_the_author_of_its_own_message(mail: Settings, smtp_server: MailServer) -> None:
    """Two messages before the mailer runs: each mail names the person whose message it is about."""
    enterprise, institute, match = both_sides()
    case = yes_and_case(enterprise, institute, match)
    broker = factories.add_person(Role.BROKER, name="周经纪")
    cases.assign_broker(SYSTEM, case, broker.id)
    with transaction() as session:
        for person, name in ((enterprise, "王厂长"), (institute, "李教授")):
            session.get_one(User, person.id).name = name
        for delivery in session.scalars(select(Delivery)):
            session.delete(delivery)
    cases.write_message(enterprise.actor, case, "请报价")
    cases.write_message(institute.actor, case, "稍后回复")
    assert mailer.send_due(mail) == 4
    assert "王厂长" in texts(smtp_server.to(institute.email)[0])[0]
    named = [texts(message)[0] for message in smtp_server.to(broker.email)]
    assert sorted(name for text in named for name in ("王厂长", "李教授") if name in text) == ["李教授", "王厂长"]


def write(kind: str) -> Callable[[], None]:
    def do() -> None:
        person = factories.add_person()
        accounts.request_reset(person.actor, person.email)

    def found() -> None:
        founder = factories.enterprise()
        organisations.revoke_organisation(SYSTEM, founder.actor.org_id or 0, "请更正 <b>代码</b>")

    def join() -> None:
        person, organisation = factories.add_person(), factories.enterprise().actor.org_id or 0
        organisations.join_organisation(person.actor, organisation)
        with reading() as session:
            asked = session.scalars(select(Membership.id).where(Membership.user_id == person.id)).one()
        organisations.decide_membership(SYSTEM, asked, accept=True)

    def review() -> None:
        author = factories.enterprise()
        need = factories.draft(author, "need")
        records.submit_record(author.actor, "need", need, factories.version("need", need))
        records.review_record(
            SYSTEM, "need", need, factories.version("need", need), publish=False, remark="请补充 <b>指标</b>"
        )

    return {"reset": do, "organisation": found, "membership": join, "review_result": review}[kind]


@pytest.mark.parametrize("kind", ["reset", "organisation", "membership", "review_result"])
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_each_kind_in_both_languages(mail: Settings, smtp_server: MailServer, kind: str, locale: str) -> None:
    """Every kind has a subject, a text and an HTML part in the recipient's language."""
    write(kind)()
    with transaction() as session:
        for user in session.scalars(select(User)):
            user.locale = locale
    assert mailer.send_due(mail) >= 1
    for kept in smtp_server.messages:
        assert kept.message["Subject"]
        assert kept.message["Content-Language"].startswith(locale)
        plain, html = texts(kept.message)
        assert plain.strip()
        assert "https://daqiao.example" in plain
        assert "https://daqiao.example" in html
        assert "<b>指标</b>" not in html


def test_verification_mail(mail: Settings, smtp_server: MailServer) -> None:
    """48: the link of the mail verifies the address it went to; once verified, an older plan is not sent."""
    person = factories.add_person(verified=False)
    planned(person, DeliveryKind.VERIFY)
    second = planned(person, DeliveryKind.VERIFY)
    with reading() as session:
        first = deliveries.due(session, 1)
    conversation = transport.open_transport(mail)
    mailer.send(mail, conversation, first[0])
    conversation.close()
    plain, _ = texts(smtp_server.to(person.email)[0])
    token = next(word for word in plain.split() if "/verify/" in word).rpartition("/")[2]
    data = unsign(mail, "verify", token)
    accounts.verify_email(person.actor, data["user"], data["state"])
    assert mailer.send_due(mail) == 0
    with reading() as session:
        assert session.get_one(Delivery, second).last_error == "done"
