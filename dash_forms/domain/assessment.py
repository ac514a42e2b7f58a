"""The life of an assessment: its states, its events, and the one table of transitions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.declines import Ending
from dash_forms.domain.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dash_forms.domain.answers import Tally


class State(StrEnum):
    """Where an attempt stands, or one of the two things that may be owed after it.

    An attempt that is approved can owe a re-offer and a second assessment at once. Each has a
    state of its own, so that neither hides the other.
    """

    REQUIRED = "required"
    EXEMPT_PENDING = "exempt_pending"
    EXEMPT = "exempt"
    NOT_OFFERED = "not_offered"
    OFFERED = "offered"
    DRAFT = "draft"
    DECLINING = "declining"
    UNABLE = "unable"
    READY_PARTIAL = "ready_partial"
    READY_COMPLETE = "ready_complete"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    APPROVED = "approved"
    CLOSED = "closed"
    VOID = "void"
    REOFFER_DUE = "reoffer_due"
    REOFFER_OVERDUE = "reoffer_overdue"
    REOFFERED = "reoffered"
    REOFFER_CLOSED = "reoffer_closed"
    SECONDARY_DUE = "secondary_due"
    SECONDARY_DONE = "secondary_done"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]

    def allows(self, event: str) -> bool:
        """Whether the table has an arrow for `event` out of here; what is no event is an error."""
        return allows(self, Event(event))

    @property
    def is_open(self) -> bool:
        """Answers may still be given or changed."""
        return self in OPEN_STATES

    @property
    def is_being_asked(self) -> bool:
        """The cards are under way, and nothing has ended them yet."""
        return self in _ASKED

    @property
    def is_sent(self) -> bool:
        """It was submitted and the officer does not have it back."""
        return self in _SENT

    @property
    def waits_for_review(self) -> bool:
        """A supervisor has to decide."""
        return self in _TO_REVIEW

    @property
    def is_returned(self) -> bool:
        """A supervisor has said what to put right, and the officer has it."""
        return self is State.RETURNED

    @property
    def is_void(self) -> bool:
        """It was made in error."""
        return self is State.VOID


_STATE_LABELS = {
    State.REQUIRED: "Not started",
    State.EXEMPT_PENDING: "Exempt, waiting for a supervisor",
    State.EXEMPT: "Exempt",
    State.NOT_OFFERED: "Not offered, to be finished",
    State.OFFERED: "Offered",
    State.DRAFT: "In progress",
    State.DECLINING: "Declined, to be finished",
    State.UNABLE: "Could not be done, to be finished",
    State.READY_PARTIAL: "Stopped part-way",
    State.READY_COMPLETE: "Answered, to be submitted",
    State.SUBMITTED: "Submitted",
    State.IN_REVIEW: "In review",
    State.RETURNED: "Returned to the officer",
    State.APPROVED: "Approved",
    State.CLOSED: "Closed",
    State.VOID: "Made in error",
    State.REOFFER_DUE: "Offer again",
    State.REOFFER_OVERDUE: "Offer again, overdue",
    State.REOFFERED: "Offered again",
    State.REOFFER_CLOSED: "Not to be offered again",
    State.SECONDARY_DUE: "Second assessment due",
    State.SECONDARY_DONE: "Second assessment done",
}


class Event(StrEnum):
    """What can happen to an assessment."""

    OFFER = "offer"
    START = "start"
    DECLINE = "decline"
    STOP = "stop"
    CANNOT = "cannot"
    COMPLETE = "complete"
    NOT_OFFER = "not_offer"
    EXEMPT = "exempt"
    ENDORSE = "endorse"
    REJECT = "reject"
    RESUME = "resume"
    SUBMIT = "submit"
    OPEN_REVIEW = "open_review"
    AGREE = "agree"
    RETURN = "return"
    REGRADE = "regrade"
    PLAN_REOFFER = "plan_reoffer"
    DUE_PASSES = "due_passes"
    OFFER_AGAIN = "offer_again"
    END_REOFFERS = "end_reoffers"
    STOP_CONTACT = "stop_contact"
    TAKE_OFFER_BACK = "take_offer_back"
    SEND_TO_SPECIALIST = "send_to_specialist"
    GRADE_AGAIN = "grade_again"
    CLOSE = "close"
    VOID = "void"


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


class By(StrEnum):
    """Who makes an arrow happen."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    SPECIALIST = "specialist"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of the state machine; `needs` says in words what guards it."""

    source: State
    event: Event
    target: State
    by: By
    needs: str = ""


def _arrows(
    event: Event, target: State, *sources: State, by: By = By.OFFICER, needs: str = ""
) -> tuple[Transition, ...]:
    return tuple(Transition(source, event, target, by, needs) for source in sources)


