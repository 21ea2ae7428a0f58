"""Rights tables, benefit shares, vouchers with their ledger, claims and finance needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None

# the ledger is only ever added to, whoever asks
SQLITE_GUARD = """
CREATE TRIGGER voucher_entries_{what} BEFORE {what} ON voucher_entries
BEGIN SELECT RAISE(ABORT, 'voucher_entries is only ever added to'); END
"""
POSTGRES_REFUSAL = """
CREATE FUNCTION refuse_voucher_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'voucher_entries is only ever added to'; END $$
"""
POSTGRES_GUARD = """
CREATE TRIGGER voucher_entries_append_only BEFORE UPDATE OR DELETE ON voucher_entries
FOR EACH ROW EXECUTE FUNCTION refuse_voucher_entries()
"""


def upgrade() -> None:
    op.create_table(
        "vouchers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("once", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("asked > 0", name=op.f("ck_vouchers_asked")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_vouchers_author_id_users")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_vouchers_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("number", name=op.f("uq_vouchers_number")),
        sa.UniqueConstraint("once", name=op.f("uq_vouchers_once")),
    )
    with op.batch_alter_table("vouchers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vouchers_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index("ix_vouchers_state_valid_until", ["state", "valid_until"], unique=False)

    op.create_table(
        "rights_tables",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("route", sa.String(length=16), nullable=False),
        sa.Column("team_percent", sa.Integer(), nullable=False),
        sa.Column("agreed_reason", sa.String(length=500), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_rights_tables_achievement_id_achievements")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_rights_tables_author_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_tables")),
        sa.UniqueConstraint("achievement_id", "number", name=op.f("uq_rights_tables_achievement_id_number")),
    )
    op.create_table(
        "voucher_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.Column("settled", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("once", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_voucher_orders_amount")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisations.id"], name=op.f("fk_voucher_orders_provider_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_voucher_orders_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_orders")),
        sa.UniqueConstraint("once", name=op.f("uq_voucher_orders_once")),
    )
    with op.batch_alter_table("voucher_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_orders_provider_id"), ["provider_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_voucher_orders_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_voucher_orders_voucher_id"), ["voucher_id"], unique=False)

    op.create_table(
        "rights_holders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.CheckConstraint("share > 0", name=op.f("ck_rights_holders_share")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_rights_holders_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["table_id"], ["rights_tables.id"], name=op.f("fk_rights_holders_table_id_rights_tables")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_holders")),
    )
    with op.batch_alter_table("rights_holders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_holders_table_id"), ["table_id"], unique=False)

    op.create_table(
        "rights_team",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.CheckConstraint("share > 0", name=op.f("ck_rights_team_share")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_rights_team_organisation_id_organisations"),
        ),
        sa.ForeignKeyConstraint(
            ["table_id"], ["rights_tables.id"], name=op.f("fk_rights_team_table_id_rights_tables")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_team")),
    )
    with op.batch_alter_table("rights_team", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rights_team_table_id"), ["table_id"], unique=False)

    op.create_table(
        "voucher_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_voucher_entries_amount")),
        sa.CheckConstraint("available >= 0", name=op.f("ck_voucher_entries_available")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_voucher_entries_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["voucher_orders.id"], name=op.f("fk_voucher_entries_order_id_voucher_orders")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_voucher_entries_voucher_id_vouchers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_entries")),
        sa.UniqueConstraint("voucher_id", "sequence", name=op.f("uq_voucher_entries_voucher_id_sequence")),
    )
    with op.batch_alter_table("voucher_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_entries_order_id"), ["order_id"], unique=False)

    op.create_table(
        "voucher_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("storage_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["voucher_orders.id"], name=op.f("fk_voucher_evidence_order_id_voucher_orders")
        ),
        sa.ForeignKeyConstraint(
            ["uploader_id"], ["users.id"], name=op.f("fk_voucher_evidence_uploader_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_evidence")),
        sa.UniqueConstraint("order_id", "sha256", name=op.f("uq_voucher_evidence_order_id_sha256")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_voucher_evidence_storage_key")),
    )
    op.create_table(
        "finance_needs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("white_listed", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_finance_needs_amount")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_finance_needs_author_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_finance_needs_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_finance_needs_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_needs")),
        sa.UniqueConstraint(
            "case_id", "organisation_id", "kind", name=op.f("uq_finance_needs_case_id_organisation_id_kind")
        ),
    )
    with op.batch_alter_table("finance_needs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_finance_needs_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "worked",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_claims_amount")),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_claims_author_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_claims_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_claims_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_claims_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("contract_id", "side", "rule", name=op.f("uq_claims_contract_id_side_rule")),
        sa.UniqueConstraint("number", name=op.f("uq_claims_number")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_state"), ["state"], unique=False)

    op.create_table(
        "finance_referrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("institution", sa.String(length=100), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_finance_referrals_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["finance_needs.id"], name=op.f("fk_finance_referrals_need_id_finance_needs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_referrals")),
        sa.UniqueConstraint("need_id", "institution", name=op.f("uq_finance_referrals_need_id_institution")),
    )
    op.create_table(
        "distributions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_distributions_author_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_distributions_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_distributions_payment_id_payments")
        ),
        sa.ForeignKeyConstraint(
            ["table_id"], ["rights_tables.id"], name=op.f("fk_distributions_table_id_rights_tables")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributions")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_distributions_payment_id")),
    )
    with op.batch_alter_table("distributions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_distributions_case_id"), ["case_id"], unique=False)

    op.create_table(
        "benefit_shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("distribution_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("percent", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_benefit_shares_amount")),
        sa.ForeignKeyConstraint(
            ["distribution_id"],
            ["distributions.id"],
            name=op.f("fk_benefit_shares_distribution_id_distributions"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_benefit_shares_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_shares")),
    )
    with op.batch_alter_table("benefit_shares", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_benefit_shares_distribution_id"), ["distribution_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_benefit_shares_organisation_id"), ["organisation_id"], unique=False
        )

    if op.get_bind().dialect.name == "sqlite":
        for what in ("update", "delete"):
            op.execute(SQLITE_GUARD.format(what=what))
    else:
        op.execute(POSTGRES_REFUSAL)
        op.execute(POSTGRES_GUARD)


def downgrade() -> None:
    with op.batch_alter_table("benefit_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_benefit_shares_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_benefit_shares_distribution_id"))

    op.drop_table("benefit_shares")
    with op.batch_alter_table("distributions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_distributions_case_id"))

    op.drop_table("distributions")
    op.drop_table("finance_referrals")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claims_state"))
        batch_op.drop_index(batch_op.f("ix_claims_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_claims_case_id"))

    op.drop_table("claims")
    with op.batch_alter_table("finance_needs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finance_needs_organisation_id"))

    op.drop_table("finance_needs")
    op.drop_table("voucher_evidence")
    with op.batch_alter_table("voucher_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voucher_entries_order_id"))

    op.drop_table("voucher_entries")
    with op.batch_alter_table("rights_team", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rights_team_table_id"))

    op.drop_table("rights_team")
    with op.batch_alter_table("rights_holders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rights_holders_table_id"))

    op.drop_table("rights_holders")
    with op.batch_alter_table("voucher_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voucher_orders_voucher_id"))
        batch_op.drop_index(batch_op.f("ix_voucher_orders_state"))
        batch_op.drop_index(batch_op.f("ix_voucher_orders_provider_id"))

    op.drop_table("voucher_orders")
    op.drop_table("rights_tables")
    with op.batch_alter_table("vouchers", schema=None) as batch_op:
        batch_op.drop_index("ix_vouchers_state_valid_until")
        batch_op.drop_index(batch_op.f("ix_vouchers_organisation_id"))

    op.drop_table("vouchers")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_voucher_entries()")
