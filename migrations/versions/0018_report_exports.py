"""report exports.

Figures that left the screen, under disclosure control, so that their id gives the same again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_exports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["accounts.id"], name=op.f("fk_report_exports_made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_exports")),
    )


def downgrade() -> None:
    op.drop_table("report_exports")
