"""finding.

Searches and openings of other teams' records, with their reasons; and keyed indexes of people's
phones and of references of footage. The keys are not in the database, so what is recorded already
gets its own from `dash-forms index-people`. Going down, searches and their reasons are lost.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_KINDS = ("reference", "person")
_PURPOSES = ("attending", "contact", "investigating", "safeguarding", "supervising", "other")


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.add_column("people", sa.Column("phone_index", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_people_phone_index"), "people", ["phone_index"])
    op.add_column("camera_records", sa.Column("reference_index", sa.LargeBinary(), nullable=True))
    op.create_index(
        op.f("ix_camera_records_reference_index"), "camera_records", ["reference_index"]
    )
    op.create_table(
        "searches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _one_of("kind", _KINDS), nullable=False),
        sa.Column("sought_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", _one_of("purpose", _PURPOSES), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_searches_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_index("ix_searches_account_id", "searches", ["account_id", "kind", "made_at"])
    op.create_table(
        "openings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", _one_of("purpose", _PURPOSES), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_openings_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_openings_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openings")),
    )
    op.create_index("ix_openings_account_id", "openings", ["account_id", "opened_at"])
    op.create_index("ix_openings_incident_id", "openings", ["incident_id"])


def downgrade() -> None:
    op.drop_table("openings")
    op.drop_table("searches")
    op.drop_index(op.f("ix_camera_records_reference_index"), table_name="camera_records")
    op.drop_column("camera_records", "reference_index")
    op.drop_index(op.f("ix_people_phone_index"), table_name="people")
    op.drop_column("people", "phone_index")
