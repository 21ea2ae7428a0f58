"""A case from the match to the money while its processes are killed: nothing accepted is lost, nothing is repeated."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import func, select

from config.settings import Settings
from indexes.check import differences
from indexes.opening import encoder_or_none, open_engine
from matcher import clock
from matcher.actions import deliveries
from matcher.db import reading
from matcher.models import (
    AuditEvent,
    AuditSeal,
    Base,
    BenefitShare,
    Case,
    CaseEvent,
    Delivery,
    DeliveryState,
    NamedValue,
    OutboxItem,
    Payment,
    Stage,
)
from tests.faults.conftest import Start, wait_until
from tests.faults.story import Step, Story
from tests.servers.process import ServerProcess, free_port
from tests.servers.smtp import MailServer
from workers import clocks, waking
from workers.app import QUEUE

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("killed case")]
# what a page counts beside the step, and the trail, of which only the step's own event counts
BESIDE = {"audit_events", "audit_seals", "view_counts", "outbox", "named_values"}


class Killed:
    """The story's processes, and the order for one of them to die."""

    def __init__(self, settings: Settings, start: Start, folder: Path, mail: MailServer) -> None:
        self.settings, self.mail = settings, mail
        self.mail_deaths = cycle(("mail planned", "mail taken", "mail accepted", "before commit"))
        self.night_deaths = cycle(("before commit", "after commit"))
        self.broker = Redis.from_url(settings.broker_url)
        port, calendar = free_port(), folder / "clock"
        base = f"http://127.0.0.1:{port}"
        shared = {
            "CLOCK": str(calendar), "PORT": str(port), "PUBLIC_URL": base, "SMTP_URL": mail.url,
        }  # fmt: skip
        # its own order for each, so that a portal does not die of the worker's
        self.orders = {name: folder / f"death of {name}" for name in ("portal", "worker")}
        self.story = Story(base, calendar, folder)
        with clock.at(self.story.now):
            self.story.populate()
        self.portal = start(
            "portal", "--preload", app="tests.faults.dying_case:portal()", DEATH=str(self.orders["portal"]), **shared
        )
        self.worker = start(
            "worker", "--include", "tests.faults.dying_case", DEATH=str(self.orders["worker"]), **shared
        )
        self.relay = start("relay")
        wait_until(outbox_is_done, 60, lambda: self.relay.output[-2000:] + self.worker.output[-2000:])
        self.scheduler = start("scheduler", app="tests.faults.fast_clocks")
        self.kill(self.scheduler, again=False)
        self.idle()
        self.story.enter()

    def press(self, step: Step) -> None:
        """Send the step's form: into a death before the commit, into one after it, and once more."""
        form, before, events = self.story.form(step), rows(), audited(step.action)
        visitor = self.story.visitors[step.who]
        self.orders["portal"].write_text("before commit", encoding="utf-8")
        assert visitor.send(form) is None
        assert (rows(), audited(step.action)) == (before, events), f"{step}: half done"
        self.orders["portal"].write_text("after commit", encoding="utf-8")
        assert visitor.send(form) is None
        after = rows()
        assert audited(step.action) == events + 1, f"{step}: lost"
        status = visitor.send(form)
        assert status in (200, 303, 409), (step, status)
        assert (rows(), audited(step.action)) == (after, events + 1), f"{step}: repeated"

    def kill(self, process: ServerProcess, *, again: bool = True) -> None:
        """The whole process with its children, and a new one."""
        process.kill()
        process.log.unlink()  # what says that it is ready is to be the new one's word
        if again:
            process.start()

    def idle(self) -> None:
        """Wait until the worker has taken everything that the scheduler had put before it."""
        queue, taken = (f"{self.settings.index_prefix}:{name}" for name in (QUEUE, "unacked"))
        wait_until(lambda: not self.broker.llen(queue) and not self.broker.hlen(taken), 60, lambda: self.worker.output[-2000:])

    def night(self) -> None:
        """Let the calendar run until the day's clocks are done, the worker dying over one of them; then the scheduler dies."""
        self.orders["worker"].write_text(next(self.night_deaths), encoding="utf-8")
        self.scheduler.start()
        today = self.story.today.isoformat()
        wait_until(
            lambda: last_night() == today and not self.orders["worker"].exists(), 60, lambda: self.worker.output[-2000:]
        )
        self.kill(self.scheduler, again=False)
        self.idle()

    def order_mail_death(self) -> None:
        """The worker is to die over the next mail, whoever wakes it: the test, the relay or the portal."""
        self.orders["worker"].write_text(next(self.mail_deaths), encoding="utf-8")

    def send_mail(self) -> None:
        """Let the worker send what is due; a death that met no mail is called off."""
        waking.send("send_deliveries")
        wait_until(lambda: waiting() == 0, 40, lambda: self.worker.output[-2000:])
        self.orders["worker"].unlink(missing_ok=True)


