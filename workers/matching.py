"""Compute the matches of one changed record: candidates from the index, scores and reasons from `matcher`.

Everything is read and computed outside any transaction; `refresh_matches` then stores the result if the record is
still the one that was read.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import IntegrityError

from config.settings import Settings, get_settings
from indexes import evidence, statistics
from indexes.engine import Engine, EngineUnavailableError, Stored, document_id
from indexes.opening import encoder_or_none, open_engine
from indexes.pairs import Side, banks, candidates, computed, sides, versions
from matcher import learned, ranking
from matcher.actions.matching import KEEP, Pair, claim, open_partners, postpone, refresh_matches, settle
from matcher.actor import SYSTEM
from matcher.corpus import Statistics
from matcher.db import reading
from matcher.embedding import Encoder
from matcher.errors import Conflict
from matcher.evidence import Near
from matcher.learning.correction import Correction, best_first, least_able
from matcher.models import MODELS, OutboxItem
from matcher.pairing import judge, told_by_words
from matcher.reranking import Reranker, open_reranker
from matcher.vocabulary import Kind, Level, RecordState
from workers import rereading, snapshots
from workers.app import MATCH_HARD_SECONDS
from workers.rereading import Found

Soon = Callable[[list[Pair]], None]
log = structlog.get_logger()


class OvertakenError(Exception):
    """The record has changed since; its newer version has an item of its own."""


@dataclass(frozen=True)
class Tools:
    """What a process computes with; the encoder's model is loaded only where sentences are compared by meaning."""

    engine: Engine
    encoder: Encoder | None
    reranker: Reranker | None = None


def tools(settings: Settings) -> Tools:
    """Opened once in each process, never before a fork."""
    return _open(settings, os.getpid())


@lru_cache(maxsize=1)
def _open(settings: Settings, _process: int) -> Tools:
    encoder = encoder_or_none(settings)
    if encoder is None:
        log.warning("matching: no encoder, by words alone", model=settings.embedding_model)
    return Tools(open_engine(settings), encoder, open_reranker(settings))


def match_item(item_id: int, attempt: int | None = None) -> None:
    """Carry one outbox item through matching; an item that cannot be is postponed, then parked."""
    item = claim(item_id, attempt, MATCH_HARD_SECONDS)
    if item is None:
        return
    try:
        _carry_out(tools(get_settings()), item)
    except EngineUnavailableError as error:
        postpone(item_id, str(error))
    except SoftTimeLimitExceeded:
        postpone(item_id, "took too long")
    except Exception as error:
        postpone(item_id, type(error).__name__)
        raise


def _carry_out(use: Tools, item: OutboxItem) -> None:
    if item.kind == Kind.EXPERT:
        settle(item.id)
        return
    try:
        with reading() as session:
            record: Any = session.get(MODELS[item.kind], item.record_id)
        if record is None or record.version > item.version:
            settle(item.id)
        elif record.state == RecordState.PUBLISHED:
            store = partial(_store, item, record.version)
            store(compute(use, item.kind, item.record_id, record.version, partial(store, more=True)))
        else:
            _close(item, record.version)
    except (Conflict, OvertakenError):
        settle(item.id)


def _close(item: OutboxItem, version: int) -> None:
    """The record is not public: nothing may stay open."""
    with reading() as session:
        partners = open_partners(session, item.kind, item.record_id)
    if partners:
        refresh_matches(SYSTEM, item.id, version, [])
    else:
        settle(item.id)


def _store(item: OutboxItem, version: int, pairs: Sequence[Pair], *, more: bool = False) -> None:
    try:
        refresh_matches(SYSTEM, item.id, version, pairs, more=more)
    except IntegrityError:  # the other side's item has just stored the same pair
        refresh_matches(SYSTEM, item.id, version, pairs, more=more)


