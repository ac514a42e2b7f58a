"""What is shown of imports: all of them, and how far one is and what is wrong with its rows."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from dash_forms.calls.importing import NAME, import_of
from dash_forms.domain.audit_events import Name
from dash_forms.domain.jobs import JobState, span_words
from dash_forms.store import jobs
from dash_forms.store.models import Account, CallImport, CallImportProblem, JobRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from dash_forms.domain.jobs import Job
    from dash_forms.domain.logs import Log
    from dash_forms.store.work import Store, Work

MOST_LISTED = 30
MOST_PROBLEMS = 50
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in the list."""

    id: UUID
    log: Log
    file_name: str
    by: str
    asked_at: datetime
    state: JobState
    done_count: int
    row_count: int
    refused_count: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was refused: where it stands in the file, its call, and all that is wrong."""

    line: int
    reference: str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One import: how far it is, and what became of its rows so far."""

    id: UUID
    log: Log
    file_name: str
    job: Job
    is_own: bool
    is_slow_to_start: bool
    left: str | None
    """About how much longer it takes, in words."""
    new_count: int
    known_count: int
    refused_count: int
    problems: list[Problem]

    @property
    def may_cancel(self) -> bool:
        """Whether this person can: anybody here, once it has failed."""
        return self.is_own or self.job.state is JobState.FAILED


def imports(work: Work) -> list[ImportLine]:
    """The imports of everybody, the newest first."""
    work.audit(Name.CALLS_IMPORT_VIEWED, "call_import")
    rows = work.connection.execute(
        select(
            CallImport.id,
            CallImport.log,
            CallImport.file_name,
            Account.display_name,
            JobRow.asked_at,
            JobRow.state,
            JobRow.done_count,
            CallImport.row_count,
            CallImport.refused_count,
        )
        .join(JobRow, JobRow.id == CallImport.job_id)
        .join(Account, Account.id == JobRow.asked_by_id)
        .order_by(JobRow.asked_at.desc(), CallImport.id.desc())
        .limit(MOST_LISTED)
    )
    return [ImportLine(*row) for row in rows]


def import_page(work: Work, import_id: UUID) -> ImportPage:
    """One import, or NotFoundError."""
    found = import_of(work, import_id)
    job = jobs.job(work, NAME, found.job_id)
    left = job.left(work.now)
    if job.state.is_over:  # while it goes on the page asks again and again
        work.audit(Name.CALLS_IMPORT_VIEWED, "call_import", import_id)
    return ImportPage(
        import_id,
        found.log,
        found.file_name,
        job,
        job.asked_by_id == work.by.id,
        job.is_slow_to_start(work.now),
        None if left is None else span_words(left),
        found.new_count,
        found.known_count,
        found.refused_count,
        _problems(work, import_id, after=0, most=MOST_PROBLEMS),
    )


def problems_as_csv(store: Store, import_id: UUID) -> Iterator[str]:
    """Every row that was refused, some at a time: its line, call, columns and reasons."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(("line", "reference", "column", "reason"))
    after = 0
    while True:
        with store.work(writes=False) as work:
            found = _problems(work, import_id, after=after, most=_CHUNK)
        writer.writerows((each.line, each.reference, each.column, each.reason) for each in found)
        yield file.getvalue()
        if not found:
            return
        file.seek(0)
        file.truncate()
        after = found[-1].line


def _problems(work: Work, import_id: UUID, *, after: int, most: int) -> list[Problem]:
    rows = work.connection.execute(
        select(
            CallImportProblem.line,
            CallImportProblem.reference,
            CallImportProblem.column,
            CallImportProblem.reason,
        )
        .where(CallImportProblem.import_id == import_id, CallImportProblem.line > after)
        .order_by(CallImportProblem.line)
        .limit(most)
    )
    return [Problem(*row) for row in rows]
