"""tablets.

The key of each officer on each tablet, and the forms that waited on one and were applied. Going
down, the keys are lost: what a tablet has not sent yet can then be delivered as its envelopes only,
by its author.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tablet_keys",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_tablet_keys_account_id")
        ),
        sa.PrimaryKeyConstraint("device_id", "account_id", name=op.f("pk_tablet_keys")),
    )
    with op.batch_alter_table("tablet_keys") as batch:
        batch.create_index(batch.f("ix_tablet_keys_account_id"), ["account_id"])
    op.create_table(
        "waited_posts",
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["accounts.id"], name=op.f("fk_waited_posts_author_id")
        ),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_waited_posts")),
    )


def downgrade() -> None:
    op.drop_table("waited_posts")
    op.drop_table("tablet_keys")
