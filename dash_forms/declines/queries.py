"""What the pages of this room show of an assessment."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dash_forms.domain.answers import tally
from dash_forms.domain.audit_events import Name
from dash_forms.domain.ids import NOBODYS
from dash_forms.domain.permissions import Permission
from dash_forms.store.access import assessment_for, instrument_of
from dash_forms.store.answers import given, stored_answers
from dash_forms.store.reoffers import ContactStop, contact_stop
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class EndingPage:
    """How far the assessment came before it ended."""

    id: UUID
    urn: str = ""
    from_victim_count: int = 0
    item_count: int = 0
    stop: ContactStop | None = None

    @property
    def is_blank(self) -> bool:
        """The page is of no assessment: a tablet keeps it, and checks it itself."""
        return self.id == NOBODYS


def ending_page(work: Work, assessment_id: UUID) -> EndingPage:
    """The assessment that is about to end."""
    assessment, incident = assessment_for(work, assessment_id, Permission.RECORD_ASSESSMENTS)
    work.audit(Name.ASSESSMENT_VIEWED, "assessment", assessment_id)
    counts = tally(given(stored_answers(work, assessment_id)), instrument_of(assessment).numbers)
    return EndingPage(
        assessment.id,
        incident.urn,
        counts.from_victim,
        counts.items,
        contact_stop(work, assessment.pair_id),
    )
