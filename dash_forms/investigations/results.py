"""What the checks add up to, as far as whoever reads it may be told."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.checklists import Checklist, Question
from dash_forms.domain.disclosure import Count, controlled
from dash_forms.domain.investigations import Finding, Tally
from dash_forms.domain.periods import FixedPeriod, Month, Period, london_date
from dash_forms.domain.permissions import Actor, Permission
from dash_forms.store.models import (
    InvestigationAnswer,
    InvestigationCase,
    InvestigationCheck,
    InvestigationSample,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from dash_forms.domain.disclosure import Rules
    from dash_forms.store.work import Work

Counts = dict[Month, Counter[tuple[str, Finding]]]
"""How often a question was answered so, by the month of closing."""
MONTHS = 12
"""How far back the results go that are shown together."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which samples: those of one month, or of all within a year; of one team, or of every one.

    Those of a period for whoever is under control.
    """

    month: Month | None = None
    team_id: UUID | None = None
    period: FixedPeriod | None = None


@dataclass(frozen=True, slots=True)
class Sampled:
    """How many cases there were, and how far their check is; None is withheld."""

    closed: int | None
    drawn: int | None
    checked: int | None
    left: int | None
    skipped: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found by one version of a checklist."""

    checklist: Checklist
    rows: tuple[tuple[Question, Tally], ...]
    by_month: tuple[tuple[Question, tuple[tuple[Month, Tally], ...]], ...]
    """The same of each month of closing, the first first."""


@dataclass(frozen=True, slots=True)
class Results:
    """Everything on the page; `control` are the rules that its numbers were put under."""

    sampled: Sampled
    found: tuple[Found, ...]
    samples: int
    control: Rules | None


def months_drawn(work: Work) -> list[Month]:
    """The months of the last year that anything was drawn for, the last one first."""
    days = select(InvestigationSample.month_on).distinct().where(_within_a_year(work))
    return sorted(map(Month.of, work.session.scalars(days)), reverse=True)


def first_drawn(work: Work) -> Month | None:
    """The first month that anything was ever drawn for."""
    day = work.session.scalar(select(func.min(InvestigationSample.month_on)))
    return Month.of(day) if day else None


def is_controlled(reader: Actor) -> bool:
    """Whether a reader may open no record, and gets no small count, and fixed periods alone."""
    return not reader.may(Permission.VIEW_COUNTED_RECORDS)


def results_for_reader(work: Work, asked: Asked, rules: Rules) -> Results:
    """True counts for those who may open records; for others none that is small.

    TypeError where they would get another than a fixed period.
    """
    control = rules.on_screen if is_controlled(work.by) else None
    if control and not asked.period:
        raise TypeError("whoever is under control gets results of fixed periods alone")
    work.audit(
        Name.INVESTIGATION_RESULTS_VIEWED,
        month=asked.month.key if asked.month else "",
        **({"period": asked.period.key} if asked.period else {}),
        team=str(asked.team_id or ""),
    )
    return results(work, asked, control)


def results(work: Work, asked: Asked, control: Rules | None) -> Results:
    """The numbers under the rules, or the true ones where there are none; notes no reader."""
    which = _of(work, asked)
    samples, closed = work.session.execute(
        select(func.count(), func.coalesce(func.sum(InvestigationSample.frame_count), 0)).where(
            which
        )
    ).one()
    return Results(
        sampled=_sampled(work, which, closed, control),
        found=tuple(_found(work, which, control)),
        samples=samples,
        control=control,
    )


def _sampled(work: Work, which: ColumnElement[bool], closed: int, control: Rules | None) -> Sampled:
    rows = work.session.execute(
        select(InvestigationCase.skipped_at.is_not(None), InvestigationCase.version > 0)
        .join(InvestigationSample, InvestigationSample.id == InvestigationCase.sample_id)
        .where(which)
    ).all()
    skipped = sum(bool(row[0]) for row in rows)
    checked = sum(bool(row[1]) for row in rows)
    drawn = len(rows) - skipped

    def told(count: int) -> int | None:
        return control.shown(count) if control else count

    return Sampled(told(closed), told(drawn), told(checked), told(drawn - checked), told(skipped))


def _found(work: Work, which: ColumnElement[bool], control: Rules | None) -> list[Found]:
    """By checklist, the newest first: answers to different questions are not added up."""
    rows = work.session.execute(
        select(
            InvestigationSample.checklist,
            InvestigationAnswer.question,
            InvestigationAnswer.finding,
            InvestigationSample.month_on,
            func.count(),
        )
        .join(InvestigationCase, InvestigationCase.sample_id == InvestigationSample.id)
        .join(
            InvestigationCheck,
            (InvestigationCheck.case_id == InvestigationCase.id)
            & (InvestigationCheck.version == InvestigationCase.version),
        )
        .join(InvestigationAnswer, InvestigationAnswer.check_id == InvestigationCheck.id)
        .where(which)
        .group_by(
            InvestigationSample.checklist,
            InvestigationAnswer.question,
            InvestigationAnswer.finding,
            InvestigationSample.month_on,
        )
    ).all()
    counts: dict[str, Counts] = defaultdict(lambda: defaultdict(Counter))
    for checklist, question, finding, month_on, number in rows:
        counts[checklist][Month.of(month_on)][question, finding] = number
    order = sorted(counts, key=lambda each: (max(counts[each]).key, each), reverse=True)
    return [_told(Checklist.of_text(each), counts[each], control) for each in order]


def _told(checklist: Checklist, counts: Counts, control: Rules | None) -> Found:
    months = sorted(counts, key=lambda each: each.key)
    whole = sum(counts.values(), Counter())
    true = [_tally(whole, question) for question in checklist.questions]
    # The questions are no parts of a whole, the months of one question are.
    tallies = _controlled(true, control, is_whole=False) if control else true
    by_month = []
    for question in checklist.questions:
        each = [_tally(counts[month], question) for month in months]
        shown = _controlled(each, control, is_whole=True) if control else each
        by_month.append((question, tuple(zip(months, shown, strict=True))))
    return Found(checklist, tuple(zip(checklist.questions, tallies, strict=True)), tuple(by_month))


def _tally(counts: Mapping[tuple[str, Finding], int], question: Question) -> Tally:
    return Tally.of_counts({each: counts.get((question.id, each), 0) for each in Finding})


def _controlled(true: list[Tally], rules: Rules, *, is_whole: bool) -> list[Tally]:
    """As they may be told; `is_whole` where they add up to what is shown besides."""
    counts = [Count(each.yes or 0, each.of or 0) for each in true]
    shown = controlled(counts, rules, is_whole=is_whole)
    return [
        Tally(
            yes=each.number,
            of=each.of,
            not_applicable=rules.shown(whole.not_applicable or 0),
            has_rate=each.number is not None and rules.has_rate(whole.of or 0),
        )
        for whole, each in zip(true, shown, strict=True)
    ]


def days_of(work: Work, asked: Asked) -> Period:
    """The days of closing, up to today."""
    today = london_date(work.now)
    if asked.period:
        return asked.period
    if asked.month:
        return Period(asked.month.first, min(asked.month.last, today))
    return Period(Month.of(today).back(MONTHS).first, today)


def _within_a_year(work: Work) -> ColumnElement[bool]:
    return InvestigationSample.month_on >= days_of(work, Asked()).start


def _of(work: Work, asked: Asked) -> ColumnElement[bool]:
    days = days_of(work, asked)
    which = InvestigationSample.month_on.between(days.start, days.end)
    return which & (InvestigationSample.team_id == asked.team_id) if asked.team_id else which
