"""handed over.

What the server refused and a supervisor decides on. Going down, it is lost: settle it first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _points_to(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_handed_over_{column}")
    )


def upgrade() -> None:
    op.create_table(
        "handed_over",
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("brought_by_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "settlement",
            sa.Enum(
                "applied",
                "closed",
                name="settlement",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(settlement IS NULL) = (settled_at IS NULL)", name=op.f("ck_handed_over_settled_at")
        ),
        sa.CheckConstraint(
            "(settlement IS NULL) = (settled_by_id IS NULL)",
            name=op.f("ck_handed_over_settled_by"),
        ),
        sa.CheckConstraint(
            "settlement <> 'closed' OR reason_sealed IS NOT NULL",
            name=op.f("ck_handed_over_closed_with_a_reason"),
        ),
        _points_to("author_id", "accounts"),
        _points_to("brought_by_id", "accounts"),
        _points_to("settled_by_id", "accounts"),
        _points_to("team_id", "teams"),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_handed_over")),
    )
    with op.batch_alter_table("handed_over") as batch:
        batch.create_index(batch.f("ix_handed_over_case_id"), ["case_id"])
        batch.create_index("ix_handed_over_owed", ["team_id", "settled_at"])


def downgrade() -> None:
    op.drop_table("handed_over")
