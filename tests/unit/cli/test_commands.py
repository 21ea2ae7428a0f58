"""The commands that read and write records, as somebody at a terminal uses them."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cli import prepare
from cli import records as records_command
from cli.main import cli
from config.settings import Settings, get_settings
from indexes import sync
from indexes.engine import Delete, document_id
from indexes.opening import encoder_or_none, open_engine
from matcher import db
from matcher.models import Need, User
from matcher.vocabulary import Role
from tests import factories

ROW = {
    "id": "n1",
    "title": "喷漆房循环水处理",
    "text": "循环水发粘，漆渣难捞。",
    "need_type": "process",
    "industry_chain": "汽车及零部件",
    "budget_max": 50,
    "deadline_months": 12,
    "cooperation": ["技术服务"],
    "region": "长春市",
}


def run(*arguments: str | Path) -> Result:
    """The command as typed."""
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def file_of(folder: Path, *rows: object) -> Path:
    """A JSON-lines file."""
    path = folder / "needs.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def carry_on(settings: Settings, *, encode: bool = True) -> None:
    """What the relay does, until nothing waits."""
    encoder = encoder_or_none(settings) if encode else None
    with closing(open_engine(settings)) as engine:
        while sync.step(engine, encoder).handled:
            pass


@pytest.fixture
def listed(settings: Settings) -> tuple[int, int]:
    """A need and an achievement that answers it, published and indexed."""
    need = factories.published(factories.enterprise(name="甲厂"), "need")
    achievement = factories.published(factories.institute(name="乙所"), "achievement")
    carry_on(settings)
    return need, achievement


def test_every_command_has_help() -> None:
    """Help comes without touching a database, and says what each command does."""
    for group in ("import", "match", "index", "digest", "user"):
        result = run(group, "--help")
        assert result.exit_code == 0
        assert "Usage" in result.output


def test_import_reports_what_became_of_the_rows(settings: Settings, tmp_path: Path) -> None:
    """New, then unchanged; exit code 0."""
    factories.enterprise(name="甲厂")
    path = file_of(tmp_path, ROW, {"title": "只有名称"})
    first = run("import", "needs", path, "--organisation", "甲厂", "--source", "征集")
    assert first.exit_code == 0, first.output
    assert "2 new" in first.output
    again = run("import", "needs", path, "--organisation", "甲厂", "--source", "征集", "--publish")
    assert "0 new, 1 changed, 1 unchanged" in again.output
    with db.reading() as session:
        assert set(session.scalars(select(Need.source))) == {"征集"}


def test_import_lists_every_problem_and_ends_with_1(settings: Settings, tmp_path: Path) -> None:
    """81: rows and columns on standard error, nothing stored."""
    factories.enterprise(name="甲厂")
    path = file_of(tmp_path, ROW, {**ROW, "id": "n2", "min_trl": 0}, *[{"titel": n} for n in range(60)])
    result = run("import", "needs", path, "--organisation", "甲厂")
    assert result.exit_code == 1
    assert "第 2 行 min_trl" in result.stderr
    assert "more" in result.stderr
    with db.reading() as session:
        assert session.scalars(select(Need)).all() == []


def test_import_refuses_a_file_that_is_too_large(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """81: a file over the limit is refused before it is read."""
    monkeypatch.setattr(records_command, "MAX_BYTES", 10)
    result = run("import", "needs", file_of(tmp_path, ROW))
    assert result.exit_code == 1
    assert "10 are allowed" in result.output


@pytest.mark.parametrize(
    "arguments", [("import", "people", "x"), ("import", "needs", "/no/such/file"), ("match",)]
)
def test_wrong_use_ends_with_2(settings: Settings, arguments: tuple[str, ...]) -> None:
    """Wrong use is told apart from a problem found."""
    assert run(*arguments).exit_code == 2


def test_commands_ask_for_a_current_schema(tmp_path: Path) -> None:
    """A database that no migration has reached is not guessed at."""
    result = run("index", "status")
    assert result.exit_code == 1
    assert "daqiao prepare" in result.output


def test_match_shows_reasons(listed: tuple[int, int]) -> None:
    """The achievement that fits comes first, with its level and indicators side by side."""
    need, achievement = listed
    result = run("match", str(need))
    assert result.exit_code == 0, result.output
    assert f"achievement-{achievement} · 乙所" in result.output
    assert "含水率" in result.output


def test_match_as_json_is_one_object(listed: tuple[int, int]) -> None:
    """For programs: scores, parts and reasons; by either form of the id the same."""
    need, achievement = listed
    plain, named = run("match", str(need), "--json"), run("match", f"need-{need}", "--json", "--top", "1")
    value = json.loads(named.output)
    assert json.loads(plain.output) == value
    [found] = value["matches"]
    assert found["id"] == achievement
    assert found["reasons"]["reasons"]
    assert 0 < found["probability"] <= 1


def test_match_takes_a_text_and_a_draft(listed: tuple[int, int], tmp_path: Path) -> None:
    """A need that is on no platform, or not published yet, is looked at as if it were."""
    text = tmp_path / "need.txt"
    text.write_text("药渣干燥\n人参药渣含水率高，要快速脱水。", encoding="utf-8")
    assert f"achievement-{listed[1]}" in run("match", "--text", text).output
    draft = factories.draft(factories.enterprise(), "need")
    assert f"achievement-{listed[1]}" in run("match", str(draft)).output


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", "长".encode() * 101])
def test_match_refuses_a_text_that_is_none(settings: Settings, tmp_path: Path, content: bytes) -> None:
    """81: empty, not UTF-8, too long a title."""
    path = tmp_path / "need.txt"
    path.write_bytes(content)
    assert run("match", "--text", path).exit_code == 1


def test_match_without_need_or_index(settings: Settings) -> None:
    """Unknown ids, other kinds and a missing index are told, not raised."""
    assert run("match", "7").exit_code == 1
    assert run("match", "achievement-7").exit_code == 2
    assert run("match", "seven").exit_code == 2
    need = factories.published(factories.enterprise(), "need")
    result = run("match", str(need))
    assert result.exit_code == 1
    assert "index" in result.output


def test_index_is_checked_healed_and_rebuilt(listed: tuple[int, int], settings: Settings) -> None:
    """12: check ends with 1 when a document is missing, heals it, and agrees afterwards."""
    assert run("index", "check").exit_code == 0
    need = factories.load("need", listed[0])
    with closing(open_engine(settings)) as engine:
        engine.apply([Delete(document_id("need", need.id), need.version)])
    found = run("index", "check")
    assert found.exit_code == 1
    assert "missing" in found.output
    assert run("index", "check", "--heal").exit_code == 0
    assert run("index", "check").exit_code == 0
    before = json.loads(run("index", "status", "--json").output)
    assert before["documents"] == 2
    rebuilt = run("index", "rebuild")
    assert rebuilt.exit_code == 0, rebuilt.output
    assert "2 documents, 2 vectors kept, 0 encoded" in rebuilt.output
    after = json.loads(run("index", "status", "--json").output)
    assert after["previous"] == before["live"]
    assert before["live"] in run("index", "rollback").output


def test_index_without_a_previous_one_cannot_go_back(listed: tuple[int, int]) -> None:
    """19: nothing to go back to is said, with exit code 1."""
    result = run("index", "rollback")
    assert result.exit_code == 1
    assert "previous" in result.output


def test_digest_is_previewed_planned_once_and_sent(settings: Settings) -> None:
    """32: the second planning adds nothing; mails go out once."""
    owner = factories.enterprise()
    need = factories.published(owner, "need")
    achievement = factories.published(factories.institute(), "achievement")
    factories.matched(need, achievement)
    preview = run("digest", "preview", "--email", owner.email)
    assert "人参" in preview.output
    week = preview.output.split(":")[0]
    assert "2 deliveries" in run("digest", "plan", "--week", week).output
    assert "0 deliveries" in run("digest", "plan").output
    sent = run("digest", "send")
    assert sent.exit_code == 0, sent.output
    assert "0 still due" in sent.output
    assert list((settings.data_dir).rglob("*.eml"))
    assert "0 mails sent" in run("digest", "send").output


@pytest.mark.parametrize("week", ["2026-48", "2026-W60", "W48", "x"])
def test_a_week_that_is_none_is_wrong_use(settings: Settings, week: str) -> None:
    """Weeks are written as ISO writes them."""
    assert run("digest", "preview", "--week", week).exit_code == 2


def test_preview_of_an_unknown_address(settings: Settings) -> None:
    """A mistyped address is told."""
    assert run("digest", "preview", "--email", "nobody@example.org").exit_code == 1


def test_user_is_added_with_a_link_and_gets_a_role(settings: Settings) -> None:
    """No password is printed or typed; the link sets it. The last administrator stays one."""
    added = run("user", "add", "Boss@Example.org", "--name", "管理员", "--role", "administrator")
    assert added.exit_code == 0, added.output
    assert "/reset/" in added.output
    assert run("user", "add", "boss@example.org", "--name", "又一个").exit_code == 1
    assert run("user", "add", "no address", "--name", "x").exit_code == 1
    assert run("user", "role", "boss@example.org", "member").exit_code == 1
    run("user", "add", "second@example.org", "--name", "乙", "--role", "administrator")
    assert run("user", "role", "boss@example.org", "operator").exit_code == 0
    assert run("user", "role", "nobody@example.org", "member").exit_code == 1
    assert run("user", "role", "boss@example.org", "king").exit_code == 2
    with db.reading() as session:
        boss = session.scalars(select(User).where(User.email == "boss@example.org")).one()
    assert (boss.role, boss.verified_at is not None) == (Role.OPERATOR, True)


def test_sample_data_that_were_cut_off_are_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first start of the demo that was killed is not taken for a loaded one."""
    factories.enterprise()
    monkeypatch.setenv("ENVIRONMENT", "demo")
    get_settings.cache_clear()
    result = run("prepare")
    assert result.exit_code == 1
    assert "incomplete" in result.output


def test_progress_of_sample_data(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each part where nobody watches."""
    progress = prepare._Progress()
    for step in range(3):
        progress("vectors", step, 2)
    progress("history", 0, 5)
    assert capsys.readouterr().err == "  vectors: 2\n  history: 5\n"
