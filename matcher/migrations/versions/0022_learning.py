"""Learning from answers: rows, versions of the correction, which was in use when, resets of what was lowered."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "learning_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(length=30), nullable=False),
        sa.Column("features", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        *(sa.Column(name, _json(), nullable=False) for name in ("weights", "means", "counts", "metrics")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _foreign("learning_versions", "parent_id", "learning_versions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_versions")),
    )
    op.create_table(
        "learning_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _foreign("learning_choices", "version_id", "learning_versions"),
        _foreign("learning_choices", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_choices")),
    )
    op.create_index("ix_learning_choices_version_id", "learning_choices", ["version_id"], unique=False)
    _rows()
    op.create_table(
        "lowering_resets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _foreign("lowering_resets", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lowering_resets")),
        sa.UniqueConstraint(
            "organisation_id", "side", "reason", name=op.f("uq_lowering_resets_organisation_id_side_reason")
        ),
    )


def _rows() -> None:
    table = "learning_rows"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("features", _json(), nullable=False),
        sa.Column("ranking_version", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _foreign(table, "match_id", "matches"),
        _foreign(table, "need_id", "needs"),
        _foreign(table, "organisation_id", "organisations"),
        _foreign(table, "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_rows")),
        sa.UniqueConstraint("match_id", "side", name=op.f("uq_learning_rows_match_id_side")),
    )
    for column in ("organisation_id", "ranking_version"):
        op.create_index(op.f(f"ix_learning_rows_{column}"), table, [column], unique=False)


def _json() -> Any:
    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def downgrade() -> None:
    for table in ("lowering_resets", "learning_rows", "learning_choices", "learning_versions"):
        op.drop_table(table)
