"""From invention to rows: sealed as the application seals them, and inserted many at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, false, insert, select
from sqlalchemy.orm import aliased

from dash_forms.demo.add_ons import InventedSet, invented_sets
from dash_forms.demo.bulk import Row, insert_many
from dash_forms.demo.cameras import Cameras
from dash_forms.demo.desk import DeskWork, school_of
from dash_forms.demo.duties import duties_row
from dash_forms.demo.reviews import Reviewing, grade_row
from dash_forms.domain.sync import Receipt
from dash_forms.store.add_ons import words_name
from dash_forms.store.audit import chained
from dash_forms.store.models import (
    Answer,
    AnswerLogEntry,
    Assessment,
    AssessmentAddOn,
    AssessmentReason,
    AuditEvent,
    Base,
    CameraRecord,
    DutiesDone,
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
    from datetime import datetime
    from uuid import UUID

    from dash_forms.demo import people
    from dash_forms.demo.attempts import Attempt, Journal, Saved
    from dash_forms.demo.chance import Chance
    from dash_forms.demo.force import Force
    from dash_forms.demo.incidents import InventedIncident, InventedPair
    from dash_forms.demo.revisits import Revisits
    from dash_forms.store.crypto import Vault

# Parents before children, as foreign keys want it.
_TABLES = (
    Person,
    Incident,
    Pair,
    IncidentChild,
    CameraRecord,
    Assessment,
    AssessmentAddOn,
    AnswerLogEntry,
    AssessmentReason,
    DutiesDone,
    GradeEntry,
    Submission,
    Review,
    FollowUp,
    MaracRecord,
    Task,
)
_AUDIT_CHUNK = 5_000


@dataclass(slots=True)
class Book:
    """Rows that wait to be inserted."""

    vault: Vault
    chance: Chance
    until: datetime
    force: Force
    revisits: Revisits
    rows: dict[type[Base], list[Row]] = field(
        default_factory=lambda: {each: [] for each in _TABLES}
    )
    known: set[UUID] = field(default_factory=set)
    desk: DeskWork = field(init=False)
    reviewing: Reviewing = field(init=False)
    cameras: Cameras = field(init=False)

    def __post_init__(self) -> None:
        def add(table: type[Base], row: Row) -> None:
            self.rows[table].append(row)

        self.desk = DeskWork(self.vault, self.until, self.force.specialists, add)
        self.reviewing = Reviewing(self.vault, self.force, self.until, self.desk, add)
        self.cameras = Cameras(self.vault, self.force, self.until)

    def add(self, incident: InventedIncident) -> None:
        """Everything about one incident."""
        self.rows[Incident].append(
            {
                "id": incident.id,
                "urn": incident.urn,
                "reported_at": incident.times.reported_at,
                "dispatched_at": incident.times.dispatched_at,
                "arrived_at": incident.times.arrived_at,
                "location_type": incident.location,
                "response_grade": incident.response,
                "address_sealed": self.vault.seal_text(
                    incident.id, "address", incident.household.address
                ),
                "team_id": incident.team.id,
                "created_by_id": incident.author.id,
                "created_at": incident.created_at,
                "rev": 2,  # created at the door, then completed
            }
        )
        self.rows[CameraRecord] += self.cameras.records(incident)
        tasks_open = self.desk.owe_to_children(incident)
        for pair in incident.pairs:
            self._add_pair(incident, pair, tasks_open=tasks_open)
        for child in incident.children:
            self._add_person(child.person, child.created_at)
            self.rows[IncidentChild].append(
                {
                    "id": child.id,
                    "incident_id": incident.id,
                    "person_id": child.person.id,
                    "school_sealed": self.vault.seal_text(
                        child.id, "school", school_of(child, incident)
                    ),
                    "lives_there": child.lives_there,
                    "was_present": child.was_present,
                    "created_at": child.created_at,
                }
            )

    def flush(self, connection: Connection) -> None:
        """Insert what has gathered."""
        for table, rows in self.rows.items():
            insert_many(connection, table, rows)
            rows.clear()

    def _add_pair(
        self, incident: InventedIncident, pair: InventedPair, *, tasks_open: bool
    ) -> None:
        household, attempt = pair.household, pair.attempt
        self._add_person(household.victim, attempt.created_at)
        if household.perpetrator:
            self._add_person(household.perpetrator, attempt.created_at)
        self.rows[Pair].append(
            {
                "id": pair.id,
                "incident_id": incident.id,
                "victim_id": household.victim.id,
                "perpetrator_id": household.perpetrator.id if household.perpetrator else None,
                "relationship": household.relationship,
                "victim_age": pair.victim_age,
                "created_at": attempt.created_at,
            }
        )
        sergeant = self.force.sergeant_of(incident.team, incident.id)
        is_open = self.desk.owe_to_answers(attempt, incident) or tasks_open
        self.reviewing.read(attempt, sergeant, incident.id, tasks_open=is_open)
        attempts = [attempt]
        if again := self.revisits.make(incident.scene(pair)):
            self.reviewing.read(again, sergeant, incident.id, tasks_open=tasks_open)
            attempts.append(again)
        for each in attempts:
            each.add_ons = invented_sets(
                each, child_linked=bool(incident.children), until=self.until
            )
            self._add_attempt(each, incident.team.id)

    def _add_person(self, person: people.Person, at: datetime) -> None:
        if person.id in self.known:
            return
        self.known.add(person.id)
        seal = self.vault.seal_text
        born_on = person.born_on.isoformat() if person.born_on else ""
        self.rows[Person].append(
            {
                "id": person.id,
                "name_sealed": self.vault.seal(person.id, "name", person.name),
                "born_on_sealed": seal(person.id, "born_on", born_on),
                "phone_sealed": seal(person.id, "phone", person.phone),
                "address_sealed": seal(person.id, "address", person.address),
                "identity_index": self.vault.identity_index(person.name, person.born_on),
                "phone_index": self.vault.phone_index(person.phone),
                "created_at": at,
            }
        )

    def _add_attempt(self, attempt: Attempt, team_id: UUID) -> None:
        closing, seal = attempt.closing, self.vault.seal_text
        self.rows[Assessment].append(
            {
                "id": attempt.id,
                "pair_id": attempt.pair_id,
                "attempt": attempt.number,
                "instrument_id": attempt.instrument.id,
                "instrument_version": attempt.instrument.version,
                "instrument_digest": attempt.instrument.digest,
                "state": attempt.state,
                "mode": attempt.mode,
                "seen_alone": attempt.seen_alone,
                "interpreter": attempt.interpreter,
                "purpose": attempt.purpose,
                "children_stated": closing.children if closing else None,
                "observed_sealed": seal(attempt.id, "observed", closing.observed)
                if closing
                else None,
                "grade": attempt.grade,
                "rationale_sealed": seal(attempt.id, "rationale", closing.judgement.rationale)
                if closing
                else None,
                "author_id": attempt.author.id,
                "created_at": attempt.created_at,
                "attempted_at": attempt.attempted_at,
                "submitted_at": attempt.submitted_at,
                "closed_at": attempt.closed_at,
                "retention_review_on": attempt.retention_review_on,
                "review_due_at": self.reviewing.due(attempt),
                "version": 1 if attempt.submitted_at else 0,
                "rev": 2 if closing else 1,
            }
        )
        for saved in attempt.saved:
            self._add_answer(attempt, saved)
        for each in attempt.add_ons:
            self._add_set(attempt, each)
        self._add_reasons(attempt)
        if attempt.submitted_at:
            self.reviewing.keep(attempt, team_id)
            self._add_grade(attempt)
        if duties := duties_row(self.vault, attempt):
            self.rows[DutiesDone].append(duties)

    def _add_set(self, attempt: Attempt, invented: InventedSet) -> None:
        part = invented.add_on.id
        self.rows[AssessmentAddOn].append(
            {
                "assessment_id": attempt.id,
                "part": part,
                "version": invented.add_on.version,
                "digest": invented.add_on.digest,
                "skip_reason": invented.skipped,
                "words_sealed": self.vault.seal_text(attempt.id, words_name(part), invented.words),
                "decided_by_id": attempt.author.id,
                "decided_at": invented.decided_at,
            }
        )
        for saved in invented.saved:
            self._add_answer(attempt, saved)

    def _add_answer(self, attempt: Attempt, saved: Saved) -> None:
        operation = saved.operation
        op_id, content, seal = operation.op_id, operation.content, self.vault.seal_text
        self.rows[AnswerLogEntry].append(
            {
                "op_id": op_id,
                "assessment_id": attempt.id,
                "part": operation.part,
                "item": operation.item,
                "value": content.value,
                "source": content.source,
                "note_sealed": seal(op_id, "note", content.note),
                "details_sealed": seal(op_id, "details", _canonical(content.details)),
                "author_id": attempt.author.id,
                "asked_at": operation.asked_at,
                "received_at": saved.received_at,
                "device_seq": operation.device_seq,
                "base_rev": operation.base_rev,
                "receipt": Receipt.APPLIED,
                "rev": operation.base_rev + 1,
                "cause": saved.cause,
            }
        )

    def _add_reasons(self, attempt: Attempt) -> None:
        recorded = attempt.reasons
        if recorded is None:
            return
        for given in recorded.all:
            self.rows[AssessmentReason].append(
                {
                    "assessment_id": attempt.id,
                    "code": given.code,
                    "ending": recorded.ending,
                    "basis": given.basis,
                    "is_primary": given is recorded.primary,
                    "text_sealed": self.vault.seal_text(
                        attempt.id, f"reason:{given.code}", given.text
                    ),
                }
            )

    def _add_grade(self, attempt: Attempt) -> None:
        closing, at = attempt.closing, attempt.submitted_at
        if closing is None or at is None:
            raise ValueError("nothing is submitted without a grade")
        entry_id = self.chance.id_at(at)
        self.rows[GradeEntry].append(
            grade_row(
                self.vault,
                entry_id,
                attempt,
                by=attempt.author,
                grade=closing.judgement.grade,
                rationale=closing.judgement.rationale,
                at=at,
            )
        )


def write_current_answers(connection: Connection) -> None:
    """Make the last entry of each item's log its current answer, within the database."""
    log, later = aliased(AnswerLogEntry), aliased(AnswerLogEntry)
    shared = (
        log.assessment_id,
        log.part,
        log.item,
        log.value,
        log.source,
        log.note_sealed,
        log.details_sealed,
        log.op_id,
        log.rev,
    )
    superseded = exists().where(
        later.assessment_id == log.assessment_id,
        later.part == log.part,
        later.item == log.item,
        later.rev > log.rev,
    )
    last = (
        select(*shared, false()).where(~superseded).order_by(log.assessment_id, log.part, log.item)
    )
    names = [*(column.key for column in shared), "in_conflict"]
    connection.execute(insert(Answer).from_select(names, last))


def write_journal(connection: Connection, journal: Journal, seq: int, previous: str) -> None:
    """Insert the year's audit events behind a tail of the chain, in the order of their times."""
    rows: list[Row] = []
    for by, occurrences in sorted(journal.entries, key=lambda entry: entry[0].at):
        links = chained(seq, previous, by, occurrences)
        seq, previous = seq + len(links), str(links[-1]["hash"])
        rows += links
        if len(rows) >= _AUDIT_CHUNK:
            insert_many(connection, AuditEvent, rows)
            rows = []
    insert_many(connection, AuditEvent, rows)


def _canonical(details: dict[str, tuple[str, ...]]) -> str:
    return json.dumps(details, sort_keys=True, separators=(",", ":")) if details else ""
