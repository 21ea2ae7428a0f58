"""The graded training texts as matching without an encoder sees them: read once, they take some seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.lessons import graded
from config.settings import load_settings
from matcher.learning.simulation import Graded

TRAINING = Path(__file__).parents[4] / "demo" / "training"
MOST = 101  # needs: enough for the figures, few enough for a busy machine


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Graded]:
    settings = load_settings(environment="test", data_dir=tmp_path_factory.mktemp("lessons"))
    return graded(TRAINING / "needs.jsonl", TRAINING / "achievements.jsonl", words=True, settings=settings, most=MOST)
