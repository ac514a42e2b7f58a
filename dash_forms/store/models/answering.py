"""Calls to 101: each by its number, and how many there were by day and hour."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.answering import Result
from dash_forms.domain.log_layout import REFERENCE_LENGTH
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class OfferedCallRow(Base):
    """That a call is counted, so that it is counted once."""

    __tablename__ = "offered_calls"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own

    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH), primary_key=True)


class AnsweringCount(Base):
    """How many calls of a London day and hour came to a result, and how long they waited."""

    __tablename__ = "answering_counts"
    __table_args__ = (
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint("number >= 0 AND waited >= 0", name="not_negative"),
        {"sqlite_with_rowid": False},
    )

    on_day: Mapped[date] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)
    result: Mapped[Result] = mapped_column(one_of(Result, "result"), primary_key=True)
    number: Mapped[int]
    waited: Mapped[int]
    """Seconds in all."""
