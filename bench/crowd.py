"""A platform of a given size, written straight into its tables: records, matches, cases, mails and the audit trail.

Texts and vectors are those of the sample data, mixed and shifted, so that searches find about what real ones find.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, select

from demo.listings import sample_fields
from demo.vectors import kept
from indexes import documents, statistics, truth
from indexes.engine import Engine, Upsert, Vector
from indexes.opening import ensure_live
from matcher import clock, db
from matcher.bridge import PATH
from matcher.db import reading, transaction
from matcher.embedding import Encoder
from matcher.inputs.base import parse
from matcher.inputs.records import INPUTS
from matcher.models import (
    MODELS,
    Answer,
    AuditEvent,
    Case,
    CaseEvent,
    Delivery,
    Match,
    Membership,
    Need,
    Organisation,
    OutboxItem,
    User,
)
from matcher.models.base import Base
from matcher.vocabulary import AnswerKind, CaseParty, MembershipState, OrgKind, OrgState, RecordState, Role
from workers.matching import Tools, compute

KINDS = ("need", "achievement")
ORGANISATIONS = 50  # records of each organisation and kind
MATCHES = 10  # of each need
DAYS = 60
NOISE = 0.5
EXAMPLES = 12  # needs whose matches are computed; all others get copies of these
CHUNK = 1000


@dataclass(frozen=True)
class Crowd:
    """People to sign in as, and numbers of things to look at."""

    member: int
    broker: int
    operator: int
    need: int
    achievement: int
    match: int
    case: int


@dataclass
class Builder:
    """Fills one empty, migrated database and its index."""

    count: int
    engine: Engine
    encoder: Encoder

    def __post_init__(self) -> None:
        self.chance = random.Random(self.count)
        self.moment = clock.now()
        self.bases: dict[str, list[Any]] = {kind: [] for kind in KINDS}
        for kind, fields in sample_fields(date.today() + timedelta(days=30)):  # noqa: DTZ011 - any day will do
            if kind in KINDS:
                self.bases[kind].append(MODELS[kind](**parse(INPUTS[kind], fields).values()))
        known = kept(self.encoder.fingerprint)
        self.known = {
            kind: [known[documents.role(kind), documents.text_hash(documents.passage(base))] for base in bases]
            for kind, bases in self.bases.items()
        }
        self.sentences = [part for base in self.bases["achievement"] for part in base.abstract.split("。") if part]

    def fill(self) -> Crowd:
        """Everything, in the order in which one thing needs another."""
        self._people()
        for kind in KINDS:
            write(MODELS[kind], self._records(kind))
        self._index()
        statistics.take(self.encoder)
        statistics.forget()
        write(Match, self._matches())
        write(Answer, self._answers())
        cases = max(1, self.count // ORGANISATIONS)
        write(Case, (self._case(number) for number in range(1, cases + 1)))
        write(CaseEvent, (self._event(number, place) for number in range(1, cases + 1) for place in range(6)))
        self._traces()
        db.refresh_statistics()
        return Crowd(1, 3, 4, need=1, achievement=1, match=1, case=1)

    def ago(self, days: float = DAYS) -> datetime:
        """Some moment of the last days."""
        return self.moment - timedelta(days=self.chance.random() * days)

    def _people(self) -> None:
        """Organisations 1, 3, … need, 2, 4, … offer; users 1 and 2 belong to the first two, 3 is a broker, 4 runs it all."""
        kinds = (OrgKind.ENTERPRISE, OrgKind.INSTITUTE)
        number = max(2, 2 * (self.count // ORGANISATIONS))
        write(Organisation, [
            {"kind": kinds[place % 2], "name": f"单位{place}", "region": "220100", "state": OrgState.CHECKED,
             "created_at": self.moment, "updated_at": self.moment} for place in range(number)
        ])  # fmt: skip
        write(User, [
            {"email": f"user{place}@example.org", "name": f"用户{place}", "password_hash": "-", "role": role,
             "verified_at": self.moment, "created_at": self.moment}
            for place, role in enumerate((Role.MEMBER, Role.MEMBER, Role.BROKER, Role.ADMINISTRATOR))
        ])  # fmt: skip
        write(Membership, [
            {"user_id": place, "organisation_id": place, "state": MembershipState.ACTIVE, "created_at": self.moment}
            for place in (1, 2)
        ])  # fmt: skip

    def _records(self, kind: str) -> Iterator[dict[str, Any]]:
        bases, side = self.bases[kind], KINDS.index(kind)
        names = [name for name in bases[0].__table__.columns.keys() if name not in ("id", "version")]  # noqa: SIM118
        text = "problem" if kind == "need" else "abstract"
        owners = max(1, self.count // ORGANISATIONS)
        for number in range(self.count):
            base, at = bases[number % len(bases)], self.ago()
            values = {name: getattr(base, name) for name in names if getattr(base, name) is not None}
            values["title"] = f"{base.title}（{number}）"
            values[text] = getattr(base, text) + "。".join(self.chance.sample(self.sentences, 2))
            moments = dict.fromkeys(("published_at", "created_at", "updated_at", "last_confirmed", "submitted_at"), at)
            yield {**values, **moments, "state": RecordState.PUBLISHED, "version": 2, "author_id": side + 1,
                   "organisation_id": 2 * (number % owners) + side + 1}  # fmt: skip

    def _index(self) -> None:
        ensure_live(self.engine, self.encoder)
        rng = np.random.default_rng(self.count)
        for records in truth.all_records():
            made = [document for document in map(documents.build, records) if document is not None]
            vectors = {truth.wanted(each): self._vector(each.id, rng) for each in made}
            with transaction() as session:
                truth.store(session, self.encoder.fingerprint, vectors)
            self.engine.apply([Upsert(documents.with_vector(each, vectors[truth.wanted(each)])) for each in made])

    def _vector(self, identifier: str, rng: np.random.Generator) -> Vector:
        kind, _, number = identifier.partition("-")
        base = self.known[kind][(int(number) - 1) % len(self.known[kind])]
        noise = rng.normal(size=len(base))
        raw = base + NOISE * noise / np.linalg.norm(noise)
        return np.asarray(raw / np.linalg.norm(raw), np.float32)

    def _templates(self) -> Sequence[Mapping[str, Any]]:
        """Scores and reasons as the worker computes them for some needs; few records may have nothing in common."""
        use = Tools(self.engine, self.encoder)
        pairs = [pair for need in range(1, min(EXAMPLES, self.count) + 1) for pair in compute(use, "need", need, 2)]
        if not pairs and self.count > EXAMPLES:
            raise RuntimeError("the needs of this platform have no matches")
        blank = {"score": 0.1, "probability": 0.3, "level": "weak", "parts": {}, "reasons": {}, "ranking_version": "-",
                 "model": "-", "need_hash": "-", "achievement_hash": "-"}  # fmt: skip
        return [pair.values for pair in pairs] or [blank]

    def _matches(self) -> Iterator[dict[str, Any]]:
        templates = self._templates()
        for need in range(1, self.count + 1):
            for achievement in self.chance.sample(range(1, self.count + 1), min(MATCHES, self.count)):
                values, at = self.chance.choice(templates), self.ago()
                probability = values["probability"] * self.chance.uniform(0.9, 1)
                yield {**values, "probability": probability, "need_id": need, "achievement_id": achievement, "need_version": 2,
                       "achievement_version": 2, "created_at": at, "updated_at": at}  # fmt: skip

    def _answers(self) -> Iterator[dict[str, Any]]:
        with reading() as session:
            query = select(Match.id, Need.organisation_id).join(Need, Need.id == Match.need_id)
            sides = session.execute(query.order_by(Match.id)).all()
        for number, owner in sides[:: MATCHES // 2]:
            answer = self.chance.choice(list(AnswerKind))
            yield {"match_id": number, "side": "need", "organisation_id": owner, "user_id": 1, "answer": answer,
                   "reason": "maturity" if answer == AnswerKind.REFUSED else None,
                   "later_until": self.moment + timedelta(days=9) if answer == AnswerKind.LATER else None,
                   "created_at": self.ago(9)}  # fmt: skip

    def _case(self, number: int) -> dict[str, Any]:
        """All are the member's own; a broker has every fourth."""
        moments = dict.fromkeys(("need_agreed_at", "offer_agreed_at", "created_at", "updated_at"), self.ago())
        return {
            "number": f"DQ-2026-{number:06d}", "match_id": 2 + (number - 1) * MATCHES if self.count > MATCHES else number,
            "need_id": number, "achievement_id": number, "need_org_id": 1, "offer_org_id": 2,
            "broker_id": 3 if number % 4 == 1 else None,
            "state": self.chance.choice(PATH[1:-1]), "next_step": "安排首次对接", "next_party": CaseParty.BROKER,
            "due_at": self.moment + timedelta(days=number % 20 - 5), **moments,
        }  # fmt: skip

    def _event(self, case: int, place: int) -> dict[str, Any]:
        opened = {"kind": "opened", "data": {"state": "agreed"}, "party": CaseParty.BROKER, "actor_id": 3, "body": ""}
        message = {"kind": "message", "data": {}, "party": CaseParty.NEED, "actor_id": 1, "body": "我们下周可以安排试验。"}
        return {"case_id": case, "created_at": self.ago(), **(message if place else opened)}

    def _traces(self) -> None:
        """What history leaves: finished outbox items, sent mails, audit events."""
        number = 2 * self.count
        write(OutboxItem, (
            {"kind": KINDS[place % 2], "record_id": place // 2 + 1, "version": 2, "stage": "done", "available_at": self.moment,
             "created_at": self.moment, "done_at": self.ago()} for place in range(number)
        ))  # fmt: skip
        write(Delivery, (
            {"user_id": 1 + place % 2, "kind": "review_result", "key": f"{place}", "state": "sent",
             "payload": {"kind": KINDS[place % 2], "record_id": place // 2 + 1}, "available_at": self.moment,
             "created_at": self.ago(), "sent_at": self.moment} for place in range(number)
        ))  # fmt: skip
        write(AuditEvent, (
            {"at": self.ago(), "actor_id": 4, "actor_role": Role.OPERATOR, "action": "record.review", "object_kind": "needs",
             "object_id": place // 2 + 1, "changes": {"fields": ["state"]}, "address": "127.0.0.1"} for place in range(number)
        ))  # fmt: skip


def write(model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert many rows; columns that a row leaves out get the model's own defaults."""
    for part in truth.batched(rows, CHUNK):
        with transaction() as session:
            session.execute(insert(model), part)
