"""Rule sets that are data: shipped beside their code, replaced by files of the same name in `RULES_DIR`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from config.settings import get_settings


def rule_file(name: str, shipped: Path) -> Path:
    """The operator's file of that name if there is one, else the shipped one."""
    folder = get_settings().rules_dir
    own = folder / name if folder else None
    return own if own is not None and own.is_file() else shipped


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The `[[rule]]` tables of a file; ValueError when it is no TOML or has none."""
    with path.open("rb") as file:
        rows = tomllib.load(file).get("rule", [])
    if not isinstance(rows, list) or not rows:
        raise ValueError(f"{path.name} has no [[rule]]")
    return rows
