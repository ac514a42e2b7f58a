"""What is shown of an inspection: every area in a line, one area in full, and what is printed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dash_forms.domain.audit_events import Name
from dash_forms.domain.definitions import METRICS, Group
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.inspection import (
    AREAS,
    ASSESSMENT,
    Item,
    ItemEvent,
    Owner,
    Terms,
    area,
    changes,
)
from dash_forms.domain.periods import (
    london_date,
    words_for,
)
from dash_forms.domain.permissions import PERMISSIONS, Permission
from dash_forms.domain.then_and_now import Change, Figure
from dash_forms.inspection.reading import entry_of
from dash_forms.store.measures import quarterly
from dash_forms.store.models import (
    Account,
    InspectionEntry,
    InspectionGrade,
    InspectionGradeWithdrawal,
    InspectionItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from dash_forms.domain.definitions import Metric
    from dash_forms.domain.disclosure import Rules
    from dash_forms.domain.inspection import Area, GradeWord, ItemEntry, Snapshot
    from dash_forms.store.measures import Reading
    from dash_forms.store.work import Work

_REPORTS = {
    Group.RESPONSE: "/reports/review",
    Group.VIDEO: "/reports/body-worn-video",
    Group.ATTENDANCE: "/reports/response",
}
_LATER = dict.fromkeys(("D4", "D6", "D7"), "/reports/after-a-decline")
"""Where a measure stands among the reports, if not on their first page."""
_KNOWN = {each.code: each for each in METRICS}
_READERS = tuple(role for role, acts in PERMISSIONS.items() if Permission.VIEW_INSPECTION in acts)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did something, when, and why."""

    name: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GradeView:
    """A grade as it was entered."""

    id: UUID
    area: Area
    grade: GradeWord
    assessment: str
    published_on: date
    source: str
    entered: Signature
    withdrawn: Signature | None

    @property
    def is_of_another_assessment(self) -> bool:
        """Whether it stands on another scale than the areas that are listed."""
        return self.assessment != ASSESSMENT


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure that was named as evidence. No metric: this system has none of that code now."""

    code: str
    metric: Metric | None
    then: Figure
    now: Figure | None

    @property
    def change(self) -> Change | None:
        """What may be said of the two."""
        return Change.between(self.then, self.now) if self.now else None

    @property
    def report(self) -> str:
        """Where the figure stands among the reports."""
        if self.metric is None or self.now is None:
            return ""
        days = {
            "from": self.now.period.start.isoformat(),
            "to": self.now.period.end.isoformat(),
        }
        page = _LATER.get(self.metric.code) or _REPORTS.get(self.metric.group, "/reports")
        return f"{page}?{urlencode(days)}"


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """Evidence that stands: a measure, or words of a day."""

    id: UUID
    note: str
    added: Signature
    dated_on: date | None
    measure: MeasureView | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of an item's history; `parts` says what was before."""

    event: ItemEvent
    note: str
    by: Signature
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemView:
    """An area for improvement with everything that belongs to it."""

    id: UUID
    area: Area
    number: int
    """Its place among those of the area, in the order in which they were added."""
    assessment: str
    item: Item
    owner: str
    is_overdue: bool
    evidence: tuple[EvidenceView, ...]
    history: tuple[HistoryLine, ...]
    """The last first."""

    @property
    def takes_evidence(self) -> bool:
        """Whether it can be changed, and evidence be added."""
        return not self.item.state.is_withdrawn


@dataclass(frozen=True, slots=True)
class AreaPage:
    """One area in full."""

    area: Area
    grades: tuple[GradeView, ...]
    """The one that was published last first."""
    items: tuple[ItemView, ...]
    """Those that are open by their due dates, then the others."""

    @property
    def grade(self) -> GradeView | None:
        """The last published that was not withdrawn."""
        return next((each for each in self.grades if not each.withdrawn), None)

    @property
    def open_items(self) -> tuple[ItemView, ...]:
        return tuple(each for each in self.items if each.item.state.is_open)

    @property
    def closed_items(self) -> tuple[ItemView, ...]:
        return tuple(each for each in self.items if not each.item.state.is_open)

    @property
    def overdue_count(self) -> int:
        return sum(each.is_overdue for each in self.items)

    @property
    def next_due(self) -> date | None:
        """The earliest due day of those that are open, passed or to come."""
        days = [each.item.terms.due_on for each in self.open_items]
        return min(days, default=None)

    @property
    def assessments(self) -> tuple[str, ...]:
        """Of which assessments there are grades that stand, the last first."""
        found = (each.assessment for each in self.grades if not each.withdrawn)
        return tuple(dict.fromkeys(found))


def areas(work: Work, rules: Rules) -> tuple[AreaPage, ...]:
    """Every area in the order of the assessment."""
    work.audit(Name.INSPECTION_VIEWED, "inspection")
    return _pages(work, AREAS, rules=rules, with_figures=False)


def area_page(work: Work, code: str, rules: Rules) -> AreaPage:
    """One area, or NotFoundError; its figures are those that `to_print` has by the same rules."""
    wanted = area(code)
    work.audit(Name.INSPECTION_VIEWED, "inspection", code)
    [page] = _pages(work, [wanted], rules=rules)
    return page


