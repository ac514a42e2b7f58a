"""Who asks a specialist to decide on MARAC by judgement, and on what it rests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import bindparam, select

from dash_forms.domain.audit_events import Name
from dash_forms.store.models import Account, MaracRequest

if TYPE_CHECKING:
    from dash_forms.store.work import Work

# Put together once, because it stands on every page on which a case is weighed.
_OF_ASSESSMENT = (
    select(MaracRequest.asked_by_id, Account.display_name, MaracRequest.words_sealed)
    .join(Account, Account.id == MaracRequest.asked_by_id)
    .where(MaracRequest.assessment_id == bindparam("assessment_id"))
    .order_by(MaracRequest.asked_at, MaracRequest.asked_by_id)
)


@dataclass(frozen=True, slots=True)
class AskedFor:
    """One person's request, in that person's words."""

    by_id: UUID
    by: str
    words: str

    def __str__(self) -> str:
        return f"{self.words} ({self.by})"


def marac_requests(work: Work, assessment_id: UUID) -> list[AskedFor]:
    """Every request that stands, the earliest first."""
    return [
        AskedFor(
            row.asked_by_id,
            row.display_name,
            work.vault.open_text(assessment_id, _name(row.asked_by_id), row.words_sealed),
        )
        for row in work.connection.execute(_OF_ASSESSMENT, {"assessment_id": assessment_id}).all()
    ]


def own_request(work: Work, assessment_id: UUID) -> str:
    """What this person has asked in, or nothing."""
    asked = marac_requests(work, assessment_id)
    return next((each.words for each in asked if each.by_id == work.by.id), "")


def requests_in_words(work: Work, assessment_id: UUID) -> dict[str, str]:
    """The requests by their label, as a reviewer and the next officer read them."""
    asked = marac_requests(work, assessment_id)
    return {"MARAC decision asked for": "; ".join(map(str, asked))} if asked else {}


def ask_for_decision(work: Work, assessment_id: UUID, words: str) -> None:
    """Keep this person's request in place of the one before; empty words take it back."""
    if words == own_request(work, assessment_id):
        return
    row = work.session.get(MaracRequest, (assessment_id, work.by.id))
    if not words:
        work.session.delete(row)
    else:
        if row is None:
            row = MaracRequest(assessment_id=assessment_id, asked_by_id=work.by.id)
            work.session.add(row)
        row.words_sealed = work.vault.seal(assessment_id, _name(work.by.id), words)
        row.asked_at = work.now
    work.session.flush()  # the prompts read it
    work.audit(Name.MARAC_ASKED_FOR, "assessment", assessment_id, asked=bool(words))


def _name(asked_by_id: UUID) -> str:
    """The name under which one person's words are sealed."""
    return f"marac:{asked_by_id}"
