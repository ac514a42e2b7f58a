"""The earlier incidents of the two people of a case, found by their blind index alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.assessment import State
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.grading import Stated
from dash_forms.domain.history import History, Mention, Record
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Permission
from dash_forms.store.models import (
    Answer,
    Assessment,
    Incident,
    IncidentChild,
    Pair,
    PairFact,
    Person,
)
from dash_forms.store.reoffers import stops_elsewhere
from dash_forms.store.work import Work

# Put together once, because they run before every assessment: five statements, that for
# stops among them, each by an index, and one where there is nobody to look for.
_victim, _perpetrator = aliased(Person), aliased(Person)
_CASE = (
    select(
        Pair.id.label("pair_id"),
        Pair.incident_id,
        Incident.reported_at,
        Incident.team_id,
        Assessment.author_id,
        _victim.identity_index.label("victim"),
        _perpetrator.identity_index.label("perpetrator"),
        select(func.count())
        .where(
            IncidentChild.incident_id == Pair.incident_id,
            IncidentChild.lives_there != Stated.NO,
        )
        .scalar_subquery()
        .label("children"),
    )
    .join(Pair, Pair.id == Assessment.pair_id)
    .join(Incident, Incident.id == Pair.incident_id)
    .join(_victim, _victim.id == Pair.victim_id)
    .outerjoin(_perpetrator, _perpetrator.id == Pair.perpetrator_id)
    .where(Assessment.id == bindparam("assessment_id"))
)
_SAME_PEOPLE = select(Person.id).where(
    Person.identity_index.in_(bindparam("indexes", expanding=True))
)
# Two lists of ids and not a join on either column, which PostgreSQL would read the table for.
_PAIRS = (
    select(
        Pair.id.label("pair_id"),
        Pair.incident_id,
        Incident.urn,
        Incident.reported_at,
        Incident.team_id,
        Incident.created_by_id,
        _victim.identity_index.label("victim"),
        _perpetrator.identity_index.label("perpetrator"),
        PairFact.outcome,
        PairFact.reason,
        PairFact.reason_basis,
        Assessment.id.label("assessment_id"),
        Assessment.instrument_id,
        Assessment.state,
        Assessment.grade,
        Assessment.submitted_at,
    )
    .join(Incident, Incident.id == Pair.incident_id)
    .join(_victim, _victim.id == Pair.victim_id)
    .outerjoin(_perpetrator, _perpetrator.id == Pair.perpetrator_id)
    .join(PairFact, PairFact.pair_id == Pair.id)
    .join(Assessment, Assessment.pair_id == Pair.id)
    .where(
        or_(
            Pair.victim_id.in_(bindparam("people", expanding=True)),
            Pair.perpetrator_id.in_(bindparam("people", expanding=True)),
        ),
        Incident.reported_at <= bindparam("until", type_=Incident.reported_at.type),
        Assessment.state != State.VOID,
    )
    .order_by(Incident.reported_at.desc(), Pair.id, Assessment.attempt)
)
_YES = select(Answer.assessment_id, Answer.item).where(
    Answer.assessment_id.in_(bindparam("assessments", expanding=True)),
    Answer.part == "",
    Answer.value == AnswerValue.YES,
)


class _Sides(NamedTuple):
    """The blind indexes of the two people of a case."""

    victim: bytes | None
    perpetrator: bytes | None


def history_of(work: Work, assessment_id: UUID) -> History:
    """What is recorded of the victim, and of the two together, up to this case's incident.

    A search in the sense of the audit log, and refused like the assessment itself. Incidents of
    other teams are found too, since a victim moves house; whether one opens is said with it.
    """
    case = work.connection.execute(_CASE, {"assessment_id": assessment_id}).first()
    if case is None or not work.by.reaches(
        Permission.VIEW_ASSESSMENTS, team_id=case.team_id, author_id=case.author_id
    ):
        raise NotFoundError("There is no such assessment, or it is not one you can open.")
    sides = _Sides(case.victim, case.perpetrator)
    records, as_other_party, with_other_victims = [], {}, {}
    for rows in _found(work, sides, case.reported_at):
        first, is_here = rows[0], rows[0].incident_id == case.incident_id
        if _same(sides.victim, first.victim):
            if not is_here:
                records.append(rows)
        elif _same(sides.victim, first.perpetrator) and not is_here:
            as_other_party[first.incident_id] = _mention(work, first)
        elif _same(sides.perpetrator, first.perpetrator) and not is_here:
            with_other_victims[first.incident_id] = _mention(work, first)
    yes = _yes(work, (row.assessment_id for rows in records for row in rows))
    history = History(
        on=london_date(case.reported_at),
        victim_searched=sides.victim is not None,
        perpetrator_searched=sides.perpetrator is not None,
        records=tuple(_record(work, sides, rows, yes) for rows in records),
        as_other_party=tuple(as_other_party.values()),
        with_other_victims=tuple(with_other_victims.values()),
        children_linked=case.children,
        stops=stops_elsewhere(work, [case.pair_id])[case.pair_id],
        months=work.limits.escalation_months,
    )
    work.audit(
        Name.HISTORY_SEARCHED,
        "assessment",
        assessment_id,
        victim=history.victim_searched,
        perpetrator=history.perpetrator_searched,
        found=[
            str(each.incident_id)
            for group in (
                history.records,
                history.as_other_party,
                history.with_other_victims,
                history.stops,
            )
            for each in group
        ],
    )
    return history


def _found(work: Work, sides: _Sides, until: object) -> list[list[Any]]:
    """The rows of each pair that has one of the two people in it, one row for each attempt."""
    indexes = [index for index in sides if index is not None]
    if not indexes:
        return []
    people = work.connection.scalars(_SAME_PEOPLE, {"indexes": indexes}).all()
    by_pair: dict[UUID, list[Any]] = {}
    for row in work.connection.execute(_PAIRS, {"people": people, "until": until}):
        by_pair.setdefault(row.pair_id, []).append(row)
    return list(by_pair.values())


def _yes(work: Work, assessments: Iterable[UUID]) -> dict[UUID, set[int]]:
    """The items answered "yes", of the victim's own assessments only."""
    wanted = list(assessments)
    found: dict[UUID, set[int]] = {assessment_id: set() for assessment_id in wanted}
    if wanted:
        for row in work.connection.execute(_YES, {"assessments": wanted}):
            found[row.assessment_id].add(row.item)
    return found


