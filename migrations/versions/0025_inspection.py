"""inspection.

Grades that inspectors published, their withdrawals, and areas for improvement with their history.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inspection_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column("assessment", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "length(assessment) > 0", name=op.f("ck_inspection_items_assessment_given")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_items")),
    )
    op.create_index("ix_inspection_items_area", "inspection_items", ["area"], unique=False)
    op.create_table(
        "inspection_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "event",
            sa.Enum(
                "add",
                "change",
                "start",
                "finish",
                "reopen",
                "withdraw",
                "name_measure",
                "note_evidence",
                "take_out",
                name="event",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_role_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("measure", sa.String(length=10), nullable=True),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("was_complete", sa.Boolean(), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(event = 'name_measure') = (measure IS NOT NULL) AND (measure IS NULL) = (numerator IS NULL) AND (measure IS NULL) = (denominator IS NULL) AND (measure IS NULL) = (starts_on IS NULL) AND (measure IS NULL) = (ends_on IS NULL) AND (measure IS NULL) = (was_complete IS NULL)",
            name=op.f("ck_inspection_entries_measure_named"),
        ),
        sa.CheckConstraint(
            "(event = 'note_evidence') = (dated_on IS NOT NULL)",
            name=op.f("ck_inspection_entries_evidence_dated"),
        ),
        sa.CheckConstraint(
            "(event = 'take_out') = (evidence_id IS NOT NULL)",
            name=op.f("ck_inspection_entries_evidence_taken_out"),
        ),
        sa.CheckConstraint(
            "(event IN ('add', 'change')) = (words_sealed IS NOT NULL) AND (words_sealed IS NULL) = (due_on IS NULL)",
            name=op.f("ck_inspection_entries_task_set"),
        ),
        sa.CheckConstraint(
            "(words_sealed IS NULL AND owner_id IS NULL AND owner_role_sealed IS NULL) OR (words_sealed IS NOT NULL AND (owner_id IS NULL) <> (owner_role_sealed IS NULL))",
            name=op.f("ck_inspection_entries_one_owner"),
        ),
        sa.CheckConstraint(
            "length(note_sealed) > 0", name=op.f("ck_inspection_entries_note_given")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_inspection_entries_number_above_nought")),
        sa.CheckConstraint(
            "numerator >= 0 AND denominator >= numerator AND starts_on <= ends_on",
            name=op.f("ck_inspection_entries_counts_of_a_period"),
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["accounts.id"], name=op.f("fk_inspection_entries_entered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["inspection_entries.id"],
            name=op.f("fk_inspection_entries_evidence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["inspection_items.id"], name=op.f("fk_inspection_entries_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["accounts.id"], name=op.f("fk_inspection_entries_owner_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_entries")),
        sa.UniqueConstraint("item_id", "number", name=op.f("uq_inspection_entries_item_id_number")),
    )
    op.create_table(
        "inspection_grades",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "outstanding",
                "good",
                "adequate",
                "requires_improvement",
                "inadequate",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("assessment", sa.String(length=60), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(assessment) > 0", name=op.f("ck_inspection_grades_assessment_given")
        ),
        sa.CheckConstraint("length(source) > 0", name=op.f("ck_inspection_grades_source_given")),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["accounts.id"], name=op.f("fk_inspection_grades_entered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_grades")),
    )
    op.create_index(
        "ix_inspection_grades_area", "inspection_grades", ["area", "published_on"], unique=False
    )
    op.create_table(
        "inspection_grade_withdrawals",
        sa.Column("grade_id", sa.Uuid(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(reason_sealed) > 0", name=op.f("ck_inspection_grade_withdrawals_reason_given")
        ),
        sa.ForeignKeyConstraint(
            ["grade_id"],
            ["inspection_grades.id"],
            name=op.f("fk_inspection_grade_withdrawals_grade_id"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"],
            ["accounts.id"],
            name=op.f("fk_inspection_grade_withdrawals_withdrawn_by_id"),
        ),
        sa.PrimaryKeyConstraint("grade_id", name=op.f("pk_inspection_grade_withdrawals")),
    )


def downgrade() -> None:
    op.drop_table("inspection_grade_withdrawals")
    op.drop_index("ix_inspection_grades_area", table_name="inspection_grades")
    op.drop_table("inspection_grades")
    op.drop_table("inspection_entries")
    op.drop_index("ix_inspection_items_area", table_name="inspection_items")
    op.drop_table("inspection_items")
