"""Our own scores of search hits, the same whichever engine found them: BM25 over terms, cosines from language centres.

For the order of search results alone; matches are scored pair by pair in `matcher.ranking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from indexes.engine import Hit, Vector
from indexes.terms import term
from matcher.corpus import K1, B, Statistics

Scores = NDArray[np.float64]
MIN_CENTRE = 5  # hits of one language below which their own mean says nothing about the language
SILENT_SHARE = 0.8  # of its score that a silent record keeps
WORD_WEIGHT = 0.35  # all of the query's words count like a nearness that only texts on the very subject have


def words(tokens: Sequence[str], hits: Sequence[Hit], statistics: Statistics) -> Scores:
    """BM25 of each hit as a share of what the query's words weigh: about 1 when it holds them all, at most 2.2.

    Before there are statistics, rarity is counted among the hits themselves.
    """
    if not hits:
        return np.zeros(0)
    names = np.array(sorted({term(token) for token in tokens}), np.uint32)
    lengths = np.array([len(hit.terms) for hit in hits])
    everything = np.concatenate([hit.terms for hit in hits])
    owners = np.repeat(np.arange(len(hits)), lengths)
    places = np.searchsorted(names, everything)
    places[places == len(names)] = 0
    known = names[places] == everything
    cells = owners[known] * len(names) + places[known]
    counts = np.bincount(cells, minlength=len(hits) * len(names)).reshape(len(hits), len(names))
    average = statistics.average_length if statistics.documents else float(lengths.mean())
    damping = K1 * (1 - B + B * lengths / (average or 1))
    shares = counts * (K1 + 1) / (counts + damping[:, None])
    weights = _weights(tokens, names, counts, statistics)
    found: Scores = shares @ weights / (weights.sum() or 1)
    return found


def _weights(
    tokens: Sequence[str], names: NDArray[np.uint32], counts: NDArray[np.int64], statistics: Statistics
) -> Scores:
    if statistics.documents:
        weights = {term(token): statistics.weight(token) for token in tokens}
        return np.array([weights[int(name)] for name in names])
    total = len(counts)
    return np.array([log(1 + (total - n + 0.5) / (n + 0.5)) for n in (counts > 0).sum(axis=0)])


def meaning(vector: Vector, lang: str, hits: Sequence[Hit], statistics: Statistics) -> Scores:
    """Cosine of each hit with a query in `lang`, both seen from the centres of their languages; -1 without a vector."""
    scores = np.full(len(hits), -1.0)
    having = [place for place, hit in enumerate(hits) if hit.vector is not None]
    if not having:
        return scores
    rows = np.stack([hit.vector for place in having if (hit := hits[place]).vector is not None]).astype(
        np.float32
    )
    langs = [hits[place].lang for place in having]
    centres = _centres(rows, langs, statistics)
    away = rows - np.stack([centres[each] for each in langs])
    query = _unit((vector - centres.get(lang, _mean(centres)))[None, :])[0]
    scores[having] = _unit(away) @ query
    return scores


def _centres(rows: Vector, langs: Sequence[str], statistics: Statistics) -> dict[str, Vector]:
    """Where each language lies: from the snapshot; before there is one, from the hits."""
    known: Mapping[str, Vector] = statistics.centres
    names = np.array(langs)
    common = _mean(known) if known else rows.mean(axis=0)
    found: dict[str, Vector] = dict(known)
    for lang in set(langs) - set(known):
        own = rows[names == lang]
        found[lang] = own.mean(axis=0) if not known and len(own) >= MIN_CENTRE else common
    return found


def _mean(centres: Mapping[str, Vector]) -> Vector:
    return np.asarray(np.mean(list(centres.values()), axis=0), np.float32)


def _unit(rows: Vector) -> Vector:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def worth(shared: Scores, near: Scores | None) -> Scores:
    """Words and meaning together: what results are ordered by. Each depends on its own document alone."""
    found: Scores = WORD_WEIGHT * shared + (np.maximum(near, 0) if near is not None else 0)
    return found


def fuse(ids: Sequence[str], shared: Scores, near: Scores | None, silent: Sequence[bool] = ()) -> list[str]:
    """Ids best first, ties by id. Each score depends on its own document alone, so no other one moves it.

    A `silent` record, whose owner does not answer for it, keeps its place among what fits much worse (M43).
    """
    scores = worth(shared, near)
    if len(silent):
        scores = np.where(silent, SILENT_SHARE * scores, scores)
    rounded = np.round(scores, 5)
    order = sorted(range(len(ids)), key=lambda place: (-rounded[place], ids[place]))
    return [ids[place] for place in order]
