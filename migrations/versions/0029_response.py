"""response.

How each incident was graded and how long it took to attend, in the facts that are counted; incidents
that nobody attended are among them. Facts learn it once `dash-forms reports rebuild` has run.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_GRADES = ("grade_1", "grade_2", "grade_3", "appointment", "telephone", "not_graded")


def _grade() -> sa.Column[str]:
    one_of = sa.Enum(
        *_GRADES, name="response_grade", native_enum=False, create_constraint=True, length=40
    )
    return sa.Column("response_grade", one_of, nullable=True)


def upgrade() -> None:
    with op.batch_alter_table("pair_facts") as facts:
        facts.add_column(_grade())
    with op.batch_alter_table("attendance_facts") as facts:
        facts.alter_column("attended_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        facts.alter_column("attended_on", existing_type=sa.Date(), nullable=True)
        facts.add_column(sa.Column("reported_on", sa.Date(), nullable=True))
        facts.add_column(_grade())
        facts.add_column(sa.Column("delay_minutes", sa.Integer(), nullable=True))
    op.create_index("ix_attendance_facts_reported", "attendance_facts", ["reported_on", "team_id"])


def downgrade() -> None:
    op.execute("DELETE FROM report_counts WHERE code LIKE 'response.%'")
    op.execute("DELETE FROM attendance_facts WHERE attended_at IS NULL OR attended_on IS NULL")
    op.drop_index("ix_attendance_facts_reported", "attendance_facts")
    with op.batch_alter_table("attendance_facts") as facts:
        facts.drop_constraint(facts.f("ck_attendance_facts_response_grade"), type_="check")
        for column in ("delay_minutes", "response_grade", "reported_on"):
            facts.drop_column(column)
        facts.alter_column("attended_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        facts.alter_column("attended_on", existing_type=sa.Date(), nullable=False)
    with op.batch_alter_table("pair_facts") as facts:
        facts.drop_constraint(facts.f("ck_pair_facts_response_grade"), type_="check")
        facts.drop_column("response_grade")