def _mention(work: Work, row: Any) -> Mention:
    return Mention(row.incident_id, row.urn, london_date(row.reported_at), _opens(work, row))


def _record(work: Work, sides: _Sides, rows: Sequence[Any], yes: dict[UUID, set[int]]) -> Record:
    """One earlier incident of the victim; of several attempts, the last grade and any "yes"."""
    first = rows[0]
    graded = [row for row in rows if row.submitted_at and row.grade]
    grade, graded_at = (graded[-1].grade, graded[-1].submitted_at) if graded else (None, None)
    return Record(
        first.incident_id,
        first.urn,
        london_date(first.reported_at),
        _opens(work, first),
        same_perpetrator=_same(sides.perpetrator, first.perpetrator),
        outcome=first.outcome,
        reason=first.reason,
        basis=first.reason_basis,
        grade=grade,
        graded_on=london_date(graded_at) if graded_at else None,
        instrument_id=first.instrument_id,
        yes=frozenset(item for row in rows for item in yes[row.assessment_id]),
    )


def _same(one: bytes | None, other: bytes | None) -> bool | None:
    return None if one is None or other is None else one == other


def _opens(work: Work, row: Any) -> bool:
    return work.by.reaches(
        Permission.VIEW_INCIDENTS, team_id=row.team_id, author_id=row.created_by_id
    )
