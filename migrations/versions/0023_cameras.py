"""cameras.

What officers' cameras did at first contact, and the facts of attended incidents that are counted.
Facts of pairs learn how their incident stands once `dash-forms reports rebuild` has run.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_SAID = (
    "recording",
    "forgot",
    "victim_asked",
    "faulty",
    "other_reason",
    "not_issued",
    "not_there",
)
_STANDINGS = ("recording", "not_recording", "not_issued", "no_record", "not_attended")


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "camera_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("said", _one_of("said", _SAID), nullable=True),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "said IS NOT NULL OR (reference_sealed IS NULL AND words_sealed IS NULL)",
            name=op.f("ck_camera_records_nothing_beside_no_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_camera_records_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["accounts.id"], name=op.f("fk_camera_records_officer_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["accounts.id"], name=op.f("fk_camera_records_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_records")),
    )
    op.create_index(op.f("ix_camera_records_officer_id"), "camera_records", ["officer_id"])
    op.create_index(
        "ix_camera_records_ledger", "camera_records", ["incident_id", "officer_id", "recorded_at"]
    )
    op.create_table(
        "attendance_facts",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("attended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attended_on", sa.Date(), nullable=False),
        sa.Column("standing", _one_of("standing", _STANDINGS), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_attendance_facts_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_attendance_facts_team_id")
        ),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_attendance_facts")),
    )
    op.create_index("ix_attendance_facts_attended", "attendance_facts", ["attended_on", "team_id"])
    op.create_table(
        "camera_facts",
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("attended_on", sa.Date(), nullable=False),
        sa.Column("said", _one_of("said", _SAID), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_camera_facts_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["accounts.id"], name=op.f("fk_camera_facts_officer_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_camera_facts_team_id")),
        sa.PrimaryKeyConstraint("incident_id", "officer_id", name=op.f("pk_camera_facts")),
    )
    op.create_index("ix_camera_facts_attended", "camera_facts", ["attended_on", "team_id"])
    with op.batch_alter_table("pair_facts") as facts:
        facts.add_column(sa.Column("camera", _one_of("camera", _STANDINGS), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("pair_facts") as facts:
        facts.drop_constraint(facts.f("ck_pair_facts_camera"), type_="check")
        facts.drop_column("camera")
    for table in ("camera_facts", "attendance_facts", "camera_records"):
        op.drop_table(table)
    op.execute("DELETE FROM report_counts WHERE code LIKE 'attended.%' OR code LIKE 'camera.%'")
