"""The graded training texts keep the rules that make their grades mean something (see demo/training/README.md)."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "demo" / "training"
EACH = Counter({("natural", grade): 1 for grade in range(4)} | {("hard", grade): 1 for grade in (3, 1, 0)})
RUN, REUSED, REPEATED = 4, 10, 14  # characters of a run; runs that misleading texts reuse; runs that two needs may share


def rows(name: str) -> list[dict[str, Any]]:
    """Rows of a file of the folder."""
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def runs(text: str, length: int = RUN) -> set[str]:
    """All runs of that many characters, blanks left out."""
    text = re.sub(r"\s", "", text)
    return {text[place : place + length] for place in range(len(text) - length + 1)}


def need_runs(need: dict[str, Any], length: int = RUN) -> set[str]:
    return runs(f"{need['title']}。{need['text']}", length)


@pytest.fixture(scope="module")
def needs() -> dict[str, dict[str, Any]]:
    found = rows("needs.jsonl")
    assert len({need["need_id"] for need in found}) == len(found) >= 40
    return {need["need_id"]: need for need in found}


def test_every_need_has_one_achievement_of_each_kind(needs: dict[str, dict[str, Any]]) -> None:
    found: dict[str, Counter[tuple[str, int]]] = {name: Counter() for name in needs}
    for row in rows("achievements.jsonl"):
        found[row["need_id"]][row.get("variant", "natural"), row["grade"]] += 1
    assert all(kinds == EACH for kinds in found.values())


def test_misleading_texts_mislead(needs: dict[str, dict[str, Any]]) -> None:
    """The right one shares no run of four characters with the need, the wrong ones reuse its phrases."""
    for row in rows("achievements.jsonl"):
        if row.get("variant") != "hard":
            continue
        shared = need_runs(needs[row["need_id"]]) & runs(f"{row['title']}。{row['summary']}")
        assert not shared if row["grade"] == 3 else len(shared) >= REUSED, (row["need_id"], row["grade"])


def test_no_need_is_told_twice(needs: dict[str, dict[str, Any]]) -> None:
    """Neither here nor among the sample records, on which the ranking is measured."""
    samples = FOLDER.parent / "records" / "needs.jsonl"
    known = [need_runs(json.loads(line), 6) for line in samples.read_text(encoding="utf-8").splitlines()]
    for need in needs.values():
        mine = need_runs(need, 6)
        assert all(len(mine & other) <= REPEATED for other in known), need["need_id"]
        known.append(mine)


def test_foreign_texts_belong_to_no_need() -> None:
    """At least fifty of each language, in its own script."""
    scripts = {"ko": r"[가-힣]", "ja": r"[ぁ-んァ-ヶ]", "ru": r"[а-яё]", "en": r"[a-z]"}
    found = rows("foreign.jsonl")
    assert {lang: sum(row["lang"] == lang for row in found) >= 50 for lang in scripts} == dict.fromkeys(scripts, True)
    assert all(re.search(scripts[row["lang"]], row["summary"]) and "need_id" not in row for row in found)


def test_foreign_graded_texts_are_graded_for_a_need_and_foreign(needs: dict[str, dict[str, Any]]) -> None:
    """No language tells the grade: each has grades of both kinds."""
    found = rows("foreign_graded.jsonl")
    assert {row["need_id"] for row in found} <= needs.keys()
    grades = {(row["lang"], row["grade"]) for row in found}
    assert grades == {("ko", 3), ("ko", 1), ("ru", 3), ("ru", 1)}
    assert len({(row["need_id"], row["lang"]) for row in found}) == len(found) >= 100
    assert not any(re.search(r"[\u4e00-\u9fff]", row["summary"]) for row in found)
