"""The attempts to assess a pair, one after another: which is the latest, and what came of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.grading import Grade
from dash_forms.domain.ids import uuid7
from dash_forms.domain.instruments import Instrument, current, published
from dash_forms.store.models import Account, Assessment, Submission
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt, as it stands beside the others of its pair."""

    id: UUID
    number: int
    state: State
    grade: Grade | None
    outcome: Outcome | None
    """Of its latest submission; none before the first."""
    author: str
    author_id: UUID
    at: datetime | None
    """When the victim was approached."""


def is_latest() -> ColumnElement[bool]:
    """The attempt by which its pair is shown: the last that was not made in error.

    One made in error is shown while its pair has no other.
    """
    other = aliased(Assessment)
    is_void, other_is_void = Assessment.state == State.VOID, other.state == State.VOID
    later = other.attempt > Assessment.attempt
    return ~exists().where(
        other.pair_id == Assessment.pair_id,
        (later & ~other_is_void) | (is_void & ~other_is_void) | (later & is_void & other_is_void),
    )


def attempts_of(work: Work, pair_ids: Collection[UUID]) -> dict[UUID, list[AttemptView]]:
    """The attempts of each pair, the first one first; those made in error are left out, unless
    there is no other."""
    rows = work.session.execute(
        select(Assessment, Submission.outcome, Account.display_name)
        .join(Account, Account.id == Assessment.author_id)
        .outerjoin(
            Submission,
            (Submission.assessment_id == Assessment.id)
            & (Submission.version == Assessment.version),
        )
        .where(Assessment.pair_id.in_(pair_ids))
        .order_by(Assessment.attempt)
    )
    found: defaultdict[UUID, list[AttemptView]] = defaultdict(list)
    for assessment, outcome, author in rows:
        found[assessment.pair_id].append(
            AttemptView(
                assessment.id,
                assessment.attempt,
                assessment.state,
                assessment.grade,
                outcome,
                author,
                assessment.author_id,
                assessment.attempted_at,
            )
        )
    return {
        pair_id: [each for each in attempts if each.state is not State.VOID] or attempts[-1:]
        for pair_id, attempts in found.items()
    }


def new_attempt(
    work: Work,
    pair_id: UUID,
    number: int,
    assessment_id: UUID | None = None,
    question_set: str = "",
) -> Assessment:
    """Put an attempt on the officer's list: nothing asked, nothing taken over from an earlier.

    A tablet without signal says under which id, and in which version, it has begun already.
    """
    instrument = _version(work.main_set, question_set)
    assessment = Assessment(
        id=assessment_id or uuid7(),
        pair_id=pair_id,
        attempt=number,
        instrument_id=instrument.id,
        instrument_version=instrument.version,
        instrument_digest=instrument.digest,
        state=State.REQUIRED,
        author_id=work.by.id,
        created_at=work.now,
    )
    work.session.add(assessment)
    return assessment


def _version(main_set: str, question_set: str) -> Instrument:
    """The version of the main set that was asked with; the current one unless it is known."""
    named = (each for each in published().values() if each.key == question_set)
    return next((each for each in named if each.id == main_set), current(main_set))
