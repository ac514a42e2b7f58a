"""all that is wrong.

A row that an import refused says everything that is wrong with it, and the number of its call where
that can be read. Going down, what is too long for the narrower columns is cut.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_TABLE = "call_import_problems"
_NO_ROWID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    with op.batch_alter_table(_TABLE, table_kwargs=_NO_ROWID) as batch:
        batch.alter_column("column", type_=sa.String(200), existing_type=sa.String(40))
        batch.alter_column("reason", type_=sa.String(2000), existing_type=sa.String(300))
        batch.add_column(
            sa.Column("reference", sa.String(60), nullable=False, server_default=sa.text("''"))
        )


def downgrade() -> None:
    held = sa.table(_TABLE, sa.column("column", sa.String()), sa.column("reason", sa.String()))
    op.execute(
        held.update().values(
            column=sa.func.substr(held.c.column, 1, 40),
            reason=sa.func.substr(held.c.reason, 1, 300),
        )
    )
    with op.batch_alter_table(_TABLE, table_kwargs=_NO_ROWID) as batch:
        batch.drop_column("reference")
        batch.alter_column("column", type_=sa.String(40), existing_type=sa.String(200))
        batch.alter_column("reason", type_=sa.String(300), existing_type=sa.String(2000))
