"""first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "collection",
                "alteration",
                "consultation",
                "disclosure",
                "combination",
                "erasure",
                "security",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "length(hash) = 64 AND length(previous_hash) = 64",
            name=op.f("ck_audit_events_hash_length"),
        ),
        sa.CheckConstraint("seq > 0", name=op.f("ck_audit_events_seq_positive")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_events_hash")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_audit_events_previous_hash")),
    )
    op.create_index("ix_audit_events_actor", "audit_events", ["actor_id", "seq"], unique=False)
    op.create_index(
        "ix_audit_events_subject", "audit_events", ["subject_kind", "subject_id"], unique=False
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("born_on_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(
        "ix_sign_in_failures_address", "sign_in_failures", ["address_hash", "at"], unique=False
    )
    op.create_index(
        "ix_sign_in_failures_username", "sign_in_failures", ["username_hash", "at"], unique=False
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_teams_name_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=100), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "officer",
                "sergeant",
                "specialist",
                "analyst",
                "administrator",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role NOT IN ('officer', 'sergeant') OR team_id IS NOT NULL",
            name=op.f("ck_accounts_team_for_role"),
        ),
        sa.CheckConstraint(
            "username = lower(username) AND length(username) > 0", name=op.f("ck_accounts_username")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_accounts_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("username", name=op.f("uq_accounts_username")),
    )
    op.create_index(op.f("ix_accounts_team_id"), "accounts", ["team_id"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("urn", sa.String(length=40), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "location_type",
            sa.Enum(
                "home_shared",
                "home_victim",
                "home_suspect",
                "other_dwelling",
                "public_place",
                "licensed_premises",
                "workplace",
                "online",
                "other",
                name="location_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "response_grade",
            sa.Enum(
                "grade_1",
                "grade_2",
                "grade_3",
                "appointment",
                "telephone",
                name="response_grade",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "arrived_at IS NULL OR arrived_at >= reported_at",
            name=op.f("ck_incidents_arrived_later"),
        ),
        sa.CheckConstraint(
            "dispatched_at IS NULL OR dispatched_at >= reported_at",
            name=op.f("ck_incidents_dispatched_later"),
        ),
        sa.CheckConstraint("length(urn) > 0", name=op.f("ck_incidents_urn_given")),
        sa.CheckConstraint("rev > 0", name=op.f("ck_incidents_rev_positive")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["accounts.id"], name=op.f("fk_incidents_created_by_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_incidents_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("urn", name=op.f("uq_incidents_urn")),
    )
    op.create_index(
        "ix_incidents_created_by", "incidents", ["created_by_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_incidents_team_created", "incidents", ["team_id", "created_at"], unique=False
    )
    op.create_table(
        "sign_in_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "expires_at > created_at", name=op.f("ck_sign_in_sessions_expires_later")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sign_in_sessions_account_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_sessions")),
    )
    op.create_index(
        op.f("ix_sign_in_sessions_account_id"), "sign_in_sessions", ["account_id"], unique=False
    )
    op.create_table(
        "incident_children",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "lives_there",
            sa.Enum(
                "yes",
                "no",
                "not_known",
                name="lives_there",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "was_present",
            sa.Enum(
                "yes",
                "no",
                "not_known",
                name="was_present",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_children_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_incident_children_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_children")),
        sa.UniqueConstraint(
            "incident_id", "person_id", name=op.f("uq_incident_children_incident_id_person_id")
        ),
    )
    op.create_index(
        op.f("ix_incident_children_person_id"), "incident_children", ["person_id"], unique=False
    )
    op.create_table(
        "pairs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("victim_id", sa.Uuid(), nullable=False),
        sa.Column("perpetrator_id", sa.Uuid(), nullable=True),
        sa.Column(
            "relationship",
            sa.Enum(
                "married",
                "formerly_married",
                "civil_partner",
                "former_civil_partner",
                "engaged",
                "formerly_engaged",
                "partner",
                "former_partner",
                "shared_child",
                "parent",
                "son_or_daughter",
                "sibling",
                "other_relative",
                "not_known",
                name="relationship",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("victim_age", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "perpetrator_id IS NULL OR perpetrator_id <> victim_id",
            name=op.f("ck_pairs_two_people"),
        ),
        sa.CheckConstraint(
            "victim_age IS NULL OR victim_age BETWEEN 0 AND 120", name=op.f("ck_pairs_victim_age")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_pairs_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["perpetrator_id"], ["people.id"], name=op.f("fk_pairs_perpetrator_id")
        ),
        sa.ForeignKeyConstraint(["victim_id"], ["people.id"], name=op.f("fk_pairs_victim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairs")),
        sa.UniqueConstraint(
            "incident_id", "victim_id", name=op.f("uq_pairs_incident_id_victim_id")
        ),
    )
    op.create_index(op.f("ix_pairs_perpetrator_id"), "pairs", ["perpetrator_id"], unique=False)
    op.create_index(op.f("ix_pairs_victim_id"), "pairs", ["victim_id"], unique=False)
    op.create_table(
        "assessments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.String(length=40), nullable=False),
        sa.Column("instrument_version", sa.Integer(), nullable=False),
        sa.Column("instrument_digest", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "required",
                "draft",
                "ready_partial",
                "declining",
                "unable",
                "not_offered",
                "exempt_pending",
                "submitted",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "mode",
            sa.Enum(
                "in_person",
                "telephone",
                "video",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "seen_alone",
            sa.Enum(
                "yes",
                "no",
                "not_known",
                name="seen_alone",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "children_stated",
            sa.Enum(
                "yes",
                "no",
                "not_known",
                name="children_stated",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("observed_sealed", sa.LargeBinary(), nullable=True),
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
            nullable=True,
        ),
        sa.Column("rationale_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at IS NOT NULL)",
            name=op.f("ck_assessments_submitted_at"),
        ),
        sa.CheckConstraint(
            "state <> 'submitted' OR (grade IS NOT NULL AND rationale_sealed IS NOT NULL AND children_stated IS NOT NULL AND attempted_at IS NOT NULL)",
            name=op.f("ck_assessments_no_submit_without_grade"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_assessments_attempt_from_one")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["accounts.id"], name=op.f("fk_assessments_author_id")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_assessments_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sa.UniqueConstraint("pair_id", "attempt", name=op.f("uq_assessments_pair_id_attempt")),
    )
    op.create_index("ix_assessments_author", "assessments", ["author_id", "state"], unique=False)
    op.create_table(
        "pair_facts",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "pending",
                "completed",
                "partial",
                "declined",
                "unable",
                "not_offered",
                "exempt",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column(
            "reason_basis",
            sa.Enum(
                "said",
                "inferred",
                name="reason_basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "outcome NOT IN ('declined', 'unable', 'not_offered', 'exempt') OR reason IS NOT NULL",
            name=op.f("ck_pair_facts_reason_when_not_answered"),
        ),
        sa.CheckConstraint(
            "outcome NOT IN ('pending', 'completed') OR reason IS NULL",
            name=op.f("ck_pair_facts_no_reason_otherwise"),
        ),
        sa.CheckConstraint(
            "(reason IS NULL) = (reason_basis IS NULL)", name=op.f("ck_pair_facts_reason_has_basis")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_pair_facts_pair_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_pair_facts_team_id")),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_pair_facts")),
    )
    op.create_index(
        "ix_pair_facts_counted", "pair_facts", ["counted_on", "team_id", "outcome"], unique=False
    )
    op.create_table(
        "answer_log",
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column(
            "value",
            sa.Enum(
                "yes",
                "no",
                "dont_know",
                "declined",
                "not_asked",
                "not_applicable",
                name="value",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "victim",
                "officer_observed",
                "records",
                "third_party",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_seq", sa.Integer(), nullable=False),
        sa.Column("base_rev", sa.Integer(), nullable=False),
        sa.Column(
            "receipt",
            sa.Enum(
                "applied",
                "duplicate",
                "conflict",
                "rejected",
                name="receipt",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.CheckConstraint("base_rev >= 0", name=op.f("ck_answer_log_base_rev")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_answer_log_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["accounts.id"], name=op.f("fk_answer_log_author_id")
        ),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_answer_log")),
    )
    op.create_index(
        "ix_answer_log_assessment_item",
        "answer_log",
        ["assessment_id", "item", "rev"],
        unique=False,
    )
    op.create_table(
        "answers",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "value",
            sa.Enum(
                "yes",
                "no",
                "dont_know",
                "declined",
                "not_asked",
                "not_applicable",
                name="value",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "victim",
                "officer_observed",
                "records",
                "third_party",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("in_conflict", sa.Boolean(), nullable=False),
        sa.CheckConstraint("item > 0", name=op.f("ck_answers_item_positive")),
        sa.CheckConstraint("rev > 0", name=op.f("ck_answers_rev_positive")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_answers_assessment_id")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "item", name=op.f("pk_answers")),
    )
    op.create_table(
        "assessment_reasons",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column(
            "ending",
            sa.Enum(
                "declined",
                "unable",
                "not_offered",
                "exempt",
                name="ending",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "basis",
            sa.Enum(
                "said",
                "inferred",
                name="basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_assessment_reasons_assessment_id")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "code", name=op.f("pk_assessment_reasons")),
    )
    op.create_index(
        "uq_assessment_reasons_primary",
        "assessment_reasons",
        ["assessment_id"],
        unique=True,
        sqlite_where=sa.text("is_primary"),
        postgresql_where=sa.text("is_primary"),
    )
    op.create_table(
        "grade_ledger",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
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
        sa.Column("rationale_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "given_as",
            sa.Enum(
                "officer",
                "sergeant",
                "specialist",
                "analyst",
                "administrator",
                "auditor",
                name="given_as",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(rationale_sealed) > 0", name=op.f("ck_grade_ledger_rationale_given")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_grade_ledger_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["accounts.id"], name=op.f("fk_grade_ledger_given_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_ledger")),
    )
    op.create_index(
        op.f("ix_grade_ledger_assessment_id"), "grade_ledger", ["assessment_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_grade_ledger_assessment_id"), table_name="grade_ledger")
    op.drop_table("grade_ledger")
    op.drop_index(
        "uq_assessment_reasons_primary",
        table_name="assessment_reasons",
        sqlite_where=sa.text("is_primary"),
        postgresql_where=sa.text("is_primary"),
    )
    op.drop_table("assessment_reasons")
    op.drop_table("answers")
    op.drop_index("ix_answer_log_assessment_item", table_name="answer_log")
    op.drop_table("answer_log")
    op.drop_index("ix_pair_facts_counted", table_name="pair_facts")
    op.drop_table("pair_facts")
    op.drop_index("ix_assessments_author", table_name="assessments")
    op.drop_table("assessments")
    op.drop_index(op.f("ix_pairs_victim_id"), table_name="pairs")
    op.drop_index(op.f("ix_pairs_perpetrator_id"), table_name="pairs")
    op.drop_table("pairs")
    op.drop_index(op.f("ix_incident_children_person_id"), table_name="incident_children")
    op.drop_table("incident_children")
    op.drop_index(op.f("ix_sign_in_sessions_account_id"), table_name="sign_in_sessions")
    op.drop_table("sign_in_sessions")
    op.drop_index("ix_incidents_team_created", table_name="incidents")
    op.drop_index("ix_incidents_created_by", table_name="incidents")
    op.drop_table("incidents")
    op.drop_index(op.f("ix_accounts_team_id"), table_name="accounts")
    op.drop_table("accounts")
    op.drop_table("teams")
    op.drop_index("ix_sign_in_failures_username", table_name="sign_in_failures")
    op.drop_index("ix_sign_in_failures_address", table_name="sign_in_failures")
    op.drop_table("sign_in_failures")
    op.drop_table("people")
    op.drop_index("ix_audit_events_subject", table_name="audit_events")
    op.drop_index("ix_audit_events_actor", table_name="audit_events")
    op.drop_table("audit_events")
