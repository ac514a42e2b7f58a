"""lean logs.

Every tap writes to these three tables, and on SQLite each index of its own costs a page of the
journal. The chain's hashes need no index: `seq` is already unique, so two events cannot follow the
same one, and a changed hash is found by reading the chain. Without a hidden row number the answers
lie in the order of their key, and `seq` is the row number itself.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_HASHES = ("hash", "previous_hash")
_KEYED = ("answers", "answer_log")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(sa.Integer(), unique_hashes=False, with_rowid=False)
    else:
        for column in _HASHES:
            op.drop_constraint(f"uq_audit_events_{column}", "audit_events", type_="unique")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(sa.BigInteger(), unique_hashes=True, with_rowid=True)
    else:
        for column in _HASHES:
            op.create_unique_constraint(f"uq_audit_events_{column}", "audit_events", [column])


def _rebuild(seq: sa.types.TypeEngine[int], *, unique_hashes: bool, with_rowid: bool) -> None:
    """SQLite changes keys and storage only by copying a table."""
    with op.batch_alter_table("audit_events", recreate="always") as batch:
        batch.alter_column("seq", type_=seq)
        for column in _HASHES:
            name = f"uq_audit_events_{column}"
            if unique_hashes:
                batch.create_unique_constraint(name, [column])
            else:
                batch.drop_constraint(name, type_="unique")
    for table in _KEYED:
        with op.batch_alter_table(
            table, recreate="always", table_kwargs={"sqlite_with_rowid": with_rowid}
        ):
            pass
