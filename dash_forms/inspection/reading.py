"""Entries of items as the domain knows them, out of the rows that keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from dash_forms.domain.inspection import ItemEntry, Owner, Snapshot, Terms
from dash_forms.domain.periods import Period
from dash_forms.store.models import InspectionEntry

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.store.work import Work


def history(work: Work, item_id: UUID) -> list[ItemEntry]:
    """Every entry of one item, the first first."""
    rows = work.session.scalars(
        select(InspectionEntry)
        .where(InspectionEntry.item_id == item_id)
        .order_by(InspectionEntry.number)
    )
    return [entry_of(work, row) for row in rows]


def entry_of(work: Work, row: InspectionEntry) -> ItemEntry:
    """One entry, in the clear."""
    return ItemEntry(
        row.id,
        row.event,
        work.vault.open(row.id, "note", row.note_sealed),
        _terms(work, row),
        _snapshot(row),
        row.dated_on,
        row.evidence_id,
    )


def _terms(work: Work, row: InspectionEntry) -> Terms | None:
    if row.words_sealed is None or row.due_on is None:
        return None
    return Terms(
        work.vault.open(row.id, "words", row.words_sealed),
        Owner(row.owner_id, work.vault.open_text(row.id, "owner_role", row.owner_role_sealed)),
        row.due_on,
    )


def _snapshot(row: InspectionEntry) -> Snapshot | None:
    if (
        row.measure is None
        or row.numerator is None
        or row.denominator is None
        or row.starts_on is None
        or row.ends_on is None
        or row.was_complete is None
    ):
        return None
    period = Period(row.starts_on, row.ends_on)
    return Snapshot(row.measure, row.numerator, row.denominator, period, row.was_complete)
