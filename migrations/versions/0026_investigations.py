"""investigations.

Samples of closed cases, drawn at random, and what supervisors found in them. An assessment keeps
when it was closed; of those closed before, that is when the last thing owed on it ended (its
review, a follow-up, a task of it or of its incident), or else when it was sent last. Going down,
all of it is lost.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


_CLOSED = "state <> 'closed' OR closed_at IS NOT NULL"


def _at(name: str) -> sa.ColumnClause[datetime]:
    return sa.column(name, sa.DateTime(timezone=True))


def _id(name: str) -> sa.ColumnClause[UUID]:
    return sa.column(name, sa.Uuid())


_state: sa.ColumnClause[str] = sa.column("state", sa.String())
_assessments = sa.table(
    "assessments", _id("id"), _id("pair_id"), _state, _at("submitted_at"), _at("closed_at")
)
_pairs = sa.table("pairs", _id("id"), _id("incident_id"))
_reviews = sa.table("reviews", _id("assessment_id"), _at("decided_at"))
_follow_ups = sa.table("follow_ups", _id("assessment_id"), _at("ended_at"))
_tasks = sa.table("tasks", _id("assessment_id"), _id("incident_id"), _at("ended_at"))


def upgrade() -> None:
    op.create_table(
        "investigation_samples",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("frame_count", sa.Integer(), nullable=False),
        sa.Column("frame_digest", sa.String(length=64), nullable=False),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("drawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "frame_count >= 1", name=op.f("ck_investigation_samples_frame_from_one")
        ),
        sa.CheckConstraint(
            "length(frame_digest) = 64", name=op.f("ck_investigation_samples_digest_length")
        ),
        sa.CheckConstraint("length(seed) = 64", name=op.f("ck_investigation_samples_seed_length")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_investigation_samples_size_from_one")),
        sa.ForeignKeyConstraint(
            ["drawn_by_id"], ["accounts.id"], name=op.f("fk_investigation_samples_drawn_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_investigation_samples_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation_samples")),
        sa.UniqueConstraint(
            "team_id", "month_on", name=op.f("uq_investigation_samples_team_id_month_on")
        ),
    )
    op.create_table(
        "investigation_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skipped_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "skip_reason",
            sa.Enum(
                "not_domestic_abuse",
                "took_part",
                "not_available",
                "other",
                name="skip_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("skip_words_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(skipped_at IS NULL) = (skipped_by_id IS NULL) AND (skipped_at IS NULL) = (skip_reason IS NULL) AND (skipped_at IS NULL) = (skip_words_sealed IS NULL)",
            name=op.f("ck_investigation_cases_skipped_with_a_reason"),
        ),
        sa.CheckConstraint("place >= 1", name=op.f("ck_investigation_cases_place_from_one")),
        sa.CheckConstraint(
            "skipped_at IS NULL OR version = 0",
            name=op.f("ck_investigation_cases_skipped_or_checked"),
        ),
        sa.CheckConstraint("version >= 0", name=op.f("ck_investigation_cases_version_from_none")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_investigation_cases_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["investigation_samples.id"],
            name=op.f("fk_investigation_cases_sample_id"),
        ),
        sa.ForeignKeyConstraint(
            ["skipped_by_id"], ["accounts.id"], name=op.f("fk_investigation_cases_skipped_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation_cases")),
        sa.UniqueConstraint(
            "sample_id", "incident_id", name=op.f("uq_investigation_cases_sample_id_incident_id")
        ),
        sa.UniqueConstraint(
            "sample_id", "place", name=op.f("uq_investigation_cases_sample_id_place")
        ),
    )
    op.create_table(
        "investigation_frames",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_investigation_frames_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["investigation_samples.id"],
            name=op.f("fk_investigation_frames_sample_id"),
        ),
        sa.PrimaryKeyConstraint("sample_id", "incident_id", name=op.f("pk_investigation_frames")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "investigation_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(version = 1) = (reason_sealed IS NULL)",
            name=op.f("ck_investigation_checks_corrected_with_a_reason"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_investigation_checks_version_from_one")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["investigation_cases.id"], name=op.f("fk_investigation_checks_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["accounts.id"], name=op.f("fk_investigation_checks_checked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_investigation_checks")),
        sa.UniqueConstraint(
            "case_id", "version", name=op.f("uq_investigation_checks_case_id_version")
        ),
    )
    op.create_table(
        "investigation_answers",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "yes",
                "no",
                "not_applicable",
                name="finding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "finding <> 'no' OR note_sealed IS NOT NULL",
            name=op.f("ck_investigation_answers_no_with_a_note"),
        ),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["investigation_checks.id"],
            name=op.f("fk_investigation_answers_check_id"),
        ),
        sa.PrimaryKeyConstraint("check_id", "question", name=op.f("pk_investigation_answers")),
        sqlite_with_rowid=False,
    )
    op.add_column("assessments", sa.Column("closed_at", sa.DateTime(timezone=True)))
    _know_when_closed(op.get_bind())
    with op.batch_alter_table("assessments") as batch:
        batch.create_check_constraint(op.f("ck_assessments_closed_at"), sa.text(_CLOSED))
        batch.create_index("ix_assessments_closed_at", ["closed_at"])


def downgrade() -> None:
    with op.batch_alter_table("assessments") as batch:
        batch.drop_index("ix_assessments_closed_at")
        batch.drop_constraint(op.f("ck_assessments_closed_at"), type_="check")
        batch.drop_column("closed_at")
    op.drop_table("investigation_answers")
    op.drop_table("investigation_checks")
    op.drop_table("investigation_frames")
    op.drop_table("investigation_cases")
    op.drop_table("investigation_samples")


def _know_when_closed(connection: sa.Connection) -> None:
    closed = _assessments.c.state == "closed"
    ended = sa.union_all(
        sa.select(_assessments.c.id, _assessments.c.submitted_at.label("at"), sa.literal(0)),
        sa.select(_reviews.c.assessment_id, _reviews.c.decided_at, sa.literal(1)),
        sa.select(_follow_ups.c.assessment_id, _follow_ups.c.ended_at, sa.literal(1)),
        sa.select(_tasks.c.assessment_id, _tasks.c.ended_at, sa.literal(1)),
        sa.select(_assessments.c.id, _tasks.c.ended_at, sa.literal(1))
        .join(_pairs, _pairs.c.id == _assessments.c.pair_id)
        .join(_tasks, _tasks.c.incident_id == _pairs.c.incident_id)
        .where(_tasks.c.assessment_id.is_(None), closed),
    )
    latest: dict[UUID, tuple[int, datetime]] = {}
    for of, at, rank in connection.execute(ended):
        if at is not None and (rank, at) > latest.get(of, (-1, at)):
            latest[of] = (rank, at)
    found = connection.scalars(sa.select(_assessments.c.id).where(closed)).all()
    if found:
        connection.execute(
            _assessments.update()
            .where(_assessments.c.id == sa.bindparam("of"))
            .values(closed_at=sa.bindparam("at")),
            [{"of": each, "at": latest[each][1]} for each in found],
        )
