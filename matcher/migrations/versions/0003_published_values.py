"""What was checked and what was sent: an organisation's proposed name, a listing's published values, a mail's text."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0005"
branch_labels = None
depends_on = None

RECORDS = ("needs", "achievements", "experts")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proposed_name", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("proposed_code", sa.String(length=18), nullable=True))
    for table in RECORDS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("published_values", JSON, nullable=True))
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subject", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("text", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_column("text")
        batch_op.drop_column("subject")
    for table in RECORDS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("published_values")
    with op.batch_alter_table("organisations", schema=None) as batch_op:
        batch_op.drop_column("proposed_code")
        batch_op.drop_column("proposed_name")
