"""Sentences for people, written once in Chinese and translated where they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """A Chinese source string with %(name)s places, and what goes into them."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The sentence in Chinese."""
        return self.text % self.params if self.params else self.text


def msg(text: str, **params: Any) -> Message:
    """Mark `text` for translation (the extraction looks for this name)."""
    return Message(text, params)
