"""tasks for children.

Three more kinds of task: to find out who the children are, to refer a child or an adult at risk,
and arrest. Going down, a task of one of them becomes "something else" and keeps its words.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ADDED = ("safeguarding", "arrest", "identify_children")
_AFTER = (
    "idva",
    "safety_plan",
    "protection_notice",
    "clares_law_ask",
    "clares_law_know",
    "civil_order_advice",
    "bail_conditions",
    "child_referral",
    "adult_safeguarding",
    "address_marker",
    "welfare_visit",
    "interpreter",
    "safeguarding",
    "arrest",
    "marac_referral",
    "identify_children",
    "encompass",
    "other",
)


def upgrade() -> None:
    _allow(*_AFTER)


def downgrade() -> None:
    tasks = sa.table("tasks", sa.column("kind", sa.String()))
    op.execute(tasks.update().where(tasks.c.kind.in_(_ADDED)).values(kind="other"))
    _allow(*(kind for kind in _AFTER if kind not in _ADDED))


def _allow(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("tasks") as batch:
        batch.drop_constraint(op.f("ck_tasks_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_tasks_kind"), sa.text(f"kind IN ({listed})"))
