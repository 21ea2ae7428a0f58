"""`daqiao learning`: state, a night at once, the way back, the simulation's curve."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from cli.main import cli
from config.settings import Settings
from matcher import learned
from matcher.actions.learning import adopt
from matcher.actor import SYSTEM
from matcher.db import reading
from tests.unit.workers.test_learning import better

TRAINING = Path(__file__).parents[3] / "demo" / "training"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["learning", *arguments])


def test_roll_back_and_release(settings: Settings) -> None:
    """One command goes back one version, then to none; each says what is in use."""
    assert run("rollback").exit_code == 1
    first = adopt(SYSTEM, better(chain_same=0.2), 0)
    second = adopt(SYSTEM, better(chain_same=0.4), first)
    assert f"version {second}" in run("status").output
    assert f"version {first}" in run("rollback").output
    assert "held by a person" in run("status").output
    assert "no correction" in run("rollback").output
    assert run("rollback", "--to", "77").exit_code == 1
    assert run("rollback", "--to", str(second)).exit_code == 0
    assert run("release").exit_code == 0
    assert run("release").exit_code == 1
    with reading() as session:
        assert learned.in_use(session).version == second


def test_refit_says_what_is_missing(settings: Settings) -> None:
    result = run("refit")
    assert result.exit_code == 0
    assert "0 rows of silence kept; short:answers" in result.output


def test_the_curve_is_printed(settings: Settings) -> None:
    """On graded texts, by words alone: more answers, better figures, bad files told."""
    files = ("--needs", str(TRAINING / "needs.jsonl"), "--achievements", str(TRAINING / "achievements.jsonl"))
    lines = run("simulate", *files, "--words", "--nights", "4", "--first", "101").output.splitlines()
    assert len(lines) == 5
    losses = [float(line.split("log loss ")[1].split()[0]) for line in lines]
    assert losses[-1] < losses[0]
    assert run("simulate", "--needs", str(TRAINING / "README.md"), *files[2:], "--words").exit_code == 1
