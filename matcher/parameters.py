"""Everything of the ranking that was fitted or chosen, under one version that each match names: `parameters.json`.

`daqiao calibrate --write` fits the curves anew; docs/calibration.md has the report.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matcher.calibration import Curve

FILE = Path(__file__).with_name("parameters.json")


@dataclass(frozen=True)
class Parameters:
    """What each number means; probabilities are those of a grade of 2 or 3."""

    version: str
    enough: float  # share of the need's words, weighed by rarity, beyond which more say nothing
    word_weight: float
    foreign_gain: float  # cosines across languages come out smaller by about this factor
    foreign_reach: float  # semantic at which words of another language would have been `enough`
    uncentred: float  # cosine of unrelated texts, used while the corpus is too small to have a centre
    words_limit: float  # without vectors: share of words beyond which more say nothing
    curve: Curve  # from score to probability
    curve_of_words: Curve  # the same where there are no vectors and the score is the share of words
    strong: float  # least probability of 强相关; right in 8 of 10 on needs that the curve never saw
    fair: float
    weak: float  # below it nothing is stored


def load(path: Path = FILE) -> Parameters:
    """The file's parameters; ValueError or TypeError if a number is missing or one too many."""
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for name in ("curve", "curve_of_words"):
        values[name] = Curve(**values[name])
    return Parameters(**values)


def save(parameters: Parameters, path: Path = FILE) -> None:
    """Write the file as `load` reads it."""
    path.write_text(json.dumps(asdict(parameters), indent=1) + "\n", encoding="utf-8")


CURRENT = load()
