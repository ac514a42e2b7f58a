"""Alleged perpetrators as every room may read them: who is the same, and what is outstanding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, union
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


_NOBODY = "There is no such alleged perpetrator, or none you can open."
_fact = aliased(PairFact)  # under a name of its own, since a query may have facts besides
_here, _there = aliased(Person), aliased(Person)
_AGAINST = select(
    _here.id,
    _here.identity_index,
    _here.name_sealed,
    _here.born_on_sealed,
    OffenderAction.id.label("action_id"),
    OffenderAction.kind,
    OffenderAction.state,
    OffenderAction.ends_on,
    OffenderAction.conditions_sealed,
    OffenderAction.recorded_for,
    OffenderAction.recorded_as,
).select_from(_here)
_ARE_THESE = _here.id.in_(bindparam("people", expanding=True))
# One join for each way in which an action is found, because an OR would read every one; and those
# that have ended too, because by the state a database would begin with all that are open.
_AGAINST_THESE = union(
    _AGAINST.join(OffenderAction, OffenderAction.person_id == _here.id).where(_ARE_THESE),
    _AGAINST.join(_there, _there.identity_index == _here.identity_index)
    .join(OffenderAction, OffenderAction.person_id == _there.id)
    .where(_ARE_THESE),
    _AGAINST.join(OffenderAction, OffenderAction.recorded_for == _here.identity_index).where(
        _ARE_THESE
    ),
)


@dataclass(frozen=True, slots=True)
class Alleged:
    """Somebody who is alleged to have done it."""

    person_id: UUID
    index: bytes | None
    """By what records of one person are found; none without a date of birth."""
    written: bytes | None
    """How somebody without an index is written, blind; none for the others."""

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

    @property
    def is_opened(self) -> ColumnElement[bool]:
        """Whether a justification is for this one, and not for whoever the row was before."""
        if self.index is not None:
            return OffenderReason.recorded_for == self.index
        return and_(
            OffenderReason.person_id == self.person_id, OffenderReason.recorded_as == self.written
        )

    def is_doubtful(self, action: Any) -> bool:
        """Whether an action was recorded while the row was of somebody else, or may have been."""
        return (self.index, self.written) != (action.recorded_for, action.recorded_as)


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
    row = work.connection.execute(
        select(Person.id, Person.identity_index, Person.name_sealed, Person.born_on_sealed).where(
            Person.id == person_id
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError(_NOBODY)
    found = whose(work, row)
    for known in (
        select(Pair.id).where(found.has(Pair.perpetrator_id), is_counted()),
        select(OffenderAction.id).where(found.is_against),
    ):
        if work.connection.scalar(known.limit(1)) is not None:
            return found
    raise NotFoundError(_NOBODY)


def whose(work: Work, row: Any) -> Alleged:
    """Whom a row of people is of, as it is written now."""
    if row.identity_index is not None:
        return Alleged(row.id, row.identity_index, None)
    name = work.vault.open(row.id, "name", row.name_sealed)
    day = work.vault.open_text(row.id, "born_on", row.born_on_sealed)
    born_on = date.fromisoformat(day) if day else None
    return Alleged(row.id, None, work.vault.written_index(name, born_on))


def is_kept(work: Work, person_id: UUID) -> bool:
    """Whether something is recorded against a row of somebody, or it was opened: it stays."""
    rows = (
        select(OffenderAction.id).where(OffenderAction.person_id == person_id),
        select(OffenderReason.id).where(OffenderReason.person_id == person_id),
    )
    return any(work.connection.scalar(each.limit(1)) is not None for each in rows)


def to_be_opened(work: Work, incident_id: UUID, people: Collection[UUID]) -> dict[UUID, bool]:
    """Those alleged in an incident who have a page, each with whether others name them as well."""
    query = select(Pair.perpetrator_id).where(Pair.incident_id == incident_id, is_counted())
    found = dict.fromkeys(filter(None, work.connection.scalars(query)), False)
    return found | dict.fromkeys(_named_elsewhere(work, incident_id, people), True)


def _named_elsewhere(work: Work, incident_id: UUID, people: Collection[UUID]) -> set[UUID]:
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
    today = london_date(work.now)
    rows = work.connection.execute(_AGAINST_THESE, {"people": list(people)})
    open_ones = [row for row in rows if row.state is ActionState.OPEN]
    for row in sorted(open_ones, key=_ends_first):
        found[row.id].append(
            InForce(
                Outstanding(row.kind, row.ends_on, today),
                work.vault.open_text(row.action_id, "conditions", row.conditions_sealed),
                whose(work, row).is_doubtful(row),
            )
        )
    return found


def _ends_first(row: Any) -> tuple[date, UUID]:
    return row.ends_on or date.max, row.action_id


def against() -> ColumnElement[bytes | None]:
    """Whom an action is against, in a query that has its row of people too."""
    return func.coalesce(OffenderAction.recorded_for, Person.identity_index)


def soonest_first() -> tuple[Any, ...]:
    """Whatever ends first at the top, and what has no end last."""
    return (OffenderAction.ends_on.is_(None), OffenderAction.ends_on, OffenderAction.id)
