"""calls.

Call logs and who made the calls, the flags of repeat callers, matches for somebody to decide on,
and imports; the role of the control room, and tokens with which a program sends calls. Going down,
whoever had that role is an analyst, and such tokens are gone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ROLES = (
    "officer",
    "sergeant",
    "inspector",
    "specialist",
    "control_room",
    "analyst",
    "administrator",
    "auditor",
)
_ADDED = "control_room"


def upgrade() -> None:
    _allow(*_ROLES)
    with op.batch_alter_table("feed_tokens") as batch:
        batch.add_column(
            sa.Column(
                "purpose", sa.String(length=40), nullable=False, server_default="read_figures"
            )
        )
        batch.create_check_constraint(
            op.f("ck_feed_tokens_purpose"), "purpose IN ('read_figures', 'send_calls')"
        )
        batch.create_check_constraint(
            op.f("ck_feed_tokens_calls_of_no_team"),
            "purpose = 'read_figures' OR team_id IS NULL",
        )
    op.create_table(
        "answering_counts",
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "answered",
                "abandoned_in_ivr",
                "abandoned_in_queue",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("waited", sa.Integer(), nullable=False),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_answering_counts_hour")),
        sa.CheckConstraint(
            "number >= 0 AND waited >= 0", name=op.f("ck_answering_counts_not_negative")
        ),
        sa.PrimaryKeyConstraint("on_day", "hour", "result", name=op.f("pk_answering_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "callers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("counted_as_id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("born_on_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["counted_as_id"], ["callers.id"], name=op.f("fk_callers_counted_as_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callers")),
    )
    op.create_index(op.f("ix_callers_counted_as_id"), "callers", ["counted_as_id"], unique=False)
    op.create_table(
        "offered_calls",
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_offered_calls")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "caller_keys",
        sa.Column(
            "kind",
            sa.Enum(
                "identity",
                "phone",
                "name",
                "address",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["callers.id"], name=op.f("fk_caller_keys_caller_id")
        ),
        sa.PrimaryKeyConstraint("kind", "key", "caller_id", name=op.f("pk_caller_keys")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_caller_keys_caller_id"), "caller_keys", ["caller_id"], unique=False)
    op.create_table(
        "caller_matches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column(
            "why",
            sa.Enum(
                "phone",
                "name_and_address",
                name="why",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "same",
                "different",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("one_id <> other_id", name=op.f("ck_caller_matches_two_callers")),
        sa.ForeignKeyConstraint(["one_id"], ["callers.id"], name=op.f("fk_caller_matches_one_id")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["callers.id"], name=op.f("fk_caller_matches_other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_matches")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_caller_matches_one_id_other_id")),
    )
    op.create_index(
        op.f("ix_caller_matches_other_id"), "caller_matches", ["other_id"], unique=False
    )
    op.create_index(
        "ix_caller_matches_verdict", "caller_matches", ["verdict", "found_at"], unique=False
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("contact", sa.String(length=60), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "999",
                "101",
                "online",
                "other",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("caller_id", sa.Uuid(), nullable=True),
        sa.Column("counted_as_id", sa.Uuid(), nullable=True),
        sa.Column("incident_urn", sa.String(length=60), nullable=False),
        sa.CheckConstraint("length(reference) > 0", name=op.f("ck_calls_reference_given")),
        sa.ForeignKeyConstraint(["caller_id"], ["callers.id"], name=op.f("fk_calls_caller_id")),
        sa.ForeignKeyConstraint(
            ["counted_as_id"], ["callers.id"], name=op.f("fk_calls_counted_as_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("reference", name=op.f("uq_calls_reference")),
    )
    op.create_index("ix_calls_called_at", "calls", ["called_at"], unique=False)
    op.create_index("ix_calls_contact", "calls", ["contact"], unique=False)
    op.create_index("ix_calls_caller", "calls", ["counted_as_id", "called_at"], unique=False)
    op.create_index(op.f("ix_calls_caller_id"), "calls", ["caller_id"], unique=False)
    op.create_table(
        "caller_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "same",
                "different",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(reason_sealed) > 0", name=op.f("ck_caller_decisions_reason_given")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_caller_decisions_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["match_id"], ["caller_matches.id"], name=op.f("fk_caller_decisions_match_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_decisions")),
    )
    op.create_index(
        op.f("ix_caller_decisions_match_id"), "caller_decisions", ["match_id"], unique=False
    )
    op.create_table(
        "caller_flags",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "week", "month", name="rule", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_caller_flags_call_id")),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["callers.id"], name=op.f("fk_caller_flags_caller_id")
        ),
        sa.PrimaryKeyConstraint("call_id", "rule", name=op.f("pk_caller_flags")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_caller_flags_caller_id", "caller_flags", ["caller_id"], unique=False)
    op.create_index("ix_caller_flags_raised_at", "caller_flags", ["raised_at"], unique=False)
    op.create_table(
        "call_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column(
            "log",
            sa.Enum(
                "calls",
                "answering",
                name="log",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(length=100), nullable=False),
        sa.Column("columns", sa.String(length=400), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("refused_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "new_count + known_count + refused_count <= row_count",
            name=op.f("ck_call_imports_rows_counted_once"),
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_call_imports_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_imports")),
        sa.UniqueConstraint("job_id", name=op.f("uq_call_imports_job_id")),
    )
    op.create_table(
        "call_import_parts",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["call_imports.id"], name=op.f("fk_call_import_parts_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_call_import_parts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "call_import_problems",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["call_imports.id"], name=op.f("fk_call_import_problems_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_call_import_problems")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    tokens = sa.table("feed_tokens", sa.column("purpose", sa.String()))
    op.execute(tokens.delete().where(tokens.c.purpose == "send_calls"))
    with op.batch_alter_table("feed_tokens") as batch:
        batch.drop_constraint(op.f("ck_feed_tokens_calls_of_no_team"), type_="check")
        batch.drop_constraint(op.f("ck_feed_tokens_purpose"), type_="check")
        batch.drop_column("purpose")
    op.drop_table("call_import_problems")
    op.drop_table("call_import_parts")
    op.drop_table("call_imports")
    op.drop_table("caller_flags")
    op.drop_table("caller_decisions")
    op.drop_table("calls")
    op.drop_table("caller_matches")
    op.drop_table("caller_keys")
    op.drop_table("offered_calls")
    op.drop_table("callers")
    op.drop_table("answering_counts")
    accounts = sa.table("accounts", sa.column("role", sa.String()))
    op.execute(accounts.update().where(accounts.c.role == _ADDED).values(role="analyst"))
    _allow(*(role for role in _ROLES if role != _ADDED))


def _allow(*roles: str) -> None:
    listed = ", ".join(f"'{role}'" for role in roles)
    for table, column in (("accounts", "role"), ("grade_ledger", "given_as")):
        name = op.f(f"ck_{table}_{column}")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, sa.text(f"{column} IN ({listed})"))
