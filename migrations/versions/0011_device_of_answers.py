"""device of answers.

The log says on which tablet an answer was tapped, for whoever decides between two. Going down, that
is lost.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answer_log", sa.Column("device_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("answer_log", "device_id")
