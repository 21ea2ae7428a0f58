"""Price: routes, public notice with objections, sealed ranges, listings and auctions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0008"
branch_labels = None
depends_on = None

CURRENT = sa.text("state IN ('open', 'agreed')")


def upgrade() -> None:
    op.create_table(
        "sealed_ranges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("gap", sa.String(length=8), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sealed_ranges_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_ranges")),
        sa.UniqueConstraint("case_id", "round", "side", name=op.f("uq_sealed_ranges_case_id_round_side")),
    )
    op.create_table(
        "pricings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("route", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("valuation", sa.String(length=16), nullable=True),
        sa.Column("valuation_file_id", sa.Integer(), nullable=True),
        sa.Column("share_percent", sa.Integer(), nullable=True),
        sa.Column("need_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_due", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_pricings_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["valuation_file_id"], ["case_files.id"], name=op.f("fk_pricings_valuation_file_id_case_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pricings")),
    )
    op.create_index("ix_pricings_case_id", "pricings", ["case_id"], unique=False)
    op.create_index(
        "uq_pricings_case_current",
        "pricings",
        ["case_id"],
        unique=True,
        sqlite_where=CURRENT,
        postgresql_where=CURRENT,
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pricing_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pricing_id"], ["pricings.id"], name=op.f("fk_notices_pricing_id_pricings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("pricing_id", name=op.f("uq_notices_pricing_id")),
    )
    op.create_index("ix_notices_state_ends_at", "notices", ["state", "ends_at"], unique=False)
    op.create_table(
        "sales",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pricing_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("reserve", sa.BigInteger(), nullable=True),
        sa.Column("increment", sa.BigInteger(), nullable=True),
        sa.Column("deposit", sa.BigInteger(), nullable=True),
        sa.Column("extension_minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("winner_id", sa.Integer(), nullable=True),
        sa.Column("final_price", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisations.id"], name=op.f("fk_sales_owner_id_organisations")
        ),
        sa.ForeignKeyConstraint(["pricing_id"], ["pricings.id"], name=op.f("fk_sales_pricing_id_pricings")),
        sa.ForeignKeyConstraint(
            ["winner_id"], ["organisations.id"], name=op.f("fk_sales_winner_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales")),
        sa.UniqueConstraint("pricing_id", name=op.f("uq_sales_pricing_id")),
    )
    op.create_index(op.f("ix_sales_owner_id"), "sales", ["owner_id"], unique=False)
    op.create_index("ix_sales_state_ends_at", "sales", ["state", "ends_at"], unique=False)
    op.create_table(
        "objections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_objections_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_objections_notice_id_notices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
    )
    op.create_index(op.f("ix_objections_notice_id"), "objections", ["notice_id"], unique=False)
    op.create_table(
        "sale_participants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("deposit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deposit_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["deposit_by_id"], ["users.id"], name=op.f("fk_sale_participants_deposit_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_sale_participants_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_sale_participants_sale_id_sales")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sale_participants_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_participants")),
        sa.UniqueConstraint(
            "sale_id", "organisation_id", name=op.f("uq_sale_participants_sale_id_organisation_id")
        ),
    )
    op.create_index(
        op.f("ix_sale_participants_organisation_id"), "sale_participants", ["organisation_id"], unique=False
    )
    op.create_table(
        "bids",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["sale_participants.id"],
            name=op.f("fk_bids_participant_id_sale_participants"),
        ),
        sa.ForeignKeyConstraint(["sale_id"], ["sales.id"], name=op.f("fk_bids_sale_id_sales")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bids_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bids")),
        sa.UniqueConstraint("sale_id", "amount", name=op.f("uq_bids_sale_id_amount")),
    )
    op.create_index(op.f("ix_bids_participant_id"), "bids", ["participant_id"], unique=False)
    op.add_column("organisations", sa.Column("is_public", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("organisations", "is_public")
    op.drop_index(op.f("ix_bids_participant_id"), table_name="bids")
    op.drop_table("bids")
    op.drop_index(op.f("ix_sale_participants_organisation_id"), table_name="sale_participants")
    op.drop_table("sale_participants")
    op.drop_index(op.f("ix_objections_notice_id"), table_name="objections")
    op.drop_table("objections")
    op.drop_index("ix_sales_state_ends_at", table_name="sales")
    op.drop_index(op.f("ix_sales_owner_id"), table_name="sales")
    op.drop_table("sales")
    op.drop_index("ix_notices_state_ends_at", table_name="notices")
    op.drop_table("notices")
    op.drop_index("uq_pricings_case_current", table_name="pricings")
    op.drop_index("ix_pricings_case_id", table_name="pricings")
    op.drop_table("pricings")
    op.drop_table("sealed_ranges")
