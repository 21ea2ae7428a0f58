"""Entry of `daqiao`. Commands are imported when they are called, so that help and small roles start at once.

Exit codes: 0 done; 1 not done, the reason is on standard error; 2 wrong use or a setting with a bad value.
"""

from __future__ import annotations

import importlib
from importlib.metadata import version
from typing import Any

import click

from config.settings import SettingsError

# command: (module, attribute, one line for the list)
COMMANDS = {
    "up": ("cli.up", "up", "Start the whole platform on this machine."),
    "run": ("cli.roles", "run", "Run one role in the foreground (portal, worker, relay, scheduler, broker)."),
    "prepare": (
        "cli.prepare",
        "prepare",
        "Bring the database up to date; first administrator or sample data.",
    ),
    "doctor": ("cli.doctor", "doctor", "Say what is configured, what answers and what is missing."),
    "settings": ("cli.doctor", "show_settings", "List every setting with its default and meaning."),
    "import": ("cli.records", "import_", "Read needs or achievements from a JSON-lines file."),
    "match": ("cli.match", "match", "Show the best achievements for a need, with reasons."),
    "index": ("cli.index", "index", "Rebuild, check or describe the search index."),
    "digest": ("cli.digest", "digest", "Preview, plan or send the weekly digest."),
    "user": ("cli.user", "user", "Add people and change their roles."),
    "backup": ("cli.backup", "backup", "Copy the database and the files to a folder."),
    "restore": ("cli.backup", "restore", "Bring a backup back into an empty installation."),
    "verify": ("cli.verify", "verify", "Check the chains: exported receipts, the audit trail."),
    "learning": ("cli.learning", "learning", "Show, refit, roll back or try out what is learnt from answers."),
    "evaluate": (
        "cli.evaluate",
        "evaluate",
        "Measure search and ranking on labelled needs and achievements.",
    ),
    "calibrate": ("cli.calibrate", "calibrate", "Measure how honest the probabilities are; fit their curves."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and lines, and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table: daily work first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, or None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a bad setting ends it with its name and what is allowed."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            click.echo(f"Settings:\n{error}", err=True)
            ctx.exit(2)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("daqiao"), prog_name="daqiao")
def cli() -> None:
    """搭桥 Daqiao: brings technical needs and research achievements together, and says why."""


def main() -> None:
    """What the installed script calls."""
    cli(prog_name="daqiao")


if __name__ == "__main__":
    main()
