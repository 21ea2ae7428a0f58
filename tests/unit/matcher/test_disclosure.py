"""Restricted detail under the agreement: who may open it, and the chain of receipts that follows."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from config.settings import Settings
from matcher import clock, db
from matcher.actions.disclosure import accept_agreement, withdraw_agreement
from matcher.actions.records import open_detail
from matcher.chain import START, Head
from matcher.disclosure import agreement
from matcher.disclosure.export import BadExportError, export_lines, verify_lines
from matcher.disclosure.receipts import AgreementMissingError
from matcher.errors import Conflict, NotAllowed, NotFound
from matcher.models import AuditEvent, Organisation, Receipt
from tests import factories as make
from tests.factories import Person

SECRET = "样机图号 X-15"


def owned(owner: Person | None = None) -> tuple[Person, int]:
    """An owner with a published need that has a restricted detail."""
    owner = owner or make.enterprise()
    return owner, make.published(owner, "need", detail_restricted=SECRET)


def accept(reader: Person, need: int) -> None:
    accept_agreement(reader.actor, "need", need, agreement.VERSION, "zh")


def chain(owner: Person) -> list[Receipt]:
    with db.reading() as session:
        query = select(Receipt).where(Receipt.owner_id == owner.actor.org_id).order_by(Receipt.number)
        return list(session.scalars(query))


def exported(owner: Person) -> list[bytes]:
    with db.reading() as session:
        organisation = session.get_one(Organisation, owner.actor.org_id)
        return [line.encode() for line in export_lines(session, organisation)]


def test_detail_is_opened_only_under_the_agreement(database: Settings) -> None:
    """71: refused before, each opening afterwards is a receipt that names reader, version, text and content."""
    owner, need = owned()
    reader = make.institute(name="松江研究院")
    with pytest.raises(AgreementMissingError):
        open_detail(reader.actor, "need", need)
    assert chain(owner) == []
    accept(reader, need)
    assert {open_detail(reader.actor, "need", need) for _ in range(2)} == {SECRET}
    found = chain(owner)
    assert [(each.number, each.kind) for each in found] == [(1, "accepted"), (2, "opened"), (3, "opened")]
    assert {each.reader_org for each in found} == {"松江研究院"}
    assert found[0].previous == START
    assert [each.previous for each in found[1:]] == [each.hash for each in found[:-1]]
    with db.reading() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "record.open_detail").order_by(AuditEvent.id.desc())
        ).first()
    assert event is not None
    assert event.changes["hash"] == found[-1].hash


def test_owner_needs_no_agreement_and_leaves_no_receipt(database: Settings) -> None:
    owner, need = owned()
    assert open_detail(owner.actor, "need", need) == SECRET
    with pytest.raises(Conflict):
        accept(owner, need)
    assert chain(owner) == []


def test_operators_are_recorded_without_an_agreement(database: Settings) -> None:
    """Whoever runs the platform reads for the review, and the owner sees that."""
    owner, need = owned()
    open_detail(make.operator().actor, "need", need)
    (receipt,) = chain(owner)
    assert (receipt.kind, receipt.reader_role, receipt.agreement) == ("opened", "operator", "")


def test_agreement_counts_once_for_one_record_and_one_organisation(database: Settings) -> None:
    """Bad input: twice; another record; another person of the same organisation."""
    owner, need = owned()
    _, other = owned(owner)
    reader = make.institute()
    accept(reader, need)
    with pytest.raises(Conflict):
        accept(reader, need)
    for person, record in ((reader, other), (make.institute(), need)):
        with pytest.raises(AgreementMissingError):
            open_detail(person.actor, "need", record)
    assert len(chain(owner)) == 1


def test_withdrawn_agreement_opens_nothing(database: Settings) -> None:
    """Bad input: withdrawn; withdrawing twice. Accepting again opens again."""
    owner, need = owned()
    reader = make.institute()
    accept(reader, need)
    withdraw_agreement(reader.actor, "need", need)
    with pytest.raises(AgreementMissingError):
        open_detail(reader.actor, "need", need)
    with pytest.raises(Conflict):
        withdraw_agreement(reader.actor, "need", need)
    accept(reader, need)
    open_detail(reader.actor, "need", need)
    assert [each.kind for each in chain(owner)] == ["accepted", "withdrawn", "accepted", "opened"]


def test_expired_agreement_opens_nothing(database: Settings) -> None:
    """Bad input: an acceptance older than its year."""
    _, need = owned()
    reader = make.institute()
    with clock.at(clock.now() - agreement.TERM - timedelta(seconds=1)):
        accept(reader, need)
    with pytest.raises(AgreementMissingError):
        open_detail(reader.actor, "need", need)


@pytest.mark.parametrize("version", ["", "0", "2", "\x00"])
def test_only_the_present_text_is_accepted(settings: Settings, version: str) -> None:
    """Bad input: a page that was left open while the text changed, or a forged version."""
    owner, need = owned()
    with pytest.raises(Conflict):
        accept_agreement(make.institute().actor, "need", need, version, "zh")
    assert chain(owner) == []


def test_strangers_and_unknown_records(database: Settings) -> None:
    """52: a draft of another organisation is not found; without an organisation nothing is accepted."""
    owner = make.enterprise()
    draft = make.draft(owner, "need", detail_restricted=SECRET)
    for record in (draft, 999_999):
        with pytest.raises(NotFound):
            accept(make.institute(), record)
    with pytest.raises(NotAllowed):
        accept(make.add_person(), owned(owner)[1])


def test_texts_never_change() -> None:
    """A receipt names the text by its hash: another wording is another version."""
    assert {lang: agreement.agreement(lang, "1").sha256[:16] for lang in agreement.LANGUAGES} == {
        "zh": "210d209f13f00524",
        "en": "2b822794dd20420d",
    }


def test_openings_at_once_do_not_fork_the_chain(database: Settings) -> None:
    """Eight openings of two records of one owner in the same moment: numbers without a gap, each follows the other."""
    owner, first = owned()
    _, second = owned(owner)
    readers = [(make.institute(), record) for record in (first, second) for _ in range(2)]
    for reader, record in readers:
        accept(reader, record)
    errors: list[Exception] = []

    def read(person: Person, record: int) -> None:
        try:
            for _ in range(2):
                open_detail(person.actor, "need", record)
        except Exception as error:  # noqa: BLE001 - the test fails with it below
            errors.append(error)

    threads = [threading.Thread(target=read, args=each) for each in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [each.number for each in chain(owner)] == list(range(1, 13))
    assert verify_lines(exported(owner)) == (Head(12, chain(owner)[-1].hash), None)


def test_chains_of_owners_are_apart(database: Settings) -> None:
    """What one owner exports tells nothing of another."""
    (one, need), (other, foreign) = owned(), owned(make.enterprise(name="他家工厂"))
    reader = make.institute()
    for record in (need, foreign):
        accept(reader, record)
    assert [each.number for each in chain(one)] == [each.number for each in chain(other)] == [1]
    assert "他家工厂" not in b"".join(exported(one)).decode()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE receipts SET reader_org = ''",
        "DELETE FROM receipts",
        "UPDATE audit_events SET actor_id = 1",
        "DELETE FROM audit_events",
        "UPDATE audit_seals SET hash = ''",
        "DELETE FROM audit_seals",
    ],
)
def test_the_database_refuses_changes(database: Settings, statement: str) -> None:
    """72: trail, seals and receipts only grow, whatever the application's own role asks."""
    from matcher.sealing import seal_events

    _, need = owned()
    accept(make.institute(), need)
    db.in_transaction(seal_events)
    with pytest.raises(DBAPIError, match="append-only"), db.transaction() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_sqlite_replaces_nothing(settings: Settings) -> None:
    """72: INSERT OR REPLACE would delete without a trigger's knowledge."""
    owned()
    with pytest.raises(DBAPIError, match="append-only"), db.transaction() as session:
        session.execute(text("INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events WHERE id = 1"))


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_postgres_truncates_nothing(settings: Settings) -> None:
    """72: TRUNCATE fires no trigger of rows."""
    for table in ("receipts", "audit_events", "audit_seals"):
        with pytest.raises(DBAPIError, match="append-only"), db.transaction() as session:
            session.execute(text(f"TRUNCATE {table}"))


