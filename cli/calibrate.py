"""`daqiao calibrate`: whether a probability comes true and a level means what it says, on labelled needs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace

import click
import numpy as np
from numpy.typing import NDArray

from cli import trial
from cli.labelled import Files, labelled_files, progress_bar, usable_encoder
from cli.vectors import VectorFile
from config.settings import get_settings
from indexes.engine import EngineError
from matcher import calibration, parameters
from matcher.parameters import CURRENT, Parameters

FOLDS = 5
SEEN = 20  # best candidates of a need that curves are fitted on: what people see; the rest is nearly all nothing
LEAST = 0.05  # pairs below are nearly all nothing, and would make every figure look good
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Pairs:
    """Scored candidates of all needs, (n,) each: score (by words: their share), grade 0…3, fold of the need."""

    scores: Numbers
    grades: NDArray[np.int64]
    folds: NDArray[np.int64]


@click.command()
@labelled_files
@click.option("--write", is_flag=True, help="Keep the curves fitted on all needs in matcher/parameters.json.")
def calibrate(files: Files, write: bool) -> None:
    """Print the calibration report of labelled files (MORE: further files of achievements).

    Every probability comes from a curve that saw none of the need's pairs (five folds). A pair is right when its
    grade is 2 or 3, which is what a probability stands for.
    """
    settings = get_settings()
    try:
        pool = files.pool()
        with (
            closing(VectorFile(files.folder(settings) / "vectors.sqlite3")) as vectors,
            trial.temporary_engine(settings, "embedded") as engine,
            progress_bar() as progress,
        ):
            made = trial.Trial.prepare(pool, engine, usable_encoder(settings), vectors, progress)
            whole, words = pairs(made), pairs(made, vectors=False)
        click.echo(report("With vectors", whole, CURRENT))
        click.echo(report("By words alone", words, CURRENT))
    except (trial.BadFileError, EngineError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if write:
        parameters.save(replace(CURRENT, curve=_curve(whole), curve_of_words=_curve(words)))


def pairs(made: trial.Trial, *, vectors: bool = True) -> Pairs:
    """The best candidates of every need that has graded records, with their grades."""
    rows: list[tuple[float, int, int]] = []
    for number, need in enumerate(made.pool.needs):
        grades = made.pool.grades(need.name, trial.HOME)
        scored = made.scored(need, vectors=vectors)[:SEEN] if grades else []
        rows += [
            (
                each.score if vectors else min(each.parts["words"], CURRENT.words_limit),
                grades.get(each.id, 0),
                number % FOLDS,
            )
            for each in scored
        ]
    table = np.array(rows, np.float64).reshape(-1, 3)
    return Pairs(table[:, 0], table[:, 1].astype(np.int64), table[:, 2].astype(np.int64))


def _curve(pairs: Pairs) -> calibration.Curve:
    found = calibration.platt(pairs.scores, pairs.grades >= 2)
    return calibration.Curve(round(found.slope, 3), round(found.offset, 3))


def report(title: str, pairs: Pairs, p: Parameters) -> str:
    """Reliability, calibration error, skill, levels and what they were worth, for people."""
    right = pairs.grades >= 2
    likely = calibration.cross_fitted(pairs.scores, right, pairs.folds)
    telling = likely >= LEAST
    bins = calibration.reliability(likely[telling], right[telling])
    levels = np.searchsorted([p.weak, p.fair, p.strong], likely, side="right")
    graded = pairs.grades > 0
    away, close = calibration.closeness(levels[telling | graded], pairs.grades[telling | graded])
    curve = _curve(pairs)
    lines = [
        f"{title}: {len(likely)} pairs, {telling.sum()} from {LEAST} up",
        f"  curve             slope {curve.slope:.3f}  offset {curve.offset:.3f}",
        f"  calibration error {calibration.calibration_error(bins):.3f}",
        f"  … if all were true {calibration.expected_error(likely[telling]):.3f}",
        f"  Brier skill       {calibration.brier_skill(likely[telling], right[telling]):.3f}",
        f"  levels            MAE {away:.3f}  1/(1+MAE) {close:.3f}",
        "  probability       pairs   said   came",
        *(f"  {b.low:.1f}–{b.high:.1f}         {b.count:>7}  {b.mean:.3f}  {b.right:.3f}" for b in bins),
        "  level             pairs  grade 3  2 or 3  1 or better",
        *(
            _level(name, levels == number, pairs.grades)
            for number, name in ((3, "strong"), (2, "fair"), (1, "weak"))
        ),
    ]
    return "\n".join(lines)


def _level(name: str, chosen: NDArray[np.bool_], grades: NDArray[np.int64]) -> str:
    if not chosen.any():
        return f"  {name:<16} {0:>6}"
    shares = (float((grades[chosen] >= least).mean()) for least in (3, 2, 1))
    return f"  {name:<16} {chosen.sum():>6}  " + "    ".join(f"{share:.3f}" for share in shares)
