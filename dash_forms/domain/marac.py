"""The decision on a MARAC referral: four doors, and the facts that stand beside each of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.grading import RATIONALE_AT_LEAST, rationale_refusal
from dash_forms.domain.periods import months_in_words, words_for
from dash_forms.domain.prompts import is_marac_repeat
from dash_forms.domain.text import letter_count

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from dash_forms.domain.history import History
    from dash_forms.domain.prompts import Limits, Threshold


REQUEST_AT_LEAST = 10
"""Letters in which a decision by judgement can be asked for."""


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
    Door.VISIBLE_HIGH_RISK: "Visible high risk: the count has reached its threshold",
    Door.PROFESSIONAL_JUDGEMENT: "Professional judgement",
    Door.POTENTIAL_ESCALATION: "Potential escalation",
    Door.REPEAT: "Repeat after the last referral",
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

    def door_refusal(self, count: Threshold | None) -> InvalidError | None:
        """The door of the count is not open while the count has not reached its threshold."""
        if self.door is not Door.VISIBLE_HIGH_RISK or (count is not None and count.is_met):
            return None
        return InvalidError(
            "The count has not reached its threshold. Choose the door that it goes through",
            field="door",
        )


def request_refusal(words: str) -> InvalidError | None:
    """What is wrong with asking for a decision in these words: judgement has to rest on something.

    Nobody has to ask, so no words are no fault.
    """
    if not words or (len(words) >= REQUEST_AT_LEAST and letter_count(words)):
        return None
    return InvalidError("Say what the judgement rests on, or leave it empty", field="marac")


def facts(
    threshold: Threshold | None,
    history: History,
    last_referral_on: date | None,
    limits: Limits,
    *,
    was_assessed: bool,
    asked_for: Iterable[object] = (),
) -> dict[Door, str]:
    """What is known about each door, in words, with what the force has set for it.

    Whether one is open is the specialist's to say. `asked_for` are the words in which others ask
    for a decision by judgement.
    """
    by_judgement = "Needs no count. Say in the reason what the judgement rests on"
    by_judgement += (
        "." if was_assessed else ": the victim did not answer, so no count can speak for them."
    )
    if asked := "; ".join(map(str, asked_for)):
        by_judgement += f" Asked for: {asked}"
    return {
        Door.VISIBLE_HIGH_RISK: _counted(threshold),
        Door.PROFESSIONAL_JUDGEMENT: by_judgement,
        Door.POTENTIAL_ESCALATION: _incidents(history, limits),
        Door.REPEAT: _last(last_referral_on, history, limits),
    }


def _counted(threshold: Threshold | None) -> str:
    if threshold is None:
        return "This question set has no count with a threshold."
    ticks, of = threshold.counts, threshold.of
    if not ticks.answered:
        return f"None of the {of} was answered, so there is nothing to count."
    up_to = ticks.ticks_at_most
    more = f", up to {up_to} if what is not known were “yes”" if up_to != ticks.ticks else ""
    return (
        f"{ticks.ticks} of the {of} are “yes”{more}; {ticks.answered} of the {of} were answered."
        f" The threshold is {threshold.least}."
    )


def _incidents(history: History, limits: Limits) -> str:
    if not history.victim_searched:
        return "Not known: without a name and date of birth no earlier incident could be looked up."
    span = months_in_words(limits.escalation_months)
    recent = history.within(limits.escalation_months)
    incidents = {record.incident_id for record in recent}
    if not incidents:
        return f"No earlier incident is recorded in the {span} before this one."
    same = {record.incident_id for record in recent if record.same_perpetrator}
    count = "1 earlier incident" if len(incidents) == 1 else f"{len(incidents)} earlier incidents"
    return (
        f"{count} in the {span} before this one, {len(same)} of them between the same two."
        f" From {limits.escalation_incidents} on, with this one, it is shown as escalation."
    )


def _last(last_referral_on: date | None, history: History, limits: Limits) -> str:
    if last_referral_on:
        span = months_in_words(limits.marac_repeat_months)
        near = is_marac_repeat(last_referral_on, history.on, limits)
        how_long = f"within the {span}" if near else f"not within the {span}"
        return (
            f"The same two were last referred on {words_for(last_referral_on)}, {how_long} that"
            " make a repeat."
        )
    if not (history.victim_searched and history.perpetrator_searched):
        return "Not known: one of the two has no date of birth to be recognised by."
    return "No referral of the same two is recorded in this system."
