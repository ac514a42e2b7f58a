"""The decision on MARAC of an assessment, in the clear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.marac import Door
from dash_forms.store.models import Account, MaracRecord
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on MARAC, as it was taken."""

    referred: bool
    door: Door | None
    reason: str
    decided_by: str
    decided_at: datetime


def marac_decision(work: Work, assessment_id: UUID) -> Decided | None:
    """What a specialist decided, or nothing."""
    row = work.session.execute(
        select(MaracRecord, Account.display_name)
        .join(Account, Account.id == MaracRecord.decided_by_id)
        .where(MaracRecord.assessment_id == assessment_id)
    ).first()
    if row is None:
        return None
    decision = row.MaracRecord
    return Decided(
        decision.referred,
        decision.door,
        work.vault.open_text(decision.id, "reason", decision.reason_sealed),
        row.display_name,
        decision.decided_at,
    )
