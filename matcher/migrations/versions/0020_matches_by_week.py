"""Matches by week: the console counts and orders a week's matches from an index instead of from their rows."""

from alembic import op

revision = "0020"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matches_created_at"))
        batch_op.create_index("ix_matches_created_at_level_probability", ["created_at", "level", "probability"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("matches", schema=None) as batch_op:
        batch_op.drop_index("ix_matches_created_at_level_probability")
        batch_op.create_index(batch_op.f("ix_matches_created_at"), ["created_at"], unique=False)
