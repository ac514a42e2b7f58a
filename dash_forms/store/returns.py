"""What a supervisor asked to be put right, for the officer who has it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select

from dash_forms.domain.review import Decision
from dash_forms.store.models import Account, Review
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Returned:
    """A return in words: who, when, and what to fix."""

    reviewer: str
    decided_at: datetime
    words: str
    was_exempt: bool
    """It was an exemption that was rejected, so that an assessment is due after all."""


# Put together once, because it runs before every view of an open assessment.
_LAST_DECISION = (
    select(Review.id, Review.decision, Review.decided_at, Review.words_sealed, Account.display_name)
    .join(Account, Account.id == Review.reviewer_id)
    .where(Review.assessment_id == bindparam("assessment_id"), Review.decided_at.is_not(None))
    .order_by(Review.decided_at.desc(), Review.id.desc())
    .limit(1)
)


def last_return(work: Work, assessment_id: UUID) -> Returned | None:
    """The return that the officer still has to answer: the last decision, if it was one.

    A rejected exemption is one too: the assessment is due after all.
    """
    row = work.connection.execute(_LAST_DECISION, {"assessment_id": assessment_id}).first()
    if row is None or row.decision not in {Decision.RETURNED, Decision.REJECTED}:
        return None
    words = work.vault.open_text(row.id, "words", row.words_sealed)
    was_exempt = row.decision is Decision.REJECTED
    return Returned(row.display_name, row.decided_at, words, was_exempt)
