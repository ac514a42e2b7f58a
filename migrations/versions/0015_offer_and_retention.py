"""offer and retention.

An offer keeps whether an interpreter was needed and there, and that its purpose was explained;
nobody is known to have said either of an offer from before. A closed record has a day on which its
retention is to be reviewed: of those closed before, ten years after they were sent last. Going
down, all three are lost.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_YEARS = 10
_VALUES = {
    "interpreter": "'not_needed', 'used', 'not_available'",
    "purpose": "'explained', 'not_explained'",
}
_CLOSED = "state <> 'closed' OR retention_review_on IS NOT NULL"
_assessments = sa.table(
    "assessments",
    sa.column("id", sa.Uuid()),
    sa.column("state", sa.String()),
    sa.column("submitted_at", sa.DateTime(timezone=True)),
    sa.column("retention_review_on", sa.Date()),
)


def upgrade() -> None:
    with op.batch_alter_table("assessments") as batch:
        for name in _VALUES:
            batch.add_column(sa.Column(name, sa.String(length=40)))
        batch.add_column(sa.Column("retention_review_on", sa.Date()))
    _schedule_reviews(op.get_bind())
    with op.batch_alter_table("assessments") as batch:
        for name, values in _VALUES.items():
            batch.create_check_constraint(
                op.f(f"ck_assessments_{name}"), sa.text(f"{name} IN ({values})")
            )
        batch.create_check_constraint(op.f("ck_assessments_retention_review_on"), sa.text(_CLOSED))


def downgrade() -> None:
    with op.batch_alter_table("assessments") as batch:
        for name in (*_VALUES, "retention_review_on"):
            batch.drop_constraint(op.f(f"ck_assessments_{name}"), type_="check")
            batch.drop_column(name)


def _schedule_reviews(connection: sa.Connection) -> None:
    closed = connection.execute(
        sa.select(_assessments.c.id, _assessments.c.submitted_at).where(
            _assessments.c.state == "closed"
        )
    ).all()
    if not closed:
        return
    on = {
        row.id: date(
            row.submitted_at.year + _YEARS, row.submitted_at.month, min(row.submitted_at.day, 28)
        )
        for row in closed
    }
    connection.execute(
        _assessments.update()
        .where(_assessments.c.id == sa.bindparam("of"))
        .values(retention_review_on=sa.bindparam("day")),
        [{"of": each, "day": day} for each, day in on.items()],
    )
