"""Database migrations (Alembic). `upgrade()` brings a database to the newest; `is_current()` tells whether it is."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def head() -> str | None:
    """Revision that this code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known() -> set[str]:
    """Every revision that this code can bring up to date."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def current(engine: Engine) -> str | None:
    """Revision that the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Whether no migration is pending."""
    return current(engine) == head()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the pending migrations in one transaction."""
    config = _config()
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
