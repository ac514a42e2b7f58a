"""how actions end.

Withdrawn or discharged is one thing, entered in error another. What was ended as one of the two
keeps that. Going down, either becomes "withdrawn, discharged or entered in error".
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_TABLES = ("offender_actions", "offender_action_entries")
_BEFORE = ("open", "done", "expired", "withdrawn")
_ADDED = ("discharged", "in_error")


def upgrade() -> None:
    _allow(*_BEFORE, *_ADDED)


def downgrade() -> None:
    for name in _TABLES:
        held = sa.table(name, sa.column("state", sa.String()))
        op.execute(held.update().where(held.c.state.in_(_ADDED)).values(state="withdrawn"))
    _allow(*_BEFORE)


def _allow(*states: str) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    for name in _TABLES:
        constraint = op.f(f"ck_{name}_state")
        with op.batch_alter_table(name) as batch:
            batch.drop_constraint(constraint, type_="check")
            batch.create_check_constraint(constraint, sa.text(f"state IN ({listed})"))
