"""What the commands that measure on labelled files share: their options, the encoder, the progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cli import trial
from cli.common import File
from cli.vectors import Progress
from config.settings import Settings
from matcher.embedding import Encoder, EncoderUnavailable, open_encoder

OPTIONS = (
    click.option("--needs", required=True, type=File, help="Needs, one JSON object in each line."),
    click.option(
        "--achievements", required=True, multiple=True, type=File, help="Graded achievements; also several files."
    ),
    click.argument("more", nargs=-1, type=File),
    click.option("--distractors", multiple=True, type=File, help="Achievements without grades."),
    click.option("--apart", default="", metavar="ID,ID", help="Needs whose records are left out for one another."),
    click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder of encoded texts."),
)


@dataclass(frozen=True)
class Files:
    """What those options name."""

    needs: Path
    achievements: tuple[Path, ...]
    more: tuple[Path, ...]
    distractors: tuple[Path, ...]
    apart: str
    cache: Path | None

    def pool(self, *others: Path) -> trial.Pool:
        """Everything that they hold, and what `others` hold. Raises `trial.BadFileError`."""
        records = (*self.achievements, *self.more, *self.distractors, *others)
        return trial.read_pool(self.needs, records, trial.names(self.apart))

    def folder(self, settings: Settings) -> Path:
        """Where encoded texts are kept."""
        return self.cache or settings.data_dir / "evaluation"


def labelled_files(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command those options; it gets them as one `files`."""

    @wraps(command)
    def gathered(**given: Any) -> None:
        files = Files(**{name: given.pop(name) for name in Files.__dataclass_fields__})
        command(files=files, **given)

    decorated: Callable[..., None] = gathered
    for option in reversed(OPTIONS):
        decorated = option(decorated)
    return decorated


def usable_encoder(settings: Settings) -> Encoder | None:
    """The encoder, tried once; without one the platform ranks by words alone, and so does this."""
    try:
        encoder = open_encoder(settings)
        encoder.encode_queries(["试"])
    except EncoderUnavailable as error:
        click.echo(f"No vectors: {error}", err=True)
        return None
    return encoder


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Tells on standard error how many texts were encoded."""
    done = 0

    def progress(count: int) -> None:
        nonlocal done
        done += count
        if sys.stderr.isatty():
            click.echo(f"\rEncoded {done} texts", err=True, nl=False)

    yield progress
    if done and sys.stderr.isatty():
        click.echo("", err=True)
