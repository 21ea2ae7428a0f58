"""The embedded encoder on its real model, and what happens when there is none."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from config.settings import Settings, load_settings
from matcher import embedding
from matcher.embedding import Encoder, EncoderUnavailable, open_encoder

TEXTS = ["高寒地区动力电池低温快充", "Laser welding of aluminium", "", "x" * 5000, "\x00\x01", "레이저 용접"]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder(Settings(environment="test"))


def test_vectors_are_float32_of_length_one(encoder: Encoder) -> None:
    for vectors in (encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS)):
        assert vectors.shape == (len(TEXTS), encoder.dimensions)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_a_text_has_one_vector_alone_and_in_a_batch(encoder: Encoder) -> None:
    together = encoder.encode_passages(TEXTS)
    alone = np.vstack([encoder.encode_passages([text]) for text in TEXTS])
    assert np.array_equal(together, alone)


def test_only_what_the_model_reads_counts(encoder: Encoder) -> None:
    text = "低温快充与热管理" * 60
    cut, whole, wide = encoder.encode_passages([text[:400], text, " " + text])
    assert np.array_equal(cut, whole)
    assert np.array_equal(cut, wide)


def test_a_need_lies_nearest_to_what_answers_it(encoder: Encoder) -> None:
    need = encoder.encode_queries(["零下三十度电池充电太慢，想要低温快充方案"])[0]
    near, far = (
        encoder.encode_passages(["脉冲自加热使锂电池在低温下快速升温", "人参皂苷的提取与纯化工艺"]) @ need
    )
    assert near > far


def test_no_texts_make_no_rows(encoder: Encoder) -> None:
    assert encoder.encode_queries([]).shape == (0, encoder.dimensions)


FORKING = """
import os, sys
from config.settings import Settings
from matcher.embedding import EncoderUnavailable, open_encoder
encoder = open_encoder(Settings(environment="test"))
if sys.argv[1] == "early":
    encoder.encode_queries(["a"])
child = os.fork()
if child == 0:
    try:
        code = 0 if encoder.encode_queries(["a", "b"]).shape == (2, 384) else 3
    except EncoderUnavailable:
        code = 7
    os._exit(code)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.parametrize(("when", "code"), [("late", "0"), ("early", "0")])
def test_a_forked_process_encodes_and_never_hangs(when: str, code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKING, when],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=os.environ,
    )
    assert done.stdout.strip() == code


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """88: a missing model is a clear error that names it; callers then match by words alone."""
    with pytest.raises(EncoderUnavailable, match="nothing"):
        open_encoder(load_settings(embedding_model=str(tmp_path / "nothing"), environment="test"))


def test_a_damaged_installation_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """88: the embedded model's file is gone."""
    monkeypatch.setattr("matcher.encoders.e5.FILE", "nothing.bin")
    with pytest.raises(EncoderUnavailable, match=r"nothing\.bin"):
        open_encoder(Settings(environment="test")).encode_queries(["a"])


def test_a_changed_folder_is_another_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    first = embedding._identity(str(tmp_path))
    assert embedding._identity(str(tmp_path)) == first
    (tmp_path / "config.json").write_text('{"a": 1}')
    assert embedding._identity(str(tmp_path)) != first
    assert len(embedding._identity("x" * 300)) <= 120


SHARED = """
import os, threading
from config.settings import Settings
from matcher.embedding import load_shared, open_encoder
settings = Settings(environment="test")
load_shared(settings)
assert threading.active_count() == 1, "a thread would not survive the fork"
from matcher.encoders import e5
e5.read = None  # whoever is forked must not read the model again
child = os.fork()
print(open_encoder(settings).encode_queries(["膜分离"]).tobytes().hex(), flush=True)
if child:
    os.waitpid(child, 0)
os._exit(0)
"""


def test_a_model_loaded_before_a_fork_is_shared_and_gives_the_same_vectors() -> None:
    done = subprocess.run([sys.executable, "-c", SHARED], capture_output=True, text=True, timeout=60, check=True, env=os.environ)
    assert len(set(done.stdout.split())) == 1
    assert len(done.stdout.split()) == 2
