"""add-ons.

Answers say which add-on set they are of, and the sets that were begun or skipped are kept with the
version that was asked. Going down, what only add-on sets hold is lost.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_answers = sa.table("answers", sa.column("part", sa.String()))
_log = sa.table("answer_log", sa.column("part", sa.String()))
_submissions = sa.table(
    "submissions", sa.column("id", sa.Uuid()), sa.column("answer_ops", sa.Text())
)
_sections = sa.table("review_sections", sa.column("section", sa.String()))
_INDEX = "ix_answer_log_assessment_item"
# Batch mode makes the tables anew, and does not see by itself that they have no rowid.
_NO_ROWID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    with op.batch_alter_table("answers", table_kwargs=_NO_ROWID) as batch:
        batch.add_column(_part())
        _key(batch, ["assessment_id", "part", "item"])
    with op.batch_alter_table("answer_log", table_kwargs=_NO_ROWID) as batch:
        batch.add_column(_part())
        batch.drop_index(_INDEX)
        batch.create_index(_INDEX, ["assessment_id", "part", "item", "rev"])
    for table in ("answers", "answer_log"):
        with op.batch_alter_table(table, table_kwargs=_NO_ROWID) as batch:
            batch.alter_column("part", server_default=None)
    with op.batch_alter_table("review_sections") as batch:
        batch.alter_column("section", type_=sa.String(length=80))
    op.create_table(
        "assessment_add_ons",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "skip_reason",
            sa.Enum(
                "victim_does_not_want",
                "no_time",
                "answered_elsewhere",
                "not_relevant",
                "other",
                name="skip_reason",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "skip_reason NOT IN ('not_relevant', 'other') OR words_sealed IS NOT NULL",
            name=op.f("ck_assessment_add_ons_words_given"),
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_assessment_add_ons_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["accounts.id"], name=op.f("fk_assessment_add_ons_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("assessment_id", "part", name=op.f("pk_assessment_add_ons")),
    )


def downgrade() -> None:
    op.drop_table("assessment_add_ons")
    connection = op.get_bind()
    for table in (_answers, _log):
        connection.execute(sa.delete(table).where(table.c.part != ""))
    connection.execute(sa.delete(_sections).where(_sections.c.section.startswith("set:")))
    _forget_parts(connection)
    with op.batch_alter_table("review_sections") as batch:
        batch.alter_column("section", type_=sa.String(length=40))
    with op.batch_alter_table("answer_log", table_kwargs=_NO_ROWID) as batch:
        batch.drop_index(_INDEX)
        batch.drop_column("part")
        batch.create_index(_INDEX, ["assessment_id", "item", "rev"])
    with op.batch_alter_table("answers", table_kwargs=_NO_ROWID) as batch:
        _key(batch, ["assessment_id", "item"])
        batch.drop_column("part")


def _part() -> sa.Column[str]:
    return sa.Column("part", sa.String(length=60), nullable=False, server_default="")


def _key(batch: object, columns: list[str]) -> None:
    batch.drop_constraint(op.f("pk_answers"), type_="primary")  # type: ignore[attr-defined]
    batch.create_primary_key(op.f("pk_answers"), columns)  # type: ignore[attr-defined]


def _forget_parts(connection: sa.Connection) -> None:
    """Leave only answers to the main set, keyed by bare numbers, in the versions that were sent."""
    with_parts = sa.select(_submissions).where(_submissions.c.answer_ops.contains("/"))
    for row in connection.execute(with_parts).all():
        kept = {item: each for item, each in json.loads(row.answer_ops).items() if "/" not in item}
        connection.execute(
            _submissions.update()
            .where(_submissions.c.id == row.id)
            .values(answer_ops=json.dumps(kept))
        )