# Once an offer has been made, an attempt may end in any of these ways until it is submitted, and
# again when a supervisor has returned it.
_ENDED = (State.DECLINING, State.UNABLE, State.READY_PARTIAL, State.READY_COMPLETE)
_OFFERED = (State.OFFERED, State.DRAFT, *_ENDED)
_ENDING = (*_OFFERED, State.NOT_OFFERED, State.RETURNED)
# Void reaches whatever is not void yet, but not what is owed afterwards: that falls with it.
_VOIDABLE = (
    State.REQUIRED,
    State.EXEMPT_PENDING,
    State.EXEMPT,
    *_ENDING,
    State.SUBMITTED,
    State.IN_REVIEW,
    State.APPROVED,
    State.CLOSED,
)
_SUP, _SPEC = By.SUPERVISOR, By.SPECIALIST

# Domain guide, table (b). Guards, buttons, queues, the sets of states below and the picture in
# docs/states.md read this and nothing else. The officer may correct the kind of ending until it
# is submitted, so most endings reach each other; `resume` is the victim changing their mind, which
# loses nothing already recorded. Once an offer has been made it cannot be said that there was none,
# nor that none was due.
TRANSITIONS: tuple[Transition, ...] = (
    *_arrows(
        Event.OFFER,
        State.OFFERED,
        State.REQUIRED,
        needs="how, and whether alone; the purpose is explained",
    ),
    *_arrows(Event.START, State.DRAFT, State.OFFERED),
    *_arrows(Event.DECLINE, State.DECLINING, *_ENDING, needs="a reason, said or inferred"),
    *_arrows(Event.CANNOT, State.UNABLE, *_ENDING, needs="a reason"),
    *_arrows(Event.STOP, State.READY_PARTIAL, *_ENDING, needs="an answer from the victim"),
    *_arrows(Event.COMPLETE, State.READY_COMPLETE, *_ENDING, needs="a value for every topic"),
    *_arrows(
        Event.NOT_OFFER,
        State.NOT_OFFERED,
        State.REQUIRED,
        State.NOT_OFFERED,
        State.RETURNED,
        needs="a reason",
    ),
    *_arrows(Event.EXEMPT, State.EXEMPT_PENDING, State.REQUIRED, needs="a code"),
    *_arrows(Event.ENDORSE, State.EXEMPT, State.EXEMPT_PENDING, by=_SUP, needs="not the author"),
    *_arrows(Event.REJECT, State.REQUIRED, State.EXEMPT_PENDING, by=_SUP, needs="a reason"),
    *_arrows(Event.RESUME, State.DRAFT, *_ENDED, State.NOT_OFFERED, State.RETURNED),
    *_arrows(
        Event.SUBMIT,
        State.SUBMITTED,
        *_ENDED,
        State.NOT_OFFERED,
        needs="a grade with its rationale, and what is owed",
    ),
    *_arrows(Event.OPEN_REVIEW, State.IN_REVIEW, State.SUBMITTED, by=_SUP, needs="not the author"),
    *_arrows(Event.AGREE, State.APPROVED, State.IN_REVIEW, by=_SUP, needs="every section read"),
    *_arrows(Event.RETURN, State.RETURNED, State.IN_REVIEW, by=_SUP, needs="what to fix"),
    *_arrows(
        Event.REGRADE,
        State.APPROVED,
        State.IN_REVIEW,
        by=_SUP,
        needs="every section read, and a reason",
    ),
    *_arrows(Event.PLAN_REOFFER, State.REOFFER_DUE, State.APPROVED, by=_SUP, needs="not completed"),
    *_arrows(Event.DUE_PASSES, State.REOFFER_OVERDUE, State.REOFFER_DUE, by=By.CLOCK),
    *_arrows(Event.OFFER_AGAIN, State.REOFFERED, State.REOFFER_DUE, State.REOFFER_OVERDUE),
    *_arrows(
        Event.END_REOFFERS,
        State.REOFFER_CLOSED,
        State.REOFFER_DUE,
        State.REOFFER_OVERDUE,
        by=_SUP,
        needs="a reason",
    ),
    *_arrows(
        Event.STOP_CONTACT,
        State.REOFFER_CLOSED,
        State.REOFFERED,
        by=_SUP,
        needs="contact is unsafe; what was answered stays",
    ),
    *_arrows(
        Event.TAKE_OFFER_BACK,
        State.REOFFER_DUE,
        State.REOFFERED,
        by=_SUP,
        needs="the attempt that it made is void",
    ),
    *_arrows(
        Event.SEND_TO_SPECIALIST,
        State.SECONDARY_DUE,
        State.APPROVED,
        by=_SUP,
        needs="high, flagged, or one of the MARAC doors",
    ),
    *_arrows(
        Event.GRADE_AGAIN,
        State.SECONDARY_DONE,
        State.SECONDARY_DUE,
        by=_SPEC,
        needs="a grade, and MARAC yes or no with a reason",
    ),
    *_arrows(
        Event.CLOSE,
        State.CLOSED,
        State.APPROVED,
        by=By.CLOCK,
        needs="nothing owed; sets the review of its retention",
    ),
    *_arrows(Event.VOID, State.VOID, *_VOIDABLE, by=_SUP, needs="a reason"),
)

