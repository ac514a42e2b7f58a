"""Reading the records from which facts are worked out: a few statements for many pairs."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, Connection, Executable, bindparam, exists, func, or_, select

from dash_forms.domain.answers import AnswerValue, Given, Source, tally
from dash_forms.domain.assessment import Outcome, State, outcome
from dash_forms.domain.body_worn_video import Standing
from dash_forms.domain.facts import AttemptFact, AttemptRecord, CaseRecord
from dash_forms.domain.grading import Stated
from dash_forms.domain.instruments import instrument
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Role
from dash_forms.domain.referrals import TaskKind, TaskState
from dash_forms.domain.review import Decision, FollowUpKind
from dash_forms.store.attendances import attendances_of
from dash_forms.store.models import (
    Answer,
    AnswerLogEntry,
    Assessment,
    AssessmentReason,
    FollowUp,
    GradeEntry,
    Incident,
    IncidentChild,
    MaracRecord,
    Pair,
    Person,
    Review,
    Submission,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date, datetime
    from uuid import UUID

REVIEW_WITHIN = timedelta(hours=24)
"""R1 asks for a decision in so long, whatever sooner time a force sets (domain guide §6)."""

_PAIRS: BindParameter[Any] = bindparam("pairs", expanding=True)
_CASES = (
    select(
        Pair.id,
        Pair.incident_id,
        Pair.victim_id,
        Incident.team_id,
        Incident.reported_at,
        Incident.arrived_at,
        Incident.response_grade,
        Person.identity_index,
        exists().where(IncidentChild.incident_id == Pair.incident_id).label("has_children"),
    )
    .join(Incident, Incident.id == Pair.incident_id)
    .join(Person, Person.id == Pair.victim_id)
    .where(Pair.id.in_(_PAIRS))
    .order_by(Pair.id)
)
_ATTEMPTS = (
    select(
        Assessment.id,
        Assessment.pair_id,
        Assessment.attempt,
        Assessment.instrument_id,
        Assessment.instrument_version,
        Assessment.state,
        Assessment.version,
        Assessment.mode,
        Assessment.attempted_at,
        Assessment.submitted_at,
        Assessment.children_stated,
    )
    .where(Assessment.pair_id.in_(_PAIRS), Assessment.state != State.VOID)
    .order_by(Assessment.pair_id, Assessment.attempt)
)
_IDS: BindParameter[Any] = bindparam("assessments", expanding=True)
_SUBMISSIONS = (
    select(
        Submission.assessment_id,
        Submission.version,
        Submission.submitted_at,
        Submission.outcome,
        Submission.answer_ops,
        Submission.team_id,
        Submission.attempted_at,
        Submission.mode,
        Submission.reason,
        Submission.reason_basis,
    )
    .where(Submission.assessment_id.in_(_IDS))
    .order_by(Submission.assessment_id, Submission.version)
)
_REASONS = select(
    AssessmentReason.assessment_id,
    AssessmentReason.code,
    AssessmentReason.basis,
    AssessmentReason.ending,
).where(AssessmentReason.assessment_id.in_(_IDS), AssessmentReason.is_primary)
_ANSWERED = select(
    AnswerLogEntry.assessment_id,
    AnswerLogEntry.op_id,
    AnswerLogEntry.item,
    AnswerLogEntry.value,
    AnswerLogEntry.source,
    AnswerLogEntry.asked_at,
).where(
    AnswerLogEntry.assessment_id.in_(_IDS),
    AnswerLogEntry.part == "",
    or_(AnswerLogEntry.value == AnswerValue.YES, AnswerLogEntry.asked_at.is_not(None)),
)
_CURRENT = select(Answer.assessment_id, Answer.item, Answer.value, Answer.source).where(
    Answer.assessment_id.in_(_IDS), Answer.part == "", Answer.value.is_not(None)
)
_GRADES = (
    select(GradeEntry.assessment_id, GradeEntry.grade, GradeEntry.given_as, GradeEntry.given_at)
    .where(GradeEntry.assessment_id.in_(_IDS))
    .order_by(GradeEntry.given_at, GradeEntry.id)
)
_DECISIONS = (
    select(Review.assessment_id, Review.decision, Review.decided_at)
    .where(
        Review.assessment_id.in_(_IDS),
        Review.decision.in_([Decision.AGREED, Decision.RETURNED, Decision.REGRADED]),
    )
    .order_by(Review.decided_at)
)
_OFFERS = select(FollowUp.assessment_id, FollowUp.state, FollowUp.due_at, FollowUp.ended_at).where(
    FollowUp.assessment_id.in_(_IDS), FollowUp.kind == FollowUpKind.REOFFER
)
_MARAC = select(MaracRecord.assessment_id).where(MaracRecord.assessment_id.in_(_IDS))
# A child whom nobody has found out about in time was not told of in time; found out, it has a
# task of its own, which says whether its school was.
_SCHOOLS = select(
    Task.incident_id,
    Task.assessment_id,
    Task.state,
    Task.due_at,
    func.coalesce(Task.told_at, Task.ended_at).label("told_at"),
).where(
    Task.incident_id.in_(bindparam("incidents", expanding=True)),
    Task.kind.in_((TaskKind.ENCOMPASS, TaskKind.IDENTIFY_CHILDREN)),
    Task.state != TaskState.NOT_NEEDED,
)
_SUPERVISORS = {Role.SERGEANT, Role.INSPECTOR}


@dataclass(frozen=True, slots=True)
class Records:
    """A pair with its attempts, and what is known of the review of each."""

    case: CaseRecord
    attempts: list[AttemptRecord]
    reviews: list[AttemptFact]


@dataclass(slots=True)
class _Found:
    """Rows that belong to attempts, by attempt."""

    submissions: dict[UUID, list[Any]] = field(default_factory=lambda: defaultdict(list))
    reasons: dict[UUID, Any] = field(default_factory=dict)
    answered: dict[UUID, list[Any]] = field(default_factory=lambda: defaultdict(list))
    grades: dict[UUID, list[Any]] = field(default_factory=lambda: defaultdict(list))
    decisions: dict[UUID, list[Any]] = field(default_factory=lambda: defaultdict(list))
    offers: dict[UUID, Any] = field(default_factory=dict)
    marac: set[UUID] = field(default_factory=set)
    current: dict[UUID, list[Any]] = field(default_factory=lambda: defaultdict(list))
    """Answers as they are now, of what was sent before versions were kept."""


def records_of(connection: Connection, pair_ids: Collection[UUID]) -> Iterator[Records]:
    """What facts need of these pairs; those without an attempt are left out."""
    cases = connection.execute(_CASES, {"pairs": list(pair_ids)}).all()
    by_pair: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in connection.execute(_ATTEMPTS, {"pairs": list(pair_ids)}):
        by_pair[row.pair_id].append(row)
    found = _found(connection, [row for rows in by_pair.values() for row in rows])
    schools: defaultdict[UUID, list[Any]] = defaultdict(list)
    incidents = {case.incident_id for case in cases}
    for task in connection.execute(_SCHOOLS, {"incidents": list(incidents)}):
        schools[task.incident_id].append(task)
    attended = {each.incident_id: each for each in attendances_of(connection, incidents)}
    for case in cases:
        rows = by_pair.get(case.id)
        if rows:
            attendance = attended.get(case.incident_id)
            standing = attendance.standing if attendance else Standing.NOT_ATTENDED
            yield Records(
                _case(case, rows, schools[case.incident_id], standing),
                [_attempt(row, found) for row in rows],
                [_review(case, row, found) for row in rows if row.submitted_at],
            )


def _found(connection: Connection, attempts: Sequence[Any]) -> _Found:
    found, these = _Found(), {"assessments": [row.id for row in attempts]}
    many: tuple[tuple[Executable, dict[UUID, list[Any]]], ...] = (
        (_SUBMISSIONS, found.submissions),
        (_ANSWERED, found.answered),
        (_GRADES, found.grades),
        (_DECISIONS, found.decisions),
    )
    for statement, rows in many:
        for row in connection.execute(statement, these):
            rows[row.assessment_id].append(row)
    single_rows: tuple[tuple[Executable, dict[UUID, Any]], ...] = (
        (_REASONS, found.reasons),
        (_OFFERS, found.offers),
    )
    for statement, single in single_rows:
        single.update((row.assessment_id, row) for row in connection.execute(statement, these))
    found.marac.update(connection.scalars(_MARAC, these))
    if old := [row.id for row in attempts if row.submitted_at and not found.submissions[row.id]]:
        for row in connection.execute(_CURRENT, {"assessments": old}):
            found.current[row.assessment_id].append(row)
    return found


def _case(case: Any, attempts: Sequence[Any], tasks: Sequence[Any], camera: Standing) -> CaseRecord:
    ids = {row.id for row in attempts}
    mine = [task for task in tasks if task.assessment_id is None or task.assessment_id in ids]
    return CaseRecord(
        pair_id=case.id,
        team_id=case.team_id,
        victim_key=case.identity_index or case.victim_id.bytes,
        reported_at=case.reported_at,
        arrived_at=case.arrived_at,
        has_children=case.has_children
        or any(row.children_stated is Stated.YES for row in attempts if row.submitted_at),
        encompass_due_on=max((london_date(task.due_at) for task in mine), default=None),
        encompass_in_time=bool(mine)
        and all(task.told_at is not None and task.told_at <= task.due_at for task in mine),
        camera=camera,
        response_grade=case.response_grade,
    )


def _attempt(row: Any, found: _Found) -> AttemptRecord:
    sent = found.submissions[row.id]
    latest = sent[-1] if sent else None
    reason = found.reasons.get(row.id)
    answers = _sent_answers(found.answered[row.id], sent[0].answer_ops if sent else "{}")
    last_answers = _sent_answers(found.answered[row.id], latest.answer_ops) if latest else answers
    grades = found.grades[row.id]
    yes = [answer for answer in last_answers if answer.value is AnswerValue.YES]
    return AttemptRecord(
        number=row.attempt,
        question_set=f"{row.instrument_id}.{row.instrument_version}",
        outcome=_outcome(row, latest, found),
        at=(latest.attempted_at if latest else row.attempted_at) or row.submitted_at,
        reason=latest.reason if latest else (reason.code if reason else None),
        reason_basis=latest.reason_basis if latest else (reason.basis if reason else None),
        mode=latest.mode if latest else row.mode,
        seconds=_seconds([answer.asked_at for answer in answers if answer.asked_at]),
        ticks=len(yes),
        has_red_flag=_has_red_flag(row, yes),
        grade=grades[-1].grade if grades else None,
        marac_decided=row.id in found.marac,
        team_id=latest.team_id if latest else None,
    )


def _has_red_flag(row: Any, yes: Sequence[Any]) -> bool:
    seen = {answer.item for answer in yes if answer.source is not Source.VICTIM}
    if not seen:
        return False
    question_set = instrument(row.instrument_id, row.instrument_version)
    return any(item.high_risk and item.number in seen for item in question_set.items)


def _outcome(row: Any, latest: Any, found: _Found) -> Outcome:
    if row.state is State.EXEMPT:
        return Outcome.EXEMPT
    if latest is None and row.submitted_at:  # from before versions were kept
        numbers = instrument(row.instrument_id, row.instrument_version).numbers
        reason = found.reasons.get(row.id)
        answers = {each.item: Given(each.value, each.source) for each in found.current[row.id]}
        return outcome(reason.ending if reason else None, tally(answers, numbers))
    return latest.outcome if latest else Outcome.PENDING


def _sent_answers(answered: Sequence[Any], ops: str) -> list[Any]:
    """The answers to the main set that a version was sent with."""
    sent = set(json.loads(ops).values())
    return [answer for answer in answered if answer.op_id.hex in sent]


def _seconds(taps: Sequence[datetime]) -> int | None:
    """From the first tap to the last; None where that is not known."""
    took = int((max(taps) - min(taps)).total_seconds()) if taps else 0
    return took or None


def _review(case: Any, row: Any, found: _Found) -> AttemptFact:
    sent = found.submissions[row.id]
    first_sent = sent[0].submitted_at if sent else row.submitted_at
    review_due = first_sent + REVIEW_WITHIN
    decisions = found.decisions[row.id]
    approved = next((each for each in decisions if each.decision is not Decision.RETURNED), None)
    ledger = found.grades[row.id]
    officers = [each.grade for each in ledger if each.given_as is Role.OFFICER]
    supervisors = [each.grade for each in ledger if each.given_as in _SUPERVISORS]
    again = next((each for each in ledger if each.given_as is Role.SPECIALIST), None)
    officer = officers[-1] if officers else None
    offer_due_on, offered_in_time = _offer(found.offers.get(row.id))
    return AttemptFact(
        assessment_id=row.id,
        pair_id=row.pair_id,
        team_id=(sent[-1].team_id if sent else None) or case.team_id,
        question_set=f"{row.instrument_id}.{row.instrument_version}",
        review_due_on=london_date(review_due),
        review_in_time=bool(decisions) and decisions[0].decided_at <= review_due,
        decided_on=london_date(approved.decided_at) if approved else None,
        officer_grade=officer,
        supervisor_grade=_supervisor_grade(officer, supervisors) if approved else None,
        graded_again_on=london_date(again.given_at) if again else None,
        specialist_grade=again.grade if again else None,
        reoffer_due_on=offer_due_on,
        reoffer_in_time=offered_in_time,
    )


def _supervisor_grade(officer: Any, supervisors: Sequence[Any]) -> Any:
    """The grade that a supervisor gave, or agreed to."""
    return supervisors[-1] if supervisors else officer


def _offer(owed: Any) -> tuple[date | None, bool]:
    """The day on which the next offer was due, and whether it was made by then.

    One that a supervisor ended before its time was never due.
    """
    if owed is None:
        return None, False
    ended_in_time = owed.ended_at is not None and owed.ended_at <= owed.due_at
    if owed.state is State.REOFFER_CLOSED and ended_in_time:
        return None, False
    return london_date(owed.due_at), owed.state is State.REOFFERED and ended_in_time
