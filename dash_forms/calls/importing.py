"""Importing a call log: its rows are put by, sealed, and then taken in some at a time.

Each part is one transaction: its calls, their callers, the flags and the progress are kept together
or not at all. So an import that was killed goes on where it was, and ends as one that was not. A
call whose number is known already is left as it is, so that a file imported twice changes nothing.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, insert, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.call_log import LoggedCall, read_call, read_header
from dash_forms.domain.errors import InvalidError, NotFoundError, StateError
from dash_forms.domain.ids import uuid7
from dash_forms.store.callers import callers_like, refigure_flags, take_turns, told_by
from dash_forms.store.models import (
    Call,
    Caller,
    CallerKey,
    CallerMatch,
    CallImport,
    CallImportPart,
    CallImportProblem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from dash_forms.domain.callers import Told
    from dash_forms.store.work import Work

ROWS_IN_A_PART = 2_000
_BATCH = 500

Line = tuple[int, list[str]]
"""A row of a file, and where in the file it ends."""


def put_by(work: Work, file_name: str, lines: Iterable[str]) -> UUID:
    """Keep the rows of a CSV file for the import, and return its id; nothing is imported yet.

    InvalidError if it is no such file, or its first row does not name the columns.
    """
    rows = _rows(lines)
    first = next(rows, None)
    if first is None:
        raise InvalidError("The file is empty", field="file")
    try:
        columns = read_header(first[1])
    except InvalidError as error:
        raise InvalidError(error.sentence, field="file") from None
    return _put_by(work, file_name, columns, rows)


def _put_by(work: Work, file_name: str, columns: tuple[str, ...], rows: Iterator[Line]) -> UUID:
    import_id = uuid7()
    waiting = CallImport(
        id=import_id,
        file_name=file_name,
        asked_by_id=work.by.id,
        asked_at=work.now,
        columns=",".join(columns),
        row_count=0,
    )
    work.session.add(waiting)
    work.flush()
    for number, part in enumerate(iter(lambda: list(islice(rows, ROWS_IN_A_PART)), [])):
        waiting.row_count += len(part)
        text = json.dumps(part, ensure_ascii=False)
        sealed = work.vault.seal(import_id, f"rows {number}", text)
        work.connection.execute(
            insert(CallImportPart),
            {"import_id": import_id, "number": number, "rows_sealed": sealed},
        )
    if waiting.row_count == 0:
        raise InvalidError("There is no row after the one that names the columns", field="file")
    work.audit(Name.CALLS_IMPORT_BEGUN, "call_import", import_id, rows=waiting.row_count)
    return import_id


def _rows(lines: Iterable[str]) -> Iterator[Line]:
    """The rows that are not blank, each with the number of its last line."""
    reader = csv.reader(lines, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise InvalidError(
            f"Line {reader.line_num:,} cannot be read as CSV ({error}); a quotation mark that is"
            " not closed is the usual cause",
            field="file",
        ) from None
    except UnicodeDecodeError:
        raise InvalidError(
            f"The file is not in UTF-8 after line {reader.line_num:,}; save it as “CSV UTF-8”",
            field="file",
        ) from None


@dataclass(slots=True)
class _Part:
    """What some rows come to."""

    calls: list[tuple[int, LoggedCall]] = field(default_factory=list)
    problems: list[dict[str, object]] = field(default_factory=list)

    def refuse(self, line: int, error: InvalidError) -> None:
        self.problems.append(
            {"line": line, "column": error.field or "", "reason": error.sentence[:300]}
        )


def import_part(work: Work, import_id: UUID) -> bool:
    """Take in the next rows of an import; whether there are more."""
    take_turns(work.connection)
    waiting = import_of(work, import_id)
    if waiting.cancelled_at is not None:
        raise StateError("This import was cancelled.")
    row = work.connection.execute(
        select(CallImportPart.number, CallImportPart.rows_sealed)
        .where(CallImportPart.import_id == import_id)
        .order_by(CallImportPart.number)
        .limit(1)
    ).first()
    if row is None:
        return False
    rows = json.loads(work.vault.open(import_id, f"rows {row.number}", row.rows_sealed))
    part = _read(work, waiting.columns.split(","), rows)
    added = _add(work, part)
    for each in part.problems:
        each["import_id"] = import_id
    if part.problems:
        work.connection.execute(insert(CallImportProblem), part.problems)
    work.connection.execute(
        delete(CallImportPart).where(
            CallImportPart.import_id == import_id, CallImportPart.number == row.number
        )
    )
    waiting.done_count += len(rows)
    waiting.refused_count += len(part.problems)
    waiting.new_count += added
    waiting.known_count += len(rows) - len(part.problems) - added
    if waiting.done_count < waiting.row_count:
        return True
    waiting.finished_at = work.now
    work.audit(
        Name.CALLS_IMPORTED,
        "call_import",
        import_id,
        new=waiting.new_count,
        known=waiting.known_count,
        refused=waiting.refused_count,
    )
    return False


def import_of(work: Work, import_id: UUID) -> CallImport:
    """The import of an id, or NotFoundError."""
    if (found := work.session.get(CallImport, import_id)) is None:
        raise NotFoundError("There is no such import.")
    return found


def cancel_import(work: Work, import_id: UUID) -> None:
    """Let the rest of an import be; the calls that it has taken in so far stay."""
    take_turns(work.connection)
    waiting = import_of(work, import_id)
    if waiting.finished_at is not None or waiting.cancelled_at is not None:
        raise StateError("This import has ended already.")
    waiting.cancelled_at = work.now
    work.connection.execute(delete(CallImportPart).where(CallImportPart.import_id == import_id))
    work.audit(Name.CALLS_IMPORT_CANCELLED, "call_import", import_id, done=waiting.done_count)


def _read(work: Work, columns: Sequence[str], rows: Iterable[tuple[int, list[str]]]) -> _Part:
    part = _Part()
    for line, cells in rows:
        try:
            if len(cells) > len(columns):
                raise InvalidError("There are more cells than columns")  # noqa: TRY301
            part.calls.append((line, read_call(dict(zip(columns, cells, strict=False)), work.now)))
        except InvalidError as error:
            part.refuse(line, error)
    return part


def _add(work: Work, part: _Part) -> int:
    """Add the calls that are not known yet; returns how many."""
    known = _known(work, [call.reference for _, call in part.calls])
    new: dict[str, LoggedCall] = {}
    for _, call in part.calls:
        if call.reference not in known:
            new.setdefault(call.reference, call)
    told = {reference: told_by(work.vault, call) for reference, call in new.items()}
    rows = _Rows(work)
    rows.resolve(new, told)
    rows.insert()
    return len(new)


def _known(work: Work, references: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for at in range(0, len(references), _BATCH):
        some = references[at : at + _BATCH]
        known.update(
            work.connection.scalars(select(Call.reference).where(Call.reference.in_(some)))
        )
    return known


class _Rows:
    """The rows that some calls add, gathered so that each table is written once."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.calls: list[dict[str, Any]] = []
        self.callers: list[dict[str, Any]] = []
        self.keys: list[dict[str, Any]] = []
        self.matches: list[dict[str, Any]] = []

    def resolve(self, calls: Mapping[str, LoggedCall], told: Mapping[str, Told]) -> None:
        """Find out whose calls these are, one after the other."""
        known = callers_like(self.work.connection, told.values())
        for reference, call in calls.items():
            caller: UUID | None = None
            if told[reference].is_somebody:
                found = known.resolve(told[reference])
                caller = found.caller or self._new_caller(call)
                for kind, key in known.add(caller, told[reference].keys):
                    self.keys.append({"kind": kind, "key": key, "caller_id": caller})
                for other, why in found.doubtful:
                    self._match(other, caller, why)
            self.calls.append(
                {
                    "id": uuid7(),
                    "reference": reference,
                    "contact": call.duplicate_of or reference,
                    "called_at": call.called_at,
                    "channel": call.channel,
                    "caller_id": caller,
                    "incident_urn": call.incident,
                }
            )

    def _new_caller(self, call: LoggedCall) -> UUID:
        caller, seal = uuid7(), self.work.vault.seal_text
        born_on = call.born_on.isoformat() if call.born_on else ""
        self.callers.append(
            {
                "id": caller,
                "counted_as_id": caller,
                "name_sealed": seal(caller, "name", call.name),
                "phone_sealed": seal(caller, "phone", call.phone),
                "born_on_sealed": seal(caller, "born_on", born_on),
                "address_sealed": seal(caller, "address", call.address),
                "created_at": self.work.now,
            }
        )
        return caller

    def _match(self, one: UUID, other: UUID, why: object) -> None:
        found = {"one_id": one, "other_id": other, "why": why}
        self.matches.append({"id": uuid7(), "found_at": self.work.now, "verdict": None, **found})

    def insert(self) -> None:
        """Write them all, and the flags that follow."""
        connection = self.work.connection
        counted_as = self._counted_as()
        for call in self.calls:
            call["counted_as_id"] = counted_as.get(call["caller_id"], call["caller_id"])
        tables = (
            (Caller, self.callers),
            (CallerKey, self.keys),
            (Call, self.calls),
            (CallerMatch, self.matches),
        )
        for model, rows in tables:
            if rows:
                connection.execute(insert(model), rows)
        callers = {call["counted_as_id"] for call in self.calls if call["counted_as_id"]}
        refigure_flags(connection, callers)

    def _counted_as(self) -> dict[UUID, UUID]:
        """Whom each caller counts as, of those who were put together with another."""
        callers = sorted({call["caller_id"] for call in self.calls if call["caller_id"]})
        found: dict[UUID, UUID] = {}
        for at in range(0, len(callers), _BATCH):
            query = select(Caller.id, Caller.counted_as_id).where(
                Caller.id.in_(callers[at : at + _BATCH]), Caller.counted_as_id != Caller.id
            )
            found.update((row[0], row[1]) for row in self.work.connection.execute(query))
        return found
