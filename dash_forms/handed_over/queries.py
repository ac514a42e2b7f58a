"""What was handed over: the cases that wait for a supervisor, and one of them in full."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.handed_over import Settlement, id_in, number_in
from dash_forms.domain.ids import tablet_name
from dash_forms.domain.instruments import Instrument, NotInInstrumentError, current, instrument
from dash_forms.handed_over.bundles import Bundle, actor_of
from dash_forms.store.accounts import display_name, display_names
from dash_forms.store.handed_over import in_reach
from dash_forms.store.models import (
    Account,
    AnswerLogEntry,
    Assessment,
    HandedOver,
    Incident,
    Pair,
    WaitedPost,
)
from dash_forms.store.work import Work

LENGTH = 100
_SETTLED = 20


@dataclass(frozen=True, slots=True)
class Correction:
    """An incident number that a supervisor put right."""

    before: str
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation that was handed over."""

    op_id: UUID
    case_id: UUID
    author: str
    tablet: str
    brought_by: str
    received_at: datetime
    operation: dict[str, Any]
    errors: list[str]
    corrections: list[Correction]
    settlement: Settlement | None
    settled_by: str
    settled_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """What came of one case from one officer, in the order in which it was made."""

    entries: list[Entry]
    number: str
    """The incident's: as it is on record by now, or else as it was entered; empty if unknown."""

    @property
    def first(self) -> Entry:
        return self.entries[0]

    @property
    def open(self) -> list[Entry]:
        return [each for each in self.entries if each.settlement is None]

    @property
    def correctable(self) -> Entry | None:
        """The form of the incident, while its number can still be put right."""
        return next((each for each in self.open if number_in(each.operation)), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """What waits, the longest first, and what was settled last."""

    waiting: list[Case]
    settled: list[Case]


def listed(work: Work) -> Listed:
    """Everything in reach that waits, and a little of what does no longer."""
    found = select(HandedOver).where(*in_reach(work))
    owed = found.where(HandedOver.settled_at.is_(None)).order_by(HandedOver.received_at)
    done = found.where(HandedOver.settled_at.is_not(None)).order_by(HandedOver.settled_at.desc())
    work.audit(Name.HANDED_OVER_LISTED)
    return Listed(
        _cases(work, work.session.scalars(owed)),
        _cases(work, work.session.scalars(done.limit(_SETTLED * 10)))[:_SETTLED],
    )


def case(work: Work, case_id: UUID) -> list[Case]:
    """All of a case, settled or not; one for each officer that it came from."""
    rows = require_case(work, case_id)
    work.audit(Name.HANDED_OVER_VIEWED, "case", case_id)
    return _cases(work, rows)


def require_case(work: Work, case_id: UUID, *, lock: bool = False) -> list[HandedOver]:
    """What was handed over of a case, or NotFoundError: what is out of reach looks like nothing.

    With `lock` nobody else settles it before this transaction ends.
    """
    found = select(HandedOver).where(HandedOver.case_id == case_id, *in_reach(work))
    if lock:
        found = found.order_by(HandedOver.op_id).with_for_update()
    rows = list(work.session.scalars(found))
    if not rows:
        raise NotFoundError("Nothing was handed over here, or it is not yours to decide.")
    return rows


def bundles(work: Work, case_id: UUID) -> list[Bundle]:
    """What waits of a case, ready to be delivered once more."""
    rows = [each for each in require_case(work, case_id, lock=True) if each.settled_at is None]
    ready = []
    for (author_id, device_id), some in groupby(
        sorted(rows, key=_by_tablet), key=lambda row: (row.author_id, row.device_id)
    ):
        author = actor_of(work.session.get_one(Account, author_id))
        # Each batch came with the tablet's clock of that moment.
        for received_at, batch in groupby(some, key=lambda row: row.received_at):
            contents = [content_of(work, row) for row in batch]
            told = contents[0]["sent_at"]
            sent_at = datetime.fromisoformat(told) + (work.now - received_at) if told else None
            operations = [each["operation"] for each in contents]
            ready.append(Bundle(author, device_id, operations, sent_at))
    return ready


def known(work: Work, bundle: Bundle) -> dict[UUID | None, dict[str, Any] | None]:
    """Which of these are kept here, as a supervisor put them right.

    None for what a supervisor has closed: it is not applied after all by a file.
    """
    ids = [id_in(each.get("op_id")) for each in bundle.operations if isinstance(each, dict)]
    rows = work.session.scalars(
        select(HandedOver).where(
            HandedOver.op_id.in_([each for each in ids if each]),
            HandedOver.author_id == bundle.author.id,
        )
    )
    return {
        row.op_id: None
        if row.settlement is Settlement.CLOSED
        else content_of(work, row)["operation"]
        for row in rows
    }


def arrived(work: Work, op_ids: Collection[UUID]) -> set[UUID]:
    """Which operations of this person need no tablet any more: they are stored, or closed."""
    own = work.by.id
    return {
        op_id
        for query in (
            select(WaitedPost.op_id).where(
                WaitedPost.op_id.in_(op_ids), WaitedPost.author_id == own
            ),
            select(AnswerLogEntry.op_id).where(
                AnswerLogEntry.op_id.in_(op_ids), AnswerLogEntry.author_id == own
            ),
            select(HandedOver.op_id).where(
                HandedOver.op_id.in_(op_ids),
                HandedOver.author_id == own,
                HandedOver.settlement == Settlement.CLOSED,
            ),
        )
        for op_id in work.session.scalars(query)
    }


def question_set(work: Work, entry: Entry, among: Iterable[Entry]) -> Instrument | None:
    """The set that an answer is of: the assessment's, or the one that it was begun with."""
    part = str(entry.operation.get("part", "")).partition(":")[0]
    assessment = work.session.get(Assessment, entry.case_id)
    begun_with = next((name for each in among if (name := _chosen_set(each.operation))), "")
    set_id, _, version = begun_with.partition(".v")
    try:
        if part:
            return current(part)
        if assessment:
            return instrument(assessment.instrument_id, assessment.instrument_version)
        return instrument(set_id, int(version)) if version.isdecimal() else current(work.main_set)
    except (NotInInstrumentError, KeyError, ValueError):
        return None


def _chosen_set(operation: dict[str, Any]) -> str:
    return str(dict(operation.get("fields", ())).get("question_set", ""))


def _by_tablet(row: HandedOver) -> tuple[Any, ...]:
    return (row.author_id, row.device_id, row.received_at, row.place)


def content_of(work: Work, row: HandedOver) -> dict[str, Any]:
    """What was sealed of an operation: itself, why it was refused, and what was put right in it."""
    content: dict[str, Any] = json.loads(work.vault.open(row.op_id, "content", row.content_sealed))
    return content


def _cases(work: Work, found: Iterable[HandedOver]) -> list[Case]:
    """By case and author, in the order of their first."""
    rows = list(found)
    people = {
        name for row in rows for name in (row.author_id, row.brought_by_id, row.settled_by_id)
    }
    names = display_names(work, people)
    cases: dict[tuple[UUID, UUID], list[HandedOver]] = {}
    for row in rows:
        cases.setdefault((row.case_id, row.author_id), []).append(row)
    numbers = _numbers(work, {case_id for case_id, _ in cases})
    found_cases = []
    for (case_id, _), rows in cases.items():
        entries = [_entry(work, row, names) for row in sorted(rows, key=_by_tablet)]
        entered = next(filter(None, (number_in(each.operation) for each in entries)), "")
        found_cases.append(Case(entries, numbers.get(case_id, entered)))
    return found_cases


def _numbers(work: Work, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of the cases that are on record, in incidents that are within reach."""
    reach = in_reach(work, Incident.team_id)
    whole = select(Incident.id, Incident.urn).where(Incident.id.in_(case_ids), *reach)
    single = (
        select(Assessment.id, Incident.urn)
        .join(Pair, Pair.id == Assessment.pair_id)
        .join(Incident, Incident.id == Pair.incident_id)
        .where(Assessment.id.in_(case_ids), *reach)
    )
    return {row.id: row.urn for found in (whole, single) for row in work.session.execute(found)}


def _correction(work: Work, before: str, by: str, at: str, why: str) -> Correction:
    return Correction(before, display_name(work, UUID(by)), datetime.fromisoformat(at), why)


def _entry(work: Work, row: HandedOver, names: dict[UUID | None, str]) -> Entry:
    content = content_of(work, row)
    return Entry(
        op_id=row.op_id,
        case_id=row.case_id,
        author=names[row.author_id],
        tablet=tablet_name(row.device_id),
        brought_by=names[row.brought_by_id],
        received_at=row.received_at,
        operation=content["operation"],
        errors=content["errors"],
        corrections=[_correction(work, **each) for each in content.get("corrections", ())],
        settlement=row.settlement,
        settled_by=names.get(row.settled_by_id, ""),
        settled_at=row.settled_at,
        reason=work.vault.open_text(row.op_id, "reason", row.reason_sealed),
    )
