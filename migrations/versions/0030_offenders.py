"""offenders.

What is outstanding against alleged perpetrators, with its history, why somebody opened their
records, and an index by which the incidents of a period are found. Going down, they are gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_KINDS = (
    "wanted",
    "interview",
    "police_bail",
    "court_bail",
    "protection_notice",
    "protection_order",
    "non_molestation",
    "occupation",
    "restraining",
    "other",
)
_STATES = ("open", "done", "expired", "withdrawn")
_PURPOSES = ("protection", "investigation", "supervision", "partners", "other")


def _one_of(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "offender_reasons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_for", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_as", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", _one_of("purpose", *_PURPOSES), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(words_sealed) > 0", name=op.f("ck_offender_reasons_words_given")
        ),
        sa.CheckConstraint("ends_at > given_at", name=op.f("ck_offender_reasons_ends_later")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_offender_reasons_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_offender_reasons_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offender_reasons")),
    )
    op.create_index(
        "ix_offender_reasons_account_id", "offender_reasons", ["account_id", "given_at"]
    )
    op.create_index(op.f("ix_offender_reasons_person_id"), "offender_reasons", ["person_id"])
    op.create_index(op.f("ix_offender_reasons_recorded_for"), "offender_reasons", ["recorded_for"])
    op.create_table(
        "offender_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_for", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_as", sa.LargeBinary(), nullable=True),
        sa.Column("kind", _one_of("kind", *_KINDS), nullable=False),
        sa.Column("state", _one_of("state", *_STATES), nullable=False),
        sa.Column("conditions_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_offender_actions_ends_later")
        ),
        sa.CheckConstraint(
            "(state = 'open') = (ended_at IS NULL)", name=op.f("ck_offender_actions_ended_at")
        ),
        sa.CheckConstraint("rev > 0", name=op.f("ck_offender_actions_rev_positive")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_offender_actions_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_offender_actions_team_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offender_actions")),
    )
    op.create_index("ix_offender_actions_state", "offender_actions", ["state", "ends_on"])
    op.create_index(op.f("ix_offender_actions_person_id"), "offender_actions", ["person_id"])
    op.create_index(op.f("ix_offender_actions_recorded_for"), "offender_actions", ["recorded_for"])
    op.create_table(
        "offender_action_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("kind", "added", "changed", "ended"), nullable=False),
        sa.Column("state", _one_of("state", *_STATES), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("conditions_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind = 'added' OR words_sealed IS NOT NULL",
            name=op.f("ck_offender_action_entries_words_given"),
        ),
        sa.ForeignKeyConstraint(
            ["action_id"],
            ["offender_actions.id"],
            name=op.f("fk_offender_action_entries_action_id"),
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["accounts.id"], name=op.f("fk_offender_action_entries_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offender_action_entries")),
    )
    op.create_index(
        op.f("ix_offender_action_entries_action_id"), "offender_action_entries", ["action_id"]
    )
    op.create_index("ix_pair_facts_reported_at", "pair_facts", ["reported_at"])


def downgrade() -> None:
    op.drop_index("ix_pair_facts_reported_at", "pair_facts")
    op.drop_table("offender_action_entries")
    op.drop_table("offender_actions")
    op.drop_table("offender_reasons")
