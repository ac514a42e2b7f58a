"""What is outstanding against alleged perpetrators, and why somebody opened their records."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.offenders import ActionKind, ActionState, EntryKind, Purpose
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class OffenderReason(Base):
    """Why somebody opens the list, or one person where there is one; never changed."""

    __tablename__ = "offender_reasons"
    __table_args__ = (
        CheckConstraint("length(words_sealed) > 0", name="words_given"),
        CheckConstraint("ends_at > given_at", name="ends_later"),
        Index("ix_offender_reasons_account_id", "account_id", "given_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    recorded_for: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    """The person’s blind index at that time: it opens nobody else, if the row is corrected."""
    recorded_as: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Where there was none, how the person was written, blind."""
    purpose: Mapped[Purpose] = mapped_column(one_of(Purpose, "purpose"))
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    given_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class OffenderAction(Base):
    """Something outstanding against an alleged perpetrator, as it stands now.

    It is kept with one of the rows of the person, and found by whatever links those. What it was
    before is in its entries.
    """

    __tablename__ = "offender_actions"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_later"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("rev > 0", name="rev_positive"),
        Index("ix_offender_actions_state", "state", "ends_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    recorded_for: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    """The person’s blind index at that time, since the row may be corrected to somebody else."""
    recorded_as: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Where there was none, how the person was written, blind: a row is corrected then, too."""
    kind: Mapped[ActionKind] = mapped_column(one_of(ActionKind, "kind"))
    state: Mapped[ActionState] = mapped_column(one_of(ActionState, "state"))
    conditions_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    """Which team sees to it; the public-protection desk where there is none."""
    ended_at: Mapped[datetime | None]
    rev: Mapped[int] = mapped_column(default=1)


class OffenderActionEntry(Base):
    """That an action was added, changed or ended, and why; rows are only ever added."""

    __tablename__ = "offender_action_entries"
    __table_args__ = (
        CheckConstraint("kind = 'added' OR words_sealed IS NOT NULL", name="words_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    action_id: Mapped[UUID] = mapped_column(ForeignKey("offender_actions.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(one_of(EntryKind, "kind"))
    state: Mapped[ActionState] = mapped_column(one_of(ActionState, "state"))
    ends_on: Mapped[date | None]
    conditions_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
