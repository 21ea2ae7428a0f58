"""One part of the file, and the files that prove it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from matcher.models import Case
from matcher.papers.paper import Block

EMPTY = "—"  # what stands where a value is missing


@dataclass(frozen=True)
class Proof:
    """A stored file: the name that it has in the archive, and the hash that it was stored with."""

    name: str
    sha256: str
    size: int
    storage_key: str

    def path(self, number: int) -> str:
        """Where it lies in the archive: numbered, so that two files of one name stay apart."""
        return str(PurePosixPath("files") / f"{number:03d}-{self.name.replace('/', '_')}")


@dataclass(frozen=True)
class Section:
    """What one part says."""

    blocks: tuple[Block, ...]
    proofs: tuple[Proof, ...] = field(default=())


@dataclass(frozen=True)
class Part:
    """A part that the file may have; `gather` gives None when the platform holds nothing for it."""

    title: str
    gather: Callable[[Session, Case], Section | None]
