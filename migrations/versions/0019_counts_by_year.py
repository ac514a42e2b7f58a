"""counts by year.

A long period is put together from years, so that it needs few rows.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_YEAR = {
    "postgresql": "date_trunc('year', starts_on)::date",
    "sqlite": "strftime('%Y-01-01', starts_on)",
}


def upgrade() -> None:
    _allow("day", "month", "year")
    year = _YEAR[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO report_counts (code, grain, scope, starts_on, question_set, number)"  # noqa: S608 - our own words
        f" SELECT code, 'year', scope, {year}, question_set, sum(number)"
        f" FROM report_counts WHERE grain = 'month' GROUP BY code, scope, {year}, question_set"
    )


def downgrade() -> None:
    op.execute("DELETE FROM report_counts WHERE grain = 'year'")
    _allow("day", "month")


def _allow(*grains: str) -> None:
    with op.batch_alter_table("report_counts", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.drop_constraint(batch.f("ck_report_counts_grain"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_report_counts_grain"), sa.column("grain").in_(grains)
        )
