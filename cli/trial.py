"""Labelled needs and achievements on a temporary index, ranked exactly the way the platform ranks."""

from __future__ import annotations

import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from cli.vectors import Progress, VectorFile
from config.settings import Settings
from indexes import documents, truth
from indexes.engine import Document, Engine, Upsert, Vector
from indexes.matches import propose
from indexes.opening import ensure_live, open_engine
from matcher import clock, evaluation, ranking
from matcher.corpus import Statistics, collect
from matcher.embedding import Encoder
from matcher.models import Achievement, Need, Organisation, Record
from matcher.priors import priors
from matcher.vocabulary import OrgKind, RecordState

BATCH = 500
HOME = "zh"  # language of the pool; records of others count in the figures across languages alone


class BadFileError(Exception):
    """A row that cannot be used; the message names file and line."""


@dataclass(frozen=True)
class Labelled:
    """A record of a file: the row of the model that stands for it, its name there, and whose grade it carries."""

    record: Record
    name: str
    need: str = ""
    grade: int = 0
    lang: str = HOME


@dataclass
class Pool:
    """Everything that one evaluation looks at. `apart` names needs whose records are left out for one another."""

    needs: list[Labelled]
    offers: list[Labelled]
    apart: frozenset[str] = frozenset()

    def grades(self, need: str, lang: str = "") -> dict[str, int]:
        """Grades of the need's own records by document id, of one language or all."""
        return {
            document_name(each): each.grade
            for each in self.offers
            if each.need == need and (not lang or each.lang == lang)
        }

    def hidden(self, need: str) -> set[str]:
        """Documents that are not in this need's pool."""
        others = self.apart - {need} if need in self.apart else frozenset()
        return {document_name(each) for each in self.offers if each.need in others}


@dataclass
class Report:
    """Figures of one evaluation."""

    figures: dict[str, float]
    intervals: dict[str, evaluation.Interval]
    cross_lingual: dict[str, float] | None
    runs: dict[str, list[str]] = field(default_factory=dict)


