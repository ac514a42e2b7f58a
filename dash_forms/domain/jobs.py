"""Jobs: what takes too long for a page. Their states, ONE table of transitions, and their progress.

A job is done in slices, each kept whole or not at all together with how far it is. Whoever does it
holds it for a while only, so that another goes on from the last kept slice if it was killed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dash_forms.domain.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

LEASE = timedelta(minutes=2)
"""How long a worker holds a job from its last kept slice on; a slice takes seconds."""
MOST_TRIES = 5
"""So many workers in a row may take a job up and keep no slice of it; then it has failed."""
MOST_AT_ONCE = 3
"""How many jobs of one person may wait or run."""
SLOW_START = timedelta(minutes=1)
"""A job that waits for longer than this makes one ask whether any worker runs."""
KEPT_AFTER_FAILURE = timedelta(days=7)
"""How long what a failed job works on is kept for another try, where that names people.

Over a weekend and a bank holiday whoever can try again is back; longer, it would serve nobody.
"""
GAVE_UP = "It stopped several times before it got any further."
FAULT = "There was a fault in the program. What it was stands in the log of the server."


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def is_over(self) -> bool:
        """Whether nothing more is done about it by itself."""
        return self not in {JobState.WAITING, JobState.RUNNING}

    @property
    def is_finished(self) -> bool:
        """Whether all of it was done."""
        return self is JobState.FINISHED

    def allows(self, event: str) -> bool:
        """Whether the event can happen in this state."""
        return (self, event) in _TARGETS


class JobEvent(StrEnum):
    """What can happen to a job."""

    TAKE_UP = "take_up"
    KEEP_SLICE = "keep_slice"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"
    TRY_AGAIN = "try_again"


@dataclass(frozen=True, slots=True)
class JobTransition:
    """One arrow; `by` says whose act it is."""

    source: JobState
    event: JobEvent
    target: JobState
    by: str


_S, _E = JobState, JobEvent
JOB_TRANSITIONS: tuple[JobTransition, ...] = (
    JobTransition(_S.WAITING, _E.TAKE_UP, _S.RUNNING, "a worker"),
    JobTransition(_S.RUNNING, _E.TAKE_UP, _S.RUNNING, "another worker, once the lease is over"),
    JobTransition(_S.RUNNING, _E.KEEP_SLICE, _S.RUNNING, "the worker that holds it"),
    JobTransition(_S.RUNNING, _E.FINISH, _S.FINISHED, "the worker that holds it"),
    JobTransition(_S.RUNNING, _E.FAIL, _S.FAILED, "a worker"),
    JobTransition(_S.WAITING, _E.CANCEL, _S.CANCELLED, "whoever asked for it"),
    JobTransition(_S.RUNNING, _E.CANCEL, _S.CANCELLED, "whoever asked for it"),
    JobTransition(
        _S.FAILED, _E.CANCEL, _S.CANCELLED, "whoever asked for it, or as its kind allows, or time"
    ),
    JobTransition(_S.FAILED, _E.TRY_AGAIN, _S.WAITING, "whoever asked for it"),
)
_TARGETS = {(each.source, each.event): each.target for each in JOB_TRANSITIONS}
UNFINISHED = tuple(state for state in JobState if not state.is_over)

_REFUSALS = {
    JobEvent.CANCEL: "It cannot be cancelled, because it is {state} already.",
    JobEvent.TRY_AGAIN: "It cannot be tried again, because it is {state}.",
}


def after(state: JobState, event: JobEvent) -> JobState:
    """The state that an event leads to, or StateError."""
    try:
        return _TARGETS[state, event]
    except KeyError:
        sentence = _REFUSALS.get(event, "This cannot happen to a job that is {state}.")
        raise StateError(sentence.format(state=state.value)) from None


@dataclass(frozen=True, slots=True)
class Job:
    """One job as it stands."""

    id: UUID
    kind: str
    asked_by_id: UUID
    asked_at: datetime
    arguments: Mapping[str, Any]
    """What was asked for, and whatever must not change while it is done."""
    state: JobState
    done_count: int
    total_count: int
    position: Any
    """Where the next slice goes on; None before the first."""
    taken_up_at: datetime | None
    taken_up_count: int
    """When it was last taken up, and how much was done by then: its pace since then counts.

    Of one that waits for a further try, when that was asked for.
    """
    ended_at: datetime | None
    failure: str

    def left(self, now: datetime) -> timedelta | None:
        """About how long it still takes, at its pace so far; None before there is one."""
        done = self.done_count - self.taken_up_count
        if self.state.is_over or self.taken_up_at is None or done < 1:
            return None
        return (now - self.taken_up_at) / done * (self.total_count - self.done_count)

    def is_slow_to_start(self, now: datetime) -> bool:
        """Whether it waits for so long that perhaps nobody is there to do it."""
        since = self.taken_up_at or self.asked_at
        return self.state is JobState.WAITING and now - since > SLOW_START

    @property
    def kept_until(self) -> datetime | None:
        """When what is left of one that failed is removed, where its kind removes it."""
        if self.state is not JobState.FAILED or self.ended_at is None:
            return None
        return self.ended_at + KEPT_AFTER_FAILURE


@dataclass(frozen=True, slots=True)
class Slice:
    """What one step of a job brought: a piece to keep, if any, and how far it is now."""

    piece: bytes | None
    position: Any
    done_count: int
    is_last: bool


def span_words(length: timedelta) -> str:
    """A length of time as one would say it: never shorter than it is."""
    seconds = int(length.total_seconds())
    if seconds < 50:
        return "less than a minute"
    minutes = -(-seconds // 60)
    if minutes < 90:
        return "about a minute" if minutes == 1 else f"about {minutes} minutes"
    return f"about {-(-minutes // 60)} hours"
