"""The grade ledger: who graded or agreed, as what, and why. Entries are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.grading import Grade, Judgement
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Role
from dash_forms.store.models import Account, GradeEntry
from dash_forms.store.work import Work

AGREED = "Agreed with the grade as it stands."


@dataclass(frozen=True, slots=True)
class GivenGrade:
    """An entry of the ledger in the clear."""

    grade: Grade
    rationale: str
    given_by: str
    given_as: Role
    given_at: datetime


def add_to_ledger(
    work: Work, assessment_id: UUID, judgement: Judgement, *, giver: Account | None = None
) -> None:
    """Put down the grade that the acting person gives, or that somebody else gave through them."""
    _put_down(work, assessment_id, judgement.grade, judgement.rationale, giver=giver)


def note_agreement(work: Work, assessment_id: UUID, grade: Grade, words: str) -> None:
    """Put down that the acting person stands with the grade as it is."""
    _put_down(work, assessment_id, grade, words or AGREED, giver=None)


def _put_down(
    work: Work, assessment_id: UUID, grade: Grade, rationale: str, *, giver: Account | None
) -> None:
    entry_id = uuid7()
    work.session.add(
        GradeEntry(
            id=entry_id,
            assessment_id=assessment_id,
            grade=grade,
            rationale_sealed=work.vault.seal(entry_id, "rationale", rationale),
            given_by_id=giver.id if giver else work.by.id,
            given_as=giver.role if giver else work.by.role,
            given_at=work.now,
        )
    )


def ledger(work: Work, assessment_id: UUID) -> list[GivenGrade]:
    """Every grade that was given, the first one first."""
    rows = work.session.execute(
        select(GradeEntry, Account.display_name)
        .join(Account, Account.id == GradeEntry.given_by_id)
        .where(GradeEntry.assessment_id == assessment_id)
        .order_by(GradeEntry.given_at, GradeEntry.id)
    )
    return [
        GivenGrade(
            entry.grade,
            work.vault.open_text(entry.id, "rationale", entry.rationale_sealed),
            name,
            entry.given_as,
            entry.given_at,
        )
        for entry, name in rows
    ]
