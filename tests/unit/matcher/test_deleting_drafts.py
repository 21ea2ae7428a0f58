"""A draft that was never public can be deleted by its owner; everything else stays."""

import pytest
from sqlalchemy import select

from config.settings import Settings
from matcher.actions import records
from matcher.db import reading, transaction
from matcher.disclosure.receipts import receipts_of_record
from matcher.errors import Conflict, NotFound, Stale
from matcher.models import MODELS, AuditEvent, Need, OutboxItem
from matcher.vocabulary import RecordState
from tests import factories as make


@pytest.mark.parametrize("kind", ["need", "achievement", "expert"])
def test_the_draft_is_gone_and_the_trail_stays(database: Settings, kind: str) -> None:
    """One event and one outbox item, which lets the relay clear the index."""
    person = make.institute() if kind != "need" else make.enterprise()
    record_id = make.draft(person, kind)
    records.delete_draft(person.actor, kind, record_id, 1)
    with reading() as session:
        assert session.get(MODELS[kind], record_id) is None
        events = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == record_id,
                                 AuditEvent.object_kind == MODELS[kind].__tablename__).order_by(AuditEvent.id))
        assert list(events) == ["record.create", "record.delete"]
        items = session.scalars(select(OutboxItem.version).where(OutboxItem.kind == kind).order_by(OutboxItem.id))
        assert list(items) == [1, 2]


def test_only_its_owner_and_only_as_it_was_seen(database: Settings) -> None:
    """Foreign and unknown are one; a colleague's change in between is told; nothing is deleted."""
    person = make.enterprise()
    need_id = make.draft(person, "need")
    for actor, number in ((make.enterprise().actor, need_id), (make.operator().actor, need_id), (person.actor, 999)):
        with pytest.raises(NotFound):
            records.delete_draft(actor, "need", number, 1)
    records.save_record(person.actor, "need", need_id, 1, make.given("need", title="改过"))
    with pytest.raises(Stale):
        records.delete_draft(person.actor, "need", need_id, 1)
    assert make.load("need", need_id).title == "改过"


@pytest.mark.parametrize("state", [state for state in RecordState if state is not RecordState.DRAFT])
def test_what_left_the_draft_stays(settings: Settings, state: RecordState) -> None:
    """Every other state is refused, whatever became of the record."""
    person = make.enterprise()
    need_id = make.draft(person, "need")
    with transaction() as session:
        session.get_one(Need, need_id).state = state
    with pytest.raises(Conflict, match="从未发布"):
        records.delete_draft(person.actor, "need", need_id, 1)
    assert make.load("need", need_id).state == state


def test_what_others_refer_to_stays(database: Settings) -> None:
    """A draft that a row of another table names is refused with a sentence, and nothing is half-done."""
    firm = make.enterprise()
    need_id = make.draft(firm, "need")
    make.matched(need_id, make.published(make.institute(), "achievement"))
    with pytest.raises(Conflict, match="用到这条草稿"):
        records.delete_draft(firm.actor, "need", need_id, 1)
    assert make.version("need", need_id) == 1


def test_a_number_given_again_inherits_nothing(database: Settings) -> None:
    """SQLite reuses the number of the newest row: who opened the deleted draft is not said of the next record."""
    first, second = make.enterprise(), make.enterprise()
    deleted = make.draft(first, "need", detail_restricted="甲")
    records.open_detail(make.operator().actor, "need", deleted)
    records.delete_draft(first.actor, "need", deleted, 1)
    need_id = make.draft(second, "need", detail_restricted="乙")
    with reading() as session:
        assert receipts_of_record(session, session.get_one(Need, need_id)) == []