@pytest.fixture
def lines(settings: Settings) -> list[bytes]:
    """An export of five receipts."""
    owner, need = owned()
    reader = make.institute()
    accept(reader, need)
    for _ in range(4):
        open_detail(reader.actor, "need", need)
    return exported(owner)


def test_export_agrees_with_itself(lines: list[bytes]) -> None:
    head, flaw = verify_lines(lines)
    assert (head.number, flaw) == (5, None)


def changed(line: bytes, **fields: object) -> bytes:
    """The line with other values."""
    return json.dumps({**json.loads(line), **fields}).encode()


def test_forged_exports_are_found(lines: list[bytes]) -> None:
    """Bad input: content changed, an entry left out, put twice, swapped, cut off at the end, added at the end."""
    forged = {
        3: [*lines[:3], changed(lines[3], reader_org="别家"), *lines[4:]],
        2: [*lines[:2], *lines[3:]],
        4: [*lines[:4], lines[3], *lines[4:]],
        1: [lines[0], lines[2], lines[1], *lines[3:]],
        5: lines[:5],
        6: [*lines, changed(lines[5], number=6)],
    }
    for number, file in forged.items():
        _, flaw = verify_lines(file)
        assert flaw is not None
        assert flaw.number == number


def test_entry_with_its_hash_made_anew_breaks_the_next(lines: list[bytes]) -> None:
    """Bad input: a forger who knows how the hash is made must make all later ones, too, and the noted end tells."""
    from matcher.chain import digest

    entry = {**json.loads(lines[2]), "reader_name": "别人"}
    _, flaw = verify_lines([*lines[:2], changed(lines[2], reader_name="别人", hash=digest(entry)), *lines[3:]])
    assert flaw is not None
    assert flaw.number == 3


@pytest.mark.parametrize(
    "file",
    [
        [],
        [b""],
        [b"\x00\x01"],
        [b"[]"],
        [b'{"format":"other"}'],
        [b'"daqiao-receipts/1"'],
        [b'{"format":"daqiao-receipts/1"}', b"{"],
        [b'{"format":"daqiao-receipts/1"}', b"[1]"],
        [b'{"format":"daqiao-receipts/1"}', b'{"a":"' + b"x" * 70_000 + b'"}'],
        [b"[" * 50_000],
    ],
)
def test_files_that_are_no_export(file: list[bytes]) -> None:
    """Bad input: empty, binary, other JSON, cut inside a line, a line without end, nested without end."""
    with pytest.raises(BadExportError):
        verify_lines(file)


@pytest.mark.parametrize("value", [b"NaN", b'"\\ud800"', b"1e999"])
def test_values_that_no_entry_can_hold(value: bytes) -> None:
    """Bad input: what canonical JSON cannot say is a flaw, not a crash."""
    entry = b'{"number":1,"previous":"' + START.encode() + b'","hash":"x","v":' + value + b"}"
    _, flaw = verify_lines([b'{"format":"daqiao-receipts/1","entries":1,"head":"x"}', entry])
    assert flaw is not None
    assert flaw.number == 1
