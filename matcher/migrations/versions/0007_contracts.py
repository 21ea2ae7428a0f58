"""Contracts with their registration, milestones, payments and performance reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contracts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=True),
        sa.Column("subtype", sa.String(length=24), nullable=True),
        sa.Column("signed", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("seller_name", sa.String(length=100), nullable=False),
        sa.Column("seller_code", sa.String(length=18), nullable=False),
        sa.Column("seller_party_type", sa.String(length=3), nullable=True),
        sa.Column("seller_country", sa.String(length=3), nullable=True),
        sa.Column("seller_region", sa.String(length=6), nullable=True),
        sa.Column("buyer_name", sa.String(length=100), nullable=False),
        sa.Column("buyer_code", sa.String(length=18), nullable=False),
        sa.Column("buyer_party_type", sa.String(length=3), nullable=True),
        sa.Column("buyer_country", sa.String(length=3), nullable=True),
        sa.Column("buyer_region", sa.String(length=6), nullable=True),
        sa.Column("amount_total", sa.BigInteger(), nullable=True),
        sa.Column("amount_tech", sa.BigInteger(), nullable=True),
        sa.Column("pay_mode", sa.String(length=24), nullable=True),
        sa.Column("ip_kind", sa.String(length=16), nullable=True),
        sa.Column("field11", sa.String(length=16), nullable=True),
        sa.Column("industry", sa.String(length=2), nullable=True),
        sa.Column("plan", sa.String(length=16), nullable=True),
        sa.Column("new_input", sa.BigInteger(), nullable=True),
        sa.Column("new_output", sa.BigInteger(), nullable=True),
        sa.Column(
            "clauses",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column(
            "owners",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("reg_state", sa.String(length=16), nullable=False),
        sa.Column("reg_no", sa.String(length=16), nullable=True),
        sa.Column("reg_accepted", sa.Date(), nullable=True),
        sa.Column("reg_due", sa.Date(), nullable=True),
        sa.Column("reg_decided", sa.Date(), nullable=True),
        sa.Column("approved_tech", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_contracts_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("case_id", name=op.f("uq_contracts_case_id")),
        sa.UniqueConstraint("reg_no", name=op.f("uq_contracts_reg_no")),
    )
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contracts_reg_state"), ["reg_state"], unique=False)

    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_milestones_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(
            ["proof_id"], ["case_files.id"], name=op.f("fk_milestones_proof_id_case_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
    )
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestones_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index("ix_milestones_state_due", ["state", "due"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("payer", sa.String(length=100), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("amount_tech", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column("proof_id", sa.Integer(), nullable=False),
        sa.Column("recorder_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_payments_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(
            ["proof_id"], ["case_files.id"], name=op.f("fk_payments_proof_id_case_files")
        ),
        sa.ForeignKeyConstraint(["recorder_id"], ["users.id"], name=op.f("fk_payments_recorder_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_contract_id"), ["contract_id"], unique=False)

    op.create_table(
        "performance_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("sales", sa.BigInteger(), nullable=True),
        sa.Column("royalty", sa.BigInteger(), nullable=True),
        sa.Column("remark", sa.String(length=2000), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitter_id", sa.Integer(), nullable=True),
        sa.Column("chased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_performance_reports_contract_id_contracts")
        ),
        sa.ForeignKeyConstraint(
            ["submitter_id"], ["users.id"], name=op.f("fk_performance_reports_submitter_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance_reports")),
        sa.UniqueConstraint(
            "contract_id", "period_from", name=op.f("uq_performance_reports_contract_id_period_from")
        ),
    )
    with op.batch_alter_table("performance_reports", schema=None) as batch_op:
        batch_op.create_index(
            "ix_performance_reports_submitted_at_due", ["submitted_at", "due"], unique=False
        )

    op.create_table(
        "registration_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_registration_steps_actor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name=op.f("fk_registration_steps_contract_id_contracts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_steps")),
    )
    with op.batch_alter_table("registration_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_steps_contract_id"), ["contract_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("registration_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_registration_steps_contract_id"))

    op.drop_table("registration_steps")
    with op.batch_alter_table("performance_reports", schema=None) as batch_op:
        batch_op.drop_index("ix_performance_reports_submitted_at_due")

    op.drop_table("performance_reports")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_contract_id"))

    op.drop_table("payments")
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.drop_index("ix_milestones_state_due")
        batch_op.drop_index(batch_op.f("ix_milestones_contract_id"))

    op.drop_table("milestones")
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contracts_reg_state"))

    op.drop_table("contracts")
