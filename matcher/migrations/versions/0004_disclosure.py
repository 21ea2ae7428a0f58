"""Receipts of disclosure, seals of the audit trail, integrity records, exceptions; trail and receipts only grow."""

import sqlalchemy as sa
from alembic import op

from matcher.migrations.append_only import protect, release

revision = "0004"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _receipts()
    op.create_table(
        "audit_seals",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_seals_event_id")),
    )
    _integrity()
    _exceptions()
    protect("receipts")
    protect("audit_events")
    protect("audit_seals", "position")


def _receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("record_kind", sa.String(length=16), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("record_version", sa.Integer(), nullable=False),
        sa.Column("record_title", sa.String(length=200), nullable=False),
        sa.Column("detail_sha256", sa.String(length=64), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=True),
        sa.Column("reader_name", sa.String(length=50), nullable=False),
        sa.Column("reader_role", sa.String(length=16), nullable=False),
        sa.Column("reader_org_id", sa.Integer(), nullable=True),
        sa.Column("reader_org", sa.String(length=100), nullable=False),
        sa.Column("agreement", sa.String(length=8), nullable=False),
        sa.Column("agreement_lang", sa.String(length=2), nullable=False),
        sa.Column("agreement_sha256", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("owner_id", "number", name=op.f("uq_receipts_owner_id_number")),
    )
    op.create_index("ix_receipts_record", "receipts", ["record_kind", "record_id"])
    op.create_index("ix_receipts_reader", "receipts", ["reader_id", "record_kind", "record_id"])


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _integrity() -> None:
    op.create_table(
        "integrity_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appealed_by", sa.Integer(), nullable=True),
        sa.Column("appealed_at", TIME, nullable=True),
        sa.Column("appeal_granted", sa.Boolean(), nullable=True),
        sa.Column("appeal_answer", sa.Text(), nullable=False),
        sa.Column("appeal_decided_at", TIME, nullable=True),
        sa.Column("lifted_at", TIME, nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_integrity_records_one_subject")
        ),
        _key("integrity_records", "organisation_id", "organisations"),
        _key("integrity_records", "user_id", "users"),
        _key("integrity_records", "entered_by", "users"),
        _key("integrity_records", "appealed_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integrity_records")),
    )
    for column in ("organisation_id", "user_id"):
        op.create_index(op.f(f"ix_integrity_records_{column}"), "integrity_records", [column])


def _exceptions() -> None:
    op.create_table(
        "case_exceptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("waives", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        _key("case_exceptions", "case_id", "cases"),
        _key("case_exceptions", "requested_by", "users"),
        _key("case_exceptions", "decided_by", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_exceptions")),
    )
    for column in ("case_id", "state"):
        op.create_index(op.f(f"ix_case_exceptions_{column}"), "case_exceptions", [column])


def downgrade() -> None:
    for table in ("audit_seals", "audit_events", "receipts"):
        release(table)
    for table in ("case_exceptions", "integrity_records", "audit_seals", "receipts"):
        op.drop_table(table)
