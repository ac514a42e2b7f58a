"""Figures that leave the screen: one document under disclosure control, kept under its id.

The figures of an id never change, whatever is recorded afterwards, so that they can be produced
again. CSV, XLSX and JSON are ways to write the same document; nothing in it is of one case.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xlsxwriter import Workbook

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.audit_events import Name
from dash_forms.domain.baselines import REPORTED_DECLINE_RATE
from dash_forms.domain.definitions import METRICS, WAITED, Window
from dash_forms.domain.disclosure import Shown
from dash_forms.domain.errors import NotFoundError, NotPermittedError
from dash_forms.domain.grading import Grade
from dash_forms.domain.response import WAITS
from dash_forms.reporting.cameras import camera_figures
from dash_forms.reporting.disclosed import disclosed
from dash_forms.reporting.figures import EVERYTHING, Part, Wanted
from dash_forms.reporting.places import place_words
from dash_forms.reporting.queries import decline_figures, measured_over
from dash_forms.reporting.response import wait_figures
from dash_forms.store.kept_figures import ToldRow, ToldTable, definition, keep
from dash_forms.store.models import ReportExport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from dash_forms.domain.baselines import Baseline
    from dash_forms.domain.disclosure import Rules
    from dash_forms.domain.metrics import DeclineRate
    from dash_forms.reporting.figures import DeclineFigures, DeclineFilter, Measured, TeamChoice
    from dash_forms.reporting.response import WaitFigures
    from dash_forms.store.work import Work

COUNTING_RULES = (
    (
        "A case is one victim in one incident, counted on the London day of the first attempt that"
        " was completed, partly completed or declined; that attempt fixes how it counts."
    ),
    (
        "Attempts that could not be done, were not offered, were exempt or are pending are in"
        " neither part of the decline rate. Records made in error are in no figure."
    ),
    (
        "Rates and their 95% intervals (Wilson’s) are of the counts as they are told here, rounded;"
        " on the screens of those who may open records they are of exact counts. An interval takes"
        " cases as independent: with victims who are there several times it is too narrow."
    ),
)
_EXPORTED = Wanted(EVERYTHING.parts - {Part.HISTORY, Part.BEFORE})
_COLUMNS = ("table", "row", "number", "of", "rate", "lower", "upper")
# A spreadsheet takes a text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def make_export(
    work: Work, wanted: DeclineFilter, teams: tuple[TeamChoice, ...], rules: Rules
) -> UUID:
    """Take the figures of a filter as they are now, and keep them; returns the id.

    Whoever makes it, they are those that the pages tell a reader who may open no record.
    """
    control = rules.on_screen
    figures = disclosed(decline_figures(work, wanted, teams, _EXPORTED), control)
    waits = wait_figures(work, wanted, teams, control)
    figures = replace(figures, measures=_of_incidents(work, figures, teams, waits))
    stands_with = {
        "filter": filter_words(wanted),
        "counting_rules": [*COUNTING_RULES, _waits_rule(work, wanted), *_other_days(figures)],
        "definitions": [definition(each, each.period) for each in METRICS],
    }
    found = (*tables(figures), *wait_tables(waits))
    return keep(work, stands_with, found, control.words_on_screen, **wanted.in_audit)


def _of_incidents(
    work: Work, figures: DeclineFigures, teams: tuple[TeamChoice, ...], waits: WaitFigures | None
) -> dict[str, Measured]:
    """The measures, with those of incidents as their own pages tell them.

    There a team's count goes by what the table of teams withholds.
    """
    found = dict(figures.measures)
    told: tuple[Measured, ...] = waits.told_in(found) if waits else ()
    if not figures.filter.question_set:
        filmed = camera_figures(work, figures.filter, teams, figures.control)
        told += filmed.told_in(found)
    return found | {each.metric.code: each for each in told}


def _waits_rule(work: Work, wanted: DeclineFilter) -> str:
    """Up to which day waits, and declines beside them, are in the export, and why."""
    days = measured_over(work, Window.WAITED, wanted)
    until = f"are up to {days.end.isoformat()}" if days else "are of no day yet"
    return (
        f"Waits, and declines by grade and wait, {until}: each day counts {WAITED} days later,"
        " because before that only those who were reached soon could be counted."
    )


def _other_days(figures: DeclineFigures) -> Iterator[str]:
    """Of which days measures are that are not of the period itself."""
    for each in figures.measures.values():
        if each.period is None:
            missing = "it is not kept by question set"
            if not figures.filter.question_set or each.metric.window.is_by_set:
                missing = "not enough of the period is old enough"
            yield f"{each.metric.code} is left out: {missing}."
        elif each.period != figures.filter.period:
            yield f"{each.metric.code} is of the days from {each.period.label}."


def export(work: Work, export_id: UUID) -> dict[str, Any]:
    """The document of an id, as it was made, or NotFoundError."""
    kept = work.session.get(ReportExport, export_id)
    if kept is None:
        raise NotFoundError("There is no export with this id.")
    work.audit(Name.REPORT_VIEWED, "report", export_id)
    found: dict[str, Any] = json.loads(kept.document)
    return found


def is_own(work: Work, export_id: UUID) -> bool:
    """Whether this person made it."""
    kept = work.session.get(ReportExport, export_id)
    return kept is not None and kept.made_by_id == work.by.id


def remove_export(work: Work, export_id: UUID) -> None:
    """Remove one's own; its figures are gone for whoever knows the id."""
    kept = work.session.get(ReportExport, export_id)
    if kept is None:
        raise NotFoundError("There is no export with this id.")
    if kept.made_by_id != work.by.id:
        raise NotPermittedError("Only the person who made it can remove it.")
    work.session.delete(kept)
    work.audit(Name.REPORT_EXPORT_REMOVED, "report", export_id)


