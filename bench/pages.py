"""Pages: server time of each on a large platform, and database queries that do not grow with it."""

from __future__ import annotations

import gc
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from bench.crowd import Builder, Crowd
from bench.measure import Figure, Sizes, p95
from cli import roles
from config.settings import Settings, load_settings
from indexes.engine import Vector
from indexes.opening import open_engine
from indexes.search import _vectors as remembered
from matcher import db, migrations
from matcher.embedding import Encoder, open_encoder
from web.app import create_app
from web.index import Index

FEW = 3
EMPTY = 2  # queries that a page with hardly a row may save, as relations of nothing cost none
ROUNDS = 12
WARM = 2
BROKER_SECONDS = 10.0
QUERIES = ("人参干燥", "低温电池热管理", "corn straw", "视觉检测 缺陷", "농업 로봇", "秸秆还田微生物菌剂")


@dataclass
class Timed:
    """The real encoder; what it takes is told apart from what the page takes."""

    encoder: Encoder
    spent: float = 0.0
    used: float = 0.0

    @property
    def fingerprint(self) -> str:
        """The model's."""
        return self.encoder.fingerprint

    @property
    def dimensions(self) -> int:
        """The model's."""
        return self.encoder.dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vector:
        """The model's, timed."""
        start, used = time.perf_counter(), time.process_time()
        try:
            return self.encoder.encode_queries(texts)
        finally:
            self.spent += time.perf_counter() - start
            self.used += time.process_time() - used

    def encode_passages(self, texts: Sequence[str]) -> Vector:
        """The model's."""
        return self.encoder.encode_passages(texts)


@dataclass
class Page:
    """One address, who opens it, and what was measured: seconds without encoding, those of the processor, statements."""

    name: str
    user: int | None
    urls: Sequence[str]
    times: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)


def pages(crowd: Crowd) -> list[Page]:
    """What is measured: every list, the pages they lead to, and the console."""
    words = [f"q={text}" for text in QUERIES]
    member, operator = crowd.member, crowd.operator
    console = ("", "/review", "/matches", "/mails", "/audit", "/outbox", "/organisations", "/users", "/cases", "/index")
    return [
        Page("landing page", None, ["/"]),
        Page("list of needs", None, ["/needs", "/needs?page=2", "/needs?sort=deadline"]),
        Page("list of achievements", None, ["/achievements", "/achievements?chain=food"]),
        Page("search with words", None, [f"/search?{each}" for each in words]),
        Page("search with words and filters", None, [f"/needs?{each}&region=220000" for each in words]),
        Page("need", None, [f"/needs/{crowd.need}"]),
        Page("achievement", member, [f"/achievements/{crowd.achievement}"]),
        Page("own listings", member, ["/publish/mine"]),
        Page("my matches", member, ["/matches", "/matches?box=waiting"]),
        Page("match", member, [f"/matches/{crowd.match}"]),
        Page("matches of a need", member, [f"/needs/{crowd.need}/matches"]),
        Page("digest", member, ["/digest"]),
        Page("cases", member, ["/cases"]),
        Page("case", member, [f"/cases/{crowd.case}"]),
        Page("broker's desk", crowd.broker, ["/broker"]),
        *(Page(f"console{path}", operator, [f"/console{path}"]) for path in console),
    ]


@contextmanager
def served(count: int) -> Iterator[tuple[Flask, Crowd, Timed]]:
    """The portal on a platform with so many needs and as many achievements, with its broker."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(environment="test", data_dir=Path(folder), secret_key="k" * 40, rate_limits=False,
                                 log_level="ERROR")  # fmt: skip
        migrations.upgrade(db.configure(settings))
        encoder, engine = Timed(open_encoder(settings)), open_engine(settings)
        crowd = Builder(count, engine, encoder).fill()
        gc.collect()
        gc.freeze()  # what filled the tables is no part of the portal, so it must not be looked through in its time
        broker = _broker(settings)
        try:
            app = create_app(settings)
            app.extensions["index"] = Index(open_engine(settings), encoder)
            yield app, crowd, encoder
        finally:
            broker.terminate()
            broker.wait(BROKER_SECONDS)
            db.engine().dispose()


def _broker(settings: Settings) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(roles.broker(settings))
    deadline = time.monotonic() + BROKER_SECONDS
    while not roles.broker_socket(settings).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return process


@contextmanager
def counted() -> Iterator[list[str]]:
    """Statements that the block sends to the database."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


def signed_in(app: Flask, user: int | None) -> FlaskClient:
    """A browser of that user's (None: of a visitor's)."""
    client = app.test_client()
    if user is not None:
        with client.session_transaction() as session:
            session.update({"_user_id": f"{user}:1", "_fresh": True})
    return client


def visit(app: Flask, page: Page, encoder: Timed, rounds: int) -> None:
    """Open the page's addresses in turn; the first rounds only warm up."""
    client = signed_in(app, page.user)
    for number in range(rounds + WARM):
        for url in page.urls:
            remembered.clear()
            encoder.spent = encoder.used = 0.0
            with counted() as statements:
                start, used = time.perf_counter(), time.process_time()
                answer: Any = client.get(url)
                spent = time.perf_counter() - start - encoder.spent
                used = time.process_time() - used - encoder.used
            if answer.status_code != 200:
                raise RuntimeError(f"{url} answers {answer.status_code}")
            if number >= WARM:
                page.times.append(spent)
                page.processor.append(used)
                page.queries.append(len(statements))


def measured(count: int, rounds: int) -> list[Page]:
    """Every page on a platform of that size."""
    with served(count) as (app, crowd, encoder):
        found = pages(crowd)
        for page in found:
            visit(app, page, encoder, rounds)
        return found


def figures(_elasticsearch_url: str | None, sizes: Sizes) -> list[Figure]:
    """All pages together, each page's own 95th percentile beside it, and growth of the queries."""
    few, many = measured(FEW, 1), measured(sizes.records, ROUNDS)
    slow = sorted(many, key=lambda page: -p95(page.times))
    each = ", ".join(f"{page.name} {p95(page.times) * 1000:.0f}" for page in slow)
    every = [spent for page in many for spent in page.times]
    processor = [spent for page in many for spent in page.processor]
    grown = [
        f"{large.name} {max(small.queries)} → {max(large.queries)}"
        for small, large in zip(few, many, strict=True)
        if max(large.queries) > max(small.queries) + EMPTY
    ]
    detail = f"median {median(every) * 1000:.0f} ms, processor time {p95(processor) * 1000:.0f} ms; each page's own: {each}"
    most = max(max(page.queries) for page in many)
    return [
        Figure(f"pages, {sizes.records:,} records each: 95 % of server times", p95(every) * 1000, 80.0, True, detail, "ms"),
        Figure("pages whose database queries grow with the platform", len(grown), 0, True,
               ", ".join(grown) or f"at most {most} queries a page", "pages"),
    ]  # fmt: skip
