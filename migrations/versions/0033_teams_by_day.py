"""teams by day.

PostgreSQL finds the counts of a day in all teams together. SQLite, which keeps a table in the order
of its key, would have to write every count twice for it, and does without.
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_NAME, _TABLE = "ix_report_counts_by_day", "report_counts"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(_NAME, _TABLE, ["code", "grain", "starts_on", "scope"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index(_NAME, _TABLE)
