"""duties.

What is done around an attempt that ended without all its answers, and who else stands with a grade
below the count. Earlier attempts have neither.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "authorisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "standard",
                "medium",
                "high",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("authoriser_id", sa.Uuid(), nullable=False),
        sa.Column("because_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "agreed_at IS NULL OR refused_at IS NULL", name=op.f("ck_authorisations_one_answer")
        ),
        sa.CheckConstraint(
            "asked_by_id <> authoriser_id", name=op.f("ck_authorisations_another_person")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_authorisations_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_authorisations_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["authoriser_id"], ["accounts.id"], name=op.f("fk_authorisations_authoriser_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorisations")),
    )
    op.create_index(
        op.f("ix_authorisations_assessment_id"), "authorisations", ["assessment_id"], unique=False
    )
    op.create_table(
        "duties",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("systems", sa.JSON(), nullable=False),
        sa.Column("searched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "on_video",
            sa.Enum(
                "yes",
                "no",
                "no_camera",
                name="on_video",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("contact_ways", sa.JSON(), nullable=False),
        sa.Column("contact_times", sa.JSON(), nullable=False),
        sa.Column("contact_never", sa.JSON(), nullable=False),
        sa.Column("contact_words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("support", sa.JSON(), nullable=False),
        sa.Column(
            "next_offer",
            sa.Enum(
                "day",
                "days",
                "week",
                "unsafe",
                name="next_offer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("authoriser_id", sa.Uuid(), nullable=True),
        sa.Column("authorised_because_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_duties_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["authoriser_id"], ["accounts.id"], name=op.f("fk_duties_authoriser_id")
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_duties")),
    )


def downgrade() -> None:
    op.drop_table("duties")
    op.drop_index(op.f("ix_authorisations_assessment_id"), table_name="authorisations")
    op.drop_table("authorisations")
