"""This process's engine and encoder: made on first use, so never before a fork."""

from __future__ import annotations

import threading
from typing import NamedTuple

from flask import Flask, current_app

from config.settings import Settings
from indexes.engine import Engine
from indexes.opening import encoder_or_none, open_engine
from matcher.embedding import Encoder

_lock = threading.Lock()


class Index(NamedTuple):
    """What a search needs; without an encoder it goes by words alone."""

    engine: Engine
    encoder: Encoder | None


def init_app(app: Flask) -> None:
    """Nothing is opened yet."""
    app.extensions["index"] = None


def index() -> Index:
    """The engine and the encoder that the settings name."""
    with _lock:
        opened: Index | None = current_app.extensions["index"]
        if opened is None:
            settings: Settings = current_app.config["SETTINGS"]
            opened = Index(open_engine(settings), encoder_or_none(settings))
            current_app.extensions["index"] = opened
    return opened
