"""The unigram tokeniser of multilingual-e5, from the vocabulary in the model's own file."""

from __future__ import annotations

import re
from array import array

from matcher.encoders.weights import Vocabulary

SPACE = "\u2581"  # how SentencePiece writes a blank
UNKNOWN_COST = 10.0  # below the rarest piece, as SentencePiece has it
_SPACES = re.compile("  +")


class Tokeniser:
    """Cuts a text into the most probable pieces, the same as the engine in the wheel does."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._of = vocabulary
        scores = vocabulary.scores
        self._scores = array("d", scores)
        self._pieces = {piece: number for number, piece in enumerate(vocabulary.pieces)}
        self._pieces.pop(vocabulary.pieces[vocabulary.unknown], None)
        self._longest = max(map(len, vocabulary.pieces))
        self._unknown = (float(scores.min()) - UNKNOWN_COST, vocabulary.unknown)

    def ids(self, text: str, limit: int) -> list[int]:
        """Piece ids with the marks of begin and end, `limit` at most."""
        read = _SPACES.sub(" ", text.translate(self._of.characters))
        read = (read if read.startswith(" ") else " " + read).replace(" ", SPACE)
        return [self._of.begin, *self._best(read)[: limit - 2], self._of.end]

    def _best(self, text: str) -> list[int]:
        """Viterbi: the best way to every place, found from the ways to the places before it."""
        get, scores, longest, (unknown_score, unknown) = (
            self._pieces.get,
            self._scores,
            self._longest,
            self._unknown,
        )
        size = len(text)
        best = [-1e30] * (size + 1)
        best[0] = 0.0
        last: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            base = best[start]
            for stop in range(start + 1, min(size, start + longest) + 1):
                piece = get(text[start:stop])
                if piece is not None and base + scores[piece] > best[stop]:
                    best[stop] = base + scores[piece]
                    last[stop] = (start, piece)
            if base + unknown_score > best[start + 1]:
                best[start + 1] = base + unknown_score
                last[start + 1] = (start, unknown)
        ids = []
        place = size
        while place > 0:
            place, piece = last[place]
            ids.append(piece)
        return ids[::-1]
