"""Vectors of the sentences of a pair: those that are stored with their model, the others encoded once and stored.

They lie in the table of embeddings by the hash of the sentence, so that matching a record again encodes nothing and a
sentence has the same vector wherever it is asked about. Nothing is kept in memory.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from indexes import documents, truth
from indexes.engine import Vector
from indexes.truth import Wanted
from matcher.db import in_transaction
from matcher.embedding import Encoder, EncoderUnavailable
from matcher.evidence import Near, nearness, sentences
from matcher.facts import AchievementFacts, NeedFacts
from matcher.priors import sentence_priors
from matcher.vocabulary import Kind

Pair = tuple[NeedFacts, AchievementFacts]
Vectors = dict[Wanted, Vector]


def near(
    session: Session, encoder: Encoder | None, model: str, pairs: Mapping[str, Pair]
) -> tuple[dict[str, Near], Vectors]:
    """How near the sentences of each pair are under `model`, and the vectors that had to be made for it.

    A pair of which a sentence has no vector, for want of an encoder, is left out; so is every pair under a model whose
    sentences nobody has measured.
    """
    centres = sentence_priors(model)
    if not centres or not pairs:
        return {}, {}
    named = {key: (_names(Kind.NEED, need), _names(Kind.ACHIEVEMENT, other)) for key, (need, other) in pairs.items()}
    texts = {name: text for sides in named.values() for side in sides for name, text in side.items()}
    known = truth.embeddings(session, model, texts)
    fresh = _encoded(encoder, model, {name: text for name, text in texts.items() if name not in known})
    known |= fresh
    found = {
        key: nearness(_vectors(need, known), _vectors(other, known), centres)
        for key, (need, other) in named.items()
        if known.keys() >= need.keys() | other.keys()
    }
    return found, fresh


def fits(encoder: Encoder | None, model: str) -> bool:
    """Whether the encoder makes sentences of that model, and they can be compared."""
    return encoder is not None and encoder.fingerprint == model and bool(sentence_priors(model))


def keep(model: str, fresh: Vectors) -> None:
    """Store new vectors; when another process stores the same ones at this moment, those count."""
    if not fresh:
        return
    try:
        in_transaction(lambda session: truth.store(session, model, fresh))
    except IntegrityError:
        in_transaction(lambda session: truth.store(session, model, fresh))


def _names(kind: Kind, facts: NeedFacts | AchievementFacts) -> dict[Wanted, str]:
    """The sentences of one side by the names of their vectors."""
    return {(documents.role(kind), documents.text_hash(text)): text for text in sentences(facts)}


def _vectors(names: Mapping[Wanted, str], known: Vectors) -> dict[str, Vector]:
    return {text: known[name] for name, text in names.items()}


def _encoded(encoder: Encoder | None, model: str, texts: Mapping[Wanted, str]) -> Vectors:
    if encoder is None or not fits(encoder, model) or not texts:
        return {}
    try:
        return truth.encode(encoder, texts)
    except EncoderUnavailable:
        return {}
