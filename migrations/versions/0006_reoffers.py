"""re-offers.

The inspector, to whom overdue offers escalate; when that was noted; and the day on which a victim
who had declined was assessed after all, which stands beside the countable outcome. Days that went
by before are not known here; `converted_on` fills from the next submission on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OLD_ROLES = ("officer", "sergeant", "specialist", "analyst", "administrator", "auditor")
_ROLES = ("officer", "sergeant", "inspector", "specialist", "analyst", "administrator", "auditor")
_HELD_BY_ROLE = (("accounts", "role"), ("grade_ledger", "given_as"))


def upgrade() -> None:
    _allow(_ROLES)
    with op.batch_alter_table("follow_ups") as batch:
        batch.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True)))
    with op.batch_alter_table("pair_facts") as batch:
        batch.add_column(sa.Column("converted_on", sa.Date()))
        batch.create_check_constraint(
            op.f("ck_pair_facts_converted_from_declined"),
            sa.text("converted_on IS NULL OR outcome = 'declined'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("pair_facts") as batch:
        batch.drop_constraint(op.f("ck_pair_facts_converted_from_declined"), type_="check")
        batch.drop_column("converted_on")
    with op.batch_alter_table("follow_ups") as batch:
        batch.drop_column("escalated_at")
    for table, column in _HELD_BY_ROLE:  # who supervised stays a supervisor, without a team
        role = sa.table(table, sa.column(column, sa.String()))
        op.execute(
            role.update().where(role.c[column] == "inspector").values({column: "specialist"})
        )
    _allow(_OLD_ROLES)


def _allow(roles: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{role}'" for role in roles)
    for table, column in _HELD_BY_ROLE:
        name = op.f(f"ck_{table}_{column}")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, sa.text(f"{column} IN ({listed})"))
