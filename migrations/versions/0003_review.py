"""review.

States after the submission, the versions that were sent, their reviews, and what is owed after
them. What had been submitted before becomes version 1 without a kept copy, since a copy is sealed
and keys are not in the database; exemptions that nobody endorsed count as pending from now on.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OLD_STATES = (
    "required",
    "draft",
    "ready_partial",
    "declining",
    "unable",
    "not_offered",
    "exempt_pending",
    "submitted",
)
_STATES = (
    "required",
    "exempt_pending",
    "exempt",
    "not_offered",
    "offered",
    "draft",
    "declining",
    "unable",
    "ready_partial",
    "ready_complete",
    "submitted",
    "in_review",
    "returned",
    "approved",
    "closed",
    "void",
    "reoffer_due",
    "reoffer_overdue",
    "reoffered",
    "reoffer_closed",
    "secondary_due",
    "secondary_done",
)
_SENT = (
    "state <> 'submitted' OR (grade IS NOT NULL AND rationale_sealed IS NOT NULL"
    " AND children_stated IS NOT NULL AND attempted_at IS NOT NULL)"
)
_SENT_NOW = (
    "state NOT IN ('submitted', 'in_review', 'approved', 'closed') OR (version > 0"
    " AND grade IS NOT NULL AND rationale_sealed IS NOT NULL"
    " AND children_stated IS NOT NULL AND attempted_at IS NOT NULL)"
)
_assessments = sa.table(
    "assessments",
    sa.column("id", sa.Uuid()),
    sa.column("pair_id", sa.Uuid()),
    sa.column("state", sa.String()),
    sa.column("grade", sa.String()),
    sa.column("submitted_at", sa.DateTime(timezone=True)),
    sa.column("review_due_at", sa.DateTime(timezone=True)),
    sa.column("version", sa.Integer()),
)
_facts = sa.table(
    "pair_facts",
    sa.column("pair_id", sa.Uuid()),
    sa.column("outcome", sa.String()),
    sa.column("reason", sa.String()),
    sa.column("reason_basis", sa.String()),
)


def _enum(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    with op.batch_alter_table("assessments") as batch:
        batch.drop_constraint(op.f("ck_assessments_state"), type_="check")
        batch.drop_constraint(op.f("ck_assessments_submitted_at"), type_="check")
        batch.drop_constraint(op.f("ck_assessments_no_submit_without_grade"), type_="check")
        batch.add_column(sa.Column("review_due_at", sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("void_reason_sealed", sa.LargeBinary()))
    with op.batch_alter_table("pair_facts") as batch:
        batch.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
    connection = op.get_bind()
    _count_versions(connection)
    waiting = sa.select(_assessments.c.pair_id).where(_assessments.c.state == "exempt_pending")
    connection.execute(
        _facts.update()
        .where(_facts.c.pair_id.in_(waiting), _facts.c.outcome == "exempt")
        .values(outcome="pending", reason=None, reason_basis=None)
    )
    with op.batch_alter_table("pair_facts") as batch:
        batch.alter_column("attempt", server_default=None)
    with op.batch_alter_table("assessments") as batch:
        batch.alter_column("version", server_default=None)
        _check(batch, "state", _states(_STATES))
        _check(batch, "submitted_at", "(submitted_at IS NULL) = (version = 0)")
        _check(batch, "review_due_at", "(submitted_at IS NULL) = (review_due_at IS NULL)")
        _check(batch, "no_submit_without_grade", _SENT_NOW)
        _check(batch, "void_reason", "(state = 'void') = (void_reason_sealed IS NOT NULL)")
        batch.create_index("ix_assessments_review", ["state", "review_due_at"])
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reoffer",
                "secondary",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state", _enum(_STATES, "state"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('reoffer_due', 'secondary_due')) = (ended_at IS NULL)",
            name=op.f("ck_follow_ups_ended_at"),
        ),
        sa.CheckConstraint(
            "state <> 'reoffer_closed' OR (code IS NOT NULL AND words_sealed IS NOT NULL)",
            name=op.f("ck_follow_ups_closed_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_follow_ups_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["accounts.id"], name=op.f("fk_follow_ups_ended_by_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["accounts.id"], name=op.f("fk_follow_ups_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("assessment_id", "kind", name=op.f("uq_follow_ups_assessment_id_kind")),
    )
    op.create_index("ix_follow_ups_due", "follow_ups", ["state", "due_at"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "agreed",
                "returned",
                "regraded",
                "endorsed",
                "rejected",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "decision NOT IN ('returned', 'regraded', 'rejected') OR words_sealed IS NOT NULL",
            name=op.f("ck_reviews_words_given"),
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_reviews_decided_at")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_reviews_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["accounts.id"], name=op.f("fk_reviews_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(
        "uq_reviews_open",
        "reviews",
        ["assessment_id", "reviewer_id"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            _enum(
                (
                    "pending",
                    "completed",
                    "partial",
                    "declined",
                    "unable",
                    "not_offered",
                    "exempt",
                ),
                "outcome",
            ),
            nullable=False,
        ),
        sa.Column("answer_ops", sa.Text(), nullable=False),
        sa.Column("closing_sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_submissions_version_from_one")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_submissions_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"], ["accounts.id"], name=op.f("fk_submissions_submitted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint(
            "assessment_id", "version", name=op.f("uq_submissions_assessment_id_version")
        ),
    )
    op.create_table(
        "review_sections",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_sections_review_id")
        ),
        sa.PrimaryKeyConstraint("review_id", "section", name=op.f("pk_review_sections")),
    )


def downgrade() -> None:
    for table in ("review_sections", "submissions", "reviews", "follow_ups"):
        op.drop_table(table)
    with op.batch_alter_table("pair_facts") as batch:
        batch.drop_column("attempt")
    with op.batch_alter_table("assessments") as batch:
        batch.drop_index("ix_assessments_review")
        for name in (
            "state",
            "submitted_at",
            "review_due_at",
            "no_submit_without_grade",
            "void_reason",
        ):
            batch.drop_constraint(op.f(f"ck_assessments_{name}"), type_="check")
        for column in ("review_due_at", "version", "void_reason_sealed"):
            batch.drop_column(column)
    connection = op.get_bind()
    _put_back(connection, "submitted", "in_review", "approved", "closed", "void")
    _put_back(connection, "draft", "offered", "ready_complete", "returned")
    _put_back(connection, "exempt_pending", "exempt")
    state, sent = _assessments.c.state, _assessments.c.submitted_at
    connection.execute(
        _assessments.update().where(state == "submitted", sent.is_(None)).values(state="draft")
    )
    connection.execute(_assessments.update().where(state != "submitted").values(submitted_at=None))
    with op.batch_alter_table("assessments") as batch:
        _check(batch, "state", _states(_OLD_STATES))
        _check(batch, "submitted_at", "(state = 'submitted') = (submitted_at IS NOT NULL)")
        _check(batch, "no_submit_without_grade", _SENT)


def _count_versions(connection: sa.Connection) -> None:
    sent = connection.execute(
        sa.select(_assessments.c.id, _assessments.c.grade, _assessments.c.submitted_at).where(
            _assessments.c.submitted_at.is_not(None)
        )
    ).all()
    if sent:
        connection.execute(
            _assessments.update()
            .where(_assessments.c.id == sa.bindparam("which"))
            .values(version=1, review_due_at=sa.bindparam("due")),
            [
                {
                    "which": row.id,
                    "due": row.submitted_at + timedelta(hours=8 if row.grade == "high" else 24),
                }
                for row in sent
            ],
        )


def _put_back(connection: sa.Connection, state: str, *newer: str) -> None:
    connection.execute(
        _assessments.update().where(_assessments.c.state.in_(newer)).values(state=state)
    )


def _states(values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"state IN ({listed})"


def _check(batch: object, name: str, sql: str) -> None:
    batch.create_check_constraint(op.f(f"ck_assessments_{name}"), sa.text(sql))  # type: ignore[attr-defined]
