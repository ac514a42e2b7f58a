"""Importing a log: its rows are put by, sealed, and then taken in some at a time, as a job.

Each part is one transaction: what its rows come to and the progress are kept together or not at
all. So an import that was killed goes on where it was, and ends as one that was not. A call whose
number is known already is left as it is, so that a file imported twice changes nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from dash_forms.calls.answering import add_offered
from dash_forms.calls.taking_in import add_calls
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import InvalidError, NotFoundError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.jobs import JobState, Slice
from dash_forms.domain.log_layout import readable_reference
from dash_forms.domain.logs import Log
from dash_forms.store import jobs
from dash_forms.store.jobs import Kind
from dash_forms.store.models import CallImport, CallImportPart, CallImportProblem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dash_forms.domain.jobs import Job
    from dash_forms.store.work import Work

NAME = "call_import"
ROWS_IN_A_PART = 2_000
_REASON_LENGTH = 2_000
ADDED: dict[Log, Callable[[Work, Iterable[Any]], int]] = {
    Log.CALLS: add_calls,
    Log.ANSWERING: add_offered,
}
"""What takes in the rows of each log, and says how many were new."""
Line = tuple[int, list[str]]
"""A row of a file, and where in the file it ends."""


def put_by(work: Work, log: Log, file_name: str, lines: Iterable[str]) -> UUID:
    """Keep the rows of a CSV file for the import, and return its id; nothing is taken in yet.

    InvalidError if it is no such file, or its first row does not name the columns.
    """
    rows = _rows(lines)
    first = next(rows, None)
    if first is None:
        raise InvalidError("The file is empty", field="file")
    try:
        columns = log.layout.read_header(first[1])
    except InvalidError as error:
        raise InvalidError(error.sentence, field="file") from None
    return _put_by(work, log, file_name, columns, rows)


def _put_by(
    work: Work, log: Log, file_name: str, columns: Sequence[str], rows: Iterator[Line]
) -> UUID:
    import_id, row_count = uuid7(), 0
    parts = iter(lambda: list(islice(rows, ROWS_IN_A_PART)), [])
    job_id = jobs.ask_for(work, NAME, {"import": str(import_id)}, row_count)
    waiting = CallImport(
        id=import_id,
        job_id=job_id,
        log=log,
        file_name=file_name,
        columns=",".join(columns),
        row_count=row_count,
    )
    work.session.add(waiting)
    work.flush()
    for number, part in enumerate(parts):
        row_count += len(part)
        text = json.dumps(part, ensure_ascii=False)
        sealed = work.vault.seal(import_id, f"rows {number}", text)
        work.connection.execute(
            insert(CallImportPart),
            {
                "import_id": import_id,
                "number": number,
                "row_count": len(part),
                "rows_sealed": sealed,
            },
        )
    if row_count == 0:
        raise InvalidError("There is no row after the one that names the columns", field="file")
    waiting.row_count = row_count
    jobs.set_total(work, job_id, row_count)
    work.audit(Name.CALLS_IMPORT_BEGUN, "call_import", import_id, rows=row_count, log=log.value)
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


def import_of(work: Work, import_id: UUID) -> CallImport:
    """The import of an id, or NotFoundError."""
    if (found := work.session.get(CallImport, import_id)) is None:
        raise NotFoundError("There is no such import.")
    return found


def cancel_import(work: Work, import_id: UUID) -> None:
    """Let the rest of an import be; the calls that it has taken in so far stay.

    One that failed is anybody's: whoever began it may be on leave, and its rows name people.
    """
    waiting = import_of(work, import_id)
    _forget(work, jobs.cancel(work, NAME, waiting.job_id, of_others_in={JobState.FAILED}))


def try_import_again(work: Work, import_id: UUID) -> None:
    """Let an import that failed go on after the rows that it has taken in."""
    jobs.try_again(work, NAME, import_of(work, import_id).job_id)


def _next_part(work: Work, job: Job) -> Slice:
    """Which rows come next. They are taken in where the slice is kept, in the same transaction."""
    number = 0 if job.position is None else job.position + 1
    rows = work.connection.scalar(
        select(CallImportPart.row_count).where(
            CallImportPart.import_id == _id_of(job), CallImportPart.number == number
        )
    )
    done = job.done_count + (rows or 0)
    return Slice(None, number, done, is_last=done >= job.total_count)


def _take_in(work: Work, job: Job, part: Slice) -> None:
    """Take in the rows of a part, and note what became of them."""
    waiting = import_of(work, _id_of(job))
    this_part = (
        CallImportPart.import_id == waiting.id,
        CallImportPart.number == part.position,
    )
    sealed = work.connection.scalar(select(CallImportPart.rows_sealed).where(*this_part))
    if sealed is None:
        raise NotFoundError("Rows of this import are missing.")
    rows = json.loads(work.vault.open(waiting.id, f"rows {part.position}", sealed))
    found = _read(work, waiting, rows)
    added = ADDED[waiting.log](work, found.calls)
    if found.problems:
        work.connection.execute(insert(CallImportProblem), found.problems)
    work.connection.execute(delete(CallImportPart).where(*this_part))
    waiting.refused_count += len(found.problems)
    waiting.new_count += added
    waiting.known_count += len(rows) - len(found.problems) - added
    if part.is_last:
        work.audit(
            Name.CALLS_IMPORTED,
            "call_import",
            waiting.id,
            new=waiting.new_count,
            known=waiting.known_count,
            refused=waiting.refused_count,
        )


def _forget(work: Work, job: Job) -> None:
    """Remove the rows that were not taken in."""
    import_id = _id_of(job)
    work.connection.execute(delete(CallImportPart).where(CallImportPart.import_id == import_id))
    work.audit(Name.CALLS_IMPORT_CANCELLED, "call_import", import_id)


def _id_of(job: Job) -> UUID:
    return UUID(job.arguments["import"])


KIND = Kind(NAME, _next_part, _take_in, _forget)


@dataclass(slots=True)
class _Part:
    """What some rows say, and what is wrong with the others."""

    calls: list[Any] = field(default_factory=list)
    problems: list[dict[str, object]] = field(default_factory=list)


def _read(work: Work, waiting: CallImport, rows: Iterable[tuple[int, list[str]]]) -> _Part:
    part, columns = _Part(), waiting.columns.split(",")
    for line, cells in rows:
        row = dict(zip(columns, cells, strict=False))
        if len(cells) > len(columns):
            row = {}  # nobody knows which cell is which
            error = InvalidError("There are more cells than columns")
        else:
            try:
                part.calls.append(waiting.log.read(row, work.now))
                continue
            except InvalidError as refusal:
                error = refusal
        number = readable_reference(row)
        about = {"import_id": waiting.id, "line": line, "reference": number}
        part.problems.append(about | _told(error))
    return part


def _told(refusal: InvalidError) -> dict[str, str]:
    """The columns that are wrong and why; where there are several, each reason with its column."""
    if not refusal.also:
        return {"column": refusal.field or "", "reason": refusal.sentence[:_REASON_LENGTH]}
    every = (refusal, *refusal.also)
    return {
        "column": ", ".join(each.field or "" for each in every),
        "reason": "; ".join(f"{each.field}: {each.sentence}" for each in every)[:_REASON_LENGTH],
    }