def rows() -> dict[str, int]:
    """How many rows each table has."""
    with reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in BESIDE
        }


def audited(action: str) -> int:
    """How often the trail names the action."""
    with reading() as session:
        return session.scalar(select(func.count()).where(AuditEvent.action == action)) or 0


def last_night() -> str:
    """The day whose clocks have all run."""
    with reading() as session:
        row = session.get(NamedValue, clocks.DAY)
    return str(row.value["day"]) if row else ""


def outbox_is_done() -> bool:
    """Whether every change has reached the index and its matches are computed."""
    with reading() as session:
        return set(session.scalars(select(OutboxItem.stage))) == {Stage.DONE}


def waiting() -> int:
    """Mails that are planned."""
    with reading() as session:
        return session.scalar(select(func.count()).where(Delivery.state == DeliveryState.PLANNED)) or 0


@pytest.fixture
def killed(
    settings: Settings, broker: str, celery: None, start: Start, smtp_server: MailServer, tmp_path: Path
) -> Killed:
    """Portal, worker, broker and mail server as processes; the database is a file."""
    return Killed(settings, start, tmp_path, smtp_server)


def test_killed_at_every_step(killed: Killed) -> None:
    """SIGKILL before and after the commit of each step, of each process between them, within the mailer and the clocks."""
    steps: list[Step] = []
    nights = set()
    for number, step in enumerate(killed.story.steps()):
        if number % 3 == 2:
            killed.order_mail_death()
        killed.press(step)
        steps.append(step)
        if number % 8 == 7:
            killed.kill(killed.portal)
        if number % 3 == 2:
            killed.send_mail()
        if number % 16 == 15:
            killed.kill(killed.worker)
        if number % 8 == 3:
            killed.kill(killed.relay)
        if killed.story.today not in nights and number % 4 == 2:
            killed.night()
            nights.add(killed.story.today)
    killed.send_mail()
    killed.story.later(1)
    killed.night()
    killed.send_mail()

    with reading() as session:
        case = session.scalars(select(Case)).one()
        lines = Counter(session.scalars(select(CaseEvent.kind)))
        shares = session.scalars(select(BenefitShare.amount).order_by(BenefitShare.id)).all()
        payments = session.scalars(select(Payment.amount)).all()
    wanted = Counter(step.action for step in steps)
    assert case.state == "converted"
    assert {action: audited(action) for action in wanted} == dict(wanted)
    assert lines["moved"] == wanted["case.move"] + wanted["notice.start"]  # a notice moves its case by itself
    assert (len(payments), sum(shares)) == (1, payments[0])
    check_mails(killed)
    check_clocks(lines, len(nights))
    wait_until(outbox_is_done, 60, lambda: killed.relay.output[-2000:])
    with closing(open_engine(killed.settings)) as engine:
        assert differences(engine, encoder_or_none(killed.settings)).ids == []


def check_clocks(lines: Counter[str], nights: int) -> None:
    """The notice ended once, every event is sealed once, and what the nights wrote stands there once."""
    assert nights >= 3
    assert lines["notice_ended"] == 1
    with reading() as session:
        events = session.scalars(select(CaseEvent).where(CaseEvent.actor_id.is_(None)))
        told = Counter((event.kind, event.body, str(event.data)) for event in events)
        assert max(told.values()) == 1, told
        sealed = session.scalar(select(func.count()).select_from(AuditSeal))
        assert sealed == session.scalar(select(func.count()).select_from(AuditEvent))


def check_mails(killed: Killed) -> None:
    """Each mail reached the server once, or is `unknown` and reached it at most once; none waits, none is lost."""
    with clock.at(killed.story.now + timedelta(hours=1)):
        deliveries.sweep()
    with reading() as session:
        mails = session.scalars(select(Delivery)).all()
    arrived = Counter(str(message["Message-ID"]) for message in killed.mail.wait_for(0))
    states = Counter(mail.state for mail in mails)
    assert set(states) <= {"sent", "unknown", "skipped"}, states
    assert states["sent"] > 20
    assert states["unknown"] >= 2
    for mail in mails:
        found = arrived.pop(mail.message_id, 0)
        assert found == 1 if mail.state == "sent" else found <= 1, (mail.kind, mail.state, found)
    assert not arrived
