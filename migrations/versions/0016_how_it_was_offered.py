"""how it was offered.

An offer keeps whether an interpreter was needed and there, and that its purpose was explained.
Nobody is known to have said either of an offer from before. Going down, both are lost.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None

_VALUES = {
    "interpreter": "'not_needed', 'used', 'not_available'",
    "purpose": "'explained', 'not_explained'",
}


def upgrade() -> None:
    with op.batch_alter_table("assessments") as batch:
        for name, values in _VALUES.items():
            batch.add_column(sa.Column(name, sa.String(length=40)))
            batch.create_check_constraint(
                op.f(f"ck_assessments_{name}"), sa.text(f"{name} IN ({values})")
            )


def downgrade() -> None:
    with op.batch_alter_table("assessments") as batch:
        for name in _VALUES:
            batch.drop_constraint(op.f(f"ck_assessments_{name}"), type_="check")
            batch.drop_column(name)
