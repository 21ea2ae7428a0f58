"""Labelled needs and achievements as the pairs that matching would show, with their grades and features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from itertools import compress
from pathlib import Path
from typing import Any

from cli.trial import Labelled, Pool, read_pool, rows_of
from cli.vectors import VectorFile
from config.settings import Settings, get_settings
from indexes import documents, truth
from indexes.engine import Document
from indexes.opening import encoder_or_none
from matcher import ranking
from matcher.corpus import Statistics, collect
from matcher.explanation import explain
from matcher.facts import AchievementFacts, Indicator, NeedFacts
from matcher.learning.features import described
from matcher.learning.simulation import Graded
from matcher.priors import priors
from matcher.vocabulary import coop_by_name

SHOWN = 15  # best candidates of each need, beside its own graded ones


def graded(
    needs: Path, achievements: Path, *, words: bool = False, settings: Settings | None = None, most: int | None = None
) -> list[Graded]:
    """Each need's own graded achievements and its best others (grade 0), as ranked by words and meaning or by words.

    `most` needs alone, the first of the file, with what is graded for them.
    """
    pool = read_pool(needs, [achievements])
    asked, offered = list(rows_of(needs)), list(rows_of(achievements))
    if most is not None:
        asked, pool.needs = asked[:most], pool.needs[:most]
        theirs = [_graded_for(row, asked) for row in offered]
        offered, pool.offers = list(compress(offered, theirs)), list(compress(pool.offers, theirs))
    built, corpus = _prepared(pool, settings or get_settings(), words=words)
    found: list[Graded] = []
    for number, (row, made) in enumerate(zip(asked, built[: len(asked)], strict=True)):
        scored = _ranked(made, built[len(asked) :], corpus)
        kept = [each for place, each in enumerate(scored) if place < SHOWN or _of(offered[each[0]], row)]
        facts = need_facts(row)
        found += [_pair(number, offer, facts, offered[offer], row, each, corpus) for offer, each in kept]
    return found


def _graded_for(offer: Mapping[str, Any], needs: Sequence[Mapping[str, Any]]) -> bool:
    return any(_of(offer, need) for need in needs)


def _of(offer: Mapping[str, Any], need: Mapping[str, Any]) -> bool:
    return bool(offer.get("need_id") == need["need_id"])


def _prepared(pool: Pool, settings: Settings, *, words: bool) -> tuple[list[Document], Statistics]:
    encoder = None if words else encoder_or_none(settings)
    every: list[Labelled] = [*pool.needs, *pool.offers]
    built = [made for each in every if (made := documents.build(each.record)) is not None]
    if encoder is not None:
        texts = {truth.wanted(made): documents.passage(each.record) for made, each in zip(built, every, strict=True)}
        with closing(VectorFile(settings.data_dir / "evaluation" / "vectors.sqlite3")) as cache:
            vectors = cache.vectors(encoder, texts, lambda _count: None)
        built = [documents.with_vector(made, vectors[truth.wanted(made)]) for made in built]
    told = ((made.title + made.body, made.vector if truth.wanted(made)[0] == "passage" else None) for made in built)
    return built, collect(told, priors(encoder.fingerprint) if encoder else {})


def _ranked(need: Document, offers: Sequence[Document], corpus: Statistics) -> list[tuple[int, ranking.Scored]]:
    asked = ranking.Asked(need, corpus)
    scored = [(place, asked.score(offer)) for place, offer in enumerate(offers)]
    return sorted(scored, key=lambda each: (-each[1].score, each[1].id))


def _pair(
    need: int, offer: int, facts: NeedFacts, row: Mapping[str, Any], asked: Mapping[str, Any],
    scored: ranking.Scored, corpus: Statistics,
) -> Graded:  # fmt: skip
    told = explain(facts, achievement_facts(row), corpus, scored).data()
    grade = int(row["grade"]) if _of(row, asked) else 0
    return Graded(need, offer, grade, scored.probability, described(scored.parts, told))


def need_facts(row: Mapping[str, Any]) -> NeedFacts:
    """Facts of a row of a file; what the files do not hold of both sides (price, chain) is left out."""
    return NeedFacts(
        title=row["title"],
        body=row["text"],
        indicators=tuple(_indicator(each) for each in row.get("indicators") or ()),
        min_trl=row.get("min_trl"),
        coop_modes=tuple(coop_by_name(name) for name in row.get("cooperation") or ()),
    )


def achievement_facts(row: Mapping[str, Any]) -> AchievementFacts:
    """Facts of a row of a file; its indicators are found in its text."""
    return AchievementFacts(
        title=row["title"],
        body=row["summary"],
        trl=row.get("trl"),
        coop_modes=tuple(coop_by_name(name) for name in row.get("cooperation") or ()),
    )


def _indicator(row: Mapping[str, Any]) -> Indicator:
    value = row["value"]
    low, high = value if isinstance(value, list) else (value, None)
    return Indicator(
        name=row["name"], relation=row["op"], value=Decimal(str(low)), unit=row["unit"],
        high=None if high is None else Decimal(str(high)),
    )  # fmt: skip