def document_name(labelled: Labelled) -> str:
    """Id of its document in the index."""
    return f"{labelled.record.kind.value}-{labelled.record.id}"


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """Objects of a JSON-lines file; BadFileError names the line that is none."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadFileError(f"{path}, line {number}: {error}") from error
        if not isinstance(row, dict) or not str(row.get("title") or "").strip():
            raise BadFileError(f"{path}, line {number}: no title")
        if row.get("grade") not in {None, 0, 1, 2, 3}:
            raise BadFileError(f"{path}, line {number}: a grade is 0, 1, 2 or 3")
        yield row


def names(listed: str) -> list[str]:
    """The names of an option that takes several, apart by commas."""
    return [name.strip() for name in listed.split(",") if name.strip()]


def read_pool(needs: Path, offers: Iterable[Path], apart: Iterable[str] = ()) -> Pool:
    """Needs and graded or ungraded achievements of those files."""
    owner = Organisation(name="", kind=OrgKind.ENTERPRISE)
    asked = [_need(number, row, owner) for number, row in enumerate(rows_of(needs), 1)]
    rows = (row for path in offers for row in rows_of(path))
    offered = [_offer(number, row, owner) for number, row in enumerate(rows, 1)]
    return Pool(asked, offered, frozenset(apart))


def _published(number: int) -> dict[str, Any]:
    moment = clock.now()
    return {
        "id": number, "version": 1, "state": RecordState.PUBLISHED, "published_at": moment, "updated_at": moment,
        "indicators": [], "coop_modes": [],
    }  # fmt: skip


def _need(number: int, row: Mapping[str, Any], owner: Organisation) -> Labelled:
    text = str(row.get("text") or row.get("problem") or "")
    record = Need(
        **_published(number), organisation=owner, title=str(row["title"]), problem=text, lang=HOME, keywords=[],
        foundation="", partner_req="", anonymous=True,
    )  # fmt: skip
    return Labelled(record, str(row.get("need_id") or row.get("id") or number))


def _offer(number: int, row: Mapping[str, Any], owner: Organisation) -> Labelled:
    summary = str(row.get("summary") or row.get("abstract") or "")
    lang = str(row.get("lang") or HOME)
    record = Achievement(
        **_published(number), organisation=owner, title=str(row["title"]), abstract=summary, lang=lang,
        keywords=[str(word) for word in row.get("keywords") or ()], problem="", advantage="", economics="", ip=[],
    )  # fmt: skip
    need, grade = str(row.get("need_id") or ""), int(row.get("grade") or 0)
    return Labelled(record, str(row.get("id") or f"{need}/{number}"), need, grade, lang)


@contextmanager
def temporary_engine(settings: Settings, kind: str) -> Iterator[Engine]:
    """An empty engine of that kind that leaves nothing behind."""
    with TemporaryDirectory(prefix="daqiao-evaluate-") as folder:
        if kind == "embedded":
            chosen = settings.model_copy(update={"data_dir": Path(folder), "elasticsearch_url": None})
            with closing(open_engine(chosen)) as engine:
                yield engine
            return
        prefix = f"evaluate-{secrets.token_hex(4)}"
        with closing(open_engine(settings.model_copy(update={"index_prefix": prefix}))) as engine:
            try:
                yield engine
            finally:
                _forget(settings.elasticsearch_url or "", prefix)


def _forget(url: str, prefix: str) -> None:
    from elasticsearch import Elasticsearch

    with Elasticsearch(url, request_timeout=30) as client:
        names = list(client.indices.get(index=f"{prefix}*"))
        if names:
            client.indices.delete(index=",".join(names))


@dataclass
class Trial:
    """A pool in an index, with the snapshot that its scores come from."""

    pool: Pool
    engine: Engine
    encoder: Encoder | None
    statistics: Statistics
    stored: Mapping[str, Document]

    @classmethod
    def prepare(
        cls, pool: Pool, engine: Engine, encoder: Encoder | None, cache: VectorFile, progress: Progress
    ) -> Trial:
        """Encode and index everything, and take the snapshot."""
        built = [_built(each.record) for each in (*pool.needs, *pool.offers)]
        if encoder is not None:
            texts = {
                truth.wanted(made): documents.passage(each.record)
                for made, each in zip(built, (*pool.needs, *pool.offers), strict=True)
            }
            vectors = cache.vectors(encoder, texts, progress)
            built = [documents.with_vector(made, vectors[truth.wanted(made)]) for made in built]
        ensure_live(engine, encoder)
        for part in truth.batched(built, BATCH):
            engine.apply([Upsert(made) for made in part])
        told = ((made.title + made.body, _passage(made)) for made in built)
        statistics = collect(told, priors(encoder.fingerprint) if encoder else {})
        return cls(pool, engine, encoder, statistics, {made.id: made for made in built})

    def ranked(self, need: Labelled) -> list[str]:
        """Ids of the need's candidates in the order that the platform shows."""
        return [scored.id for scored in self.scored(need)]

    def scored(self, need: Labelled, *, vectors: bool = True) -> list[ranking.Scored]:
        """The need's candidates with their scores, best first; on request as they score while nothing is encoded."""
        asked = self.stored[document_name(need)]
        proposed = propose(
            self.engine, self.encoder, asked.title + asked.body, asked.vector, "achievement", self.statistics
        )
        hidden = self.pool.hidden(need.name)
        found = self.engine.stored([each for each in proposed.ids if each not in hidden])
        candidates = found.values() if vectors else (replace(each, vector=None) for each in found.values())
        return ranking.rank(asked, candidates, self.statistics)

    def report(self) -> Report:
        """All figures; a need without graded records is left out."""
        runs = {need.name: self.ranked(need) for need in self.pool.needs if self.pool.grades(need.name)}
        foreign = {document_name(each) for each in self.pool.offers if each.lang != HOME}
        home = {name: [each for each in run if each not in foreign] for name, run in runs.items()}
        graded = {name: grades for name in runs if (grades := self.pool.grades(name, HOME))}
        spans = evaluation.intervals(home, graded)
        figures = {name: each.mean for name, each in spans.items()}
        return Report(figures, spans, self._across(runs) if foreign else None, home)

    def _across(self, runs: Mapping[str, Sequence[str]]) -> dict[str, float]:
        """Median place of a need's best record in each other language, over the needs that have one."""
        places: dict[str, list[int]] = defaultdict(list)
        for each in self.pool.offers:
            if each.lang != HOME and each.grade == 3 and each.need in runs:
                size = len(self.pool.offers) - len(self.pool.hidden(each.need))
                grades = self.pool.grades(each.need)
                place = evaluation.rank_across(runs[each.need], grades, document_name(each), size)
                places[each.lang].append(place)
        return {lang: float(median(found)) for lang, found in sorted(places.items())}

    def legs(self, encoder: Encoder) -> dict[str, dict[str, list[str]]]:
        """Each leg alone over the whole pool: BM25 of the same words, cosine of the model's own query and passage."""
        names = [need for need in self.pool.needs if self.pool.grades(need.name, HOME)]
        offers = {
            document_name(each): self.stored[document_name(each)]
            for each in self.pool.offers
            if each.lang == HOME
        }
        queries = encoder.encode_queries([documents.passage(need.record) for need in names])
        runs: dict[str, dict[str, list[str]]] = {"words": {}, "meaning": {}}
        counts = {name: Counter(made.title + made.body) for name, made in offers.items()}
        for need, query in zip(names, queries, strict=True):
            asked = set(self.stored[document_name(need)].title + self.stored[document_name(need)].body)
            hidden = self.pool.hidden(need.name)
            shown = {name: made for name, made in offers.items() if name not in hidden}
            words = {
                name: self.statistics.bm25(asked & counts[name].keys(), made.title + made.body)
                for name, made in shown.items()
            }
            meaning = {
                name: float(np.dot(query, made.vector))
                for name, made in shown.items()
                if made.vector is not None
            }
            runs["words"][need.name] = evaluation.order(words)
            runs["meaning"][need.name] = evaluation.order(meaning)
        return runs


def _built(record: Record) -> Document:
    made = documents.build(record)
    assert made is not None  # made published above
    return made


def _passage(made: Document) -> Vector | None:
    return made.vector if truth.wanted(made)[0] == "passage" else None
