"""The documents tell the truth, and nothing of where the project was made is left in it."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.main import COMMANDS, cli
from tests.project import documents

ROOT = Path(__file__).parents[2]
OPERATIONS = documents.DOCS / "operations.md"
BINARY = {".png", ".jpg", ".ico", ".woff2", ".mo", ".npz", ".npy", ".gz"}
# Put together here, so that this file does not contain what it looks for.
TRACES = re.compile(
    "|".join(
        ["/wo" + "rk/", "/ro" + r"ot/\.?\w", "/ho" + r"me/\w+/", r"\.\./sha" + "red", "/opt/whe" + "els"]
    )
)


def tracked() -> Iterator[Path]:
    """Files of the project that hold text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.suffix not in BINARY:
            yield path


def commands(group: click.Group, prefix: str = "daqiao") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{prefix} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix} {name}")


@pytest.mark.parametrize("path", documents.parts(), ids=lambda path: path.name)
def test_the_generated_parts_are_up_to_date(path: Path) -> None:
    """101: every setting appears in the documents, and the diagram of the bridge is its table (`make documents`)."""
    name, wanted = documents.parts()[path]
    assert documents.stored(path, name) == wanted


def test_every_command_is_documented_and_has_help() -> None:
    """101: every command appears in the documents."""
    text = OPERATIONS.read_text(encoding="utf-8")
    for name, command in commands(cli):
        top, *rest = name.split()[1:]
        assert f"`daqiao {top}`" in text, name
        assert all(f"`{word}`" in text for word in rest), name
        assert command.help, name


def test_the_list_of_commands_imports_none_of_them() -> None:
    done = CliRunner().invoke(cli, ["--help"])
    assert done.exit_code == 0
    for name, (_, _, line) in COMMANDS.items():
        assert name in done.output
        assert line.split()[0] in done.output


def test_a_bad_setting_stops_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "0")
    done = CliRunner().invoke(cli, ["doctor"])
    assert done.exit_code == 2
    assert "PORT" in done.output
    assert "greater than or equal to 1" in done.output


def test_links_between_the_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_no_trace_of_a_machine_is_left() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if TRACES.search(line)
    ]
    assert not found


def test_make_help_names_every_target() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("setup", "demo", "test", "test-models", "bench", "lint", "translations"):
        assert f"make {target}" in done.stdout
