"""科技驿站 and receptions; a case's channel and station; versions and audience of its files.

Files of one case and one name become versions of each other in the order in which they were brought.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBER = (
    "UPDATE case_files SET version = (SELECT count(*) FROM case_files AS earlier WHERE earlier.case_id = case_files.case_id"
    " AND earlier.name = case_files.name AND earlier.id <= case_files.id)"
)


def upgrade() -> None:
    _stations()
    _receptions()
    op.add_column("cases", sa.Column("channel", sa.String(length=16), nullable=True))
    # written out because Alembic splits the reference off, which SQLite cannot add to a table that exists
    op.execute("ALTER TABLE cases ADD COLUMN station_id INTEGER CONSTRAINT fk_cases_station_id_stations REFERENCES stations (id)")
    op.create_index(op.f("ix_cases_station_id"), "cases", ["station_id"], unique=False)
    op.add_column("case_files", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("case_files", sa.Column("audience", sa.String(length=16), server_default="both", nullable=False))
    op.add_column("case_files", sa.Column("side", sa.String(length=8), server_default="", nullable=False))
    op.execute(NUMBER)
    op.create_index(
        "uq_case_files_version", "case_files", ["case_id", "name", "audience", "side", "version"], unique=True
    )


def _stations() -> None:
    op.create_table(
        "stations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stations")),
        sa.UniqueConstraint("name", name=op.f("uq_stations_name")),
    )
    op.create_table(
        "station_staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_station_staff_station_id_stations")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_station_staff_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_staff")),
        sa.UniqueConstraint("station_id", "user_id", name=op.f("uq_station_staff_station_id_user_id")),
    )
    op.create_index(op.f("ix_station_staff_user_id"), "station_staff", ["user_id"], unique=False)


def _receptions() -> None:
    op.create_table(
        "receptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("once", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("clerk_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("contact_name", sa.String(length=50), nullable=False),
        sa.Column("contact_phone", sa.String(length=30), nullable=False),
        sa.Column("identity_seen", sa.Boolean(), nullable=False),
        sa.Column("privacy_accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clerk_id"], ["users.id"], name=op.f("fk_receptions_clerk_id_users")),
        sa.ForeignKeyConstraint(["contact_id"], ["users.id"], name=op.f("fk_receptions_contact_id_users")),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_receptions_need_id_needs")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_receptions_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_receptions_station_id_stations")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receptions")),
        sa.UniqueConstraint("need_id", name=op.f("uq_receptions_need_id")),
        sa.UniqueConstraint("number", name=op.f("uq_receptions_number")),
        sa.UniqueConstraint("once", name=op.f("uq_receptions_once")),
    )
    for column in ("clerk_id", "contact_id", "organisation_id"):
        op.create_index(op.f(f"ix_receptions_{column}"), "receptions", [column], unique=False)
    op.create_index("ix_receptions_station_id_id", "receptions", ["station_id", "id"], unique=False)
