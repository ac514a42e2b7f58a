"""marac requests.

An officer or a supervisor asks a specialist to decide on MARAC by judgement alone, in words.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marac_requests",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(words_sealed) > 0", name=op.f("ck_marac_requests_words_given")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_marac_requests_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_marac_requests_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "asked_by_id", name=op.f("pk_marac_requests")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("marac_requests")
