"""Saved searches: what a person looks for, kept so that the weekly digest can say what is new."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import matcher.models.base

revision = "0021"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("q", sa.String(length=400), nullable=False),
        sa.Column(
            "filters",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("created_at", matcher.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("active_from", matcher.models.base.UtcTime(timezone=True), nullable=False),
        sa.Column("paused_at", matcher.models.base.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_searches_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_searches_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("saved_searches")
