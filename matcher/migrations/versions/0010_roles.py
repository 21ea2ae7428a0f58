"""Roles: tasks, the four officers, visits, a broker's level and trainings, the enterprise's contact."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0002"
branch_labels = None
depends_on = None

OPEN_TASK = sa.text("state = 'open'")
CURRENT = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "case_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=1000), nullable=False),
        sa.Column("once", sa.String(length=80), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_case_tasks_author_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_tasks_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_case_tasks_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_case_tasks_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_tasks")),
        sa.UniqueConstraint("once", name=op.f("uq_case_tasks_once")),
    )
    op.create_index("ix_case_tasks_case_id", "case_tasks", ["case_id"])
    op.create_index("ix_case_tasks_organisation_id", "case_tasks", ["organisation_id"])
    op.create_index("ix_case_tasks_owner_id_state_due_at", "case_tasks", ["owner_id", "state", "due_at"])
    for column in ("escalate_at", "due_at"):
        op.create_index(
            f"ix_case_tasks_open_{column}", "case_tasks", [column], sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK
        )

    op.create_table(
        "officer_posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("region", sa.String(length=6), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (region IS NULL)", name=op.f("ck_officer_posts_one_scope")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_officer_posts_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_officer_posts_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_posts")),
    )
    op.create_index("ix_officer_posts_user_id", "officer_posts", ["user_id"])
    for name, column in (("organisation", "organisation_id"), ("region", "region")):
        op.create_index(
            f"uq_officer_posts_{name}", "officer_posts", ["duty", column],
            unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT,
        )  # fmt: skip

    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("met", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_visits_need_id_needs")),
        sa.ForeignKeyConstraint(["officer_id"], ["users.id"], name=op.f("fk_visits_officer_id_users")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_visits_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_officer_id", "visits", ["officer_id"])
    op.create_index("ix_visits_organisation_id", "visits", ["organisation_id"])

    op.create_table(
        "trainings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("provider", sa.String(length=100), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_trainings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainings")),
    )
    op.create_index("ix_trainings_user_id", "trainings", ["user_id"])

    op.add_column(
        "memberships", sa.Column("is_contact", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("broker_profiles", sa.Column("level", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("broker_profiles", "level")
    op.drop_column("memberships", "is_contact")
    for table in ("trainings", "visits", "officer_posts", "case_tasks"):
        op.drop_table(table)
