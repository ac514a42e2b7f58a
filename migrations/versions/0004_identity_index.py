"""identity index.

The same person is found again through a keyed blind index over name and date of birth. The keys are
not in the database, so rows that exist get theirs from `dash-forms index-people`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("identity_index", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_people_identity_index"), "people", ["identity_index"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_people_identity_index"), table_name="people")
    op.drop_column("people", "identity_index")
