"""Transactions: waiting for each other, tried again, all or nothing."""

import threading

import pytest
from sqlalchemy import select, text

from config.settings import Settings
from matcher import clock, db
from matcher.actions import accounts
from matcher.actions.opening import next_number
from matcher.actor import VISITOR
from matcher.inputs.base import parse
from matcher.inputs.people import Registration
from matcher.models import NamedValue, User
from tests import factories as make


def test_writers_wait_for_each_other(database: Settings) -> None:
    """Eight threads add to one counter; none fails, none is lost."""

    def add() -> None:
        def work(session: db.Session) -> None:
            row = session.get(NamedValue, "n", with_for_update=True)
            assert row is not None
            row.value = {"n": row.value["n"] + 1}

        for _ in range(5):
            db.in_transaction(work)

    with db.transaction() as session:
        session.add(NamedValue(name="n", value={"n": 0}, updated_at=clock.now()))
    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as session:
        assert session.get_one(NamedValue, "n").value == {"n": 40}


def test_first_numbers_of_a_year_at_once(database: Settings) -> None:
    """Two cases opened in the same moment of a new year get two numbers."""
    numbers: list[str] = []
    threads = [threading.Thread(target=lambda: numbers.append(db.in_transaction(next_number))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 4


def test_one_account_for_one_address(database: Settings) -> None:
    """Registering the same address at the same moment makes one account, and nobody sees an error."""
    given = parse(
        Registration, {"email": "a@example.org", "name": "甲", "password": make.PASSWORD, "accept_privacy": True}
    )
    errors: list[Exception] = []

    def register() -> None:
        try:
            accounts.register(VISITOR, given)
        except Exception as error:  # noqa: BLE001 - the test fails with it below
            errors.append(error)

    threads = [threading.Thread(target=register) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as session:
        assert (errors, len(session.scalars(select(User.id)).all())) == ([], 1)


def test_a_reading_session_writes_nothing(database: Settings) -> None:
    """What is changed in a session for reads is gone when it ends."""
    with db.reading() as session:
        session.execute(text("insert into number_series (name, last) values ('x', 1)"))
    with db.reading() as session:
        assert session.execute(text("select count(*) from number_series")).scalar() == 0


def test_an_error_rolls_everything_back(database: Settings) -> None:
    """Nothing of a block that raises is kept."""

    def broken(session: db.Session) -> None:
        next_number(session)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        db.in_transaction(broken)
    with db.reading() as session:
        assert session.execute(text("select count(*) from number_series")).scalar() == 0
