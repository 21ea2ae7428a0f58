"""What the portal's first process loads for the others."""

from __future__ import annotations

import gc

import pytest

from cli import sharing
from config.settings import Settings
from matcher.embedding import EncoderUnavailable


def test_a_portal_without_a_model_starts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_settings: Settings) -> None:
        raise EncoderUnavailable("e5: gone")

    monkeypatch.setattr(sharing, "load_shared", gone)
    try:
        sharing.on_starting(None)
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
