"""What the invented neighbourhood team made of its repeat callers: words, actions and outcome.

Some of those flagged get no plan, so that it can be seen what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dash_forms.domain.plans import Outcome, Stage
from dash_forms.domain.referrals import TaskState

LED_BY = "sergeant1"
OWNED_BY = "officer1"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was written, so many days after the plan was opened."""

    day: int
    stage: Stage
    words: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to be done, from and until so many days after the plan was opened."""

    day: int
    what: str
    due: int
    ended: int | None = None
    state: TaskState = TaskState.DONE
    words: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A review, and when the next is due; both so many days after the plan was opened."""

    day: int
    found: str
    next: int


@dataclass(frozen=True, slots=True)
class Script:
    """A plan from its opening on. `opened` is counted from the first flag."""

    opened: timedelta
    steps: tuple[Step, ...]
    deeds: tuple[Deed, ...]
    looks: tuple[Look, ...] = ()
    closed: tuple[int, Outcome, str] | None = None
    first_review: int = 14


_CLOSED = Script(
    timedelta(days=3),
    (
        Step(0, Stage.SCANNING, "Calls at night about noise and shouting from the flat above. Four"
             " of them in three days; patrols went twice and found it quiet."),
        Step(2, Stage.ANALYSIS, "The noise is real and comes from a broken pump in the shared"
             " boiler room. The housing association has had three complaints."),
        Step(4, Stage.RESPONSE, "The pump is repaired by the association; the officer tells the"
             " caller when, and whom to ring about noise until then."),
        Step(34, Stage.ASSESSMENT, "The pump was replaced in the second week. Two calls since, both"
             " about something else. The caller says it is quiet."),
    ),
    (
        Deed(2, "Agree a date for the repair with the housing association", 9, 8,
             words="Repaired on the agreed day; the caretaker confirmed it."),
        Deed(4, "Offer mediation with the neighbour above", 18, 12, TaskState.NOT_NEEDED,
             "It was not the neighbour: the pump made the noise."),
    ),
    (Look(28, "The repair is done and the calls went down. Close it once the month is over.", 35),),
    (35, Outcome.FEWER, "The cause was a broken pump; it is repaired."),
)  # fmt: skip
_RUNNING = Script(
    timedelta(days=5),
    (
        Step(0, Stage.SCANNING, "Repeated calls about young people in the stairwell, mostly after"
             " school. The caller is frightened to leave the flat."),
        Step(1, Stage.ANALYSIS, "The door to the yard does not lock, so the stairwell has become a"
             " place to meet. Nobody had asked the school."),
        Step(3, Stage.RESPONSE, "A lock for the yard door, a talk at the school, and a weekly visit"
             " to the caller until it is quiet."),
    ),
    (
        Deed(1, "Have the lock of the yard door mended by the council", 10),
        Deed(1, "Visit the caller and agree on a weekly call", 6, 5,
             words="Visited; the caller knows whom to ring and when."),
        Deed(3, "Speak with the school about its pupils in the stairwell", 60),
    ),
    (Look(12, "The lock is still broken: the council has been asked again.", 33),),
)  # fmt: skip
SCRIPTS = (_CLOSED, _RUNNING)
"""For whoever was flagged first, and second; nobody else has a plan."""
