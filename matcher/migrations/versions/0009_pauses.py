"""Cases can pause; none that is under way is without its next step and date."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0003"
branch_labels = None
depends_on = None

LACKING = "{row}state NOT IN ('converted', 'ended') AND ({row}due_at IS NULL OR {row}next_step = '')"
REFUSE = "RAISE(ABORT, 'a case under way has a next step and a date')"


def upgrade() -> None:
    op.add_column("cases", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("pause_reason", sa.String(length=16), nullable=True))
    op.add_column("cases", sa.Column("paused_left", sa.Integer(), server_default="0", nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds a check only to a new table, and other tables refer to this one
        for when in ("INSERT", "UPDATE"):
            condition = LACKING.format(row="NEW.")
            op.execute(
                f"CREATE TRIGGER cases_step_{when.lower()} BEFORE {when} ON cases WHEN {condition} BEGIN SELECT {REFUSE}; END"
            )
    else:
        op.create_check_constraint("step", "cases", f"NOT ({LACKING.format(row='')})")
