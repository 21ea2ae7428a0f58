"""Pairs of sentences by meaning on both engines: matching stores them, encodes once, and they come out again months later."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

import demo
from config.settings import Settings
from indexes import evidence, statistics
from indexes.engine import Engine
from matcher import clock
from matcher.actions import records
from matcher.actions.questions import keep_question
from matcher.db import reading
from matcher.embedding import Encoder, Vectors
from matcher.facts import achievement_facts, need_facts
from matcher.models import Achievement, Embedding, Match, Need
from matcher.rerun import rerun
from matcher.text import sentences
from tests import factories
from tests.contracts.test_questions import asked, encoder, fill, filled, stored
from tests.factories import Person
from tests.unit.workers.carrying import waiting
from workers import matching
from workers.matching import Tools, compute

__all__ = ["encoder"]  # the fixture
TRAINING = Path(demo.__file__).parent / "training"
SUBJECT = "srv-008"  # training in repairing cars, answered in Korean


def graded(name: str) -> dict[str, Any]:
    """The first row about the subject of a file of the training texts."""
    rows = map(json.loads, (TRAINING / name).read_text(encoding="utf-8").splitlines())
    return next(row for row in rows if row["need_id"] == SUBJECT and row.get("lang", "ko") == "ko")


class Counting:
    """An encoder that remembers what it was asked to encode."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.texts = encoder, 0
        self.fingerprint, self.dimensions = encoder.fingerprint, encoder.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return self._encoder.encode_passages(texts)


def published(settings: Settings, encoder: Encoder) -> tuple[Person, int, int, Engine]:
    """A need and a Korean achievement that fits it, indexed."""
    firm, lab = factories.enterprise(), factories.institute()
    asked_for, offered = graded("needs.jsonl"), graded("foreign_graded.jsonl")
    first, *rest, last = sentences(offered["summary"])
    korean = {"problem": first, "abstract": " ".join(rest), "advantage": last, "indicators": [], "lang": "ko"}
    need = factories.published(firm, "need", title=asked_for["title"], problem=asked_for["text"], indicators=[])
    achievement = factories.published(lab, "achievement", title=offered["title"], **korean)
    return firm, need, achievement, filled(settings, encoder)


def by_meaning(reasons: dict[str, Any]) -> list[tuple[str, str, float]]:
    return [
        (each["left"]["text"], each["right"]["text"], each["params"]["near"])
        for each in reasons["reasons"]
        if each["kind"] == "meaning" and each["left"]
    ]


def test_matching_stores_pairs_and_encodes_each_sentence_once(engines: Settings, encoder: Encoder) -> None:
    """Both sides' own sentences with their nearness; the second time, from either side, nothing is encoded."""
    _, need, achievement, engine = published(engines, encoder)
    counting = Counting(encoder)
    with reading() as session:
        before = session.scalar(select(func.count()).select_from(Embedding))
    first = compute(Tools(engine, counting), "need", need, factories.version("need", need))
    pairs = by_meaning(first[0].values["reasons"])
    assert pairs
    with reading() as session:
        own, other = need_facts(session.get_one(Need, need)), achievement_facts(session.get_one(Achievement, achievement))
        after = session.scalar(select(func.count()).select_from(Embedding))
    assert all(left in f"{own.title} {own.body}" and right in f"{other.title} {other.body}" for left, right, _ in pairs)
    assert counting.texts == (after or 0) - (before or 0) > 0
    again = compute(Tools(engine, counting), "achievement", achievement, factories.version("achievement", achievement))
    assert counting.texts == (after or 0) - (before or 0)
    assert again[0].values == first[0].values


def test_without_an_encoder_stored_vectors_serve_and_others_are_no_error(engines: Settings, encoder: Encoder) -> None:
    """The nearness is the same to the last digit; a pair with a sentence that nobody encoded is left out."""
    _, need, achievement, engine = published(engines, encoder)
    with reading() as session:
        pair = need_facts(session.get_one(Need, need)), achievement_facts(session.get_one(Achievement, achievement))
        assert evidence.near(session, None, encoder.fingerprint, {"pair": pair}) == ({}, {})
        found, fresh = evidence.near(session, encoder, encoder.fingerprint, {"pair": pair})
        assert evidence.near(session, encoder, "another model", {"pair": pair}) == ({}, {})
    evidence.keep(encoder.fingerprint, fresh)
    evidence.keep(encoder.fingerprint, fresh)
    with reading() as session:
        assert evidence.near(session, None, encoder.fingerprint, {"pair": pair}) == (found, {})
    engine.close()


def test_an_answer_keeps_its_pairs_for_months(engines: Settings, encoder: Encoder, monkeypatch: Any) -> None:
    """The worker's match and the answer tell the same pairs; with the record edited the stored answer comes out again."""
    firm, need, achievement, engine = published(engines, encoder)
    monkeypatch.setattr(matching, "tools", lambda _settings: Tools(engine, encoder))
    for item in waiting():
        matching.match_item(item)
    with reading() as session:
        stored_pairs = by_meaning(session.scalars(select(Match)).one().reasons)
    kept = keep_question(firm.actor, asked(engine, encoder, firm, need, achievement))
    assert by_meaning(stored(kept).reasons) == stored_pairs != []
    with clock.at(clock.now() + timedelta(days=150)):
        changed = factories.given("need", title="另一件事", problem="完全另一件事，另一件事。")
        records.save_record(firm.actor, "need", need, factories.version("need", need), changed)
        fill(engine, encoder)
        statistics.take(encoder)
        question = stored(kept)
        with reading() as session:
            again = rerun(session, question, statistics.pinned(session, question.snapshot_id))
    assert (again.same, again.same_reasons) == (True, True)


def test_a_match_is_there_before_its_sentences_are_encoded(settings: Settings, encoder: Encoder, monkeypatch: Any) -> None:
    """What is stored first tells of the whole texts; the item is done when the pairs are there, too."""
    _, _, _, engine = published(settings, encoder)
    seen: list[tuple[int, str]] = []

    class Looking(Counting):
        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            with reading() as session:
                match = session.scalars(select(Match)).one()
                seen.append((len(by_meaning(match.reasons)), match.reasons["reasons"][0]["kind"]))
            assert waiting()
            return super().encode_queries(texts)

    monkeypatch.setattr(matching, "tools", lambda _settings: Tools(engine, Looking(encoder)))
    first, other = waiting()
    matching.match_item(first)
    with reading() as session:
        assert by_meaning(session.scalars(select(Match)).one().reasons)
    assert len(seen) == 1
    assert seen[0][0] == 0
    assert waiting() == [other]