def to_print(work: Work, code: str | None, rules: Rules) -> tuple[AreaPage, ...]:
    """One area or all of them, to be handed over: always under disclosure control."""
    wanted = AREAS if code is None else (area(code),)
    work.audit(Name.INSPECTION_PRINTED, "inspection", code or "all")
    return _pages(work, wanted, rules=rules)


def grade(work: Work, grade_id: UUID) -> GradeView:
    """One grade, or NotFoundError."""
    found = [each for each in _grades(work, AREAS) if each.id == grade_id]
    if not found:
        raise NotFoundError("There is no such grade.")
    work.audit(Name.INSPECTION_VIEWED, "inspection_grade", grade_id)
    return found[0]


def item(work: Work, item_id: UUID, rules: Rules) -> ItemView:
    """One area for improvement, or NotFoundError."""
    row = work.session.get(InspectionItem, item_id)
    known = row and next((each for each in AREAS if each.code == row.area), None)
    if not known:
        raise NotFoundError("There is no such area for improvement.")
    found = _items(work, [known], rules=rules, only=item_id)
    work.audit(Name.INSPECTION_VIEWED, "inspection_item", item_id)
    return found[0]


def evidence(work: Work, item_id: UUID, entry_id: UUID, rules: Rules) -> EvidenceView:
    """Evidence of an item that stands, or NotFoundError."""
    for each in item(work, item_id, rules).evidence:
        if each.id == entry_id:
            return each
    raise NotFoundError("There is no such evidence.")


def owners_to_choose(work: Work) -> list[tuple[str, str]]:
    """Everybody whose account is open and who sees these pages, as (value, words)."""
    rows = work.connection.execute(
        select(Account.id, Account.display_name, Account.role)
        .where(Account.closed_at.is_(None), Account.role.in_(_READERS))
        .order_by(Account.display_name, Account.id)
    )
    return [(str(row.id), f"{row.display_name} ({row.role.label.lower()})") for row in rows]


def _pages(
    work: Work, wanted: Iterable[Area], *, rules: Rules, with_figures: bool = True
) -> tuple[AreaPage, ...]:
    wanted = tuple(wanted)
    grades = _grades(work, wanted)
    items = _items(work, wanted, rules=rules, with_figures=with_figures)
    return tuple(
        AreaPage(
            each,
            tuple(grade for grade in grades if grade.area is each),
            tuple(item for item in items if item.area is each),
        )
        for each in wanted
    )


def _grades(work: Work, wanted: Iterable[Area]) -> list[GradeView]:
    known = {each.code: each for each in wanted}
    enterer, withdrawer = aliased(Account), aliased(Account)
    rows = work.session.execute(
        select(
            InspectionGrade,
            InspectionGradeWithdrawal,
            enterer.display_name.label("enterer"),
            withdrawer.display_name.label("withdrawer"),
        )
        .join(enterer, enterer.id == InspectionGrade.entered_by_id)
        .outerjoin(
            InspectionGradeWithdrawal, InspectionGradeWithdrawal.grade_id == InspectionGrade.id
        )
        .outerjoin(withdrawer, withdrawer.id == InspectionGradeWithdrawal.withdrawn_by_id)
        .where(InspectionGrade.area.in_(known))
        .order_by(
            InspectionGrade.published_on.desc(),
            InspectionGrade.entered_at.desc(),
            InspectionGrade.id.desc(),
        )
    )
    return [
        GradeView(
            kept.id,
            known[kept.area],
            kept.grade,
            kept.assessment,
            kept.published_on,
            kept.source,
            Signature(enterer_name, kept.entered_at),
            _withdrawn(work, withdrawal, withdrawer_name),
        )
        for kept, withdrawal, enterer_name, withdrawer_name in rows
    ]


def _withdrawn(
    work: Work, withdrawal: InspectionGradeWithdrawal | None, name: str | None
) -> Signature | None:
    if withdrawal is None:
        return None
    reason = work.vault.open(withdrawal.grade_id, "withdrawal_reason", withdrawal.reason_sealed)
    return Signature(name or "", withdrawal.withdrawn_at, reason)


def _items(
    work: Work,
    wanted: Iterable[Area],
    *,
    rules: Rules,
    only: UUID | None = None,
    with_figures: bool = True,
) -> list[ItemView]:
    known = {each.code: each for each in wanted}
    query = select(InspectionItem).where(InspectionItem.area.in_(known))
    if only:
        query = query.where(InspectionItem.id == only)
    items = work.session.scalars(query.order_by(InspectionItem.id)).all()
    lines: dict[UUID, list[tuple[ItemEntry, Signature]]] = {}
    rows = work.session.execute(
        select(InspectionEntry, Account.display_name)
        .join(Account, Account.id == InspectionEntry.entered_by_id)
        .where(InspectionEntry.item_id.in_([each.id for each in items]))
        .order_by(InspectionEntry.item_id, InspectionEntry.number)
    )
    for row, by in rows:
        signed = Signature(by, row.entered_at)
        lines.setdefault(row.item_id, []).append((entry_of(work, row), signed))
    replayed = {id_: Item.replayed(entry for entry, _ in entries) for id_, entries in lines.items()}
    reader = _Reader(work, rules, lines, replayed if with_figures else {})
    numbers = _numbers(work, known)
    views = [
        reader.view(each, known[each.area], numbers[each.id], replayed[each.id], lines[each.id])
        for each in items
    ]
    return sorted(
        views, key=lambda each: (not each.item.state.is_open, each.item.terms.due_on, each.id)
    )


