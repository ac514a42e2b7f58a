"""The life of an assessment: its states, its events, and the one table of transitions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.errors import StateError

if TYPE_CHECKING:
    from dash_forms.domain.answers import Tally


class State(StrEnum):
    """Where an assessment stands."""

    REQUIRED = "required"
    DRAFT = "draft"
    READY_PARTIAL = "ready_partial"
    DECLINING = "declining"
    UNABLE = "unable"
    NOT_OFFERED = "not_offered"
    EXEMPT_PENDING = "exempt_pending"
    SUBMITTED = "submitted"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Answers may still be given or changed."""
        return self not in {State.SUBMITTED, State.EXEMPT_PENDING}


_STATE_LABELS = {
    State.REQUIRED: "Not started",
    State.DRAFT: "In progress",
    State.READY_PARTIAL: "Stopped part-way",
    State.DECLINING: "Declined, to be finished",
    State.UNABLE: "Could not be done, to be finished",
    State.NOT_OFFERED: "Not offered, to be finished",
    State.EXEMPT_PENDING: "Exempt, waiting for a supervisor",
    State.SUBMITTED: "Submitted",
}


class Event(StrEnum):
    """What can happen to an assessment."""

    START = "start"
    DECLINE = "decline"
    STOP = "stop"
    CANNOT = "cannot"
    NOT_OFFER = "not_offer"
    EXEMPT = "exempt"
    RESUME = "resume"
    SUBMIT = "submit"


class Outcome(StrEnum):
    """How an attempt ended. Kept apart always: a declined one is not an unable one."""

    PENDING = "pending"
    COMPLETED = "completed"
    PARTIAL = "partial"
    DECLINED = "declined"
    UNABLE = "unable"
    NOT_OFFERED = "not_offered"
    EXEMPT = "exempt"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def is_countable(self) -> bool:
        """Belongs in the denominator of D1 (domain guide §6)."""
        return self in {Outcome.COMPLETED, Outcome.PARTIAL, Outcome.DECLINED}


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of the state machine."""

    source: State
    event: Event
    target: State


def _arrows(event: Event, target: State, *sources: State) -> tuple[Transition, ...]:
    return tuple(Transition(source, event, target) for source in sources)


_UNSUBMITTED = (
    State.REQUIRED,
    State.DRAFT,
    State.READY_PARTIAL,
    State.DECLINING,
    State.UNABLE,
    State.NOT_OFFERED,
)

# Domain guide, table (b). Guards and buttons read this and nothing else.
# The officer may correct the kind of ending until it is submitted, so most endings reach each
# other; `resume` is the victim changing their mind, which loses nothing already recorded. Once an
# offer has been made it cannot be said that there was none, nor that none was due.
TRANSITIONS: tuple[Transition, ...] = (
    *_arrows(Event.START, State.DRAFT, State.REQUIRED),
    *_arrows(Event.DECLINE, State.DECLINING, *_UNSUBMITTED),
    *_arrows(Event.STOP, State.READY_PARTIAL, *_UNSUBMITTED[1:]),
    *_arrows(Event.CANNOT, State.UNABLE, *_UNSUBMITTED),
    *_arrows(Event.NOT_OFFER, State.NOT_OFFERED, State.REQUIRED, State.NOT_OFFERED),
    *_arrows(Event.EXEMPT, State.EXEMPT_PENDING, State.REQUIRED),
    *_arrows(Event.RESUME, State.DRAFT, *_UNSUBMITTED[2:]),
    *_arrows(Event.SUBMIT, State.SUBMITTED, *_UNSUBMITTED[1:]),
)

_TARGETS = {(arrow.source, arrow.event): arrow.target for arrow in TRANSITIONS}


_TOO_LATE = {
    Event.NOT_OFFER: "it was offered; record how it ended instead",
    Event.EXEMPT: "it was due; record how it ended instead",
}


def allows(state: State, event: Event) -> bool:
    """Whether the table has an arrow for `event` out of `state`."""
    return (state, event) in _TARGETS


def after(state: State, event: Event) -> State:
    """The state that follows, or StateError in words."""
    try:
        return _TARGETS[state, event]
    except KeyError:
        why = _TOO_LATE.get(event, "that cannot be done now")
        raise StateError(f"This assessment is “{state.label.lower()}”, so {why}.") from None


def ending_event(asked: Event, tally: Tally) -> Event:
    """What ending an attempt early really is, once the answers are counted.

    A start with no answer from the victim is the ending asked for; with at least one, a decline
    or an interruption makes the attempt partial (domain guide §3). What the table does not allow
    stays as it was asked, and is refused there.
    """
    return Event.STOP if tally.from_victim and asked in {Event.DECLINE, Event.CANNOT} else asked


_WITHOUT_AN_ANSWER = {
    State.DECLINING: Outcome.DECLINED,
    State.UNABLE: Outcome.UNABLE,
    State.NOT_OFFERED: Outcome.NOT_OFFERED,
}


def outcome(state: State, tally: Tally) -> Outcome:
    """How an attempt that is submitted from `state` ended.

    The answers decide, for the officer may still add some after an ending. Until every item has a
    value the attempt is pending. With an answer from the victim it is completed or partial,
    whatever ended it. Without one it is the ending that was recorded, and while none was, it is
    pending: answers from others never make an assessment of the victim.
    """
    if state is State.EXEMPT_PENDING:
        return Outcome.EXEMPT
    if state in {State.REQUIRED, State.SUBMITTED} or not tally.everything_has_a_value:
        return Outcome.PENDING
    if not tally.from_victim:
        return _WITHOUT_AN_ANSWER.get(state, Outcome.PENDING)
    return Outcome.COMPLETED if tally.is_complete else Outcome.PARTIAL
