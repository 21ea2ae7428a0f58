"""Which engine the settings name, and whether the index at hand was made the way it would be made today."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from config.settings import Settings
from indexes.elastic import ElasticEngine
from indexes.embedded import EmbeddedEngine
from indexes.engine import Engine, Fingerprint, NoIndexError
from indexes.facets import FACETS, SORT_FIELDS
from matcher import text
from matcher.embedding import Encoder, EncoderUnavailable, open_encoder

MAPPING_VERSION = 3  # raise it when a document of an unchanged record would look different
DEFAULT_DIMENSIONS = 384


def open_engine(settings: Settings) -> Engine:
    """The engine that the settings name; opens nothing yet."""
    if settings.elasticsearch_url:
        return ElasticEngine(settings.elasticsearch_url, settings.index_prefix, settings.index_timeout)
    return EmbeddedEngine(settings.data_dir / "index", settings.database_timeout)


def encoder_or_none(settings: Settings) -> Encoder | None:
    """The configured encoder, or None when it cannot be had: everything then works by words alone."""
    try:
        return open_encoder(settings)
    except EncoderUnavailable:
        return None


def _mapping() -> str:
    names = json.dumps([MAPPING_VERSION, sorted(FACETS), sorted(SORT_FIELDS)])
    return hashlib.sha256(names.encode()).hexdigest()[:12]


def wanted_fingerprint(encoder: Encoder | None) -> Fingerprint:
    """How an index would be made now; without a usable encoder it has room for vectors that never come."""
    try:
        model, dimensions = (encoder.fingerprint, encoder.dimensions) if encoder else ("", DEFAULT_DIMENSIONS)
    except EncoderUnavailable:
        model, dimensions = "", DEFAULT_DIMENSIONS
    return Fingerprint(_mapping(), text.TOKENS, model, dimensions)


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether the live index fits the program: what differs, and whether its vectors may be compared with ours."""

    differs: tuple[str, ...]
    vectors: bool

    @property
    def rebuild_needed(self) -> bool:
        """Whether an operator should rebuild the index."""
        return bool(self.differs)


def fitness(engine: Engine, encoder: Encoder | None) -> Fitness:
    """Compare the live index with what would be made now; an absent encoder alone calls for no rebuild."""
    made = engine.fingerprint()
    now = {
        "mapping": _mapping(),
        "tokens": text.TOKENS,
        "model": encoder.fingerprint if encoder else made.model,
    }
    differs = tuple(name for name, value in now.items() if getattr(made, name) != value)
    return Fitness(differs, vectors=encoder is not None and "model" not in differs)


def ensure_live(engine: Engine, encoder: Encoder | None) -> str:
    """Name of the live generation; makes an empty one where there is none yet."""
    try:
        return engine.generation
    except NoIndexError:
        made = engine.create(wanted_fingerprint(encoder))
        engine.make_live(made.generation)
        return made.generation
