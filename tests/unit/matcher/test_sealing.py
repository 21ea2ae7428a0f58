"""The audit trail's chain: sealed soon after, by whoever comes first, and what a check finds."""

from __future__ import annotations

import threading

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from cli.main import cli
from config.settings import Settings
from matcher import db
from matcher.chain import Flaw
from matcher.db import in_transaction, reading, transaction
from matcher.models import AuditEvent, AuditSeal
from matcher.sealing import TrailCheck, check_trail, seal_events
from tests import factories as make
from workers.sealing import seal_late_events, seal_new_events


def check() -> TrailCheck:
    with reading() as session:
        return check_trail(session)


def unprotected(statement: str) -> None:
    """What somebody could do who owns the tables: take the triggers away first."""
    with transaction() as session:
        if db.engine().dialect.name == "sqlite":
            for table in ("audit_events", "audit_seals"):
                for name in ("no_update", "no_delete"):
                    session.execute(text(f"DROP TRIGGER {table}_{name}"))
        else:
            for table in ("audit_events", "audit_seals"):
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        session.execute(text(statement))


@pytest.fixture
def sealed(database: Settings) -> int:
    """A trail that is sealed; how many events it has."""
    make.published(make.enterprise(), "need")
    return seal_new_events(database)


def test_every_event_gets_one_place(sealed: int, database: Settings) -> None:
    """72: all events are sealed once; sweeps that run again find nothing."""
    with reading() as session:
        assert sealed == len(session.scalars(select(AuditEvent.id)).all()) > 3
        assert list(session.scalars(select(AuditSeal.position).order_by(AuditSeal.position))) == list(range(1, sealed + 1))
    assert (seal_new_events(database), seal_late_events(database)) == (0, 0)
    make.enterprise()
    assert check().unsealed == 2
    seal_new_events(database)
    found = check()
    assert (found.head.number, found.flaw, found.unsealed) == (sealed + 2, None, 0)


def test_sweeps_at_once_share_the_work(database: Settings) -> None:
    """Two workers wake in the same second: one chain, every event once."""
    for _ in range(3):
        make.enterprise()
    threads = [threading.Thread(target=seal_new_events, args=(database,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = check()
    assert (found.flaw, found.unsealed) == (None, 0)


def test_late_event_is_sealed_at_night(sealed: int, database: Settings) -> None:
    """An event that was numbered early and committed late still gets its place."""
    with transaction() as session:
        for number in (5000, 2):
            session.execute(
                text(
                    "INSERT INTO audit_events (id, at, actor_role, action, object_kind, changes, address) "
                    "SELECT :id, at, actor_role, action, object_kind, changes, address FROM audit_events WHERE id = 1"
                ),
                {"id": number + 1000},
            )
    assert in_transaction(lambda session: seal_events(session, limit=sealed + 2)) == 2
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO audit_events (id, at, actor_role, action, object_kind, changes, address) "
                "SELECT 900, at, actor_role, action, object_kind, changes, address FROM audit_events WHERE id = 1"
            )
        )
    assert seal_new_events(database) == 0
    assert seal_late_events(database) == 1
    assert check().flaw is None


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE audit_events SET actor_id = 77 WHERE id = 2", "its content was changed"),
        ("UPDATE audit_events SET changes = '{}' WHERE id = 2", "its content was changed"),
        ("DELETE FROM audit_events WHERE id = 2", "its event was removed"),
        ("UPDATE audit_seals SET hash = 'x' WHERE position = 2", "its content was changed"),
        ("DELETE FROM audit_seals WHERE position = 2", "missing or out of order: number 3 stands in its place"),
    ],
)
def test_changes_behind_the_triggers_are_found(sealed: int, statement: str, why: str) -> None:
    """72: who owns the tables can take the triggers away; the check names the place."""
    unprotected(statement)
    assert check().flaw == Flaw(2, why)


def test_the_command_tells_the_end_and_the_first_flaw(sealed: int) -> None:
    """`daqiao verify audit`: the chain's end, an end seen earlier, and exit code 1 with the place that is broken."""
    good = CliRunner().invoke(cli, ["verify", "audit"])
    assert good.exit_code == 0, good.output
    end = good.output.split()[-1]
    assert end.startswith(f"{sealed}:")
    assert CliRunner().invoke(cli, ["verify", "audit", "--seen", end]).exit_code == 0
    for seen in ("1:" + "0" * 64, "99999:" + "0" * 63 + "1"):
        assert CliRunner().invoke(cli, ["verify", "audit", "--seen", seen]).exit_code == 1
    for seen in ("x", "1", "-1:a", "9" * 30 + ":a"):
        assert CliRunner().invoke(cli, ["verify", "audit", "--seen", seen]).exit_code == 2
    unprotected("UPDATE audit_events SET actor_id = 77 WHERE id = 2")
    bad = CliRunner().invoke(cli, ["verify", "audit"])
    assert (bad.exit_code, bad.stderr) == (1, "Error: Seal 2 is broken: its content was changed.\n")