def compute(use: Tools, kind: str, record_id: int, version: int, soon: Soon | None = None) -> list[Pair]:
    """The record's pairs worth keeping, best first. Raises `OvertakenError` when it is at `version` no more.

    `soon` gets them before sentences are encoded, where that is to be done: nobody waits for a model to see a match.
    """
    snapshots.ensure(use.encoder)
    with reading() as session:
        snapshot_id, corpus = statistics.latest(session)
        correction = learned.in_use(session)
        partners = open_partners(session, kind, record_id)
    own_id = document_id(kind, record_id)
    stored = use.engine.stored([own_id]).get(own_id)
    if stored is None:
        raise EngineUnavailableError(f"{own_id} is not in the index yet")
    if stored.version != version:
        raise OvertakenError
    other = Kind.ACHIEVEMENT if kind == Kind.NEED else Kind.NEED
    with reading() as session:
        own = sides(session, kind, {own_id: stored}).get(own_id)
        if own is None:
            raise OvertakenError
        proposed = candidates(use.engine, use.encoder, own, corpus)
        ids = dict.fromkeys([*proposed, *(document_id(other.value, number) for number in partners)])
        texts = use.engine.stored(list(ids))
        # the records of most candidates are never read: nothing could make matches of them
        scores = _scores(own, texts, corpus, 0.0 if use.reranker else least_able(correction))
        others = sides(session, other.value, {name: texts[name] for name in scores})
    foreign = {
        name: side
        for name, side in others.items()
        if side.record.organisation_id != own.record.organisation_id
    }
    found, read_by = rereading.again(use.reranker, own, foreign, _scored(own, foreign, scores, corpus, correction))
    under = versions(use.engine, snapshot_id, correction)
    under["ranking_version"] += read_by
    kept = list(_kept(foreign, found, frozenset(partners)))
    return _pairs(use, own, foreign, kept, corpus, under, soon)


def _kept(others: Mapping[str, Side], found: Sequence[Found], partners: frozenset[int]) -> Iterator[Found]:
    """What is stored, from 弱相关 up: the best `KEEP`, and the pairs that are open already."""
    places = 0
    for name, scored, told in found:
        known = others[name].record.id in partners
        if scored.level is Level.NONE or (places >= KEEP and not known):
            continue
        places += not known
        yield name, scored, told


def _pairs(
    use: Tools,
    own: Side,
    others: Mapping[str, Side],
    kept: Sequence[Found],
    corpus: Statistics,
    under: Mapping[str, Any],
    soon: Soon | None,
) -> list[Pair]:
    """With their reasons: by words, and where these show too little by the meaning of sentences."""
    told, asked = {}, {}
    for name, scored, reasons in kept:
        told[name], facts = told_by_words(*banks(own, others[name]), corpus, scored, reasons)
        if facts is not None:
            asked[name] = facts

    def made(near: Mapping[str, Near]) -> list[Pair]:
        return [
            _pair(computed(*banks(own, others[name]), corpus, (scored, told[name]), under, near.get(name)))
            for name, scored, _ in kept
        ]

    with reading() as session:
        near, _ = evidence.near(session, None, under["model"], asked)
    if len(near) < len(asked) and evidence.fits(use.encoder, under["model"]):
        if soon is not None:
            soon(made(near))
        with reading() as session:
            near, fresh = evidence.near(session, use.encoder, under["model"], asked)
        evidence.keep(under["model"], fresh)
    return made(near)


def _scores(own: Side, others: Mapping[str, Stored], corpus: Statistics, least: float) -> dict[str, ranking.Scored]:
    """The candidates whose probability is `least` or more by their texts, before any correction."""
    if own.record.kind is Kind.NEED:
        asked = ranking.Asked(own.text, corpus)
        found = ((name, asked.score_if(each, least)) for name, each in others.items())
    else:
        found = ((name, ranking.Asked(each, corpus).score_if(own.text, least)) for name, each in others.items())
    return {name: scored for name, scored in found if scored is not None and scored.probability >= least}


def _scored(
    own: Side, others: Mapping[str, Side], scores: Mapping[str, ranking.Scored], corpus: Statistics, correction: Correction
) -> list[Found]:
    """Every candidate with its corrected score, best first; with its reasons where the correction had to read them."""
    found: list[Found] = [
        (name, *judge(*banks(own, side), corpus, correction, scores[name])) for name, side in others.items()
    ]
    # of an achievement's candidates each is asked for by another need: the name of the candidate ends ties
    return sorted(found, key=lambda each: (*best_first(each[1])[:2], each[0]))


def _pair(values: dict[str, Any]) -> Pair:
    return Pair(
        need_id=values.pop("need_id"),
        achievement_id=values.pop("achievement_id"),
        need_version=values.pop("need_version"),
        achievement_version=values.pop("achievement_version"),
        values=values,
    )


def refresh_snapshot() -> None:
    """Renew the corpus statistics (run by the calendar)."""
    snapshots.renew(tools(get_settings()).encoder)
