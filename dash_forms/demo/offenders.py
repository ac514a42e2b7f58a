"""What is outstanding against some alleged perpetrators of the invented force: bail and orders.

Some of it ends soon, some has ended without anybody deciding, and some was seen to.
"""

from __future__ import annotations

from dataclasses import dataclass

from dash_forms.domain.offenders import ActionKind, ActionState

RECORDED_BY = "sergeant1"
PURPOSE_WORDS = "Weekly meeting on what is outstanding in the team."


@dataclass(frozen=True, slots=True)
class Change:
    """Another end, so many days from today, and why."""

    ends: int
    why: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended, and what came of it."""

    state: ActionState
    words: str


@dataclass(frozen=True, slots=True)
class Act:
    """Something outstanding; the days are counted from today."""

    kind: ActionKind
    starts: int
    ends: int | None
    conditions: str
    change: Change | None = None
    ending: Ending | None = None


_AWAY = "Not to contact the victim in any way, and not to go within 100 metres of the home."
SCRIPTS: tuple[tuple[Act, ...], ...] = (
    (
        Act(ActionKind.POLICE_BAIL, -25, 3, _AWAY),
        Act(ActionKind.NON_MOLESTATION, -90, 210, "Not to use or threaten violence, by order of"
            " the family court."),
    ),
    (Act(ActionKind.POLICE_BAIL, -32, -4, _AWAY),),
    (Act(ActionKind.WANTED, -6, None, "Two addresses tried; a friend says he works nights."),),
    (
        Act(ActionKind.POLICE_BAIL, -60, -32, _AWAY,
            change=Change(-5, "Extended by the inspector until the phone was read."),
            ending=Ending(ActionState.DONE, "Charged with two offences; the court gave bail.")),
        Act(ActionKind.COURT_BAIL, -5, 16, "To live at a friend’s address and report on Mondays."),
    ),
    (
        Act(ActionKind.PROTECTION_ORDER, -9, 19, "Not to enter the street."),
        Act(ActionKind.INTERVIEW, -12, -2, "With a solicitor, at the station."),
    ),
    (Act(ActionKind.RESTRAINING, -300, None, "Until further order of the court."),),
)  # fmt: skip
"""For the people alleged most often in the team’s incidents, the first first."""
