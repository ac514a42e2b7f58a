"""What is entered of an inspection: grades, areas for improvement, and each line of their history.

No row is ever changed. A wrong grade is withdrawn; an item is what its entries make of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash_forms.domain.audit_events import Name
from dash_forms.domain.baselines import reason_refusals
from dash_forms.domain.definitions import metric
from dash_forms.domain.errors import (
    InvalidError,
    NotFoundError,
    StaleError,
    StateError,
    require_none,
)
from dash_forms.domain.inspection import (
    WHY_WITHDRAWN,
    Item,
    ItemEntry,
    ItemEvent,
    NewGrade,
    NewItem,
    Snapshot,
    Terms,
    area,
    past_refusals,
)
from dash_forms.domain.periods import london_date
from dash_forms.inspection.reading import history
from dash_forms.store.measures import quarterly
from dash_forms.store.models import (
    Account,
    InspectionEntry,
    InspectionGrade,
    InspectionGradeWithdrawal,
    InspectionItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from dash_forms.store.work import Work

_SENT_BEFORE = "This form was sent before, with other words. Open the page anew"
_EVENTS = {
    ItemEvent.ADD: Name.INSPECTION_ITEM_ADDED,
    ItemEvent.CHANGE: Name.INSPECTION_ITEM_CHANGED,
    ItemEvent.NAME_MEASURE: Name.INSPECTION_EVIDENCE_ADDED,
    ItemEvent.NOTE_EVIDENCE: Name.INSPECTION_EVIDENCE_ADDED,
    ItemEvent.TAKE_OUT: Name.INSPECTION_EVIDENCE_TAKEN_OUT,
}
"""What the audit log calls an entry; every other one is a move."""


def enter_grade(work: Work, new: NewGrade) -> None:
    """Keep a grade as it was published; the same form sent twice enters one."""
    area(new.area)
    require_none(new.refusals(london_date(work.now)))
    if (kept := work.session.get(InspectionGrade, new.id)) is not None:
        told = (kept.area, kept.grade, kept.assessment, kept.published_on, kept.source)
        if told != (new.area, new.grade, new.assessment, new.published_on, new.source):
            raise InvalidError(_SENT_BEFORE)
        return
    work.session.add(
        InspectionGrade(
            id=new.id,
            area=new.area,
            grade=new.grade,
            assessment=new.assessment,
            published_on=new.published_on,
            source=new.source,
            entered_by_id=work.by.id,
            entered_at=work.now,
        )
    )
    work.audit(
        Name.INSPECTION_GRADE_ENTERED,
        "inspection_grade",
        new.id,
        area=new.area,
        grade=new.grade.value,
        published_on=new.published_on.isoformat(),
    )


def withdraw_grade(work: Work, grade_id: UUID, reason: str) -> None:
    """Say that a grade was entered wrongly, and why: it stays to be seen and counts no longer."""
    kept = work.session.get(InspectionGrade, grade_id, with_for_update=True)
    if kept is None:
        raise NotFoundError("There is no such grade.")
    if work.session.get(InspectionGradeWithdrawal, grade_id) is not None:
        raise StateError("This grade was withdrawn already.")
    require_none(reason_refusals(reason, why=WHY_WITHDRAWN))
    work.session.add(
        InspectionGradeWithdrawal(
            grade_id=grade_id,
            reason_sealed=work.vault.seal(grade_id, "withdrawal_reason", reason),
            withdrawn_by_id=work.by.id,
            withdrawn_at=work.now,
        )
    )
    work.audit(Name.INSPECTION_GRADE_WITHDRAWN, "inspection_grade", grade_id, area=kept.area)


def add_item(work: Work, new: NewItem) -> None:
    """Add an area for improvement; the same form sent twice adds one."""
    area(new.area)
    entry = ItemEntry(new.id, ItemEvent.ADD, new.note, new.terms)
    require_none(_refusals(work, entry))
    if (kept := work.session.get(InspectionItem, new.id)) is not None:
        if (kept.area, kept.assessment, history(work, kept.id)[0]) != (
            new.area,
            new.assessment,
            entry,
        ):
            raise InvalidError(_SENT_BEFORE)
        return
    work.session.add(InspectionItem(id=new.id, area=new.area, assessment=new.assessment))
    work.flush()
    _write(work, new.id, Item.replayed([entry]), entry)


def record_entry(work: Work, item_id: UUID, entry: ItemEntry, *, seen: int | None = None) -> None:
    """Add a line to the history of an item; the same form sent twice adds one.

    `seen` is how many there were when the page was opened, for what would undo a later one.
    """
    if work.session.get(InspectionItem, item_id, with_for_update=True) is None:
        raise NotFoundError("There is no such area for improvement.")
    entries = history(work, item_id)
    if any(entry == each for each in entries):
        return
    if work.session.get(InspectionEntry, entry.id) is not None:
        raise InvalidError(_SENT_BEFORE)
    item = Item.replayed(entries)
    if seen is not None and seen != item.entry_count:
        raise StaleError(
            "Somebody else has changed this since you opened the page. Nothing was overwritten:"
            " what you typed is still here. Open the page anew to see the other change"
        )
    require_none(_refusals(work, entry))
    _write(work, item_id, item.after(entry), entry)


def name_measure(work: Work, item_id: UUID, entry_id: UUID, code: str, note: str) -> None:
    """Name a measure of this system as evidence, with its counts as they stand now."""
    today = london_date(work.now)
    kept = work.session.get(InspectionEntry, entry_id)
    if kept is not None and (kept.item_id, kept.measure) == (item_id, code):
        # The counts may have moved since the form was sent first; its words may not.
        if work.vault.open_text(entry_id, "note", kept.note_sealed) != note:
            raise InvalidError(_SENT_BEFORE)
        return
    reading = quarterly(work.connection, [metric(code)], today)[code]
    snapshot = Snapshot(
        code, reading.numerator, reading.denominator, reading.period, reading.is_complete
    )
    entry = ItemEntry(entry_id, ItemEvent.NAME_MEASURE, note, snapshot=snapshot)
    record_entry(work, item_id, entry)


def _refusals(work: Work, entry: ItemEntry) -> Iterator[InvalidError]:
    today = london_date(work.now)
    yield from reason_refusals(entry.note, why=entry.event.why, field="note")
    if entry.terms:
        yield from entry.terms.refusals(today)
        owner = entry.terms.owner.account_id
        if owner and work.session.get(Account, owner) is None:
            yield InvalidError("Choose a person from the list", field="owner")
    if entry.dated_on:
        yield from past_refusals(entry.dated_on, today, field="dated_on")


def _write(work: Work, item_id: UUID, item: Item, entry: ItemEntry) -> None:
    """Keep an entry, which has made the item what it is."""
    snapshot = entry.snapshot
    work.session.add(
        InspectionEntry(
            id=entry.id,
            item_id=item_id,
            number=item.entry_count,
            event=entry.event,
            note_sealed=work.vault.seal(entry.id, "note", entry.note),
            **_set_by(work, entry.id, entry.terms),
            measure=snapshot.code if snapshot else None,
            numerator=snapshot.numerator if snapshot else None,
            denominator=snapshot.denominator if snapshot else None,
            starts_on=snapshot.period.start if snapshot else None,
            ends_on=snapshot.period.end if snapshot else None,
            was_complete=snapshot.is_complete if snapshot else None,
            dated_on=entry.dated_on,
            evidence_id=entry.evidence_id,
            entered_by_id=work.by.id,
            entered_at=work.now,
        )
    )
    work.flush()
    work.audit(
        _EVENTS.get(entry.event, Name.INSPECTION_ITEM_MOVED),
        "inspection_item",
        item_id,
        entry=str(entry.id),
        event=entry.event.value,
        state=item.state.value,
    )


def _set_by(work: Work, entry_id: UUID, terms: Terms | None) -> dict[str, object]:
    if terms is None:
        return {}
    return {
        "words_sealed": work.vault.seal(entry_id, "words", terms.words),
        "owner_id": terms.owner.account_id,
        "owner_role_sealed": work.vault.seal_text(entry_id, "owner_role", terms.owner.role),
        "due_on": terms.due_on,
    }
