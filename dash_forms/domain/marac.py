"""The decision on a MARAC referral: four doors, and the facts that stand beside each of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.grading import RATIONALE_AT_LEAST, rationale_refusal
from dash_forms.domain.periods import words_for

if TYPE_CHECKING:
    from datetime import date

    from dash_forms.domain.answers import Tally
    from dash_forms.domain.history import History


class Door(StrEnum):
    """A way to the conference (domain guide §2). None of them opens by itself."""

    VISIBLE_HIGH_RISK = "visible_high_risk"
    PROFESSIONAL_JUDGEMENT = "professional_judgement"
    POTENTIAL_ESCALATION = "potential_escalation"
    REPEAT = "repeat"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Door.VISIBLE_HIGH_RISK: "Visible high risk: 14 or more of the 24",
    Door.PROFESSIONAL_JUDGEMENT: "Professional judgement",
    Door.POTENTIAL_ESCALATION: "Potential escalation",
    Door.REPEAT: "Repeat within 12 months of the last referral",
}


class Answer(StrEnum):
    """Whether the case is referred."""

    YES = "yes"
    NO = "no"

    @property
    def label(self) -> str:
        return {"yes": "Yes, refer to MARAC", "no": "No, do not refer"}[self.value]


@dataclass(frozen=True, slots=True)
class MaracDecision:
    """Whether to refer, through which door, and why; a "no" needs its reason as well."""

    refer: bool
    door: Door | None
    reason: str

    @property
    def refusals(self) -> list[InvalidError]:
        """What is wrong with it, if anything is."""
        found = []
        if self.refer and self.door is None:
            found.append(InvalidError("Choose the door it goes through", field="door"))
        if not self.refer and self.door is not None:
            found.append(InvalidError("A “no” goes through no door: choose none", field="door"))
        if rationale_refusal(self.reason):
            asked = f"Say why in at least {RATIONALE_AT_LEAST} characters, for a yes and for a no"
            found.append(InvalidError(asked, field="reason"))
        return found


def facts(
    ticks: Tally | None, history: History, last_referral_on: date | None, *, was_assessed: bool
) -> dict[Door, str]:
    """What is known about each door, in words. Whether one is open is the specialist's to say."""
    return {
        Door.VISIBLE_HIGH_RISK: _counted(ticks),
        Door.PROFESSIONAL_JUDGEMENT: "Needs no count. Say in the reason what the judgement rests on"
        + ("." if was_assessed else ": the victim did not answer, so no count can speak for them."),
        Door.POTENTIAL_ESCALATION: _incidents(history),
        Door.REPEAT: _last(last_referral_on, history),
    }


def _counted(ticks: Tally | None) -> str:
    if ticks is None:
        return "This question set has no list of 24 to count."
    if not ticks.answered:
        return "None of the 24 was answered, so there is nothing to count."
    up_to = ticks.ticks_at_most
    more = f", up to {up_to} if what is not known were “yes”" if up_to != ticks.ticks else ""
    return f"{ticks.ticks} of the 24 are “yes”{more}; {ticks.answered} of the 24 were answered."


def _incidents(history: History) -> str:
    if not history.victim_searched:
        return "Not known: without a name and date of birth no earlier incident could be looked up."
    incidents = {record.incident_id for record in history.recent}
    if not incidents:
        return "No earlier incident is recorded in the 12 months before this one."
    same = {record.incident_id for record in history.recent if record.same_perpetrator}
    count = "1 earlier incident" if len(incidents) == 1 else f"{len(incidents)} earlier incidents"
    return f"{count} in the 12 months before this one, {len(same)} of them between the same two."


def _last(last_referral_on: date | None, history: History) -> str:
    if last_referral_on:
        return f"The same two were last referred on {words_for(last_referral_on)}."
    if not (history.victim_searched and history.perpetrator_searched):
        return "Not known: one of the two has no date of birth to be recognised by."
    return "No referral of the same two is recorded in this system."
