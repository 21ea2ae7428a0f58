"""Freshness of records; funding and project of achievements; disclosures, plans and offers of 限时转化."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0007"
branch_labels = None
depends_on = None

RECORDS = ("needs", "achievements", "experts")


def upgrade() -> None:
    for table in RECORDS:  # added in place: SQLite must not make a table anew that others refer to
        op.add_column(table, sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True))
        op.add_column(
            table, sa.Column("expiry_reason", sa.String(length=16), server_default="", nullable=False)
        )
        op.create_index(f"ix_{table}_state_last_confirmed", table, ["state", "last_confirmed"])
    op.add_column("achievements", sa.Column("funding", sa.String(length=16), nullable=True))
    op.add_column(
        "achievements", sa.Column("project_ref", sa.String(length=100), server_default="", nullable=False)
    )
    op.create_index(
        "ix_achievements_publicly_funded_completed_on", "achievements", ["publicly_funded", "completed_on"]
    )
    op.create_table(
        "ip_disclosures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("project_ref", sa.String(length=100), nullable=False),
        sa.Column("disclosed_on", sa.Date(), nullable=False),
        sa.Column(
            "rights",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievements.id"],
            name=op.f("fk_ip_disclosures_achievement_id_achievements"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ip_disclosures_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ip_disclosures")),
        sa.UniqueConstraint("achievement_id", name=op.f("uq_ip_disclosures_achievement_id")),
    )
    op.create_index(op.f("ix_ip_disclosures_disclosed_on"), "ip_disclosures", ["disclosed_on"])
    op.create_table(
        "conversion_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievements.id"],
            name=op.f("fk_conversion_plans_achievement_id_achievements"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_conversion_plans_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_plans")),
        sa.UniqueConstraint("achievement_id", name=op.f("uq_conversion_plans_achievement_id")),
    )
    op.create_table(
        "conversion_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("match_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievements.id"],
            name=op.f("fk_conversion_offers_achievement_id_achievements"),
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["matches.id"], name=op.f("fk_conversion_offers_match_id_matches")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_conversion_offers_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_offers")),
        sa.UniqueConstraint(
            "achievement_id",
            "organisation_id",
            name=op.f("uq_conversion_offers_achievement_id_organisation_id"),
        ),
    )
    op.create_index(op.f("ix_conversion_offers_match_id"), "conversion_offers", ["match_id"])
    op.create_index(op.f("ix_conversion_offers_organisation_id"), "conversion_offers", ["organisation_id"])


def downgrade() -> None:
    for table in ("conversion_offers", "conversion_plans", "ip_disclosures"):
        op.drop_table(table)
    op.drop_index("ix_achievements_publicly_funded_completed_on", "achievements")
    op.drop_column("achievements", "project_ref")
    op.drop_column("achievements", "funding")
    for table in RECORDS:
        op.drop_index(f"ix_{table}_state_last_confirmed", table)
        for column in ("expiry_reason", "silent_since", "asked_at"):
            op.drop_column(table, column)
