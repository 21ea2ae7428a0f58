"""Where each language lies for the built-in encoder, before a platform has texts enough of its own to tell.

A centre measured from one text is that text itself: seen from there it is near to nothing. So a snapshot starts from
these centres, which the sample texts gave (`python -m demo` makes `priors.json` anew), and moves to its own with every
text. Other models start without.

Single sentences lie elsewhere than whole texts: `sentences.json` holds the centres that sentences are measured from
(`matcher.evidence`), which never move. Sentences of a model that is not in it are not compared.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
FILE = Path(__file__).with_name("priors.json")
SENTENCES = Path(__file__).with_name("sentences.json")


@lru_cache(maxsize=8)
def priors(model: str) -> Mapping[str, Vector]:
    """Centres by language of the encoder with that fingerprint; empty when nobody measured them."""
    return _read(FILE, model)


@lru_cache(maxsize=8)
@lru_cache(maxsize=4)
def sentence_priors(model: str) -> Mapping[str, Vector]:
    """Centres by language of single sentences; empty when nobody measured them."""
    return _read(SENTENCES, model)


def _read(file: Path, model: str) -> Mapping[str, Vector]:
    known: dict[str, dict[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return {
        name: np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float32)
        for name, text in known.get(model, {}).items()
    }


def write(model: str, centres: Mapping[str, Vector], file: Path = FILE) -> None:
    """Keep the centres of one encoder, in place of those of any other."""
    told = {
        name: base64.b64encode(row.astype("<f2").tobytes()).decode() for name, row in sorted(centres.items())
    }
    file.write_text(json.dumps({model: told}, indent=1) + "\n", encoding="utf-8")
