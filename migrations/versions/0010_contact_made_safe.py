"""contact made safe.

An attempt keeps how contact was made safe, where nobody knew a safe way before it. Going down, the
words are lost.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assessments", sa.Column("made_safe_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("assessments", "made_safe_sealed")
