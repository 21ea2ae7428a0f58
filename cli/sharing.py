"""What the portal's processes share: dictionary and model, read by the first process before it starts the others.

Both are only ever read, so the system keeps them once for all processes, as long as nobody writes there. Neither holds
a thread, which would not survive the start of another process. Gunicorn reads this module as its configuration.
"""

from __future__ import annotations

from typing import Any

from config.collector import settle
from config.settings import get_settings
from matcher.embedding import EncoderUnavailable, load_shared
from matcher.text import tokens


def on_starting(_server: Any) -> None:
    """Gunicorn's hook, called in its first process. Without a model the portal starts all the same."""
    tokens("词典")
    try:
        load_shared(get_settings())
    except EncoderUnavailable:
        pass  # each process says so itself
    settle()
