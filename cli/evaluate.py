"""`daqiao evaluate`: how well the platform ranks labelled needs and achievements."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from cli import trial
from cli.common import File
from cli.labelled import Files, labelled_files, progress_bar, usable_encoder
from cli.vectors import VectorFile
from config.settings import Settings, get_settings
from indexes.engine import EngineError
from matcher import evaluation, ranking
from matcher.embedding import EncoderUnavailable


@click.command()
@labelled_files
@click.option(
    "--foreign", multiple=True, type=File, help="Achievements in other languages, for cross_lingual alone."
)
@click.option("--engine", type=click.Choice(["embedded", "elastic"]), default="embedded", show_default=True)
@click.option("--legs", is_flag=True, help="Also words alone and meaning alone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def evaluate(files: Files, foreign: tuple[Path, ...], engine: str, legs: bool, as_json: bool) -> None:
    """Measure search and ranking on labelled files (MORE: further files of achievements).

    Everything goes the platform's own way, candidates and ranking, on a temporary index. Texts are encoded once and
    kept by their content. Prints nDCG@10 (gain 2^grade - 1), and P@1 and R@10 for grades of 2 and better.
    """
    settings = get_settings()
    if engine == "elastic" and not settings.elasticsearch_url:
        raise click.UsageError("--engine elastic needs ELASTICSEARCH_URL")
    try:
        result = measure(settings, files.pool(*foreign), engine, files.folder(settings), legs=legs)
    except (trial.BadFileError, EngineError, EncoderUnavailable) as error:
        raise click.ClickException(str(error)) from error
    if not foreign:
        result.pop("cross_lingual", None)
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else _table(result))


def measure(
    settings: Settings, pool: trial.Pool, kind: str, cache: Path, *, legs: bool = False
) -> dict[str, Any]:
    """All figures of a pool on an engine of that kind, with what they were measured on."""
    encoder = usable_encoder(settings)
    vectors = VectorFile(cache / "vectors.sqlite3")
    with closing(vectors), trial.temporary_engine(settings, kind) as engine, progress_bar() as progress:
        made = trial.Trial.prepare(pool, engine, encoder, vectors, progress)
        report = made.report()
        result: dict[str, Any] = {
            **report.figures,
            "intervals": {name: [each.low, each.high] for name, each in report.intervals.items()},
            "needs": len(report.runs),
            "achievements": len(pool.offers),
            "engine": kind,
            "model": encoder.fingerprint if encoder else None,
            "ranking": ranking.CURRENT.version,
        }
        if report.cross_lingual is not None:
            result["cross_lingual"] = report.cross_lingual
        if legs and encoder is not None:
            grades = {name: pool.grades(name, trial.HOME) for name in report.runs}
            found = made.legs(encoder)
            result["legs"] = {name: evaluation.summary(runs, grades) for name, runs in found.items()}
    return result


def _table(result: dict[str, Any]) -> str:
    """The figures for people, one in each line, with the 95 % interval that resampling the needs gives."""
    lines = []
    spans = result.get("intervals", {})
    for name, value in result.items():
        if name == "intervals":
            continue
        if name in spans:
            low, high = spans[name]
            lines.append(f"{name:<14} {_figures(value)}  ({low:.3f}–{high:.3f})")
            continue
        if isinstance(value, dict):
            lines += [f"{name} {key:<12} {_figures(each)}" for key, each in value.items()]
        else:
            lines.append(f"{name:<14} {_figures(value)}")
    return "\n".join(lines)


def _figures(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name} {_figures(each)}" for name, each in value.items())
    return f"{value:.3f}" if isinstance(value, float) else str(value)
