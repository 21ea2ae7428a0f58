"""Both sides of a pair as they were, kept with an answer so that it can be computed again when the records have changed.

Facts are public ones only; vectors are kept to the bit.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from matcher.corpus import Vector
from matcher.evidence import Near
from matcher.facts import AchievementFacts, NeedFacts
from matcher.pairing import Bank, Side

FORMAT = 1
_NEED = TypeAdapter(NeedFacts)
_ACHIEVEMENT = TypeAdapter(AchievementFacts)


@dataclass(frozen=True)
class Text:
    """Tokens and vector of one side, as `matcher.ranking` reads them."""

    id: str
    title: tuple[str, ...]
    body: tuple[str, ...]
    vector: Vector | None


def pin(need: Bank, achievement: Bank, near: Near | None = None) -> bytes:
    """Both sides for storing, and how near their sentences are where that was asked; the same give the same bytes."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "need": _NEED.dump_python(need.facts, mode="json"),  # type: ignore[arg-type]  # a need's side
        "achievement": _ACHIEVEMENT.dump_python(achievement.facts, mode="json"),  # type: ignore[arg-type]
        "texts": [_text(need), _text(achievement)],
    }
    if near is not None:
        content["near"] = near
    return zlib.compress(json.dumps(content, sort_keys=True, ensure_ascii=False).encode())


def unpin(data: bytes) -> tuple[Side, Side, Near | None]:
    """What `pin` kept; ValueError for anything else."""
    try:
        content = json.loads(zlib.decompress(data))
    except (zlib.error, ValueError) as error:
        raise ValueError("not a pinned pair") from error
    if content.get("format") != FORMAT:
        raise ValueError(f"pinned pair of format {content.get('format')}")
    need, achievement = map(_read, content["texts"])
    near = content.get("near")
    return (
        Side(_NEED.validate_python(content["need"]), need),
        Side(_ACHIEVEMENT.validate_python(content["achievement"]), achievement),
        None if near is None else tuple(map(tuple, near)),
    )


def _text(side: Bank) -> dict[str, Any]:
    vector = side.text.vector
    return {
        "id": side.text.id,
        "title": list(side.text.title),
        "body": list(side.text.body),
        "vector": None if vector is None else base64.b64encode(vector.astype("<f4").tobytes()).decode(),
    }


def _read(text: dict[str, Any]) -> Text:
    packed = text["vector"]
    vector = None if packed is None else np.frombuffer(base64.b64decode(packed), dtype="<f4").astype(np.float32)
    return Text(text["id"], tuple(text["title"]), tuple(text["body"]), vector)
