"""Problem-solving plans for repeat callers: their stages, when one is owed, and how one ends.

A plan follows SARA: scanning, analysis, response, assessment (domain guide §4). A flag is answered
by a plan that ran when it was raised, or by one that was opened after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date
    from uuid import UUID

    from dash_forms.domain.permissions import Actor

PLAN_WITHIN = timedelta(days=7)
REVIEW_AFTER = timedelta(days=28)
"""When a plan is reviewed first, unless somebody chooses another day."""
LATEST_DAY = timedelta(days=366)
RECENT = timedelta(days=90)
"""A flag older than this is no longer in the lists of what is missing; the figures keep it."""
WEEK = timedelta(hours=168)
WEEKS_BEFORE = 8
MOST_WEEKS_SINCE = 26


class Stage(StrEnum):
    """The four stages of SARA, in their order."""

    SCANNING = "scanning"
    ANALYSIS = "analysis"
    RESPONSE = "response"
    ASSESSMENT = "assessment"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def asks(self) -> str:
        """What is written there."""
        return _ASKS[self]


_ASKS = {
    Stage.SCANNING: "What is the problem: who calls, about what, how often, and who is harmed?",
    Stage.ANALYSIS: "Why does it go on: what is behind the calls, and what has been tried?",
    Stage.RESPONSE: "What will be done about the cause, by whom, and with which partners?",
    Stage.ASSESSMENT: "Did it work: what happened to the calls, and how are the people now?",
}


class Outcome(StrEnum):
    """What came of a plan that was closed."""

    STOPPED = "stopped"
    FEWER = "fewer"
    NO_CHANGE = "no_change"
    PASSED_ON = "passed_on"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _OUTCOMES[self]

    @property
    def needs_words(self) -> bool:
        """Whether it says too little by itself."""
        return self in {Outcome.PASSED_ON, Outcome.OTHER}


_OUTCOMES = {
    Outcome.STOPPED: "The calls stopped",
    Outcome.FEWER: "Fewer calls",
    Outcome.NO_CHANGE: "No change",
    Outcome.PASSED_ON: "Passed on to a partner agency",
    Outcome.OTHER: "Something else",
}


@dataclass(frozen=True, slots=True)
class Run:
    """From when to when a plan ran; one that is not closed still does."""

    opened_at: datetime
    closed_at: datetime | None = None


def answered_at(raised_at: datetime, runs: Iterable[Run]) -> datetime | None:
    """When a flag was answered by a plan: at once where one ran, or as the next was opened."""
    answers = [
        max(run.opened_at, raised_at)
        for run in runs
        if run.closed_at is None or run.closed_at > raised_at
    ]
    return min(answers, default=None)


def unanswered(raised: Iterable[datetime], runs: Collection[Run]) -> datetime | None:
    """The first flag that no plan has answered, from which its time runs."""
    return min((each for each in raised if answered_at(each, runs) is None), default=None)


def answers_from(run: Run, raised: Iterable[datetime], earlier: Collection[Run]) -> datetime | None:
    """The flag that a plan was opened for: the first before it that none of the earlier answered.

    None where it was opened before any flag was raised.
    """
    before = [each for each in raised if each <= run.opened_at]
    return unanswered(before, earlier)


def is_past(on: date, today: date) -> bool:
    """Whether a day by which something was to be done is over; on the day itself it is not."""
    return on < today


def day_to_come(on: date | None, today: date, *, field: str) -> date:
    """A day that somebody chose for something to come, or InvalidError for one that cannot be."""
    if on is None:
        raise InvalidError("Enter a day, such as 31 1 2027", field=field)
    if is_past(on, today):
        raise InvalidError("This day has passed already", field=field)
    if on > today + LATEST_DAY:
        raise InvalidError("Choose a day within a year from now", field=field)
    return on


def may_lead(actor: Actor, *, team_id: UUID) -> bool:
    """Whether a person opens, gives away and closes the plans of a team."""
    return actor.reaches(Permission.MANAGE_PLANS, team_id=team_id)


def may_work_on(actor: Actor, *, team_id: UUID, owner_id: UUID) -> bool:
    """Whether a person writes in a plan: its owner, and whoever leads it."""
    return owner_id == actor.id or may_lead(actor, team_id=team_id)


@dataclass(frozen=True, slots=True)
class Week:
    """168 hours, with the calls in them; None where no call log reaches that far."""

    start: datetime
    end: datetime
    calls: int | None
    is_before: bool
    is_over: bool


def weeks_around(
    anchor: datetime,
    moments: Collection[datetime],
    now: datetime,
    known: tuple[datetime, datetime] | None,
) -> Iterator[Week]:
    """The weeks up to a moment, which the call at that moment ends, and those since, up to now.

    `known` is the first and the last call of all logs: a week that they do not cover whole has no
    number, but for the one that still runs. Of very many weeks since, the last are given.
    """
    since = max(0, -((anchor - now) // WEEK))
    for number in (*range(-WEEKS_BEFORE, 0), *range(max(0, since - MOST_WEEKS_SINCE), since)):
        start, end = anchor + number * WEEK, anchor + (number + 1) * WEEK
        is_over = end <= now
        is_known = known is not None and (
            known[0] <= start and (end <= known[1] if is_over else start < known[1])
        )
        yield Week(
            start,
            end,
            sum(start < each <= end for each in moments) if is_known else None,
            number < 0,
            is_over,
        )
