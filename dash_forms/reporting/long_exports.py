"""The long export, every team month by month: asked for, made in the background, and streamed.

It is a job of one slice for each month. Each keeps its rows as a piece, one JSON list a line, so
that neither making it nor sending it ever holds more than a month.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import select
from xlsxwriter import Workbook

from dash_forms.domain.audit_events import Name
from dash_forms.domain.definitions import METRICS
from dash_forms.domain.disclosure import WITHHELD, Rules
from dash_forms.domain.errors import InvalidError, StateError
from dash_forms.domain.jobs import Job, JobState, Slice, span_words
from dash_forms.domain.periods import Month, london_date
from dash_forms.domain.report_counts import FORCE
from dash_forms.reporting.by_month import (
    FORCE_WORDS,
    PROTECTION,
    WHOLE_FORCE,
    about_how_many,
    figures_of,
    months_to_export,
)
from dash_forms.reporting.exports import (
    COUNTING_RULES,
    filter_words,
    neutral,
    preamble,
)
from dash_forms.store import jobs
from dash_forms.store.jobs import Kind
from dash_forms.store.kept_figures import MARKING, definition
from dash_forms.store.models import ReportExport
from dash_forms.store.teams import teams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from dash_forms.reporting.figures import DeclineFilter
    from dash_forms.store.work import Store, Work

NAME = "report_by_month"
COLUMNS = ("table", "row", "team", "month", "number", "of", "rate")
MOST_ROWS_OF_A_SHEET = 1_048_576
LARGE = 100_000
_CHUNK = 64 * 1024
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an export of a filter would hold."""

    months: tuple[Month, ...]
    team_count: int

    @property
    def label(self) -> str:
        """The months in words."""
        return _label(self.months)

    @property
    def row_count(self) -> int:
        """About how many rows that is."""
        return about_how_many(len(self.months), self.team_count)


@dataclass(frozen=True, slots=True)
class LongExport:
    """A long export, in the list of one's own."""

    id: UUID
    asked_at: datetime
    state: JobState
    label: str
    done_count: int
    total_count: int


@dataclass(frozen=True, slots=True)
class KeptExport:
    """An export of one page's figures, in the list of one's own."""

    id: UUID
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is, for its page."""

    job: Job
    is_own: bool
    is_slow_to_start: bool
    left: str | None
    """About how long it still takes, in words."""

    @property
    def label(self) -> str:
        """Which months it is of."""
        return months_label(self.job)

    @property
    def query(self) -> str:
        """The filter that it was asked for with, as it stands in an address."""
        return str(self.job.arguments["filter"]["query"])

    @property
    def row_count(self) -> int:
        """About how many rows it has, or would have."""
        return about_how_many(self.job.total_count, len(self.job.arguments["teams"]))

    @property
    def is_large(self) -> bool:
        """Whether the workbook takes so long that the page had better say so."""
        return self.row_count > LARGE


def months_label(job: Job) -> str:
    """The months of an export in words."""
    keys = job.arguments["months"]
    return _label((month_of(keys[0]), month_of(keys[-1])))


def _label(months: Sequence[Month]) -> str:
    first, last = months[0].label, months[-1].label
    return first if first == last else f"{first} to {last}"


def progress(work: Work, job_id: UUID) -> Progress:
    """How far an export is, or NotFoundError."""
    job = export(work, job_id)
    left = job.left(work.now)
    return Progress(
        job,
        job.asked_by_id == work.by.id,
        job.is_slow_to_start(work.now),
        None if left is None else span_words(left),
    )


def plan(work: Work, wanted: DeclineFilter) -> Plan:
    """What an export of this filter would hold; its team is left aside."""
    return Plan(months_to_export(wanted.period, london_date(work.now)), len(teams(work)))


def ask_for_export(work: Work, wanted: DeclineFilter, rules: Rules) -> UUID:
    """Have the figures of every team made month by month; returns the id of the job."""
    found = plan(work, wanted)
    if not found.months:
        raise InvalidError("No whole month of these days is over yet. Choose earlier days.")
    arguments = {
        "filter": filter_words(wanted),
        "months": [each.key for each in found.months],
        "teams": [str(team_id) for team_id, _ in teams(work)],
        "rules": [rules.smallest, rules.rounding, rules.fewest_for_a_rate],
    }
    job_id = jobs.ask_for(work, NAME, arguments, len(found.months))
    work.audit(Name.REPORT_EXPORTED, "report", job_id, months=len(found.months), **wanted.in_audit)
    return job_id


def export(work: Work, job_id: UUID) -> Job:
    """The job of an id, or NotFoundError."""
    return jobs.job(work, NAME, job_id)


def finished_export(work: Work, job_id: UUID) -> Job:
    """The same, to be taken along; StateError until it is finished."""
    found = export(work, job_id)
    if found.state is not JobState.FINISHED:
        raise StateError(f"This export is {found.state.value}, so there is no file of it.")
    work.audit(Name.REPORT_VIEWED, "report", job_id)
    return found


def own_exports(work: Work) -> tuple[list[LongExport], list[KeptExport]]:
    """One's own long exports and those of a page, the newest first."""
    query = (
        select(ReportExport.id, ReportExport.made_at)
        .where(ReportExport.made_by_id == work.by.id)
        .order_by(ReportExport.made_at.desc(), ReportExport.id.desc())
        .limit(jobs.MOST_LISTED)
    )
    kept = [KeptExport(*row) for row in work.connection.execute(query)]
    made = [
        LongExport(
            each.id,
            each.asked_at,
            each.state,
            months_label(each),
            each.done_count,
            each.total_count,
        )
        for each in jobs.jobs_of(work, NAME, work.by.id)
    ]
    return made, kept


