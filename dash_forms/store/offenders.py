"""Alleged perpetrators as every room may read them: who is the same, and what is outstanding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.offenders import NOT_COUNTED, ActionState, Outstanding
from dash_forms.domain.periods import london_date
from dash_forms.store.models import (
    OffenderAction,
    OffenderReason,
    Pair,
    PairFact,
    Person,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import InstrumentedAttribute

    from dash_forms.store.work import Work


_fact = aliased(PairFact)  # under a name of its own, since a query may have facts besides


@dataclass(frozen=True, slots=True)
class Alleged:
    """Somebody who is alleged to have done it."""

    person_id: UUID
    index: bytes | None
    """By what records of one person are found; none without a date of birth."""

    def has(self, person: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Whether a column of people names this one, by whichever row."""
        if self.index is None:
            return person == self.person_id
        return person.in_(select(Person.id).where(Person.identity_index == self.index))

    @property
    def is_against(self) -> ColumnElement[bool]:
        """Whether an action is against this one: by what it was recorded for, or by its row."""
        if self.index is None:
            return self.has(OffenderAction.person_id)
        return or_(OffenderAction.recorded_for == self.index, self.has(OffenderAction.person_id))


@dataclass(frozen=True, slots=True)
class InForce:
    """An outstanding action as it is read beside an incident."""

    outstanding: Outstanding
    conditions: str
    is_doubtful: bool
    """Whether it was recorded while the person had another name or birthday, or none."""

    @property
    def in_short(self) -> str:
        """What holds, and until when; and a doubt whether it is of this person."""
        doubt = " (recorded under another name or birthday: check whose it is)"
        return self.outstanding.in_short + (doubt if self.is_doubtful else "")


def is_counted() -> ColumnElement[bool]:
    """Whether a pair counts as an incident of the alleged perpetrator's, in a query that has pairs.

    A pair has facts while one of its assessments stands, so not where each was made in error.
    """
    return exists().where(_fact.pair_id == Pair.id, counts(_fact))


def counts(fact: Any) -> ColumnElement[bool]:
    """Whether the facts of a pair are of an incident that happened, and is counted here.

    Not where a supervisor endorsed that it was no domestic abuse or has another number.
    """
    return or_(
        fact.outcome != Outcome.EXEMPT, fact.reason.is_(None), fact.reason.not_in(NOT_COUNTED)
    )


def alleged(work: Work, person_id: UUID) -> Alleged:
    """Whoever a row is of, or NotFoundError for somebody whom nobody has accused of anything.

    What was recorded against somebody is found even where no incident names them any more.
    """
    index = work.connection.scalar(select(Person.identity_index).where(Person.id == person_id))
    found = Alleged(person_id, index)
    for known in (
        select(Pair.id).where(found.has(Pair.perpetrator_id), is_counted()),
        select(OffenderAction.id).where(found.is_against),
    ):
        if work.connection.scalar(known.limit(1)) is not None:
            return found
    raise NotFoundError("There is no such alleged perpetrator, or none you can open.")


def is_kept(work: Work, person_id: UUID) -> bool:
    """Whether something is recorded against a row of somebody, or it was opened: it stays."""
    rows = (
        select(OffenderAction.id).where(OffenderAction.person_id == person_id),
        select(OffenderReason.id).where(OffenderReason.person_id == person_id),
    )
    return any(work.connection.scalar(each.limit(1)) is not None for each in rows)


def named_elsewhere(work: Work, incident_id: UUID, people: Collection[UUID]) -> set[UUID]:
    """Those of some people who are alleged in another incident as well."""
    here, there = aliased(Person), aliased(Person)
    query = (
        select(here.id)
        .join(there, there.identity_index == here.identity_index)
        .join(Pair, Pair.perpetrator_id == there.id)
        .where(here.id.in_(people), Pair.incident_id != incident_id, is_counted())
        .distinct()
    )
    return set(work.connection.scalars(query)) if people else set()


def in_force(work: Work, people: Collection[UUID]) -> dict[UUID, list[InForce]]:
    """What is outstanding against each of some people, whatever ends first at the top.

    For whoever may read the incident in which they stand already.
    """
    found: dict[UUID, list[InForce]] = {each: [] for each in people}
    if not people:
        return found
    here, there = aliased(Person), aliased(Person)
    rows = work.session.execute(
        select(here.id, here.identity_index, OffenderAction)
        .select_from(OffenderAction)
        .join(there, there.id == OffenderAction.person_id)
        .join(
            here,
            or_(
                here.id == there.id,
                here.identity_index == there.identity_index,
                here.identity_index == OffenderAction.recorded_for,
            ),
        )
        .where(here.id.in_(people), OffenderAction.state == ActionState.OPEN)
        .order_by(*soonest_first())
    )
    today = london_date(work.now)
    for person_id, index, action in rows:
        found[person_id].append(
            InForce(
                Outstanding(action.kind, action.ends_on, today),
                work.vault.open_text(action.id, "conditions", action.conditions_sealed),
                is_doubtful=index != action.recorded_for,
            )
        )
    return found


def against() -> ColumnElement[bytes | None]:
    """Whom an action is against, in a query that has its row of people too."""
    return func.coalesce(OffenderAction.recorded_for, Person.identity_index)


def soonest_first() -> tuple[Any, ...]:
    """Whatever ends first at the top, and what has no end last."""
    return (OffenderAction.ends_on.is_(None), OffenderAction.ends_on, OffenderAction.id)
