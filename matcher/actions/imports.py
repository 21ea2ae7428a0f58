"""Take the rows of an imported file into the record: all of them or none, the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import get_settings
from matcher import audit, clock
from matcher.actions.records import mark_published
from matcher.actions.registry import action
from matcher.actor import Actor
from matcher.errors import InvalidRows
from matcher.importing import MAX_PROBLEMS, Row
from matcher.inputs.records import missing
from matcher.integrity.blocks import barred_organisations
from matcher.messages import Message, msg
from matcher.models import MODELS, PRIORITY_IMPORT, AuditEvent, Organisation
from matcher.outbox import enqueue, enqueue_new
from matcher.permissions import require
from matcher.vocabulary import Intake, OrgState, RecordState

CHUNK = 500
# states in which the owner or the calendar took a record away: a file does not bring it back
GONE = (RecordState.WITHDRAWN, RecordState.EXPIRED)


@dataclass
class ImportResult:
    """How many rows became what. `kept`: edited or taken back by people since, or their owner may not publish now: the file leaves them alone."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    states: dict[str, int] = field(default_factory=dict)

    def count(self, state: str) -> None:
        """Add one record that ended in `state`."""
        self.states[state] = self.states.get(state, 0) + 1


@dataclass
class _Owners:
    """Checked organisations by credit code and by name; a name that two share is no address."""

    by_key: dict[str, list[tuple[int, str]]]
    default: str
    ids: frozenset[int]

    def of(self, row: Row) -> tuple[int, str] | Message:
        """Id and region of the row's owner, or what is wrong."""
        key = row.owner or self.default
        if not key:
            return msg("请写明单位（名称或统一社会信用代码）。")
        found = self.by_key.get(key, [])
        if not found:
            return msg("没有名为“%(name)s”的已核验单位。", name=key[:60])
        return found[0] if len(found) == 1 else msg("有多家同名单位，请使用统一社会信用代码。")


@action("record.import")
def import_records(
    session: Session,
    actor: Actor,
    kind: str,
    rows: Sequence[Row],
    *,
    organisation: str = "",
    publish: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportResult:
    """Create or update a record for each row; known ones are recognised by (source, source_id).

    A complete record is handed to review, or published with `publish`; an incomplete one becomes a draft.
    `organisation` (name or credit code) owns the rows that name no owner. `InvalidRows` lists rows without a valid
    owner and rows that would leave a published record incomplete; then nothing is stored.
    """
    require(actor, "record.import")
    run = _Run(session, kind, _owners(session, organisation), publish=publish)
    for start in range(0, len(rows), CHUNK):
        run.take(rows[start : start + CHUNK])
        if progress:
            progress(min(start + CHUNK, len(rows)))
    if run.problems:
        raise InvalidRows(run.problems[:MAX_PROBLEMS])
    result = run.result
    audit.record(
        session,
        actor,
        "record.import",
        (MODELS[kind].__tablename__, None),
        created=result.created,
        updated=result.updated,
        sources=sorted({row.given.source for row in rows})[:20],
    )
    return result


def _owners(session: Session, default: str) -> _Owners:
    by_key: dict[str, list[tuple[int, str]]] = {}
    checked = session.scalars(select(Organisation).where(Organisation.state == OrgState.CHECKED)).all()
    for organisation in checked:
        for key in {organisation.name, organisation.credit_code} - {None}:
            by_key.setdefault(str(key), []).append((organisation.id, organisation.region))
    return _Owners(by_key, default.strip(), frozenset(each.id for each in checked))


class _Run:
    """One import inside one transaction."""

    def __init__(self, session: Session, kind: str, owners: _Owners, *, publish: bool) -> None:
        self.session, self.kind = session, kind
        self.model: type[Any] = MODELS[kind]
        self.owners, self.publish = owners, publish
        self.moment = clock.now()
        self.today: date = clock.today(get_settings().zone)
        self.barred = barred_organisations(session)
        self.result = ImportResult()
        self.problems: list[tuple[int, str, Message]] = []

    def take(self, rows: Sequence[Row]) -> None:
        """Create and update the records of some rows, with few statements."""
        known, edited = self._known(rows)
        new = []
        for row in rows:
            record = known.get((row.given.source, row.given.source_id))
            if record is None:
                new += self._new(row)
            elif record.id in edited or record.state in GONE or record.organisation_id in self.barred:
                self.result.kept += 1
            else:
                self._update(record, row)
        self.session.add_all(new)
        self.session.flush()
        enqueue_new(self.session, new, PRIORITY_IMPORT)
        self.result.created += len(new)

    def _known(self, rows: Sequence[Row]) -> tuple[dict[tuple[str, str], Any], set[int | None]]:
        """Records imported earlier, by source and id; and which of them people have edited since."""
        query = select(self.model).where(
            self.model.intake == Intake.IMPORT,
            self.model.source.in_({row.given.source for row in rows}),
            self.model.source_id.in_([row.given.source_id for row in rows]),
        )
        known = {(record.source, record.source_id): record for record in self.session.scalars(query)}
        edits = (
            select(AuditEvent.object_id)
            .join(self.model, self.model.id == AuditEvent.object_id)
            .where(
                AuditEvent.object_kind == self.model.__tablename__,
                AuditEvent.object_id.in_([record.id for record in known.values()]),
                AuditEvent.action == "record.save",
                # SQLite may give a deleted draft's number to the next record
                AuditEvent.at >= self.model.created_at,
            )
        )
        return known, set(self.session.scalars(edits)) if known else set()

    def _new(self, row: Row) -> list[Any]:
        owner = self.owners.of(row)
        if isinstance(owner, Message):
            self.problems.append((row.number, "organisation", owner))
            return []
        organisation_id, region = owner
        record = self.model(
            organisation_id=organisation_id,
            intake=Intake.IMPORT,
            created_at=self.moment,
            updated_at=self.moment,
            version=1,
            state=RecordState.DRAFT,
        )
        for name, value in row.given.values().items():
            setattr(record, name, value)
        record.region = record.region or region
        self._move_on(record)
        self.result.count(record.state)
        return [record]

    def _move_on(self, record: Any) -> None:
        """Give a complete record of a checked organisation that may publish its next state."""
        if record.organisation_id not in self.owners.ids - self.barred or missing(self.kind, record, self.today):
            return
        if self.publish:
            mark_published(record)
        elif record.state != RecordState.SUBMITTED:
            record.state, record.submitted_at = RecordState.SUBMITTED, self.moment

    def _update(self, record: Any, row: Row) -> None:
        for name, value in row.given.values().items():
            if not (name in row.relative and getattr(record, name)) and not (name == "region" and not value):
                _set(record, name, value)
        changed = bool(audit.changed_fields(record))
        lacking = missing(self.kind, record, self.today) if changed else {}
        if record.state == RecordState.PUBLISHED and lacking:
            self.problems += [(row.number, name, text) for name, text in lacking.items()]
            return
        waits = record.state != RecordState.PUBLISHED and self.publish
        if changed or waits:
            self._move_on(record)
        if audit.changed_fields(record):
            enqueue(self.session, record, PRIORITY_IMPORT)
            self.result.updated += 1
            self.result.count(record.state)
        else:
            self.result.unchanged += 1


def _set(record: Any, name: str, value: Any) -> None:
    """Assign only what differs: a date that the platform filled in is no change of the file."""
    if name == "valid_until" and value is None:
        return
    if getattr(record, name) != value:
        setattr(record, name, value)
