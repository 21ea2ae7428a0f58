"""Models and migrations are the same thing said twice."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from config.settings import Settings
from matcher import db, migrations
from matcher.models import Base


def test_models_equal_migrations(database: Settings) -> None:
    """95: what the models declare is what the migrations make, on both databases."""
    with db.engine().connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": Base.metadata}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_changes_nothing(database: Settings) -> None:
    migrations.upgrade(db.engine())
    assert migrations.is_current(db.engine())


def test_a_failed_migration_leaves_nothing_behind(database: Settings) -> None:
    """Both databases run schema changes in the transaction of the upgrade."""
    with pytest.raises(DBAPIError), db.engine().execution_options(writes=True).begin() as connection:
        connection.execute(text("CREATE TABLE half_done (id INTEGER)"))
        connection.execute(text("CREATE TABLE half_done (id INTEGER)"))
    with db.engine().connect() as connection:
        assert not db.engine().dialect.has_table(connection, "half_done")