def as_csv(document: dict[str, Any]) -> str:
    """Every row of every table, after lines that say what they are; those begin with `#`."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for line in preamble(document):
        writer.writerow([f"# {line}"])
    writer.writerow(_COLUMNS)
    for table in document["tables"]:
        for row in table["rows"]:
            cells = (table["name"], *(row.get(name) for name in _COLUMNS[1:]))
            writer.writerow(["" if each is None else neutral(each) for each in cells])
    return file.getvalue()


def as_xlsx(document: dict[str, Any]) -> bytes:
    """A workbook: what stands with the figures on its first sheet, the figures on the second.

    Every text is written as text, so that no cell is a formula.
    """
    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0%"})
        about = book.add_worksheet("About")
        about.set_column(0, 0, 120)
        for at, line in enumerate(preamble(document)):
            about.write_string(at, 0, line)
        sheet = book.add_worksheet("Figures")
        sheet.set_header(f"&C{document['marking']}")
        sheet.set_column(0, 1, 48)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, _COLUMNS, bold)
        rows = ((table["name"], row) for table in document["tables"] for row in table["rows"])
        for at, (name, row) in enumerate(rows, start=1):
            sheet.write_row(at, 0, [name, *(row[each] for each in _COLUMNS[1:4])])
            for column, each in enumerate(_COLUMNS[4:], start=4):
                if row.get(each) is not None:
                    sheet.write_number(at, column, row[each], share)
    return file.getvalue()


def preamble(document: dict[str, Any]) -> Iterator[str]:
    """What has to stand with the figures wherever they go."""
    wanted = document["filter"]
    yield document["marking"]
    yield f"Export {document['id']}, made {document['made_at']}"
    yield f"Days: {wanted['from']} to {wanted['to']}, in London"
    if "team" in wanted:  # calls and callers are of no team
        yield f"Team: {wanted['team'] or 'all'}"
    if "question_set" in wanted:
        yield f"Question set: {wanted['question_set'] or 'all'}"
    if "baseline" in wanted:
        yield f"Compared with: {wanted['baseline']}"
    yield from document["counting_rules"]
    yield document["disclosure_control"]
    for each in document["definitions"]:
        counted = f"{each['numerator']}, of {each['denominator'].lower()}"
        yield f"{each['code']} {each['name']}: {counted}"


def neutral(cell: object) -> object:
    """A cell of a CSV file, which no spreadsheet takes for a formula."""
    is_formula = isinstance(cell, str) and cell.startswith(_FORMULA)
    return f"'{cell}" if is_formula else cell


def filter_words(wanted: DeclineFilter) -> dict[str, Any]:
    """A filter as it stands with the figures that were taken by it."""
    return {
        "from": wanted.period.start.isoformat(),
        "to": wanted.period.end.isoformat(),
        "team": wanted.team.name if wanted.team else None,
        "question_set": wanted.question_set,
        "baseline": _baseline_words(wanted.baseline),
        "query": wanted.query,
    }


def _baseline_words(baseline: Baseline) -> str:
    return f"{baseline.name}, {baseline.rate:.1%}"


def tables(figures: DeclineFigures) -> tuple[ToldTable, ...]:
    """Every count of the report by its label, of figures that are under disclosure control."""
    return (
        _told(
            "Measures",
            (
                (f"{m.metric.code} {m.metric.name}", m.numerator, m.denominator, m.rate)
                for m in figures.measures.values()
                if m.period
            ),
        ),
        _counts("Outcomes", ((each.label, figures.counts[each]) for each in Outcome)),
        _told("Declined, by team", ((t.team.name, *_rate(t.rate)) for t in figures.teams)),
        _told(
            "Declined, by month (whole months, the last up to the end of the period)",
            (
                (f"{m.month.year}-{m.month.number:02}", *_rate(m.rate))
                for m in figures.months
                if m.in_period
            ),
        ),
        _counts("Reasons", sorted((each.label, each.total) for each in figures.reasons)),
        *(
            _told(
                f"Declined, by {dimension.value}",
                (
                    (place_words(dimension, p.value), *_rate(p.rate_against(REPORTED_DECLINE_RATE)))
                    for p in parts
                ),
            )
            for dimension, parts in figures.places.items()
        ),
        *(
            _counts(
                f"Grades: {each.between.first.lower()}, then {each.between.second.lower()}",
                (
                    (f"{first.label}, then {second.label.lower()}", each.counts[i][j])
                    for i, first in enumerate(Grade)
                    for j, second in enumerate(Grade)
                ),
            )
            for each in figures.grade_tables
        ),
    )


def _rate(found: DeclineRate) -> tuple[int | None, int | None, float | None]:
    return found.numerator, found.denominator, found.rate


def _told(name: str, rows: Iterable[tuple[str, int | None, int | None, float | None]]) -> ToldTable:
    """A table of parts, and of what."""
    found = (
        ToldRow(label, Shown(number, of, None if rate is None else min(1.0, rate)), is_part=True)
        for label, number, of, rate in rows
    )
    return ToldTable(name, tuple(found))


def _counts(name: str, rows: Iterable[tuple[str, int | None]]) -> ToldTable:
    """A table of counts, of nothing else."""
    found = (ToldRow(label, Shown(number, None, None), is_part=False) for label, number in rows)
    return ToldTable(name, tuple(found))


def wait_tables(waits: WaitFigures | None) -> Iterator[ToldTable]:
    """How long incidents of each grade waited; nothing by question set, which they have not."""
    for each in waits.grades if waits else ():
        rows = ((words, each.counts[band]) for band, words in WAITS.items())
        yield _counts(f"Time to attend: {each.grade.label}", rows)
