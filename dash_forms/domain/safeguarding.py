"""What the answers call for on behalf of children and of adults at risk, beside any grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.grading import Stated
from dash_forms.domain.instruments import SetRole, Trigger
from dash_forms.domain.referrals import TaskKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from dash_forms.domain.answers import Given
    from dash_forms.domain.instruments import Instrument

    Asked = tuple[Instrument, Mapping[int, Given]]
    """A question set, or one round of it, with its answers by number."""

WHO_THEY_ARE = (
    "Children are known of who are not linked to the incident. Once they are, with their schools,"
    " each has a task of its own."
)
"""What the task asks for that children_not_linked calls for."""
# What a "yes" asks for at once (domain guide, table (a): items 9, 11 and 12).
REFERRED_ON = {
    Trigger.CHILD_REFERRAL: TaskKind.CHILD_REFERRAL,
    Trigger.SAFEGUARDING_REFERRAL: TaskKind.SAFEGUARDING,
}


def referrals_called_for(asked: Collection[Asked]) -> dict[TaskKind, str]:
    """The referrals that these answers call for, each with the topics it is because of, in words.

    A "yes" counts from whatever source: what an officer saw of a refused assessment as well.
    """
    found: dict[TaskKind, list[str]] = {}
    for instrument, answers in asked:
        for trigger, kind in REFERRED_ON.items():
            if numbers := _yes_to(instrument, answers, trigger):
                topics = found.setdefault(kind, [])
                if (words := instrument.topics_in_words(numbers)) not in topics:
                    topics.append(words)
    return {kind: "Because of a “yes”. " + "; ".join(topics) for kind, topics in found.items()}


def children_not_linked(asked: Collection[Asked], stated: Stated | None, linked: int) -> bool:
    """Whether children are known of who are not among the `linked`, so that no school is told.

    They are known of by the last page, by a "yes" that there are some, or by a block of questions
    that was asked for each; a block more than there are children linked is a child too few.
    """
    if sum(i.offered_for_children and bool(_answered(answers)) for i, answers in asked) > linked:
        return True
    said = any(
        _yes_to(instrument, answers, Trigger.ENCOMPASS)
        for instrument, answers in asked
        if instrument.role is SetRole.MAIN
    )
    return not linked and (stated is Stated.YES or said)


def _answered(answers: Mapping[int, Given]) -> list[int]:
    return [number for number, given in answers.items() if given.value.is_given]


def _yes_to(
    instrument: Instrument, answers: Mapping[int, Given], trigger: Trigger
) -> tuple[int, ...]:
    return tuple(
        item.number
        for item in instrument.items
        if trigger in item.triggers
        and item.number in answers
        and answers[item.number].value is AnswerValue.YES
    )
