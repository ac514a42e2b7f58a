"""corrections.

What was recorded of an incident, its people and children before somebody corrected it. Nothing was
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
        "corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("pair_id", sa.Uuid(), nullable=True),
        sa.Column("child_id", sa.Uuid(), nullable=True),
        sa.Column("corrected_by_id", sa.Uuid(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("former_index", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN pair_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN child_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_corrections_of_one"),
        ),
        sa.ForeignKeyConstraint(
            ["child_id"], ["incident_children.id"], name=op.f("fk_corrections_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["corrected_by_id"], ["accounts.id"], name=op.f("fk_corrections_corrected_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_corrections_incident_id")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_corrections_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_child_id", "corrections", ["child_id"])
    op.create_index("ix_corrections_former_index", "corrections", ["former_index"])
    op.create_index("ix_corrections_incident_id", "corrections", ["incident_id"])
    op.create_index("ix_corrections_pair_id", "corrections", ["pair_id"])


def downgrade() -> None:
    op.drop_index("ix_corrections_pair_id", table_name="corrections")
    op.drop_index("ix_corrections_incident_id", table_name="corrections")
    op.drop_index("ix_corrections_former_index", table_name="corrections")
    op.drop_index("ix_corrections_child_id", table_name="corrections")
    op.drop_table("corrections")
