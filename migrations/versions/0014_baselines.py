"""baselines.

What the reports compare with, and signed rebases. Going down, both are lost: note them first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_baselines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "own",
                "reported",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rate", sa.Double(), nullable=False),
        sa.Column("declined", sa.Integer(), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rate > 0 AND rate < 1", name=op.f("ck_report_baselines_rate_between")),
        sa.CheckConstraint(
            "cases IS NULL OR cases > 0", name=op.f("ck_report_baselines_cases_above_nought")
        ),
        sa.CheckConstraint(
            "declined IS NULL OR (cases IS NOT NULL AND declined > 0 AND declined < cases)",
            name=op.f("ck_report_baselines_declined_of_cases"),
        ),
        sa.CheckConstraint(
            "starts_on <= ends_on", name=op.f("ck_report_baselines_starts_before_it_ends")
        ),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_report_baselines_source_given")),
        sa.CheckConstraint(
            "length(reason_sealed) > 0", name=op.f("ck_report_baselines_reason_given")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["accounts.id"], name=op.f("fk_report_baselines_added_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_baselines")),
    )
    op.create_table(
        "baseline_withdrawals",
        sa.Column("baseline_id", sa.Uuid(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(reason_sealed) > 0", name=op.f("ck_baseline_withdrawals_reason_given")
        ),
        sa.ForeignKeyConstraint(
            ["baseline_id"],
            ["report_baselines.id"],
            name=op.f("fk_baseline_withdrawals_baseline_id"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"],
            ["accounts.id"],
            name=op.f("fk_baseline_withdrawals_withdrawn_by_id"),
        ),
        sa.PrimaryKeyConstraint("baseline_id", name=op.f("pk_baseline_withdrawals")),
    )
    op.create_table(
        "chart_rebases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reason_sealed) > 0", name=op.f("ck_chart_rebases_reason_given")),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["accounts.id"], name=op.f("fk_chart_rebases_signed_by_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_chart_rebases_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chart_rebases")),
    )
    with op.batch_alter_table("chart_rebases") as batch:
        batch.create_index("ix_chart_rebases_team", ["team_id", "signed_at"])


def downgrade() -> None:
    op.drop_table("chart_rebases")
    op.drop_table("baseline_withdrawals")
    op.drop_table("report_baselines")
