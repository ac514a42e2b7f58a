"""Incidents, people, and the links between them; what names a person is sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dash_forms.domain.grading import Stated
from dash_forms.domain.incidents import LocationType, Relationship, ResponseGrade
from dash_forms.store.models.base import Base
from dash_forms.store.types import one_of


class Incident(Base):
    """A domestic-abuse incident as the control room numbered it."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("length(urn) > 0", name="urn_given"),
        CheckConstraint(
            "dispatched_at IS NULL OR dispatched_at >= reported_at", name="dispatched_later"
        ),
        CheckConstraint("arrived_at IS NULL OR arrived_at >= reported_at", name="arrived_later"),
        CheckConstraint("rev > 0", name="rev_positive"),
        Index("ix_incidents_team_created", "team_id", "created_at"),
        Index("ix_incidents_created_by", "created_by_id", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    urn: Mapped[str] = mapped_column(String(40), unique=True)
    reported_at: Mapped[datetime]
    dispatched_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    location_type: Mapped[LocationType | None] = mapped_column(
        one_of(LocationType, "location_type")
    )
    response_grade: Mapped[ResponseGrade | None] = mapped_column(
        one_of(ResponseGrade, "response_grade")
    )
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
    rev: Mapped[int] = mapped_column(default=1)


class Person(Base):
    """Somebody in an incident, one row for each. Only the opaque id is in the clear.

    Rows of the same person share `identity_index`, which is keyed and tells nothing by itself;
    without a date of birth there is none. Those with the same phone share `phone_index`.
    """

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    born_on_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    identity_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    created_at: Mapped[datetime]


class Pair(Base):
    """A victim in an incident, with the alleged perpetrator: the unit of every measure."""

    __tablename__ = "pairs"
    __table_args__ = (
        UniqueConstraint("incident_id", "victim_id"),
        CheckConstraint("perpetrator_id IS NULL OR perpetrator_id <> victim_id", name="two_people"),
        CheckConstraint("victim_age IS NULL OR victim_age BETWEEN 0 AND 120", name="victim_age"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    victim_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    perpetrator_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    relationship: Mapped[Relationship] = mapped_column(one_of(Relationship, "relationship"))
    victim_age: Mapped[int | None]
    created_at: Mapped[datetime]


class Correction(Base):
    """What was recorded of an incident, a pair or a child before somebody corrected it.

    The fields that changed are sealed together.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN pair_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN child_id IS NULL THEN 0 ELSE 1 END = 1",
            name="of_one",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incidents.id"), index=True)
    pair_id: Mapped[UUID | None] = mapped_column(ForeignKey("pairs.id"), index=True)
    child_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident_children.id"), index=True)
    corrected_by_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    corrected_at: Mapped[datetime]
    was_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    former_index: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    """By which a victim was found before, so that a decision to stop contact reaches them still,
    or an incident by its number."""


class IncidentChild(Base):
    """A child or dependant linked to an incident."""

    __tablename__ = "incident_children"
    __table_args__ = (UniqueConstraint("incident_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    school_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    lives_there: Mapped[Stated] = mapped_column(one_of(Stated, "lives_there"))
    was_present: Mapped[Stated] = mapped_column(one_of(Stated, "was_present"))
    created_at: Mapped[datetime]
