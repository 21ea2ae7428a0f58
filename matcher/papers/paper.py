"""A paper as data: a title and blocks. It is what a person could print and sign, so its language is that of the paper."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Heading:
    """The title of a part."""

    text: str
    kind: str = "heading"


@dataclass(frozen=True)
class Text:
    """Running text; each line is a paragraph of its own."""

    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Facts:
    """Pairs of term and value, as forms have them."""

    rows: tuple[tuple[str, str], ...]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """A table with a head. Columns in `numbers` (from 0) are set to the right."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    kind: str = "table"


@dataclass(frozen=True)
class Signatures:
    """Room for stamps, signatures and dates, one column for each party."""

    parties: tuple[str, ...]
    kind: str = "signatures"


Block = Heading | Text | Facts | Table | Signatures


@dataclass(frozen=True)
class Paper:
    """What is printed. `reference` stands in the foot of each page, such as the case's number."""

    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    reference: str = ""

    def data(self) -> dict[str, Any]:
        """Plain lists and texts, for a template."""
        return asdict(self)
