"""Normalising, segmenting, sentences, languages."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text import clip, joined, normalise, script, sentence_spans, sentences, spans, tokens

LATIN = "".join(map(chr, range(33, 127)))
WIDE = {ord(c): ord(c) + 0xFEE0 for c in LATIN}
MIXED = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "电池低温快充与热管理系统研发长春市人参提取のデータ操作기술개발Система 5G3D.,。、ａＢ１"
        ),
    )
)


@settings(max_examples=400, deadline=None)
@given(MIXED)
def test_tokens_of_tokens_are_the_same(text: str) -> None:
    """80: tokenizer: idempotent."""
    found = tokens(text)
    assert tokens(" ".join(found)) == found


@settings(max_examples=400, deadline=None)
@given(MIXED)
def test_a_text_with_letters_has_tokens(text: str) -> None:
    """80: tokenizer: never empty for text with letters; no token is blank or holds white space."""
    found = tokens(text)
    if any(c.isalpha() for c in normalise(text)):
        assert found
    assert all(token and token.split() == [token] for token in found)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from(LATIN + " 电池低温")))
def test_full_and_half_width_are_equal(text: str) -> None:
    """80: tokenizer: equal for full- and half-width forms."""
    assert tokens(text.translate(WIDE)) == tokens(text)


def test_half_width_kana_is_equal_to_full_width() -> None:
    """80: tokenizer: equal for full- and half-width forms, also where two half-width letters make one."""
    assert tokens("ﾃﾞｰﾀ") == tokens("データ") == ["デー", "ータ"]


@settings(max_examples=200, deadline=None)
@given(MIXED)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFKC", once)


def test_control_characters_are_gone_and_white_space_is_single() -> None:
    assert normalise("\x00低\u200b温\t\n 快充\u3000 ") == "低温 快充"


def test_words_of_every_language() -> None:
    found = tokens("零下30℃ PM2.5 LiFePO4、5G与3D; 원격조작 遠隔操作 Управления 15mm")
    expected = [
        "零下",
        "30",
        "c",
        "pm2",
        "lifepo4",
        "5g",
        "3d",
        "원격",
        "격조",
        "조작",
        "управления",
        "15",
        "mm",
    ]
    assert [token for token in expected if token not in found] == []


@settings(max_examples=200, deadline=None)
@given(MIXED)
def test_spans_point_at_their_tokens(text: str) -> None:
    text = normalise(text)
    for token, start, end in spans(text):
        assert 0 <= start < end <= len(text)
        assert not token or tokens(text[start:end])[0] == token


def test_sentences_end_at_full_stops_and_not_inside_numbers() -> None:
    assert sentences("升温8.9 ℃/min。成本？\n1.5 kg; next. Last") == [
        "升温8.9 °C/min。", "成本?", "1.5 kg;", "next.", "Last",
    ]  # fmt: skip


@given(MIXED)
def test_sentence_spans_are_in_order_and_hold_all_letters(text: str) -> None:
    text = normalise(text)
    cut = sentence_spans(text)
    assert cut == sorted(cut)
    assert "".join(text[a:b] for a, b in cut).replace(" ", "") == text.replace(" ", "")


def test_a_text_is_cut_after_normalising() -> None:
    assert clip("\x00" * 10 + "ａ" * 500) == "a" * 400
    assert len(joined("题" * 500, "文" * 500)) == 400


def test_the_language_is_told_by_the_letters() -> None:
    texts = {
        "zh": "煤巷支护机械 PLC",
        "ko": "갱도 지보 장비 PLC",
        "ja": "坑道支保機械の遠隔操作端末",
        "ru": "Система управления 2",
        "en": "Remote control, 433 MHz",
    }
    assert {name: script(tokens(text)) for name, text in texts.items()} == {name: name for name in texts}
    assert script([]) == "en"
