"""specialist desk.

Decisions on MARAC referrals, tasks with an owner and a time, and the school of a linked child.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_DOORS = ("visible_high_risk", "professional_judgement", "potential_escalation", "repeat")
_KINDS = (
    "idva",
    "safety_plan",
    "protection_notice",
    "clares_law_ask",
    "clares_law_know",
    "civil_order_advice",
    "bail_conditions",
    "child_referral",
    "adult_safeguarding",
    "address_marker",
    "welfare_visit",
    "interpreter",
    "marac_referral",
    "encompass",
    "other",
)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points_to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    with op.batch_alter_table("incident_children") as batch:
        batch.add_column(sa.Column("school_sealed", sa.LargeBinary()))
    op.create_table(
        "marac_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("referred", sa.Boolean(), nullable=False),
        sa.Column("door", _one_of("door", *_DOORS), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        _moment("decided_at"),
        sa.CheckConstraint(
            "referred = (door IS NOT NULL)", name=op.f("ck_marac_decisions_door_if_referred")
        ),
        sa.CheckConstraint(
            "length(reason_sealed) > 0", name=op.f("ck_marac_decisions_reason_given")
        ),
        _points_to("marac_decisions", "assessment_id", "assessments"),
        _points_to("marac_decisions", "decided_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marac_decisions")),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_marac_decisions_assessment_id")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("kind", _one_of("kind", *_KINDS), nullable=False),
        sa.Column("state", _one_of("state", "open", "done", "not_needed"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        _moment("due_at"),
        sa.Column("asked_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        _moment("created_at"),
        sa.Column("channel", _one_of("channel", "phone", "email", "portal"), nullable=True),
        _moment("told_at", nullable=True),
        sa.Column("outcome_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_tasks_ended_at")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_tasks_ended_by")
        ),
        sa.CheckConstraint(
            "state <> 'not_needed' OR outcome_sealed IS NOT NULL",
            name=op.f("ck_tasks_not_needed_with_a_reason"),
        ),
        sa.CheckConstraint("(channel IS NULL) = (told_at IS NULL)", name=op.f("ck_tasks_told")),
        sa.CheckConstraint(
            "kind <> 'encompass' OR (person_id IS NOT NULL"
            " AND (state = 'done') = (channel IS NOT NULL))",
            name=op.f("ck_tasks_school_told"),
        ),
        _points_to("tasks", "assessment_id", "assessments"),
        _points_to("tasks", "created_by_id", "accounts"),
        _points_to("tasks", "ended_by_id", "accounts"),
        _points_to("tasks", "incident_id", "incidents"),
        _points_to("tasks", "owner_id", "accounts"),
        _points_to("tasks", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint(
            "incident_id", "kind", "person_id", name=op.f("uq_tasks_incident_id_kind_person_id")
        ),
    )
    op.create_index(op.f("ix_tasks_assessment_id"), "tasks", ["assessment_id"], unique=False)
    op.create_index("ix_tasks_due", "tasks", ["state", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_table("tasks")
    op.drop_table("marac_decisions")
    with op.batch_alter_table("incident_children") as batch:
        batch.drop_column("school_sealed")
