"""The life of a mail, on a real SMTP server."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import clock
from matcher.actions import deliveries
from matcher.actor import SYSTEM
from matcher.db import reading, transaction
from matcher.errors import Conflict, NotAllowed
from matcher.models import AuditEvent, Delivery, DeliveryKind, DeliveryState, User
from tests import factories
from tests.factories import Person
from tests.servers.process import free_port
from tests.servers.smtp import Behaviour, MailServer
from tests.unit.workers.mails import planned
from workers import mailer, transport


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


def test_what_was_sent_is_kept_without_its_keys(mail: Settings, smtp_server: MailServer) -> None:
    """The row holds subject and text as they went out by SMTP; the link's signed part is masked in it."""
    person = factories.add_person(email="anna@example.org", verified=False)
    number = planned(person, DeliveryKind.VERIFY)
    assert mailer.send_due(mail) == 1
    message = smtp_server.to("anna@example.org")[0]
    body = message.get_body(("plain",))
    assert body is not None
    link = next(word for word in body.get_content().split() if "/verify/" in word)
    with reading() as session:
        kept = session.get_one(Delivery, number)
        assert kept.subject == message["Subject"]
        sent = body.get_content().replace("\r\n", "\n")
        assert kept.text == sent.replace(link, "https://daqiao.example/verify/••••••")


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
    impatient = mail.model_copy(update={"smtp_url": f"{smtp_server.url}?timeout=2"})
    assert mailer.send_due(impatient) == 1
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
