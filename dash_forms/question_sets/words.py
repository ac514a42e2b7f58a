"""A question set in plain words, for a terminal or for paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash_forms.domain.instruments import (
    HOW_OFTEN,
    AnswerKind,
    AskedFor,
    FollowUp,
    FollowUpKind,
    SetRole,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dash_forms.domain.answers import AnswerValue
    from dash_forms.domain.instruments import Instrument, Item


def in_words(question_set: Instrument) -> str:
    """The whole set, with everything that follows from its answers."""
    return "\n".join(_lines(question_set))


def summary(question_set: Instrument) -> str:
    """What kind of set it is and how large, in a line."""
    items, sections = len(question_set.items), len(question_set.sections)
    asked_for = question_set.asked_for
    about = "" if asked_for is AskedFor.VICTIM else f", asked for {asked_for.label}"
    return (
        f"version {question_set.version} · {question_set.role.label}{about} · "
        f"{items} items in {sections} section{'s' if sections > 1 else ''}"
    )


def how_answered(follow_up: FollowUp) -> str:
    """How a follow-up is answered, in a word or three."""
    if follow_up.kind is FollowUpKind.TEXT:
        return "text"
    which = "one" if follow_up.kind is FollowUpKind.CHOICE else "any"
    return f"{which} of {len(follow_up.options)}"


def named(values: tuple[AnswerValue, ...]) -> str:
    """Answers in a row: `no or don’t know`."""
    return " or ".join(value.label.lower() for value in values)


def numbered(numbers: tuple[int, ...]) -> str:
    """Item numbers in a row: `3, 7, 9–12`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    return f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run))


def _lines(question_set: Instrument) -> Iterator[str]:
    yield question_set.title
    yield f"{question_set.id} · {summary(question_set)}"
    yield question_set.attribution
    yield question_set.licence_note
    if question_set.role is SetRole.ADD_ON:
        reasons = [f"“{trigger.label}”" for trigger in question_set.offered_on]
        reasons += ["any linked child"] if question_set.offered_for_children else []
        yield f"Offered on: {', '.join(reasons)}."
    for section in question_set.sections:
        yield f"\n== {section.title}"
        for item in question_set.items_in(section.id):
            yield from _item(item)
    if question_set.gates or question_set.tick_sets:
        yield "\n== Skips and counts"
    for gate in question_set.gates:
        yield f"“{gate.label}” makes {numbered(gate.items)} {named((gate.sets,))}."
    for ticks in question_set.tick_sets:
        limit = f"; {ticks.threshold} or more matter" if ticks.threshold else ""
        yield f"{ticks.title}: {numbered(ticks.items)}{limit}."


def _item(item: Item) -> Iterator[str]:
    yield f"\n{item.number:>3}  {item.prompt}{'  [high risk]' if item.high_risk else ''}"
    yield f"     {item.how_to_ask}"
    if item.kind is AnswerKind.FREQUENCY:
        scale = (choice.label for choice in item.choices if choice.frequency)
        yield f"     Answered: {', '.join(scale)}"
    for follow_up in item.follow_ups:
        if follow_up is HOW_OFTEN:
            continue
        options = ", ".join(option.label for option in follow_up.options)
        yield (
            f"     {named(follow_up.when).capitalize()}: {follow_up.label}"
            f" ({how_answered(follow_up)}{': ' if options else ''}{options})"
        )
    if item.triggers:
        yield f"     Sets off: {', '.join(trigger.label for trigger in item.triggers)}"
