"""Python's search for garbage in cycles, told what a process of ours is like."""

from __future__ import annotations

import gc

OFTEN = (50_000, 20, 100)  # new objects before a search; of ten of Python's own each looks at everything: 30 ms at a time


def settle() -> None:
    """After start: what is loaded stays and is looked at no more, and what comes is looked through less often.

    A process that others are forked from shares more with them, since a search writes to whatever it looks at.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OFTEN)