_TARGETS = {(arrow.source, arrow.event): arrow.target for arrow in TRANSITIONS}


def states_before(*events: Event) -> frozenset[State]:
    """The states in which one of these can happen."""
    return frozenset(arrow.source for arrow in TRANSITIONS if arrow.event in events)


def states_after(*events: Event) -> frozenset[State]:
    """The states that one of these leads to."""
    return frozenset(arrow.target for arrow in TRANSITIONS if arrow.event in events)


# An attempt is open from the moment it is due for as long as it can still become a complete one.
OPEN_STATES = states_before(Event.OFFER, Event.COMPLETE)
ENDED_STATES = states_after(Event.DECLINE, Event.CANNOT, Event.STOP, Event.NOT_OFFER)
_ASKED = states_after(Event.START)
_SENT = states_after(Event.SUBMIT, Event.OPEN_REVIEW, Event.AGREE, Event.REGRADE, Event.CLOSE)
_TO_REVIEW = states_before(Event.ENDORSE, Event.OPEN_REVIEW, Event.AGREE)

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


def offered(state: State) -> State:
    """The state once an offer has been made, which an attempt's start or ending implies."""
    return after(state, Event.OFFER) if state is State.REQUIRED else state


def ending_event(asked: Event, tally: Tally) -> Event:
    """What ending an attempt early really is, once the answers are counted.

    A start with no answer from the victim is the ending asked for; with at least one, a decline
    or an interruption makes the attempt partial (domain guide §3). What the table does not allow
    stays as it was asked, and is refused there.
    """
    return Event.STOP if tally.from_victim and asked in {Event.DECLINE, Event.CANNOT} else asked


def left_open(
    ending: Ending, items: Iterable[int], said: Mapping[int, AnswerValue | None]
) -> dict[int, AnswerValue]:
    """What an ending makes of the topics that nobody has answered; it touches no other.

    `said` are the values that people gave, whether the victim's, seen, or from records: a decline
    blanks none of them (domain guide, table (b)).
    """
    value = AnswerValue.DECLINED if ending is Ending.DECLINED else AnswerValue.NOT_ASKED
    return {number: value for number in items if said.get(number) is None}


_WITHOUT_AN_ANSWER = {
    Ending.DECLINED: Outcome.DECLINED,
    Ending.UNABLE: Outcome.UNABLE,
    Ending.NOT_OFFERED: Outcome.NOT_OFFERED,
}


def outcome(ending: Ending | None, tally: Tally) -> Outcome:
    """How an attempt ends when it is submitted now; `ending` is the one that was recorded, if any.

    The answers decide, for the officer may still add some after an ending. Until every item has a
    value the attempt is pending. With an answer from the victim it is completed or partial,
    whatever ended it. Without one it is the ending that was recorded, and while none was, it is
    pending: answers from others never make an assessment of the victim.
    """
    if ending is Ending.EXEMPT:
        return Outcome.EXEMPT
    if not tally.everything_has_a_value:
        return Outcome.PENDING
    if not tally.from_victim:
        return _WITHOUT_AN_ANSWER.get(ending, Outcome.PENDING) if ending else Outcome.PENDING
    return Outcome.COMPLETED if tally.is_complete else Outcome.PARTIAL


_SETTLING = {
    Outcome.COMPLETED: Event.COMPLETE,
    Outcome.PARTIAL: Event.STOP,
    Outcome.DECLINED: Event.DECLINE,
    Outcome.UNABLE: Event.CANNOT,
    Outcome.NOT_OFFERED: Event.NOT_OFFER,
}


SUBMITTABLE = tuple(_SETTLING)
"""The outcomes that a submission can have."""


def submitted(state: State, ended: Outcome) -> State:
    """The state after a submission that ends so: first what the answers made of it, then sent."""
    settling = _SETTLING.get(ended)
    if settling is None:
        raise StateError("This assessment has no outcome yet, so it cannot be submitted.")
    return after(after(state, settling), Event.SUBMIT)
