"""Alembic's entry: uses the connection it is handed, or this installation's database."""

from alembic import context

from matcher.db import engine
from matcher.models import Base


def run(connection) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - Alembic's own entry
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with engine().execution_options(writes=True).begin() as own:
        run(own)
