"""The second reading by a cross-encoder that is really loaded (make test-models): a small one, made here, with random weights."""

from pathlib import Path

import numpy as np
import pytest

from config.settings import load_settings
from matcher.ranking import Scored
from matcher.reranking import BATCH, Reranker, open_reranker, reread
from matcher.vocabulary import Level
from tests.models.test_sentence_transformers import model_folder

pytestmark = [pytest.mark.models, pytest.mark.timeout(300)]
PAIRS = [("Pores in laser welds of aluminium", f"{text} number {number}") for number, text in enumerate(["Welding", "A vaccine"] * (BATCH + 1))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two small layers with a head for one score, stored as such models are, with a real tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    path = tmp_path_factory.mktemp("reader")
    torch.manual_seed(7)
    tokenizer = AutoTokenizer.from_pretrained(model_folder())
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, num_labels=1
    )
    BertForSequenceClassification(config).save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def test_the_model_s_own_scores_come_back_for_every_pair_in_order(folder: Path) -> None:
    from sentence_transformers import CrossEncoder

    found = Reranker(str(folder), 60).agreements(PAIRS)
    raw = np.asarray(CrossEncoder(str(folder)).predict(PAIRS, activation_fn=lambda logits: logits), np.float64)
    assert np.allclose(found, 1 / (1 + np.exp(-raw)), atol=1e-5)
    assert len(set(np.round(found, 6))) > 2


def test_pairs_are_moved_by_what_it_says(folder: Path) -> None:
    reranker = open_reranker(load_settings(reranker_model=str(folder), reranker_seconds=60, environment="test"))
    assert reranker is not None
    agreements = reranker.agreements(PAIRS[:2])
    one, other = (reread(Scored("a", 0.4, 0.5, Level.FAIR, {}), each) for each in agreements)
    assert (one.probability > other.probability) == (agreements[0] > agreements[1])
