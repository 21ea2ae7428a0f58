"""The built-in encoder in torch, with thin matrices beside some of its own (LoRA, Hu et al., 2021) that can learn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from matcher.encoders.weights import WORDS, Arrays, Model, read

RANK = 8
LEARNING = ("q", "v", "fi")  # matrices of each layer: queries, values, the first of the inner two
LINEAR = ("q", "k", "v", "ao", "fi", "fo")


class Encoder(nn.Module):
    """Everything frozen but the thin matrices: `a` (rank, in) starts at random, `b` (out, rank) at 0."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.of: Model = read(path)
        arrays = Arrays(self.of)
        sizes = self.of.sizes
        self.words = torch.tensor(self.of.matrices[WORDS].rows(np.arange(sizes.words)))
        places = arrays["emb.pos"].reshape(-1, sizes.width) + arrays["emb.type"].reshape(-1, sizes.width)[0]
        self.places = torch.tensor(places)
        self.frozen = {
            name: torch.tensor(np.array(arrays[name])) for name in arrays if name.startswith(("l", "emb.ln"))
        }
        self.thin = nn.ParameterDict()
        for layer in range(sizes.layers):
            for part in LEARNING:
                out, into = self.frozen[f"l{layer}.{part}.w"].shape
                self.thin[f"l{layer}_{part}_a"] = nn.Parameter(torch.randn(RANK, into) / math.sqrt(into))
                self.thin[f"l{layer}_{part}_b"] = nn.Parameter(torch.zeros(out, RANK))

    def _linear(self, layer: int, part: str, x: Tensor) -> Tensor:
        name = f"l{layer}.{part}"
        y = functional.linear(x, self.frozen[f"{name}.w"], self.frozen[f"{name}.b"])
        if part in LEARNING:
            thin = functional.linear(x, self.thin[f"l{layer}_{part}_a"])
            y = y + functional.linear(thin, self.thin[f"l{layer}_{part}_b"])
        return y

    def _norm(self, name: str, x: Tensor) -> Tensor:
        sizes = self.of.sizes
        return functional.layer_norm(
            x, (sizes.width,), self.frozen[f"{name}.w"], self.frozen[f"{name}.b"], sizes.epsilon
        )

    def _attention(self, layer: int, x: Tensor, mask: Tensor) -> Tensor:
        texts, length, width = x.shape
        heads = [
            self._linear(layer, part, x).view(texts, length, self.of.sizes.heads, -1).transpose(1, 2)
            for part in "qkv"
        ]
        seen = functional.scaled_dot_product_attention(*heads, attn_mask=mask[:, None, None, :])
        return self._linear(layer, "ao", seen.transpose(1, 2).reshape(texts, length, width))

    def forward(self, ids: Tensor, mask: Tensor, drop: float = 0.0) -> Tensor:
        """Unit vectors (texts, width) of token ids (texts, tokens); `mask` is true where a token is."""
        x = self._norm("emb.ln", self.words[ids] + self.places[: ids.shape[1]])
        for layer in range(self.of.sizes.layers):
            heard = functional.dropout(self._attention(layer, x, mask), drop, self.training)
            x = self._norm(f"l{layer}.aln", x + heard)
            inner = functional.gelu(self._linear(layer, "fi", x))
            thought = functional.dropout(self._linear(layer, "fo", inner), drop, self.training)
            x = self._norm(f"l{layer}.oln", x + thought)
        shown = mask[:, :, None].float()
        return functional.normalize((x * shown).sum(1) / shown.sum(1), dim=-1)

    def save(self, path: Path, strength: float) -> None:
        """The thin matrices in half precision as `matcher.encoders.adapter` reads them, `b` times `strength`."""
        told = {}
        for name, values in self.thin.items():
            layer, part, side = name.split("_")
            array = values.detach().numpy() * (strength if side == "b" else 1)
            told[f"{layer}.{part}.w:{side}"] = array.astype(np.float16)
        np.savez_compressed(path, **told)


def padded(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token ids (texts, longest) and the mask of where a token is."""
    longest = max(map(len, texts))
    ids = torch.ones(len(texts), longest, dtype=torch.long)
    mask = torch.zeros(len(texts), longest, dtype=torch.bool)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = True
    return ids, mask
