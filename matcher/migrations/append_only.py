"""Tables that only grow: triggers on both databases refuse to change or delete a row, whoever asks."""

from __future__ import annotations

from alembic import op

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRES = (
    "CREATE TRIGGER {0}_append_only BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER {0}_no_truncate BEFORE TRUNCATE ON {0} EXECUTE FUNCTION refuse_change()",
)
# INSERT OR REPLACE deletes without firing a trigger of DELETE, so a taken key is refused before it is inserted.
_REFUSE = "BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END"
_TAKEN = "WHEN EXISTS (SELECT 1 FROM {0} WHERE {1} = NEW.{1})"
_SQLITE = (
    f"CREATE TRIGGER {{0}}_no_update BEFORE UPDATE ON {{0}} {_REFUSE}",
    f"CREATE TRIGGER {{0}}_no_delete BEFORE DELETE ON {{0}} {_REFUSE}",
    f"CREATE TRIGGER {{0}}_no_replace BEFORE INSERT ON {{0}} {_TAKEN} {_REFUSE}",
)


def protect(table: str, key: str = "id") -> None:
    """Let rows of `table` be added and nothing else from now on. `key` is its primary key."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if sqlite else (_FUNCTION, *_POSTGRES):
        op.execute(statement.format(table, key))


def release(table: str) -> None:
    """Take the triggers away again (for going back to an older schema)."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("no_update", "no_delete", "no_replace") if sqlite else ("append_only", "no_truncate"):
        op.execute(f"DROP TRIGGER {table}_{name}" + ("" if sqlite else f" ON {table}"))
