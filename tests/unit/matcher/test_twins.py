"""Twins: copies fold, different achievements for one need never do, on all graded texts."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest

from matcher.twins import Folded, are_twins, flat, fold, text_print

ROOT = Path(__file__).parents[3] / "demo"
FILES = ("records/achievements.jsonl", "records/achievements_hard.jsonl", "training/achievements.jsonl")


def rows() -> list[dict[str, str]]:
    """Every graded achievement."""
    return [json.loads(line) for name in FILES for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]


def test_different_achievements_of_one_need_are_never_folded() -> None:
    """On every pair of the graded records of one need."""
    by_need: dict[str, list[dict[str, str]]] = {}
    for row in rows():
        by_need.setdefault(row["need_id"], []).append(row)
    pairs = 0
    for own in by_need.values():
        prints = [text_print(row["title"], row["summary"]) for row in own]
        for one, other in itertools.combinations(prints, 2):
            pairs += 1
            assert not are_twins(one, other)
    assert pairs > 3000


def without_a_sentence(text: str) -> str:
    parts = re.split(r"(?<=[。；.])", text)
    return "".join(parts[:1] + parts[2:]) if len(parts) > 3 else text + "。已在两家企业应用。"


def other_figures(text: str) -> str:
    return re.sub(r"\d+", lambda found: str(int(found[0]) + 1), text)


def from_a_portal(text: str) -> str:
    return f"成果简介：{text}欢迎有意向的企业联系洽谈合作事宜，价格面议。"


@pytest.mark.parametrize("edit", [without_a_sentence, other_figures, from_a_portal, str.strip])
def test_copies_are_found(edit: object) -> None:
    """A sentence dropped, every figure changed, a portal's phrases around it: at least 95 of 100 are recognised."""
    assert callable(edit)
    sample = rows()[::7]
    found = [
        are_twins(text_print(row["title"], row["summary"]), text_print(f"{row['title']}（转让）", edit(row["summary"])))
        for row in sample
    ]
    assert len(sample) > 100
    assert sum(found) >= 0.95 * len(sample)


def test_standard_phrases_make_no_twins() -> None:
    """The same short text under another subject is another achievement."""
    text = "的装置与方法，已经中试，稳定可靠，欢迎合作，价格面议，可现场考察。"
    assert not are_twins(text_print("激光焊接气孔抑制", f"关于焊接{text}"), text_print("地铁隧道监测", f"关于隧道{text}"))


def test_folding_keeps_order_class_and_distance() -> None:
    """The first of a class leads; another class is another list; twins are measured by the lead alone."""
    words = [f"词{number}号" for number in range(60)]
    first, near, far = " ".join(words[:40]), " ".join(words[8:48]), " ".join(words[20:60])
    items = [("n1", first), ("n2", first), ("n1", far), ("n1", near), ("n1", first)]
    folded = fold(items, lambda item: item[0], lambda item: text_print("同一标题", item[1]))
    assert folded == [
        Folded(("n1", first), (("n1", near), ("n1", first))),
        Folded(("n2", first)),
        Folded(("n1", far)),
    ]
    assert [item for item in flat(folded) if item[0] == "n1"] == [("n1", first), ("n1", near), ("n1", first), ("n1", far)]


def test_empty_texts_do_not_fall_together() -> None:
    """Nothing in common is nothing in common."""
    assert not are_twins(text_print("", ""), text_print("标题", "文字"))
