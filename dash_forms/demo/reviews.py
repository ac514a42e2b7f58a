"""What sergeants made of a year's submissions, and what was still owed after them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.demo.chance import Chance, Weighted
from dash_forms.domain.assessment import Event, Outcome, State, after
from dash_forms.domain.audit_events import Name, Occurrence
from dash_forms.domain.grading import Grade, Judgement
from dash_forms.domain.review import Clocks, Decision, FollowUpKind, needs_reoffer
from dash_forms.store.grades import AGREED
from dash_forms.store.models import Base, FollowUp, GradeEntry, Review, Submission
from dash_forms.store.versions import topic_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from dash_forms.demo.attempts import Attempt
    from dash_forms.demo.bulk import Row
    from dash_forms.demo.desk import DeskWork
    from dash_forms.demo.force import Colleague, Force
    from dash_forms.store.crypto import Vault

_DECISIONS = Weighted({Decision.AGREED: 93.0, Decision.REGRADED: 7.0})
_RAISED = {Grade.STANDARD: Grade.MEDIUM, Grade.MEDIUM: Grade.HIGH}
_WHY_REGRADED = "Read against the earlier calls to this address, the grade does not fit."
_WHY_CLOSED = Weighted(
    {"assessed_elsewhere": 20.0, "moved_away": 30.0, "unsafe": 25.0, "asked": 25.0}
)
_WHY_CLOSED_LATER = Weighted({"declined_again": 80.0, "unsafe": 10.0, "asked": 10.0})
_WORDS_CLOSED = {
    "declined_again": "Offered on two days, spoken to alone, and declined both times.",
    "assessed_elsewhere": "The hospital’s adviser has assessed her and shares the result.",
    "moved_away": "Has moved to another force area, which has been told.",
    "unsafe": "No safe number and no safe time is known. Safety plan stands.",
    "asked": "Asked in clear words not to be contacted again about this.",
}
_LAST_OFFERS = timedelta(days=5)
_OFFERED_AGAIN, _HAS_AN_OWNER = 0.6, 0.4


class Reviewing:
    """A sergeant's decision on each submission; those of the last day or so still wait."""

    def __init__(
        self,
        vault: Vault,
        force: Force,
        until: datetime,
        desk: DeskWork,
        add: Callable[[type[Base], Row], None],
    ):
        self.vault = vault
        self.force = force
        self.desk = desk
        self.until = until
        self.add = add
        self.clocks = Clocks()

    def due(self, attempt: Attempt) -> datetime | None:
        """When the submission is due for review."""
        if attempt.submitted_at is None or attempt.closing is None:
            return None
        return self.clocks.review_due(attempt.closing.judgement.grade, attempt.submitted_at)

    def read(
        self, attempt: Attempt, sergeant: Colleague, incident_id: UUID, *, tasks_open: bool
    ) -> None:
        """Decide on an attempt, if the year is long enough for it; close what owes nothing."""
        chance = Chance(attempt.id.int)  # its own, so that the rest of the year stays as it is
        if attempt.state is State.EXEMPT_PENDING and attempt.attempted_at:
            at = attempt.attempted_at + chance.minutes(30, 60 * 20)
            if at < self.until:
                attempt.state = after(attempt.state, Event.ENDORSE)
                attempt.outcome = Outcome.EXEMPT
                self._review(chance, attempt, sergeant, Decision.ENDORSED, at)
        elif attempt.state is State.SUBMITTED and attempt.submitted_at:
            at = attempt.submitted_at + chance.minutes(25, 60 * (30 if chance.happens(0.1) else 20))
            if at < self.until:
                self._decide(chance, attempt, sergeant, at)
                owed = self._owed(chance, attempt, sergeant, at)
                owed |= self.desk.assess_again(attempt, incident_id, at)
                if not (owed or tasks_open):
                    attempt.state = after(attempt.state, Event.CLOSE)
                    attempt.closed_at = at
                    attempt.retention_review_on = self.clocks.retention_review(at)

    def keep(self, attempt: Attempt, team_id: UUID) -> None:
        """The version that was sent, while this team had the incident."""
        if attempt.submitted_at is None or attempt.closing is None:
            return
        chance = Chance(attempt.id.int + 1)
        row_id = chance.id_at(attempt.submitted_at)
        reasons = attempt.reasons
        judgement = attempt.closing.judgement
        closing = {
            "How it ended": attempt.outcome.label,
            "Reasons": "; ".join(each.code.replace("_", " ") for each in reasons.all)
            if reasons
            else "",
            "Children or dependants": attempt.closing.children.label,
            "What the officer saw and knows": attempt.closing.observed,
            "Risk grade": judgement.grade.label,
            "Why this grade": judgement.rationale,
            **{each.taken_up.title: each.taken_up.standing for each in attempt.add_ons},
        }
        saved = [*attempt.current.values(), *(s for a in attempt.add_ons for s in a.saved)]
        answered = [each.operation for each in saved]
        self.add(
            Submission,
            {
                "id": row_id,
                "assessment_id": attempt.id,
                "version": 1,
                "submitted_by_id": attempt.author.id,
                "submitted_at": attempt.submitted_at,
                "outcome": attempt.outcome,
                "team_id": team_id,
                "attempted_at": attempt.attempted_at,
                "mode": attempt.mode,
                "reason": reasons.primary.code if reasons else None,
                "reason_basis": reasons.primary.basis if reasons else None,
                "answer_ops": json.dumps(
                    {topic_key(each.part, each.item): each.op_id.hex for each in answered}
                ),
                "closing_sealed": self.vault.seal(row_id, "closing", json.dumps(closing)),
            },
        )

    def _decide(self, chance: Chance, attempt: Attempt, sergeant: Colleague, at: datetime) -> None:
        if attempt.closing is None:
            return
        grade = attempt.closing.judgement.grade
        decision = Decision.AGREED if grade is Grade.HIGH else _DECISIONS.pick(chance)
        attempt.state = after(attempt.state, Event.OPEN_REVIEW)
        if decision is Decision.REGRADED:
            grade = _RAISED[grade]
            entry_id, why = chance.id_at(at), Judgement(grade, _WHY_REGRADED).rationale
        else:  # an id by itself, so that the rest of the year stays as it is
            entry_id, why = Chance(attempt.id.int + 4).id_at(at), AGREED
        self.add(
            GradeEntry,
            grade_row(
                self.vault, entry_id, attempt, by=sergeant, grade=grade, rationale=why, at=at
            ),
        )
        attempt.grade = grade
        event = Event.REGRADE if decision is Decision.REGRADED else Event.AGREE
        attempt.state = after(attempt.state, event)
        self._review(chance, attempt, sergeant, decision, at)

    def _review(
        self,
        chance: Chance,
        attempt: Attempt,
        sergeant: Colleague,
        decision: Decision,
        at: datetime,
    ) -> None:
        words = _WHY_REGRADED if decision is Decision.REGRADED else ""
        row_id = chance.id_at(at)
        self.add(
            Review,
            {
                "id": row_id,
                "assessment_id": attempt.id,
                "version": 1 if attempt.submitted_at else 0,
                "reviewer_id": sergeant.id,
                "opened_at": at - timedelta(minutes=4),
                "decided_at": at,
                "decision": decision,
                "words_sealed": self.vault.seal_text(row_id, "words", words),
            },
        )
        about = Occurrence(
            Name.REVIEW_DECIDED, "assessment", str(attempt.id), {"decision": decision.value}
        )
        attempt.journal.note(sergeant, at, about)

    def _owed(self, chance: Chance, attempt: Attempt, sergeant: Colleague, at: datetime) -> bool:
        """Another offer, where one is due; whether it is still to be made."""
        if attempt.grade is None or not needs_reoffer(attempt.outcome):
            return False
        row_id, ended_at = chance.id_at(at), at + chance.minutes(60 * 6, 60 * 24 * 8)
        is_ended = ended_at < self.until - _LAST_OFFERS
        officer = chance.choice(self._officers(attempt))
        is_made = attempt.number == 1 and chance.happens(_OFFERED_AGAIN)
        declined_twice = all(
            each and each.outcome is Outcome.DECLINED for each in (attempt, attempt.earlier)
        )
        code = (_WHY_CLOSED_LATER if declined_twice else _WHY_CLOSED).pick(chance)
        is_closed = is_ended and not is_made
        has_owner = is_ended or chance.happens(_HAS_AN_OWNER)
        state = after(attempt.state, Event.PLAN_REOFFER)
        if is_ended:
            state = after(state, Event.OFFER_AGAIN if is_made else Event.END_REOFFERS)
            attempt.offered_again = (officer, ended_at) if is_made else None
        ended_by = officer if is_made else sergeant
        self.add(
            FollowUp,
            {
                "id": row_id,
                "assessment_id": attempt.id,
                "kind": FollowUpKind.REOFFER,
                "state": state,
                "due_at": self.clocks.reoffer_due(attempt.grade, at),
                "owner_id": officer.id if has_owner else None,
                "created_at": at,
                "ended_at": ended_at if is_ended else None,
                "ended_by_id": ended_by.id if is_ended else None,
                "code": code if is_closed else None,
                "words_sealed": self.vault.seal(row_id, "words", _WORDS_CLOSED[code])
                if is_closed
                else None,
            },
        )
        return not is_ended

    def _officers(self, attempt: Attempt) -> tuple[Colleague, ...]:
        """Who could offer it again: the team of whoever did first."""
        team = attempt.author.team
        return self.force.officers_of(team) if team else (attempt.author,)


def grade_row(
    vault: Vault,
    entry_id: UUID,
    attempt: Attempt,
    *,
    by: Colleague,
    grade: Grade,
    rationale: str,
    at: datetime,
) -> Row:
    """A grade in the ledger."""
    return {
        "id": entry_id,
        "assessment_id": attempt.id,
        "grade": grade,
        "rationale_sealed": vault.seal(entry_id, "rationale", rationale),
        "given_by_id": by.id,
        "given_as": by.role,
        "given_at": at,
    }
