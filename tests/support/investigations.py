"""Closed cases for the tests, and samples drawn from them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from dash_forms.domain.checklists import read_checklist
from dash_forms.domain.investigations import Terms, months_to_draw
from dash_forms.domain.periods import Month
from dash_forms.investigations.commands import Wanted, draw_samples
from dash_forms.store.models import Assessment, InvestigationCase, Pair
from dash_forms.store.work import Store
from tests.support.cases import approve, id_of, submitted
from tests.support.client import StrictClient
from tests.support.force import Force

CHECKLIST = read_checklist(Path("/nowhere/investigations.toml"))


def last_month() -> Month:
    return months_to_draw(datetime.now(UTC))[0]


def noon_of(month: Month) -> datetime:
    """The middle of its tenth day."""
    return datetime.combine(month.first + timedelta(days=9), time(12), UTC)


def closed_case(
    officer: StrictClient,
    reviewer: StrictClient,
    store: Store,
    *,
    at: datetime | None = None,
) -> UUID:
    """The id of an incident that was closed last month, or then."""
    assessment = id_of(approve(reviewer, submitted(officer)))
    with store.work(writes=True) as work:
        work.connection.execute(
            update(Assessment)
            .where(Assessment.id == assessment)
            .values(closed_at=at or noon_of(last_month()))
        )
        of_pair = select(Pair.incident_id).join(Assessment, Assessment.pair_id == Pair.id)
        return work.session.scalars(of_pair.where(Assessment.id == assessment)).one()


def draw(store: Store, force: Force, *, size: int = 2, month: Month | None = None) -> list[UUID]:
    """Draw every team's month as the inspector; the ids of the samples."""
    terms = Terms(size, CHECKLIST)
    with store.work(writes=True, actor=force.actors["inspector1"]) as work:
        return draw_samples(work, Wanted(month or last_month()), terms)


def cases_of(store: Store, sample_id: UUID) -> list[InvestigationCase]:
    """Its cases in the order of the draw."""
    with store.work(writes=False) as work:
        return list(
            work.session.scalars(
                select(InvestigationCase)
                .where(InvestigationCase.sample_id == sample_id)
                .order_by(InvestigationCase.place)
            )
        )


def answers(finding: str = "yes", **others: str) -> dict[str, Any]:
    """A filled checklist; `children_seen="no"` answers one differently, with a note."""
    filled: dict[str, Any] = {}
    for question in CHECKLIST.questions:
        found = others.get(question.id, finding)
        filled[f"answer_{question.id}"] = found
        filled[f"note_{question.id}"] = "Nothing in the record." if found == "no" else ""
    return filled
