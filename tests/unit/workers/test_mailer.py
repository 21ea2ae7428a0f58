"""The life of a mail, on a real SMTP server."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from config import settings as settings_module
from config.settings import Settings
from matcher import clock, digest
from matcher.actions import accounts, cases, deliveries, matches, records
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import Conflict, NotAllowed
from matcher.models import AuditEvent, Delivery, DeliveryKind, DeliveryState, User
from matcher.vocabulary import AnswerKind
from tests import factories
from tests.factories import Person
from tests.servers.process import free_port
from tests.servers.smtp import Behaviour, MailServer
from workers import mailer, transport
from workers.digest import plan


@pytest.fixture
def mail(settings: Settings, smtp_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings that name the SMTP server."""
    monkeypatch.setenv("SMTP_URL", f"{smtp_server.url}?timeout=0.5")
    monkeypatch.setenv("PUBLIC_URL", "https://daqiao.example")
    settings_module.get_settings.cache_clear()
    yield settings_module.get_settings()
    settings_module.get_settings.cache_clear()


def planned(person: Person, kind: DeliveryKind = DeliveryKind.RESET, **payload: object) -> int:
    """A planned mail; the id."""
    with transaction() as session:
        moment = clock.now()
        row = Delivery(user_id=person.id, kind=kind, key=f"{moment.timestamp()}", payload=payload,
                       available_at=moment, created_at=moment)  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def row(delivery_id: int) -> Delivery:
    with reading() as session:
        return session.get_one(Delivery, delivery_id)


def change(person: Person, **values: object) -> None:
    with transaction() as session:
        user = session.get_one(User, person.id)
        for name, value in values.items():
            setattr(user, name, value)


def later(seconds: float) -> object:
    return clock.at(clock.now() + timedelta(seconds=seconds))


def test_sent(mail: Settings, smtp_server: MailServer) -> None:
    """42: the Message-ID is derived from the delivery; the row names it, and what became of the mail."""
    person = factories.add_person(email="anna@example.org")
    number = planned(person)
    assert mailer.send_due(mail) == 1
    message = smtp_server.to("anna@example.org")[0]
    found = row(number)
    assert found.state == DeliveryState.SENT
    assert found.sent_at is not None
    assert message["Message-ID"] == found.message_id
    assert f"delivery-{number}." in found.message_id
    assert message["Auto-Submitted"] == "auto-generated"


def test_sent_again_has_the_same_message_id(mail: Settings, smtp_server: MailServer) -> None:
    """42: a resend is recognisable."""
    number = planned(factories.add_person())
    mailer.send_due(mail)
    with transaction() as session:
        session.get_one(Delivery, number).state = DeliveryState.UNKNOWN
    deliveries.resolve_delivery(SYSTEM, number, send_again=True)
    mailer.send_due(mail)
    assert len({message["Message-ID"] for message in smtp_server.wait_for(2)}) == 1


def test_two_mailers_send_once(mail: Settings, smtp_server: MailServer) -> None:
    """38: of two mailers that hold the same mail, one carries out the transaction."""
    number = planned(factories.add_person())
    both = threading.Barrier(2)

    class Waits(transport.Smtp):
        def open(self) -> None:
            super().open()
            both.wait(10)

    def work() -> None:
        conversation = Waits(mail.smtp_url or "")
        mailer.send(mail, conversation, number)
        conversation.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(smtp_server.messages) == 1
    assert row(number).attempts == 1


def test_temporary_refusal_is_tried_again(mail: Settings, smtp_server: MailServer) -> None:
    """41: a 4xx reply leaves the mail planned for later; it goes out then, once."""
    number = planned(factories.add_person())
    smtp_server.set(Behaviour.TEMPORARY)
    assert mailer.send_due(mail) == 0
    found = row(number)
    assert (found.state, found.attempts) == (DeliveryState.PLANNED, 1)
    assert found.available_at > clock.now() + timedelta(seconds=30)
    smtp_server.set(Behaviour.ACCEPT)
    assert mailer.send_due(mail) == 0
    with later(120):  # type: ignore[attr-defined]
        assert mailer.send_due(mail) == 1
    assert row(number).state == DeliveryState.SENT


