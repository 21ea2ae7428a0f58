"""Clauses of a contract: the templates of each type (`clauses.toml`) and which of them the law asks for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from matcher.contracts.lists import ContractType

TEMPLATES = Path(__file__).with_name("clauses.toml")


@dataclass(frozen=True)
class Template:
    """One clause as it is offered; `types` empty: for every type."""

    code: str
    title: str
    types: tuple[str, ...]
    required: bool
    text: str

    @property
    def labels(self) -> frozenset[str]:
        """Lines that announce what is to be written after them."""
        return frozenset(line for line in self.text.split("\n") if line.endswith("："))

    def serves(self, kind: ContractType | None) -> bool:
        """Whether a contract of that type has this clause; before a type is chosen only the common ones."""
        return not self.types or (kind is not None and kind in self.types)


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """All of them, in the order in which they stand in a contract."""
    rows = tomllib.loads(TEMPLATES.read_text(encoding="utf-8"))["clause"]
    return tuple(
        Template(row["code"], row["title"], tuple(row["types"]), row["required"], row["text"]) for row in rows
    )


def offered(kind: ContractType | None, places: Mapping[str, str]) -> list[dict[str, Any]]:
    """The clauses of a new contract, with the names of the case filled in."""
    return [
        {"code": each.code, "title": each.title, "text": _filled(each.text, places)}
        for each in templates()
        if each.serves(kind)
    ]


def _filled(text: str, places: Mapping[str, str]) -> str:
    for name, value in places.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def required(kind: ContractType | None) -> list[Template]:
    """The clauses without which a contract of that type is not complete."""
    return [each for each in templates() if each.required and each.serves(kind)]


def completed(
    clauses: Iterable[Mapping[str, Any]], kind: ContractType | None, places: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The clauses with those of the type's template added that are not there yet; what people wrote stays."""
    kept = [dict(clause) for clause in clauses]
    present = {clause["code"] for clause in kept}
    return [*kept, *(new for new in offered(kind, places) if new["code"] not in present)]