def cancel_export(work: Work, job_id: UUID) -> None:
    """Stop one's own."""
    jobs.cancel(work, NAME, job_id)


def try_export_again(work: Work, job_id: UUID) -> None:
    """Let one's own that failed go on."""
    jobs.try_again(work, NAME, job_id)


def remove_export(work: Work, job_id: UUID) -> None:
    """Remove one's own that is over; its figures are gone for whoever knows the id."""
    jobs.remove(work, NAME, job_id)
    work.audit(Name.REPORT_EXPORT_REMOVED, "report", job_id)


def _next_slice(work: Work, job: Job) -> Slice:
    """The next month; before the first, what stands with the figures."""
    at = job.position or 0
    months = job.arguments["months"]
    wanted = set(job.arguments["teams"])
    named = {team_id: name for team_id, name in teams(work) if str(team_id) in wanted}
    rules = Rules(*job.arguments["rules"])
    found = figures_of(
        work,
        month_of(months[at]),
        list(named),
        question_set=job.arguments["filter"]["question_set"],
        rules=rules,
        today=_today(job),
    )
    rows = (
        [
            each.line.table,
            each.line.row,
            WHOLE_FORCE if each.scope == FORCE else named[each.scope],
            months[at],
            WITHHELD if each.number is None else each.number,
            None if each.line.of is None else WITHHELD if each.of is None else each.of,
            None if each.rate is None else round(each.rate, 2),
        ]
        for each in found
    )
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    if at == 0:
        lines.insert(0, json.dumps(_about(job, rules), ensure_ascii=False))
    piece = zlib.compress("\n".join(lines).encode())
    return Slice(piece, at + 1, at + 1, is_last=at + 1 == len(months))


KIND = Kind(NAME, _next_slice)


def _today(job: Job) -> date:
    """The day as it was when it was asked for, however long it takes."""
    return london_date(job.asked_at)


def _about(job: Job, rules: Rules) -> dict[str, Any]:
    """What stands with the figures wherever they go; kept with them, so that it never changes."""
    months = job.arguments["months"]
    return {
        "id": str(job.id),
        "marking": MARKING,
        "made_at": job.asked_at.isoformat(timespec="seconds"),
        "filter": {
            **job.arguments["filter"],
            "from": month_of(months[0]).first.isoformat(),
            "to": month_of(months[-1]).last.isoformat(),
            "team": None,
        },
        "counting_rules": [
            *COUNTING_RULES,
            "Each month was counted at one moment, one month after another from that time on.",
            FORCE_WORDS,
        ],
        "disclosure_control": f"{rules.words} {PROTECTION}",
        "definitions": [definition(each, each.period) for each in METRICS],
    }


def month_of(key: str) -> Month:
    """The month of a key such as 2026-03."""
    return Month(int(key[:4]), int(key[5:]))


def as_csv(store: Store, job: Job) -> Iterator[bytes]:
    """Every row, after lines that say what they are; a month at a time."""
    about, months = _read(store, job)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    file.write("\ufeff")  # without which a spreadsheet takes it for another encoding
    for line in preamble(about):
        writer.writerow([f"# {line}"])
    writer.writerow(COLUMNS)
    for rows in months:
        for row in rows:
            writer.writerow(["" if each is None else neutral(each) for each in row])
        yield file.getvalue().encode()
        file.seek(0)
        file.truncate()


def as_json(store: Store, job: Job) -> Iterator[bytes]:
    """One document; its rows are lists in the order of its columns, a line each."""
    about, months = _read(store, job)
    head = json.dumps({**about, "columns": COLUMNS}, ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}").encode() + b',\n "rows": ['
    between = "\n  "
    for rows in months:
        parts: list[str] = []
        for row in rows:
            parts += (between, json.dumps(row, ensure_ascii=False))
            between = ",\n  "
        yield "".join(parts).encode()
    yield b"\n ]\n}\n"


def as_xlsx(store: Store, job: Job, most_rows: int = MOST_ROWS_OF_A_SHEET) -> Iterator[bytes]:
    """A workbook, written to a file that is gone once it was sent, or once that broke off."""
    with tempfile.TemporaryFile() as file:
        _write_book(file, store, job, most_rows)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _write_book(file: IO[bytes], store: Store, job: Job, most_rows: int) -> None:
    """Row by row; a sheet takes so many rows, of which the first is the heading, then another."""
    about, months = _read(store, job)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        # A spreadsheet's own time of making is the export's, or no two files would be the same.
        book.set_properties({"created": job.asked_at.replace(tzinfo=None)})
        bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0%"})
        first = book.add_worksheet("About")
        first.set_column(0, 0, 120)
        for at, line in enumerate(preamble(about)):
            first.write_string(at, 0, line)
        for number, row in enumerate(row for rows in months for row in rows):
            sheet_number, at = divmod(number, most_rows - 1)
            if at == 0:
                sheet = book.add_worksheet(f"Figures {sheet_number + 1}")
                sheet.set_header(f"&C{about['marking']}")
                sheet.set_column(0, 1, 40)
                sheet.freeze_panes(1, 0)
                sheet.write_row(0, 0, COLUMNS, bold)
            sheet.write_row(at + 1, 0, row[:-1])
            if row[-1] is not None:
                sheet.write_number(at + 1, len(row) - 1, row[-1], share)


def _read(store: Store, job: Job) -> tuple[dict[str, Any], Iterator[list[Row]]]:
    """What stands with the figures, and then their rows, a month at a time."""
    found = (zlib.decompress(each).decode().split("\n") for each in jobs.pieces(store, job.id))
    first = next(found)
    about: dict[str, Any] = json.loads(first[0])

    def months() -> Iterator[list[Row]]:
        yield [json.loads(line) for line in first[1:]]
        for lines in found:
            yield [json.loads(line) for line in lines]

    return about, months()
