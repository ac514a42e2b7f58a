"""What an answer can be, where it came from, and how answers are counted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class AnswerValue(StrEnum):
    """The six values of an item. A blank is none of them and never means "no"."""

    YES = "yes"
    NO = "no"
    DONT_KNOW = "dont_know"
    DECLINED = "declined"
    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return _VALUE_LABELS[self]

    @property
    def is_given(self) -> bool:
        """Somebody answered the question, as opposed to refusing it or never hearing it."""
        return self in {AnswerValue.YES, AnswerValue.NO, AnswerValue.DONT_KNOW}

    @property
    def is_answer(self) -> bool:
        """It was given, or the question does not apply: nothing is left open by it."""
        return self.is_given or self is AnswerValue.NOT_APPLICABLE

    @property
    def is_possible(self) -> bool:
        """What is asked after is so, or may be."""
        return self in {AnswerValue.YES, AnswerValue.DONT_KNOW}


_VALUE_LABELS = {
    AnswerValue.YES: "Yes",
    AnswerValue.NO: "No",
    AnswerValue.DONT_KNOW: "Don’t know",
    AnswerValue.DECLINED: "Declined to answer",
    AnswerValue.NOT_ASKED: "Not asked",
    AnswerValue.NOT_APPLICABLE: "Not applicable",
}


class Frequency(StrEnum):
    """How often something happens, as a set with a frequency scale asks it.

    The scale is no second kind of value. "Never" is recorded as "no", and the rest as "yes" with
    the frequency among the answer's details, so that a blank, a tick, a conflict and a follow-up
    mean the same in every set, and how often it happens is encrypted like all other detail.
    """

    NEVER = "never"
    OCCASIONALLY = "occasionally"
    OFTEN = "often"
    ALL_THE_TIME = "all_the_time"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @property
    def recorded_as(self) -> AnswerValue:
        """The value that is stored."""
        return AnswerValue.NO if self is Frequency.NEVER else AnswerValue.YES

    @property
    def details(self) -> dict[str, tuple[str, ...]]:
        """What is stored beside the value: how often, where it happens at all."""
        return {} if self is Frequency.NEVER else {FREQUENCY_DETAIL: (self.value,)}


FREQUENCY_DETAIL = "frequency"
"""The name under which an answer's details hold how often."""


def frequency_of(
    value: AnswerValue | None, details: Mapping[str, tuple[str, ...]]
) -> Frequency | None:
    """How often, as stored; None where nobody could say, or only that it happens."""
    if value is AnswerValue.NO:
        return Frequency.NEVER
    often = details.get(FREQUENCY_DETAIL)
    return Frequency(often[0]) if value is AnswerValue.YES and often else None


class Source(StrEnum):
    """Who or what an answer rests on; a tick from an officer or from records counts too."""

    VICTIM = "victim"
    OFFICER_OBSERVED = "officer_observed"
    RECORDS = "records"
    THIRD_PARTY = "third_party"

    @property
    def label(self) -> str:
        return _SOURCE_LABELS[self]


_SOURCE_LABELS = {
    Source.VICTIM: "Victim said",
    Source.OFFICER_OBSERVED: "Officer saw",
    Source.RECORDS: "Records",
    Source.THIRD_PARTY: "Third party",
}


@dataclass(frozen=True, slots=True)
class Given:
    """One item's current value and its source, as the counting rules see it."""

    value: AnswerValue
    source: Source


@dataclass(frozen=True, slots=True)
class Tally:
    """How far an assessment has come.

    `ticks` counts "yes" only; `ticks_at_most` adds every item whose truth is not known
    (don't know, declined, not asked, blank), so that the true count lies between the two.
    """

    items: int
    answered: int
    with_value: int
    ticks: int
    ticks_at_most: int
    from_victim: int

    @property
    def is_complete(self) -> bool:
        return self.answered == self.items

    @property
    def everything_has_a_value(self) -> bool:
        return self.with_value == self.items


def tally(answers: Mapping[int, Given], items: Collection[int]) -> Tally:
    """Count the answers to `items`. "Not applicable" is an answer: nothing is left open by it."""
    answered = with_value = ticks = unknown = from_victim = 0
    for number in items:
        given = answers.get(number)
        if given is None:
            unknown += 1
            continue
        with_value += 1
        ticks += given.value is AnswerValue.YES
        if given.value.is_given:
            answered += 1
            unknown += given.value is AnswerValue.DONT_KNOW
            from_victim += given.source is Source.VICTIM
        elif given.value is AnswerValue.NOT_APPLICABLE:
            answered += 1
        else:
            unknown += 1
    return Tally(len(items), answered, with_value, ticks, ticks + unknown, from_victim)
