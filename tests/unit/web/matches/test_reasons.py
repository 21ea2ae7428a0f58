"""Stored reasons in words: verdicts, marks, gaps; what this version does not know is left out."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from matcher.actor import VISITOR
from matcher.conditions import conditions
from matcher.corpus import collect
from matcher.explanation import explain
from matcher.facts import achievement_facts, need_facts
from matcher.gaps import GapStep
from matcher.text import tokens
from tests import factories as make
from web.matches.computed import sentences_found
from web.matches.path import HOW, path_steps
from web.matches.quotes import own_punctuation, quoted
from web.matches.reasons import KINDS, reasons_of
from web.matches.rows import best_words, verdict_chips


@pytest.fixture
def page(app: Flask) -> Iterator[None]:
    """A request in Chinese, which the words need."""
    with app.test_request_context("/", headers={"Accept-Language": "zh"}):
        yield


def match_with(reasons: dict[str, Any], **fields: Any) -> Any:
    """A match as the page has it, with stored reasons."""
    need = make.FIELDS["need"] | {"lang": "zh", "budget_min": None, "budget_max": None}
    offer = make.FIELDS["achievement"] | {"lang": "zh", "price_mode": "negotiable", "price_min": None, "price_max": None}
    return SimpleNamespace(level="fair", reasons=reasons, need=SimpleNamespace(**need), achievement=SimpleNamespace(**(offer | fields)))


def indicator(verdict: str, **params: Any) -> dict[str, Any]:
    """A stored indicator row."""
    row = {"name": "充电时间", "relation": "<=", "value": "30", "high": None, "unit": "min", "condition": "-20 °C"}
    stated = row | {"relation": "=", "value": "34"}
    params = {"asked": row, "stated": None if verdict == "missing" else stated, "found": "table", "why": ""} | params
    return {"kind": "indicator", "verdict": verdict, "left": None, "right": None, "params": params}


@pytest.mark.parametrize(
    ("row", "verdict", "label"),
    [
        (indicator("met"), "ok", "满足"),
        (indicator("short", gap="0.1333"), "warn", "差 13\u2009%"),
        (indicator("short", gap="0.001"), "warn", "差 1\u2009%"),
        (indicator("short", gap="0.9"), "bad", "差 90\u2009%"),
        (indicator("short"), "bad", "不满足"),
        (indicator("missing"), "none", "未提供"),
        (indicator("unclear", why="condition"), "none", "测试条件不同"),
        (indicator("unclear", why="something new"), "none", "待核对"),
        ({"kind": "maturity", "verdict": "short", "params": {"trl": 4, "min_trl": 7}}, "bad", "差 3 级"),
        ({"kind": "maturity", "verdict": "missing", "params": {"trl": None, "min_trl": 7}}, "none", "未提供"),
        ({"kind": "cooperation", "verdict": "short", "params": {"need": ["joint"], "offer": ["licence"], "both": []}},
         "warn", "方式不同，可商定"),
        ({"kind": "price", "verdict": "short", "params": {"gap": "0.2"}}, "warn", "超预算 20\u2009%"),
        ({"kind": "region", "verdict": "met", "params": {"need": "220100", "offer": "220100", "near": "city"}}, "note", "同城"),
    ],
)
def test_verdicts_in_words(page: None, row: dict[str, Any], verdict: str, label: str) -> None:
    """A gap is a share of what was asked; what is not known is said to be open, never met."""
    reason = reasons_of(match_with({"reasons": [row]}))[0]
    assert (reason.verdict, reason.label) == (verdict, label)


def test_quantities_read_as_people_write_them(page: None) -> None:
    """Sign, thin space, unit and condition; what the achievement states needs no sign of equality."""
    reason = reasons_of(match_with({"reasons": [indicator("short", gap="0.1333")]}))[0]
    assert reason.left == [("≤ 30\u2009min", True), ("（-20 ℃）", False)]
    assert reason.right == [("34\u2009min", True), ("（-20 ℃）", False)]


def test_a_requirement_of_the_text_is_quoted_and_says_so(page: None) -> None:
    row = indicator("met", asked_in="text") | {"left": {"text": "充电时间不超过30min", "marks": [[4, 12]]}}
    reason = reasons_of(match_with({"reasons": [row]}))[0]
    assert reason.left == [("充电时间", False), ("不超过30min", True)]
    assert reason.note == "取自需求正文"
    assert reasons_of(match_with({"reasons": [indicator("met")]}))[0].note == ""


def test_real_explanations_fill_the_page(page: None) -> None:
    """Every kind of reason and step that matching makes has words here; the marks stand on the agreeing terms."""
    need = SimpleNamespace(**(make.given("need").model_dump() | {"lang": "zh"}))
    offer = SimpleNamespace(**(make.given("achievement", coop_modes=["supply"], trl=5).model_dump() | {"lang": "zh"}))
    texts = [(tokens(f"{need.title}。{need.problem}"), None), (tokens(f"{offer.title}。{offer.abstract}"), None)]
    facts = need_facts(need), achievement_facts(offer)  # type: ignore[arg-type]  # the same fields as the rows
    stored = explain(*facts, collect(texts)).data()
    match = SimpleNamespace(level="fair", reasons=stored, need=need, achievement=offer)
    rows = reasons_of(match)  # type: ignore[arg-type]
    assert len(rows) == len(stored["reasons"])
    closed = [gap for step in path_steps(VISITOR, match) for gap in step.gaps]  # type: ignore[arg-type]
    assert len(closed) >= len(stored["gaps"]) > 0
    assert any(marked for _text, marked in rows[0].left or [])
    assert best_words(rows).startswith("两边都说到")
    assert "项相合" in verdict_chips(rows)[0].text
    assert {reason.kind for reason in conditions(*facts)} <= set(KINDS)


def test_every_step_of_a_path_has_words(page: None) -> None:
    """Each step of `matcher.gaps` with what is missing, whose move it is and how it is taken."""
    gaps = [{"kind": "indicator", "step": step, "params": indicator("short", gap="0.1", why=why)["params"]}
            for step in ("improve", "ask", "verify") for why in ("condition", "unit", "several", "bounds")]
    gaps += [{"kind": "maturity", "step": "proof_of_concept", "params": {"trl": 2, "min_trl": 9}},
             {"kind": "maturity", "step": "ask", "params": {"trl": None, "min_trl": 6}},
             {"kind": "price", "step": "negotiate", "params": {}},
             {"kind": "evidence", "step": "verify", "params": {"names": ["充电时间"]}},
             {"kind": "cooperation", "step": "agree_mode", "params": {"need": ["joint"], "offer": ["licence"]}}]
    told = path_steps(VISITOR, match_with({"gaps": gaps}))
    assert len(told) == len(GapStep) == len(HOW)
    assert all(step.title and step.mover and step.how for step in told)
    assert [step.title for step in told if not step.gaps] == ["开展小试", "开展中试", "开展产业化验证"]
    assert all(gap.topic and gap.text for step in told for gap in step.gaps)
    assert [step.levels for step in told if step.levels] == [
        "成熟度 2 → 3 级", "成熟度 3 → 5 级", "成熟度 5 → 7 级", "成熟度 7 → 9 级"]
    assert {step.voucher for step in told} == {"", "研发与中试", "检验检测"}


@pytest.mark.parametrize("reasons", [{}, None, {"reasons": [{"kind": "of tomorrow"}], "gaps": [{"step": "wait"}]}])
def test_unknown_and_absent_reasons_are_left_out(page: None, reasons: Any) -> None:
    """A match from another version of the program is still shown."""
    match = match_with(reasons)
    assert (list(reasons_of(match)), path_steps(VISITOR, match)) == ([], [])


def test_marks_stay_in_the_text() -> None:
    """Overlapping marks and marks beyond the end neither repeat nor lose a character."""
    text = "升温快,控温准"
    parts = quoted({"text": text, "marks": [[0, 3], [2, 5], [6, 99]]})
    assert "".join(part for part, _marked in parts) == "升温快，控温准"
    assert own_punctuation("speed 1,000 rpm, dry (cold)") == "speed 1,000 rpm, dry (cold)"
    assert own_punctuation("处理1,000吨,含水(低)") == "处理1,000吨，含水（低）"


def test_meaning_across_languages(page: None) -> None:
    """Two texts without a common word are said to be near in meaning only."""
    row = {"kind": "meaning", "verdict": "met", "params": {"semantic": "0.4"}}
    assert reasons_of(match_with({"reasons": [row]}, lang="ko"))[0].label == "跨语言，意思相近"
    assert reasons_of(match_with({"reasons": [row]}))[0].label == "用词不同，意思相近"


def test_sentences_that_mean_the_same(page: None) -> None:
    """Both are quoted with their nearness and nothing is marked; what the figure means stands beside the match's facts."""
    row = {"kind": "meaning", "verdict": "met", "left": {"text": "单站2万点,画面不超过1秒。", "marks": []},
           "right": {"text": "초당 20만 포인트를 기록한다.", "marks": []}, "params": {"near": 0.5}}
    match = match_with({"reasons": [row]}, lang="ko")
    (told,) = reasons_of(match)
    assert (told.verdict, told.label, told.sentence()) == ("ok", "意思相近（0.50）", "跨语言，意思相近")
    assert (told.left, told.right) == ([("单站2万点，画面不超过1秒。", False)], [("초당 20만 포인트를 기록한다.", False)])
    assert (told.left_lang, told.right_lang) == ("zh", "ko")
    assert str(sentences_found(match)) == (
        '1 对按意思找到<br><span class="small muted">数字是两句意思的接近程度，不到 0.42 的不列</span>')
    assert sentences_found(match_with({"reasons": [row | {"left": None, "right": None}]})) == ""


def test_below_the_lowest_level_nothing_is_called_the_same(page: None) -> None:
    """Words in common speak for a match, but an unrelated pair that was asked about shares no problem."""
    problem = {"kind": "problem", "verdict": "met", "left": {"text": "循环水", "marks": [[0, 3]]},
               "right": {"text": "循环水", "marks": [[0, 3]]}, "params": {"terms": ["循环水"]}}
    meaning = {"kind": "meaning", "verdict": "met", "params": {"semantic": "0.1"}}
    match = match_with({"reasons": [problem, meaning]})
    assert [reason.label for reason in reasons_of(match)] == ["同一问题", "用词不同，意思相近"]
    match.level = "none"
    assert [(reason.verdict, reason.label) for reason in reasons_of(match)] == [
        ("note", "用词有重合"), ("none", "意思不够近")]
