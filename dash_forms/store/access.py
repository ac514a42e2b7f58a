"""The one way to fetch a record by its id: through what the person may reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, false, func, or_, select, true
from sqlalchemy.orm import aliased

from dash_forms.domain.assessment import State
from dash_forms.domain.errors import NotFoundError, StateError
from dash_forms.domain.grading import Stated
from dash_forms.domain.incidents import Mode, is_for_child_process
from dash_forms.domain.instruments import Instrument, instrument
from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.store.models import Assessment, Incident, Pair
from dash_forms.store.work import Work

# Whoever waits for a lock must see what the one before wrote, even where this session has read
# the row already.
_AS_IT_IS_NOW = {"populate_existing": True}

# Put together once, because they run on every request.
_ASSESSMENT = (
    select(Assessment, Incident)
    .join(Pair, Pair.id == Assessment.pair_id)
    .join(Incident, Incident.id == Pair.incident_id)
    .where(Assessment.id == bindparam("assessment_id"))
)
_ASSESSMENT_HELD = _ASSESSMENT.with_for_update(of=Assessment).execution_options(**_AS_IT_IS_NOW)
_sibling = aliased(Pair)
_victims = select(func.count()).where(_sibling.incident_id == Pair.incident_id)
VICTIM_NUMBER = _victims.where(_sibling.id <= Pair.id).scalar_subquery().label("victim_number")
"""Which victim of its incident a pair is about, in any query that has the pair."""
VICTIM_COUNT = _victims.scalar_subquery().label("victim_count")
_HEAD = (
    select(
        Assessment.id,
        Assessment.state,
        Assessment.instrument_id,
        Assessment.instrument_version,
        Assessment.author_id,
        Incident.team_id,
    )
    .join(Pair, Pair.id == Assessment.pair_id)
    .join(Incident, Incident.id == Pair.incident_id)
    .where(Assessment.id == bindparam("assessment_id"))
)
_HEAD_HELD = _HEAD.with_for_update(of=Assessment)
_TITLED_HEAD = _HEAD.add_columns(
    Incident.id.label("incident_id"),
    Incident.urn,
    VICTIM_NUMBER,
    VICTIM_COUNT,
    Assessment.attempt,
    Assessment.pair_id,
    Assessment.rev,
    Assessment.mode,
    Assessment.seen_alone,
    Assessment.children_stated,
)


def incident_for(
    work: Work, incident_id: UUID, permission: Permission, *, lock: bool = False
) -> Incident:
    """The incident, or NotFoundError: a foreign one looks like none at all."""
    query = select(Incident).where(Incident.id == incident_id)
    if lock:
        query = query.with_for_update().execution_options(**_AS_IT_IS_NOW)
    incident = work.session.scalar(query)
    if incident is None or not work.by.reaches(
        permission, team_id=incident.team_id, author_id=incident.created_by_id
    ):
        raise NotFoundError("There is no such incident, or it is not one you can open.")
    return incident


def assessment_for(
    work: Work, assessment_id: UUID, permission: Permission, *, lock: bool = False
) -> tuple[Assessment, Incident]:
    """The assessment and its incident, or NotFoundError.

    With `lock` its row is held to the end of the transaction, so that changes to one case come
    one after another.
    """
    query = _ASSESSMENT_HELD if lock else _ASSESSMENT
    found = work.session.execute(query, {"assessment_id": assessment_id}).first()
    if found is None or not work.by.reaches(
        permission, team_id=found.Incident.team_id, author_id=found.Assessment.author_id
    ):
        raise _no_such_assessment()
    return found.Assessment, found.Incident


def reachable_incidents(work: Work) -> ColumnElement[bool]:
    """Those that the person may open, for a query that has incidents."""
    scope = PERMISSIONS[work.by.role].get(Permission.VIEW_INCIDENTS)
    if scope is Scope.FORCE:
        return true()
    if scope is None:
        return false()
    return or_(Incident.team_id == work.by.team_id, Incident.created_by_id == work.by.id)


def which_victim(number: int, count: int) -> str:
    """Which victim of an incident, without a name; empty where there is one."""
    return f"Victim {number} of {count}" if count > 1 else ""


@dataclass(frozen=True, slots=True)
class AssessmentHead:
    """The few columns that every tap needs."""

    id: UUID
    state: State
    instrument_id: str
    instrument_version: int
    author_id: UUID
    team_id: UUID


@dataclass(frozen=True, slots=True)
class TitledHead(AssessmentHead):
    """What it takes to show an assessment as well."""

    incident_id: UUID
    urn: str
    victim_number: int
    victim_count: int
    attempt: int
    pair_id: UUID
    rev: int
    mode: Mode | None
    seen_alone: Stated | None
    children_stated: Stated | None

    @property
    def whose(self) -> str:
        """Which victim, without a name, and which attempt; empty where there is one of each."""
        which = which_victim(self.victim_number, self.victim_count)
        parts = [which] if which else []
        if self.attempt > 1:
            parts.append(f"attempt {self.attempt}" if parts else f"Attempt {self.attempt}")
        return ", ".join(parts)


def held_head(work: Work, assessment_id: UUID, permission: Permission) -> AssessmentHead:
    """As `assessment_for` with `lock`, for who changes nothing in the row itself."""
    return AssessmentHead(*_head(work, _HEAD_HELD, assessment_id, permission))


def titled_head(work: Work, assessment_id: UUID, permission: Permission) -> TitledHead:
    """As `assessment_for`, for who only shows it."""
    return TitledHead(*_head(work, _TITLED_HEAD, assessment_id, permission))


def _head(
    work: Work, query: Select[*tuple[Any, ...]], assessment_id: UUID, permission: Permission
) -> Sequence[Any]:
    found = work.connection.execute(query, {"assessment_id": assessment_id}).first()
    if found is None or not work.by.reaches(
        permission, team_id=found.team_id, author_id=found.author_id
    ):
        raise _no_such_assessment()
    return found


def _no_such_assessment() -> NotFoundError:
    return NotFoundError("There is no such assessment, or it is not one you can open.")


def require_assessable(work: Work, assessment: Assessment) -> None:
    """StateError if the child process applies to the victim and not this assessment."""
    age = work.session.scalar(select(Pair.victim_age).where(Pair.id == assessment.pair_id))
    if is_for_child_process(age):
        raise StateError(
            "The victim is under 16, so the child process applies. Record this as exempt."
        )


def instrument_of(assessment: Assessment | AssessmentHead) -> Instrument:
    """The question set of an assessment: always the version that it began with."""
    return instrument(assessment.instrument_id, assessment.instrument_version)
