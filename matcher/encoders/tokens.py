"""The unigram tokeniser of multilingual-e5, from the vocabulary in the model's own file."""

from __future__ import annotations

import re
from array import array

import marisa_trie

from matcher.encoders.weights import Vocabulary

SPACE = "\u2581"  # how SentencePiece writes a blank
UNKNOWN_COST = 10.0  # below the rarest piece, as SentencePiece has it
_SPACES = re.compile("  +")


class Tokeniser:
    """Cuts a text into the most probable pieces, the same as the engine in the wheel does.

    The 250,002 pieces lie in a trie: a table of Python strings takes 40 MB more in every process.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._of = vocabulary
        pieces = vocabulary.pieces()
        self._trie = marisa_trie.Trie(pieces)
        self._numbers = array("i", bytes(4 * len(self._trie)))  # of the trie's keys, in its own order
        for number, piece in enumerate(pieces):
            self._numbers[self._trie[piece]] = number
        self._longest = max(map(len, pieces))
        self._scores = array("d", vocabulary.scores)
        self._unknown = (float(vocabulary.scores.min()) - UNKNOWN_COST, vocabulary.unknown)

    def ids(self, text: str, limit: int) -> list[int]:
        """Piece ids with the marks of begin and end, `limit` at most."""
        read = _SPACES.sub(" ", text.translate(self._of.characters))
        read = (read if read.startswith(" ") else " " + read).replace(" ", SPACE)
        return [self._of.begin, *self._best(read)[: limit - 2], self._of.end]

    def _best(self, text: str) -> list[int]:
        """Viterbi: the best way to every place, found from the ways to the places before it."""
        found, numbers, scores, longest = self._trie.iter_prefixes_with_ids, self._numbers, self._scores, self._longest
        unknown_score, unknown = self._unknown
        size = len(text)
        best = [-1e30] * (size + 1)
        best[0] = 0.0
        last: list[tuple[int, int]] = [(0, 0)] * (size + 1)
        for start in range(size):
            base = best[start]
            for piece, key in found(text[start : start + longest]):
                number, stop = numbers[key], start + len(piece)
                if number != unknown and base + scores[number] > best[stop]:
                    best[stop] = base + scores[number]
                    last[stop] = (start, number)
            if base + unknown_score > best[start + 1]:
                best[start + 1] = base + unknown_score
                last[start + 1] = (start, unknown)
        ids = []
        place = size
        while place > 0:
            place, piece = last[place]
            ids.append(piece)
        return ids[::-1]
