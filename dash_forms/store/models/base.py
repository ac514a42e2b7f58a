"""The declarative base: naming of constraints, and relationships that raise instead of loading."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase

from dash_forms.store.types import UtcDateTime

ONLY_ON = "only_on"
"""In the `info` of an index: the one database that has it."""


class Base(DeclarativeBase):
    """Base of every model."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, UUID: Uuid}  # noqa: RUF012 - SQLAlchemy's own


def index_on(dialect: str, name: str, *columns: str) -> Index:
    """An index that only one kind of database makes use of, and has."""
    return Index(name, *columns, info={ONLY_ON: dialect}).ddl_if(dialect=dialect)
