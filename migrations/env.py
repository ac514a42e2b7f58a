"""Runs the revisions on a given connection, or on the one that DASH_DATABASE_URL names."""

from __future__ import annotations

from typing import Literal

from alembic import context
from sqlalchemy import Connection

from dash_forms.config import from_environment
from dash_forms.store.engine import make_engine, writing
from dash_forms.store.migrate import compared_on
from dash_forms.store.models import Base
from dash_forms.store.types import UtcDateTime


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write plain SQLAlchemy types into revisions, which must outlive the application's own."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Run whatever Alembic was asked for, in the connection's transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_server_default=True,
        render_item=render_item,
        include_object=compared_on(connection.dialect.name),
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with writing(make_engine(from_environment().url)).begin() as opened:
        run(opened)
