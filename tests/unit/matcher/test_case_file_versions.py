"""Files of a case: versions of one name, and who may read which."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher import files
from matcher.actions import cases
from matcher.actor import Actor
from matcher.db import reading
from matcher.diligence.sections import files as enclosed
from matcher.errors import AlreadyDone, Invalid, NotFound
from matcher.models import Case, CaseFile
from matcher.permissions import allowed, find, rows
from matcher.vocabulary import Audience
from tests.factories import Person
from tests.unit.matcher.test_cases import Bridge


@pytest.fixture
def bridge(database: Settings) -> Bridge:
    return Bridge()


def bring(
    settings: Settings, person: Person, case_id: int, text: str, audience: Audience = Audience.BOTH, name: str = "方案.txt"
) -> int:
    """The person uploads a text; the file's id."""
    return cases.add_file(person.actor, case_id, files.store(settings, name, text.encode()), audience)


def load(file_id: int) -> CaseFile:
    with reading() as session:
        return session.get_one(CaseFile, file_id)


def readable(actor: Actor, case_id: int) -> set[int]:
    """The files of the case that the actor may read: by rows, and the same one by one."""
    with reading() as session:
        chosen = set(session.scalars(select(CaseFile.id).where(CaseFile.case_id == case_id, rows(actor, "file.read", CaseFile))))
        judged = {file.id for file in session.scalars(select(CaseFile)) if allowed(actor, "file.read", file)}
    assert chosen == judged
    return chosen


def test_the_same_name_is_the_next_version_and_the_old_one_stays(bridge: Bridge, database: Settings) -> None:
    """v1, v2, v3 from either side; each with its own hash, each still readable; going back to v1's content is v3."""
    ids = [bring(database, person, bridge.id, text) for person, text in ((bridge.firm, "一"), (bridge.lab, "二"), (bridge.firm, "一"))]
    assert [load(each).version for each in ids] == [1, 2, 3]
    assert load(ids[0]).sha256 == load(ids[2]).sha256 != load(ids[1]).sha256
    assert [files.path_of(database, load(each)).read_text() for each in ids] == ["一", "二", "一"]
    assert load(bring(database, bridge.lab, bridge.id, "另", name="纪要.txt")).version == 1


def test_the_same_content_twice_in_a_row_is_one(bridge: Bridge, database: Settings) -> None:
    """Bad input: a form sent twice."""
    bring(database, bridge.firm, bridge.id, "一")
    with pytest.raises(AlreadyDone):
        bring(database, bridge.firm, bridge.id, "一")
    with reading() as session:
        assert len(session.scalars(select(CaseFile)).all()) == 1


def test_each_file_is_for_its_readers_only(bridge: Bridge, database: Settings) -> None:
    """Both sides; one side and the broker, not even operators; broker and operators. Strangers: none."""
    shared = bring(database, bridge.firm, bridge.id, "共有")
    firms = bring(database, bridge.firm, bridge.id, "底价", Audience.SIDE)
    labs = bring(database, bridge.lab, bridge.id, "底价", Audience.SIDE)
    staff = bring(database, bridge.broker, bridge.id, "意见", Audience.STAFF)
    assert readable(bridge.firm.actor, bridge.id) == {shared, firms}
    assert readable(bridge.lab.actor, bridge.id) == {shared, labs}
    assert readable(bridge.broker.actor, bridge.id) == {shared, firms, labs, staff}
    assert readable(bridge.staff.actor, bridge.id) == {shared, staff}
    assert readable(Bridge().firm.actor, bridge.id) == set()
    with reading() as session, pytest.raises(NotFound):
        find(session, bridge.lab.actor, "file.read", CaseFile, firms)


def test_what_others_must_not_know_of_does_not_count_as_a_version(bridge: Bridge, database: Settings) -> None:
    """Three files of one name for three audiences are three first versions, so that a number betrays nothing."""
    made = [
        bring(database, bridge.firm, bridge.id, "同", audience) for audience in (Audience.SIDE, Audience.BOTH)
    ] + [bring(database, bridge.lab, bridge.id, "同", Audience.SIDE)]
    assert [load(each).version for each in made] == [1, 1, 1]


def test_a_side_cannot_write_among_the_staff_nor_a_broker_as_a_side(bridge: Bridge, database: Settings) -> None:
    """Bad input: an audience that is not the party's."""
    for person, audience in ((bridge.firm, Audience.STAFF), (bridge.broker, Audience.SIDE)):
        with pytest.raises(Invalid) as refused:
            bring(database, person, bridge.id, "x", audience)
        assert set(refused.value.errors) == {"audience"}


def test_the_decision_file_encloses_what_both_sides_may_read(bridge: Bridge, database: Settings) -> None:
    """The institute's 尽职免责 file holds neither the enterprise's own files nor the broker's."""
    bring(database, bridge.firm, bridge.id, "底价", Audience.SIDE)
    bring(database, bridge.broker, bridge.id, "意见", Audience.STAFF)
    bring(database, bridge.firm, bridge.id, "共有", name="共有.txt")
    with reading() as session:
        section = enclosed(session, session.get_one(Case, bridge.id))
    assert section is not None
    assert [proof.name for proof in section.proofs] == ["共有.txt"]
