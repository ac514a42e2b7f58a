"""report counts.

Facts know more of each pair, and the counts behind the reports are kept. What is new is worked out
by `dash-forms reports rebuild`, which `dash-forms migrate` runs by itself.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_MODES = ("in_person", "telephone", "video")
_GRADES = ("standard", "medium", "high")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


_FLAGS = (
    "is_repeat",
    "has_children",
    "was_unable",
    "was_not_offered",
    "is_blanket_no",
    "has_red_flag",
    "marac_decided",
    "encompass_in_time",
)
_NEW = (
    "victim_key",
    "reported_at",
    "question_set",
    "hour",
    "mode",
    "delay_minutes",
    "seconds",
    "grade",
    "encompass_due_on",
)
_SENT = ("team_id", "attempted_at", "mode", "reason", "reason_basis")


def upgrade() -> None:
    with op.batch_alter_table("pair_facts") as batch:
        batch.add_column(sa.Column("victim_key", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("question_set", sa.String(length=60), nullable=True))
        batch.add_column(sa.Column("hour", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("mode", _one_of("mode", *_MODES), nullable=True))
        batch.add_column(sa.Column("delay_minutes", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("seconds", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("grade", _one_of("grade", *_GRADES), nullable=True))
        batch.add_column(sa.Column("encompass_due_on", sa.Date(), nullable=True))
        for name in _FLAGS:
            batch.add_column(_flag(name))
        batch.create_index(batch.f("ix_pair_facts_victim_key"), ["victim_key"])
    with op.batch_alter_table("submissions") as batch:
        batch.add_column(sa.Column("team_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(batch.f("fk_submissions_team_id"), "teams", ["team_id"], ["id"])
        batch.add_column(sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("mode", _one_of("mode", *_MODES), nullable=True))
        batch.add_column(sa.Column("reason", sa.String(length=40), nullable=True))
        batch.add_column(
            sa.Column("reason_basis", _one_of("reason_basis", "said", "inferred"), nullable=True)
        )
    _fill_submissions()
    op.create_table(
        "attempt_facts",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("question_set", sa.String(length=60), nullable=False),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("review_in_time", sa.Boolean(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("officer_grade", _one_of("officer_grade", *_GRADES), nullable=True),
        sa.Column("supervisor_grade", _one_of("supervisor_grade", *_GRADES), nullable=True),
        sa.Column("graded_again_on", sa.Date(), nullable=True),
        sa.Column("specialist_grade", _one_of("specialist_grade", *_GRADES), nullable=True),
        sa.Column("reoffer_due_on", sa.Date(), nullable=True),
        sa.Column("reoffer_in_time", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_attempt_facts_assessment_id")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_attempt_facts_pair_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_attempt_facts_team_id")),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_attempt_facts")),
    )
    with op.batch_alter_table("attempt_facts") as batch:
        batch.create_index(batch.f("ix_attempt_facts_pair_id"), ["pair_id"])
        batch.create_index("ix_attempt_facts_review", ["review_due_on", "team_id"])
        batch.create_index("ix_attempt_facts_reoffer", ["reoffer_due_on", "team_id"])
    op.create_table(
        "report_counts",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("grain", _one_of("grain", "day", "month"), nullable=False),
        sa.Column("scope", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("question_set", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "code", "grain", "scope", "starts_on", "question_set", name=op.f("pk_report_counts")
        ),
        sqlite_with_rowid=False,
    )


def _fill_submissions() -> None:
    """What the latest version was sent with; of earlier ones it is not known any more."""
    of_latest = (
        " FROM assessments a WHERE a.id = submissions.assessment_id"
        " AND a.version = submissions.version"
    )
    of_reason = (
        " FROM assessment_reasons r, assessments a WHERE r.assessment_id = submissions.assessment_id"
        " AND r.is_primary AND a.id = r.assessment_id AND a.version = submissions.version"
    )
    op.execute(
        "UPDATE submissions SET"  # noqa: S608 - our own words
        " team_id = (SELECT i.team_id FROM assessments a JOIN pairs p ON p.id = a.pair_id"
        " JOIN incidents i ON i.id = p.incident_id WHERE a.id = submissions.assessment_id),"
        f" attempted_at = (SELECT a.attempted_at{of_latest}),"
        f" mode = (SELECT a.mode{of_latest}),"
        f" reason = (SELECT r.code{of_reason}),"
        f" reason_basis = (SELECT r.basis{of_reason})"
    )


def downgrade() -> None:
    op.drop_table("report_counts")
    op.drop_table("attempt_facts")
    with op.batch_alter_table("submissions") as batch:
        batch.drop_constraint(batch.f("fk_submissions_team_id"), type_="foreignkey")
        batch.drop_constraint(batch.f("ck_submissions_mode"), type_="check")
        batch.drop_constraint(batch.f("ck_submissions_reason_basis"), type_="check")
        for name in _SENT:
            batch.drop_column(name)
    with op.batch_alter_table("pair_facts") as batch:
        batch.drop_index(batch.f("ix_pair_facts_victim_key"))
        batch.drop_constraint(batch.f("ck_pair_facts_mode"), type_="check")
        batch.drop_constraint(batch.f("ck_pair_facts_grade"), type_="check")
        for name in (*_FLAGS, *_NEW):
            batch.drop_column(name)
