"""Actions save, audit and write the outbox together, or not at all."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from matcher import audit
from matcher.actions import records
from matcher.actions.registry import ACTIONS, AuditMissingError, action
from matcher.db import reading
from matcher.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from matcher.models import AuditEvent, Need, OutboxItem
from tests import factories as make


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_each_change_leaves_one_outbox_item_and_one_event(database: Settings) -> None:
    """1, 71: an action that commits leaves exactly one outbox row and one audit event."""
    person = make.enterprise()
    events = count(AuditEvent)
    need_id = make.draft(person, "need")
    assert (count(OutboxItem), count(AuditEvent)) == (1, events + 1)
    records.save_record(person.actor, "need", need_id, 1, make.given("need", title="另一个标题"))
    assert (count(OutboxItem), count(AuditEvent)) == (2, events + 2)
    assert make.version("need", need_id) == 2


def test_refused_action_leaves_nothing(database: Settings) -> None:
    """1: an action that is refused leaves no outbox row and no event."""
    person, other = make.enterprise(), make.enterprise()
    need_id = make.draft(person, "need")
    before = count(OutboxItem), count(AuditEvent)
    with pytest.raises(NotFound):
        records.save_record(other.actor, "need", need_id, 1, make.given("need"))
    with pytest.raises(NotAllowed):
        records.create_record(person.actor, "achievement", make.given("achievement"))
    assert (count(OutboxItem), count(AuditEvent)) == before


def test_failure_after_saving_leaves_nothing(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """2: an exception between save and commit leaves neither record, event nor outbox row."""
    person = make.enterprise()
    before = count(Need), count(OutboxItem), count(AuditEvent)

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        make.draft(person, "need")
    monkeypatch.undo()
    assert (count(Need), count(OutboxItem), count(AuditEvent)) == before


def test_an_action_without_event_is_not_saved(settings: Settings) -> None:
    """71: forgetting the audit event is an error, not a gap."""

    @action("test.silent")
    def silent(session: object, actor: object) -> None:
        pass

    with pytest.raises(AuditMissingError):
        silent(make.enterprise().actor)
    del ACTIONS["test.silent"]


def test_incomplete_record_cannot_be_submitted(settings: Settings) -> None:
    """The message names each missing field."""
    person = make.enterprise()
    need_id = make.draft(person, "need", problem="", budget_max="", budget_min="")
    with pytest.raises(Invalid) as refused:
        records.submit_record(person.actor, "need", need_id, 1)
    assert set(refused.value.errors) == {"problem", "budget_max"}
    assert make.load("need", need_id).state == "draft"


def test_two_people_edit_at_once(database: Settings) -> None:
    """The second of two who opened the same version is told, and the first one's text stays."""
    person = make.enterprise()
    need_id = make.draft(person, "need")
    outcomes: list[object] = []

    def save(title: str) -> None:
        try:
            outcomes.append(
                records.save_record(person.actor, "need", need_id, 1, make.given("need", title=title))
            )
        except Stale as stale:
            outcomes.append(stale)

    threads = [threading.Thread(target=save, args=(title,)) for title in ("甲改", "乙改")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 1
    assert make.version("need", need_id) == 2


def test_published_record_changed_goes_back_to_review(settings: Settings) -> None:
    """What the public sees was reviewed."""
    person = make.enterprise()
    need_id = make.published(person, "need")
    records.save_record(
        person.actor, "need", need_id, make.version("need", need_id), make.given("need", title="新标题")
    )
    assert make.load("need", need_id).state == "submitted"


def test_return_needs_a_remark(settings: Settings) -> None:
    """The author must learn what to change."""
    person = make.enterprise()
    need_id = make.draft(person, "need")
    records.submit_record(person.actor, "need", need_id, 1)
    staff = make.operator()
    with pytest.raises(Invalid):
        records.review_record(staff.actor, "need", need_id, 2, publish=False, remark=" ")
    records.review_record(staff.actor, "need", need_id, 2, publish=False, remark="请写明工况")
    assert make.load("need", need_id).state == "returned"


@pytest.mark.parametrize(
    "step",
    [
        lambda person, need_id: records.withdraw_record(person.actor, "need", need_id, 1),
        lambda person, need_id: records.confirm_record(person.actor, "need", need_id),
        lambda person, need_id: records.review_record(
            make.operator().actor, "need", need_id, 1, publish=True
        ),
    ],
)
def test_steps_out_of_order_are_refused(settings: Settings, step: Callable[[make.Person, int], None]) -> None:
    """A draft can be neither withdrawn, confirmed nor reviewed."""
    person = make.enterprise()
    need_id = make.draft(person, "need")
    with pytest.raises(Conflict):
        step(person, need_id)
