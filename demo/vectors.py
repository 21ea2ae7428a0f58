"""Vectors of the sample texts, made once and kept beside them, so that a first start need not wait for the encoder.

They count only for the model and the texts that they were made from: every other text is encoded as usual.
`python -m demo` makes the file anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np

from config.settings import load_settings
from demo.listings import FOLDER, sample_fields
from indexes import documents, truth
from indexes.engine import Vector
from matcher.boilerplate import plain
from matcher.corpus import collect
from matcher.db import in_transaction, reading
from matcher.embedding import Encoder, open_encoder
from matcher.evidence import sentences
from matcher.facts import AchievementFacts, paragraphs
from matcher.inputs.base import parse
from matcher.inputs.records import INPUTS
from matcher.models import MODELS
from matcher.priors import SENTENCES
from matcher.priors import write as write_priors
from matcher.text import joined, tokens

FILE = FOLDER / "vectors.npz"
TRAINING = ("achievements.jsonl", "foreign_graded.jsonl", "foreign.jsonl")
BATCH = 16
ANY_DAY = date(2026, 1, 5)  # texts do not depend on it
Report = Callable[[int, int], object]


def texts() -> dict[truth.Wanted, str]:
    """Every sample text as its index document will name and read it."""
    found: dict[truth.Wanted, str] = {}
    for kind, fields in sample_fields(ANY_DAY):
        record: Any = MODELS[kind](**parse(INPUTS[kind], fields).values())
        content = documents.passage(record)
        found[documents.role(kind), documents.text_hash(content)] = content
    return found


def kept(model: str) -> dict[truth.Wanted, Vector]:
    """The vectors of the file, if they are that model's."""
    if not FILE.is_file():
        return {}
    with np.load(FILE, allow_pickle=False) as stored:
        if str(stored["model"]) != model:
            return {}
        rows = stored["vectors"].astype(np.float32)
        names = [tuple(name.split(":")) for name in stored["names"].tolist()]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return {(role, name): row for (role, name), row in zip(names, rows, strict=True)}


def prepare(encoder: Encoder, report: Report) -> None:
    """Have a vector of every sample text in the table of embeddings; `report` gets how many of how many are there."""
    wanted = texts()
    with reading() as session:
        there = truth.embeddings(session, encoder.fingerprint, wanted)
    known = {
        name: row for name, row in kept(encoder.fingerprint).items() if name in wanted and name not in there
    }
    in_transaction(lambda session: truth.store(session, encoder.fingerprint, known))
    missing = {name: content for name, content in wanted.items() if name not in there and name not in known}
    done = len(wanted) - len(missing)
    report(done, len(wanted))
    for names in truth.batched(missing, BATCH):
        fresh = truth.encode(encoder, {name: missing[name] for name in names})
        in_transaction(lambda session, fresh=fresh: truth.store(session, encoder.fingerprint, fresh))  # type: ignore[misc]
        done += len(fresh)
        report(done, len(wanted))


def vectors(encoder: Encoder, names: Iterable[truth.Wanted]) -> dict[truth.Wanted, Vector]:
    """Those vectors from the table of embeddings."""
    with reading() as session:
        return truth.embeddings(session, encoder.fingerprint, names)


def centres(encoder: Encoder, content: Mapping[truth.Wanted, str], made: Mapping[truth.Wanted, Vector]) -> dict[str, Vector]:
    """Mean vector of the sample passages and the training texts of each language.

    The samples alone have ten texts of a foreign language: a centre of ten texts is those texts, and others of their
    subjects then come out too near.
    """
    passages = [(tokens(text), made[name]) for name, text in content.items() if name[0] == "passage"]
    more = [joined(row["title"], row["summary"]) for name in TRAINING for row in _rows(name)]
    passages += zip(map(tokens, more), encoder.encode_passages(more), strict=True)
    return dict(collect(passages).centres)


def sentence_centres(encoder: Encoder) -> dict[str, Vector]:
    """Mean vector of the single sentences of the training texts' achievements in each language."""
    rows = (row for name in TRAINING for row in _rows(name))
    facts = (AchievementFacts(plain(row["title"]), paragraphs(row["summary"])) for row in rows)
    said = list(dict.fromkeys(text for each in facts for text in sentences(each)))
    return dict(collect(zip(map(tokens, said), encoder.encode_passages(said), strict=True)).centres)


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (FOLDER.parent / "training" / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def make() -> None:
    """Encode every sample text and write the file, and the centres of the languages that they and the training texts give."""
    encoder = open_encoder(load_settings())
    wanted = texts()
    made = truth.encode(encoder, wanted)
    names = sorted(made)
    np.savez_compressed(
        FILE,
        model=encoder.fingerprint,
        names=np.array([":".join(name) for name in names]),
        vectors=np.stack([made[name] for name in names]).astype(np.float16),
    )
    write_priors(encoder.fingerprint, centres(encoder, wanted, made))
    write_priors(encoder.fingerprint, sentence_centres(encoder), SENTENCES)
    print(f"{len(names)} vectors of {encoder.fingerprint} in {FILE}, {FILE.stat().st_size:,} bytes")  # noqa: T201
