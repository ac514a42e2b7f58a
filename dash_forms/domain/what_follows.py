"""What the answers set in motion: things for the officer to do or weigh, each with its topics.

A "yes" from whatever source calls for them (domain guide, table (a), the column of triggers). None
of them is a duty that keeps an assessment from being sent, and none of them grades.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dash_forms.domain.answers import AnswerValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from dash_forms.domain.answers import Given
    from dash_forms.domain.instruments import Instrument


@dataclass(frozen=True, slots=True)
class Following:
    """Something to do or to weigh, and the topics that call for it, in words."""

    action: str
    because: str


def what_follows(
    asked: Iterable[tuple[Instrument, Mapping[int, Given]]],
) -> tuple[Following, ...]:
    """What these answers call for, each once, in the order in which it is first called for.

    `asked` are the question sets, or rounds of them, each with its answers by number.
    """
    found: dict[str, list[str]] = {}
    for instrument, answers in asked:
        called: dict[str, list[int]] = {}
        for item in instrument.items:
            given = answers.get(item.number)
            if given is not None and given.value is AnswerValue.YES:
                for action in item.actions:
                    called.setdefault(action, []).append(item.number)
        for action, numbers in called.items():
            topics = found.setdefault(action, [])
            if (words := instrument.topics_in_words(numbers)) not in topics:
                topics.append(words)
    return tuple(Following(action, "; ".join(topics)) for action, topics in found.items())
