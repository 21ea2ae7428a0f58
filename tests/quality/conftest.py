"""The sample records as pools in a temporary index, encoded by the real model once per checkout."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli import trial
from cli.vectors import VectorFile
from config.settings import load_settings
from indexes.opening import encoder_or_none
from matcher import evaluation

RECORDS = Path(__file__).parents[2] / "demo" / "records"
APART = ("c15", "c35")  # two needs that state nearly the same problem
POOLS: dict[str, tuple[str, ...]] = {
    "natural": ("achievements.jsonl",),
    "with hard": ("achievements.jsonl", "achievements_hard.jsonl"),
}
Figures = dict[str, float]


@dataclass(frozen=True)
class Measured:
    """Figures of the platform's order and of each leg alone on one pool."""

    hybrid: Figures
    legs: Mapping[str, Figures]
    cross_lingual: Figures


@pytest.fixture(scope="session")
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    """Each pool measured on the embedded engine; kept in pytest's cache as the report of this run."""
    folder = tmp_path_factory.mktemp("quality")
    cache = request.config.cache
    settings = load_settings(environment="test", data_dir=folder)
    encoder = encoder_or_none(settings)
    assert encoder is not None
    found = {}
    with closing(VectorFile((cache.mkdir("vectors") if cache else folder) / "vectors.sqlite3")) as vectors:
        for name, files in POOLS.items():
            pool = trial.read_pool(RECORDS / "needs.jsonl", [RECORDS / file for file in files], APART)
            with trial.temporary_engine(settings, "embedded") as engine:
                made = trial.Trial.prepare(pool, engine, encoder, vectors, lambda _count: None)
                report, legs = made.report(), made.legs(encoder)
            found[name] = Measured(
                figures(report.runs, pool),
                {leg: figures(runs, pool) for leg, runs in legs.items()},
                report.cross_lingual or {},
            )
    if cache:
        cache.set("quality/report", {name: vars(each) for name, each in found.items()})
    return found


def figures(runs: Mapping[str, Sequence[str]], pool: trial.Pool) -> Figures:
    """The measures of the baseline, recall at 50 too."""
    grades = {name: pool.grades(name, trial.HOME) for name in runs}
    recalls = [evaluation.recall(runs[name], grades[name], 50) for name in runs]
    return {**evaluation.summary(runs, grades), "r@50": sum(recalls) / len(recalls)}
