"""Questions: pairs that somebody asked about, with their answer and what it was computed from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("causes", JSON, nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("ranking_version", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=True),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("achievement_version", sa.Integer(), nullable=False),
        sa.Column("need_hash", sa.String(length=64), nullable=False),
        sa.Column("achievement_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_questions_organisation_id_organisations")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_questions_need_id_needs")),
        sa.ForeignKeyConstraint(["achievement_id"], ["achievements.id"], name=op.f("fk_questions_achievement_id_achievements")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["corpus_snapshots.id"], name=op.f("fk_questions_snapshot_id_corpus_snapshots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_questions_fingerprint")),
    )
    for column in ("need_id", "achievement_id", "organisation_id"):
        op.create_index(op.f(f"ix_questions_{column}"), "questions", [column], unique=False)


def downgrade() -> None:
    op.drop_table("questions")