def _numbers(work: Work, codes: Iterable[str]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    counted: Counter[str] = Counter()
    rows = work.connection.execute(
        select(InspectionItem.id, InspectionItem.area)
        .where(InspectionItem.area.in_(list(codes)))
        .order_by(InspectionItem.id)
    )
    for row in rows:
        counted[row.area] += 1
        found[row.id] = counted[row.area]
    return found


class _Reader:
    """Entries as they are read: names for owners, and figures under the rules."""

    def __init__(
        self,
        work: Work,
        rules: Rules,
        lines: Mapping[UUID, list[tuple[ItemEntry, Signature]]],
        with_figures: Mapping[UUID, Item],
    ) -> None:
        self.rules = rules
        self.today = london_date(work.now)
        self.owners = _owners(
            work, (entry.terms for entries in lines.values() for entry, _ in entries)
        )
        named = {
            each.snapshot.code
            for item in with_figures.values()
            for each in item.evidence
            if each.snapshot
        }
        metrics = [each for each in METRICS if each.code in named]
        self.now = quarterly(work.connection, metrics, self.today)

    def view(
        self,
        row: InspectionItem,
        of: Area,
        number: int,
        item: Item,
        lines: list[tuple[ItemEntry, Signature]],
    ) -> ItemView:
        signed = {entry.id: by for entry, by in lines}
        return ItemView(
            row.id,
            of,
            number,
            row.assessment,
            item,
            self.owner(item.terms.owner),
            item.is_overdue(self.today),
            tuple(
                EvidenceView(
                    each.id,
                    each.note,
                    signed[each.id],
                    each.dated_on,
                    self.measure(each.snapshot) if each.snapshot else None,
                )
                for each in item.evidence
            ),
            tuple(self.history(lines))[::-1],
        )

    def owner(self, owner: Owner) -> str:
        """The name of whoever has an account, or the role in words."""
        return self.owners.get(owner.account_id, "") if owner.account_id else owner.role

    def measure(self, snapshot: Snapshot) -> MeasureView:
        """A measure as it stood, and as it stands."""
        now = self.now.get(snapshot.code)
        return MeasureView(
            snapshot.code,
            _KNOWN.get(snapshot.code),
            self.figure(snapshot),
            self.figure(now) if now else None,
        )

    def figure(self, counted: Snapshot | Reading) -> Figure:
        """The counts under the rules."""
        counts = (counted.numerator, counted.denominator, counted.period)
        return Figure.under(self.rules, *counts, is_complete=counted.is_complete)

    def history(self, lines: list[tuple[ItemEntry, Signature]]) -> Iterable[HistoryLine]:
        """Each entry with what it changed, the first first."""
        terms: Terms | None = None
        brought = {entry.id: entry for entry, _ in lines}
        for entry, by in lines:
            parts: list[str] = []
            if entry.terms:
                parts = self.changed(terms, entry.terms) if terms else []
                terms = entry.terms
            if entry.snapshot:
                parts.append(self.named(entry.snapshot))
            if entry.dated_on:
                parts.append(f"Of {words_for(entry.dated_on)}.")
            if entry.evidence_id and (taken := brought.get(entry.evidence_id)):
                what = self.named(taken.snapshot) if taken.snapshot else taken.note
                parts.append(f"Taken out: {what}")
            yield HistoryLine(entry.event, entry.note, by, tuple(parts))

    def changed(self, before: Terms, now: Terms) -> list[str]:
        """What a change changed, with what was before."""
        words = {
            "the words": f"The words before: {before.words}",
            "the owner": f"Owner before: {self.owner(before.owner)}. From then on:"
            f" {self.owner(now.owner)}.",
            "the due date": f"Due before: {words_for(before.due_on)}. From then on:"
            f" {words_for(now.due_on)}.",
        }
        return [words[each] for each in changes(before, now)]

    @staticmethod
    def named(snapshot: Snapshot) -> str:
        """A measure by its code and name."""
        known = _KNOWN.get(snapshot.code)
        return f"{snapshot.code} {known.name}." if known else f"{snapshot.code}."


def _owners(work: Work, terms: Iterable[Terms | None]) -> dict[UUID | None, str]:
    wanted = {each.owner.account_id for each in terms if each and each.owner.account_id}
    rows = work.connection.execute(
        select(Account.id, Account.display_name, Account.closed_at).where(Account.id.in_(wanted))
    )
    return {
        row.id: f"{row.display_name} (account closed)" if row.closed_at else row.display_name
        for row in rows
    }
