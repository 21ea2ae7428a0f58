"""The optional second reading of matches: what it may move, and that nothing stops without it."""

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from config import settings as settings_module
from config.settings import Settings
from matcher.db import reading
from matcher.learning.correction import logit
from matcher.ranking import CURRENT, Scored, level
from matcher.reranking import TOTAL, Reranker, RerankerUnavailable, reread, trouble
from tests import factories
from tests.unit.workers.carrying import match_all, matches, waiting
from workers import matching, rereading


class Model:
    """Stands where the library's model stands, which tests/models loads: this one can be slow, wrong or broken at will."""

    def __init__(self, answer: Any = None, seconds: float = 0.0) -> None:
        self.answer, self.seconds = answer, seconds
        self.asked: list[tuple[str, str]] = []

    def predict(self, pairs: list[tuple[str, str]], **_: Any) -> Any:
        time.sleep(self.seconds)
        self.asked += pairs
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer(pairs) if callable(self.answer) else self.answer


def reranker(model: Model, seconds: float = 5.0) -> Reranker:
    made = Reranker("models/test-reader", seconds)
    made.__dict__["_model"] = model
    return made


@given(st.floats(0.001, 0.999), st.floats(0, 1), st.booleans())
def test_a_pair_is_moved_within_bounds(probability: float, agreement: float, held: bool) -> None:
    parts = {"held": 0.1} if held else {}
    found = reread(Scored("a", 0.4, probability, level(probability), parts), agreement)
    assert abs(logit(found.probability) - logit(probability)) <= TOTAL + 0.01
    assert found.level is level(found.probability)
    assert not held or found.probability <= probability + 1e-6


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (Model(RuntimeError("out of memory")), "RuntimeError: out of memory"),
        (Model(np.array([np.nan])), "no single finite score"),
        (Model(np.zeros((1, 3))), "no single finite score"),
        (Model(np.zeros(7)), "no single finite score"),
    ],
)
def test_what_goes_wrong_is_one_error_with_its_reason(model: Model, why: str) -> None:
    with pytest.raises(RerankerUnavailable, match=why):
        reranker(model).agreements([("a", "b")])


def test_a_slow_model_is_not_asked_twice_at_once_and_comes_back() -> None:
    """Whoever asks meanwhile goes on at once; when it is done, it answers again."""
    model = Model(np.zeros(1), seconds=3.0)
    slow = reranker(model, 0.1)
    with pytest.raises(RerankerUnavailable, match=r"took longer than 0\.1 s"):
        slow.agreements([("a", "b")])
    with pytest.raises(RerankerUnavailable, match="still at work"):
        slow.agreements([("a", "b")])
    model.seconds, slow.seconds = 0.0, 30.0
    assert slow._busy.acquire(timeout=30)
    slow._busy.release()
    assert slow.agreements([("a", "b")]) == [0.5]


def test_a_missing_model_is_said() -> None:
    """Without the extra, or without the folder: either way a reason and no error of a library."""
    with pytest.raises(RerankerUnavailable):
        Reranker("/nowhere/at/all", 5).agreements([("a", "b")])


@pytest.fixture
def reader(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """Matching by words, read again by a model whose answer the test sets; the platform knows of the setting."""
    monkeypatch.setenv("RERANKER_MODEL", "models/test-reader")
    settings_module.get_settings.cache_clear()
    model = Model(lambda pairs: np.array([9.0 if "热风" in offer else -9.0 for _, offer in pairs]))
    monkeypatch.setattr(matching, "encoder_or_none", lambda _settings: None)
    monkeypatch.setattr(matching, "open_reranker", lambda _settings: reranker(model))
    monkeypatch.setattr(rereading, "_told", {})
    monkeypatch.setattr(rereading, "_logged", set())
    matching._open.cache_clear()
    yield model
    matching._open.cache_clear()
    settings_module.get_settings.cache_clear()


def pair() -> None:
    """A need, two achievements that fit it, and others, among which the words of these are rare."""
    factories.published(factories.enterprise(), "need")
    lab = factories.institute()
    factories.published(lab, "achievement")
    factories.published(lab, "achievement", abstract="处理量 2 t/h，人参药渣含水率由 70 % 降至 10 % 以下用时 3.5 h，吨能耗降低。", problem="药渣含水率高、易霉变，干燥能耗高。")
    for number in range(6):
        text = f"Scanning and full-text search {number} for local libraries"
        factories.published(lab, "achievement", title=f"Cataloguing old books {number}", abstract=text, problem=text, advantage=text, keywords=[], indicators=[])


def test_matches_follow_the_reading_and_name_the_model(reader: Model, settings: Settings) -> None:
    pair()
    match_all(settings)
    best, other = sorted(matches(), key=lambda row: -row.probability)
    assert (best.achievement_id, other.achievement_id) == (1, 2)
    assert best.parts["reread"] > 0.99
    assert other.parts["reread"] < -0.99
    assert {row.ranking_version for row in (best, other)} == {f"{CURRENT.version}+{reranker(reader).label}"}
    assert reader.asked[0][0].startswith("人参提取废渣")
    with reading() as session:
        assert trouble(session, "models/test-reader") == ""
        assert trouble(session, "another") is None


def test_without_an_answer_the_order_stands_and_the_operator_knows(reader: Model, settings: Settings) -> None:
    """Everything is matched, nothing names the model, the log says it once, the stored state says why; then it is well again."""
    pair()
    good, reader.answer = reader.answer, RuntimeError("no weights")
    with capture_logs() as logs:
        match_all(settings)
    assert len([line for line in logs if "no weights" in str(line.get("reason"))]) == 1
    assert waiting() == []
    assert len(matches()) == 2
    assert not any("reread" in row.parts or "+r:" in row.ranking_version for row in matches())
    with reading() as session:
        assert trouble(session, "models/test-reader") == "RuntimeError: no weights"
    reader.answer = good
    factories.published(factories.enterprise(), "need")
    match_all(settings)
    assert any("reread" in row.parts for row in matches())
    with reading() as session:
        assert trouble(session, "models/test-reader") == ""
