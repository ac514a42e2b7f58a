"""pair_corrections.

What was recorded of a victim or an alleged perpetrator before somebody corrected it. Nothing was
corrected before this revision. Going down, what was recorded before is lost.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pair_corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("corrected_by_id", sa.Uuid(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrected_by_id"], ["accounts.id"], name=op.f("fk_pair_corrections_corrected_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["pairs.id"], name=op.f("fk_pair_corrections_pair_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_corrections")),
    )
    op.create_index("ix_pair_corrections_pair_id", "pair_corrections", ["pair_id", "corrected_at"])


def downgrade() -> None:
    op.drop_index("ix_pair_corrections_pair_id", table_name="pair_corrections")
    op.drop_table("pair_corrections")