def test_temporary_refusals_end(mail: Settings, smtp_server: MailServer) -> None:
    """41: after its last attempt a mail is failed; the address is not held to be wrong."""
    person = factories.add_person()
    number = planned(person)
    with transaction() as session:
        session.get_one(Delivery, number).attempts = deliveries.MAX_ATTEMPTS - 1
    smtp_server.set(Behaviour.TEMPORARY)
    mailer.send_due(mail)
    assert row(number).state == DeliveryState.FAILED
    with reading() as session:
        assert not session.get_one(User, person.id).mail_bounced


@pytest.mark.parametrize("behaviour", [Behaviour.PERMANENT, Behaviour.REFUSE_RECIPIENT])
def test_refusal_for_good_flags_the_address(
    mail: Settings, smtp_server: MailServer, behaviour: Behaviour
) -> None:
    """41: a 5xx reply fails the mail and flags the address, audited."""
    person = factories.add_person()
    number = planned(person)
    smtp_server.set(behaviour)
    mailer.send_due(mail)
    assert row(number).state == DeliveryState.FAILED
    with reading() as session:
        assert session.get_one(User, person.id).mail_bounced
        assert (
            session.scalar(select(AuditEvent.object_id).where(AuditEvent.action == "account.bounced"))
            == person.id
        )


@pytest.mark.parametrize("behaviour", [Behaviour.HANG, Behaviour.DROP, Behaviour.ACCEPT_AND_DROP])
def test_unclear_outcome_is_unknown(mail: Settings, smtp_server: MailServer, behaviour: Behaviour) -> None:
    """41: silence or a cut during DATA is unknown, and never sent again by itself; others are not held up (86)."""
    unclear = planned(factories.add_person(email="unclear@example.org"))
    clear = planned(factories.add_person(email="clear@example.org"))
    smtp_server.set(behaviour, "unclear@example.org")
    assert mailer.send_due(mail) == 1
    assert (row(unclear).state, row(clear).state) == (DeliveryState.UNKNOWN, DeliveryState.SENT)
    with later(86400):  # type: ignore[attr-defined]
        assert mailer.send_due(mail) == 0


def test_killed_while_sending_becomes_unknown(mail: Settings, smtp_server: MailServer) -> None:
    """39: a mail whose mailer died in between is unknown after the grace time, not sent again, and shown."""
    number = planned(factories.add_person())
    assert deliveries.begin(number, "<x@example.org>")
    assert deliveries.sweep() == 0
    with later(deliveries.GRACE_SECONDS + 1):  # type: ignore[attr-defined]
        assert deliveries.sweep() == 1
        assert mailer.send_due(mail) == 0
    assert row(number).state == DeliveryState.UNKNOWN
    assert smtp_server.messages == []


