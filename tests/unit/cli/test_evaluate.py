"""`daqiao evaluate` on a few sample records: the same figures from both engines, clear words about bad files."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.evaluate import evaluate
from config import settings as settings_module

RECORDS = Path(__file__).parents[3] / "demo" / "records"
NEEDS = ("c00", "c01")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Two needs with their records, in Chinese and foreign; and a folder that keeps what was encoded."""
    folder = tmp_path_factory.mktemp("evaluate")

    def write(name: str, source: str, wanted: Any) -> None:
        rows = [json.loads(line) for line in (RECORDS / source).read_text(encoding="utf-8").splitlines()]
        chosen = [
            json.dumps(row, ensure_ascii=False) for row in rows if row["need_id"] in NEEDS and wanted(row)
        ]
        (folder / name).write_text("\n".join(chosen) + "\n", encoding="utf-8")

    write("needs", "needs.jsonl", lambda _row: True)
    write("offers", "achievements.jsonl", lambda row: row["lang"] == "zh")
    write("foreign", "achievements.jsonl", lambda row: row["lang"] == "ko")
    (folder / "others").write_text(
        '{"id": "x1", "title": "人参皂苷提取工艺", "summary": "纯化。"}\n', encoding="utf-8"
    )
    return {path.name: str(path) for path in folder.iterdir()} | {"cache": str(folder / "cache")}


def run(files: dict[str, str], *more: str) -> Result:
    arguments = [
        "--needs",
        files["needs"],
        "--achievements",
        files["offers"],
        "--cache",
        files["cache"],
        *more,
    ]
    return CliRunner().invoke(evaluate, arguments)


def test_figures_as_one_json_object(files: dict[str, str]) -> None:
    done = run(files, "--distractors", files["others"], "--foreign", files["foreign"], "--legs", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["needs"], found["achievements"], found["engine"]) == (2, 11, "embedded")
    assert found["ndcg@10"] > 0.9
    assert found["p@1"] == found["r@10"] == 1.0
    assert found["cross_lingual"]["ko"] >= 1.0
    assert set(found["legs"]) == {"words", "meaning"}


def test_records_that_are_kept_apart_are_in_nobody_else_s_pool(files: dict[str, str]) -> None:
    together = json.loads(run(files, "--foreign", files["foreign"], "--json").stdout)
    apart = json.loads(run(files, "--foreign", files["foreign"], "--apart", "c00,c01", "--json").stdout)
    assert apart["ndcg@10"] >= together["ndcg@10"]
    assert run(files).stdout.splitlines()[0].startswith("ndcg@10")


def test_elasticsearch_gives_the_same_figures_and_leaves_nothing(
    files: dict[str, str], elasticsearch_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from elasticsearch import Elasticsearch

    embedded = json.loads(run(files, "--foreign", files["foreign"], "--json").stdout)
    monkeypatch.setenv("ELASTICSEARCH_URL", elasticsearch_url)
    settings_module.get_settings.cache_clear()
    done = run(files, "--foreign", files["foreign"], "--engine", "elastic", "--json")
    assert done.exit_code == 0, done.output
    assert {**json.loads(done.stdout), "engine": "embedded"} == embedded
    with Elasticsearch(elasticsearch_url) as client:
        assert not list(client.indices.get(index="evaluate-*"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"title": "a"}\n{"title": \n', "line 2"),
        (b'{"need_id": "c1"}\n', "no title"),
        (b"[1]\n", "no title"),
        (b'{"title": "\xff"}\n', "UTF-8"),
        (b'{"title": "a", "grade": "3"}\n', "grade"),
    ],
)
def test_a_bad_file_is_named_with_its_line(
    files: dict[str, str], tmp_path: Path, content: bytes, said: str
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(content)
    done = run(files, "--distractors", str(bad))
    assert done.exit_code == 1
    assert "bad.jsonl" in done.output
    assert said in done.output


def test_elastic_needs_an_address(files: dict[str, str]) -> None:
    done = run(files, "--engine", "elastic")
    assert done.exit_code == 2
    assert "ELASTICSEARCH_URL" in done.output


def test_without_a_model_words_alone_are_measured(
    files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """88: the model is missing: lexical matching only, and that is said."""
    monkeypatch.setenv("EMBEDDING_MODEL", "/nowhere/model")
    settings_module.get_settings.cache_clear()
    done = run(files, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["model"] is None
    assert "/nowhere/model" in done.stderr
