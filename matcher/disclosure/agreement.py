"""The confidentiality agreement: its texts by version and language. A text never changes; another one is another version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

VERSION = "1"  # the one that is accepted now; receipts name theirs
LANGUAGES = ("zh", "en")
TERM = timedelta(days=365)  # how long an acceptance opens a record's detail; clause 5


@dataclass(frozen=True)
class Agreement:
    """One text as it is shown and accepted."""

    version: str
    lang: str
    text: str

    @property
    def sha256(self) -> str:
        """Hash of the text in UTF-8, as `sha256sum` gives it for the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@cache
def agreement(lang: str, version: str = VERSION) -> Agreement:
    """The text in that language, Chinese for languages without one."""
    chosen = lang if lang in LANGUAGES else LANGUAGES[0]
    text = (files("matcher.disclosure") / "agreements" / f"{version}.{chosen}.txt").read_text(encoding="utf-8")
    return Agreement(version, chosen, text)