def test_server_away(settings: Settings, smtp_server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is away costs no attempt; the mail waits and goes out later."""
    number = planned(factories.add_person())
    away = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{free_port()}"})
    assert mailer.send_due(away) == 0
    found = row(number)
    assert (found.state, found.attempts) == (DeliveryState.PLANNED, 0)
    assert mailer.send_due(settings.model_copy(update={"smtp_url": smtp_server.url})) == 0
    with later(mailer.UNREACHABLE_SECONDS + 1):  # type: ignore[attr-defined]
        assert mailer.send_due(settings.model_copy(update={"smtp_url": smtp_server.url})) == 1


def test_operator_resolves(mail: Settings, smtp_server: MailServer) -> None:
    """39: a person decides about an unknown mail: send it again, or call it sent; audited, operators only."""
    again, sent = (planned(factories.add_person()) for _ in range(2))
    for number in (again, sent):
        deliveries.begin(number, "<x@example.org>")
        deliveries.unknown(number, "timeout")
    boss = factories.operator()
    deliveries.resolve_delivery(boss.actor, again, send_again=True)
    deliveries.resolve_delivery(boss.actor, sent, send_again=False)
    assert (row(again).state, row(sent).state) == (DeliveryState.PLANNED, DeliveryState.SENT)
    assert mailer.send_due(mail) == 1
    with pytest.raises(Conflict):
        deliveries.resolve_delivery(boss.actor, sent, send_again=True)
    with pytest.raises(NotAllowed):
        deliveries.resolve_delivery(factories.enterprise().actor, again, send_again=True)
    with reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "delivery.resolve")).all()
    assert [event.changes["after"] for event in events] == ["planned", "sent"]


REASONS: list[tuple[dict[str, object], DeliveryKind, str]] = [
    ({"closed_at": clock.now()}, DeliveryKind.RESET, "closed"),
    ({"verified_at": None}, DeliveryKind.MEMBERSHIP, "unverified"),
    ({"mail_bounced": True}, DeliveryKind.MEMBERSHIP, "bounced"),
    ({"digest": False}, DeliveryKind.DIGEST, "unsubscribed"),
]


@pytest.mark.parametrize(("values", "kind", "reason"), REASONS, ids=[reason for _, _, reason in REASONS])
def test_who_gets_none_at_sending_time(
    mail: Settings, smtp_server: MailServer, values: dict[str, object], kind: DeliveryKind, reason: str
) -> None:
    """43: closed, unverified, bounced and unsubscribed people get none, although it was planned."""
    person = factories.add_person()
    number = planned(person, kind, organisation_id=1, week="2026-W48", items=[])
    change(person, **values)
    assert mailer.send_due(mail) == 0
    found = row(number)
    assert (found.state, found.last_error) == (DeliveryState.SKIPPED, reason)
    assert smtp_server.connections == 0


def test_own_request_reaches_a_bounced_address(mail: Settings, smtp_server: MailServer) -> None:
    """Who asks for a link again gets it: otherwise a repaired mailbox could never be told of."""
    person = factories.add_person()
    change(person, mail_bounced=True, verified_at=None)
    planned(person, DeliveryKind.VERIFY)
    assert mailer.send_due(mail) == 1


def test_mail_that_cannot_be_written(
    mail: Settings, smtp_server: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """35: a mistake in one mail fails that one, holds up no other, and the log quotes no data."""
    broken = planned(factories.add_person(email="secret@example.org"), DeliveryKind.CASE_OPENED)
    good = planned(factories.add_person())
    assert mailer.send_due(mail) == 1
    assert (row(broken).state, row(good).state) == (DeliveryState.FAILED, DeliveryState.SENT)
    assert "secret@example.org" not in "".join(capsys.readouterr())


# What the mails say


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
    return digest.week_of(clock.now(), digest.ZoneInfo("Asia/Shanghai"))


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
    from matcher.links import AnswerLink, read_answer
    from matcher.signing import BadLinkError

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
        from matcher.models import Achievement

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


def write(kind: str) -> Callable[[], None]:
    def do() -> None:
        person = factories.add_person()
        accounts.request_reset(person.actor, person.email)

    def found() -> None:
        factories.enterprise()

    def review() -> None:
        author = factories.enterprise()
        need = factories.draft(author, "need")
        records.submit_record(author.actor, "need", need, factories.version("need", need))
        records.review_record(
            SYSTEM, "need", need, factories.version("need", need), publish=False, remark="请补充 <b>指标</b>"
        )

    return {"reset": do, "membership": found, "review_result": review}[kind]


@pytest.mark.parametrize("kind", ["reset", "membership", "review_result"])
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
    from matcher.signing import unsign

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
    assert row(second).last_error == "done"
