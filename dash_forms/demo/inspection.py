"""What was published about the invented force, and what it did about it over the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dash_forms.demo.chance import Chance
from dash_forms.demo.force import FORCE_NAME
from dash_forms.domain.inspection import (
    AREAS,
    ASSESSMENT,
    GradeWord,
    ItemEntry,
    ItemEvent,
    NewGrade,
    NewItem,
    Owner,
    Terms,
)
from dash_forms.domain.periods import london_date

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

OWNERS = ("inspector1", "sergeant1", "specialist1")
_EARLIER = "PEEL 2021/22"
_PUBLISHED = 330
"""Days ago."""
_GRADES = dict(
    zip(
        (each.code for each in AREAS if each.is_graded),
        (
            GradeWord.GOOD,
            GradeWord.REQUIRES_IMPROVEMENT,
            GradeWord.ADEQUATE,
            GradeWord.REQUIRES_IMPROVEMENT,
            GradeWord.ADEQUATE,
            GradeWord.GOOD,
            GradeWord.ADEQUATE,
            GradeWord.ADEQUATE,
        ),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history of an item."""

    item_id: UUID
    entry: ItemEntry


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that is named as evidence."""

    item_id: UUID
    entry_id: UUID
    code: str
    note: str


Told = NewGrade | NewItem | Step | Measure


@dataclass(frozen=True, slots=True)
class _Plan:
    """An area for improvement: days ago for what was, days ahead for when it is due."""

    area: str
    words: str
    owner: str
    """A username, or a role in words."""
    due_in: int
    note: str
    steps: tuple[tuple[int, ItemEvent | str, str], ...]
    """(days ago, what happened or the code of a measure, words)."""


_E = ItemEvent
_PLANS = (
    _Plan(
        "protecting",
        "The force should make sure that officers who attend a domestic-abuse incident offer a risk"
        " assessment to every victim, and that supervisors know why one was declined.",
        "specialist1",
        60,
        "A working group of two sergeants and a specialist looks at twenty declines a month.",
        (
            (270, "D1", "How many victims decline is what the inspectors asked about first."),
            (270, "B5", "A decline without a reason tells a supervisor nothing."),
            (250, _E.START, "The group met for the first time and chose what to look at."),
            (
                180,
                _E.NOTE_EVIDENCE,
                "Sixty declines were read twice; in 22 somebody else was within hearing.",
            ),
            (170, "B1", "A lower decline rate must not be bought with forms that are all “no”."),
            (
                90,
                _E.NOTE_EVIDENCE,
                "A briefing on asking alone was held for all ten teams; 187 of 204 officers came.",
            ),
        ),
    ),
    _Plan(
        "protecting",
        "The force should make sure that a supervisor reviews each risk assessment promptly, and"
        " that schools are told before the child’s next day there.",
        "sergeant1",
        -20,
        "Each team names who reviews when its sergeant is off duty.",
        (
            (260, "R1", "Reviews within 24 hours are what was found wanting."),
            (260, "R5", "Whether the school knew before the child came in again."),
            (200, _E.START, "All ten teams have named a deputy; the rota is on the wall."),
        ),
    ),
    _Plan(
        "protecting",
        "The force should record a decision on a multi-agency conference for every victim whose"
        " risk is graded high.",
        "specialist1",
        -100,
        "The desk goes through the high grades of each day on the next morning.",
        (
            (240, "R4", "Every high grade should have a decision, yes or no."),
            (230, _E.START, "The morning list is made and one person has it each day."),
            (140, _E.FINISH, "Four weeks without a high grade that had no decision."),
            (60, _E.REOPEN, "Two were missed in one week while the desk was short of people."),
        ),
    ),
    _Plan(
        "responding",
        "The force should reduce the number of callers who hang up before the call is answered, and"
        " tell callers how long they will wait.",
        "Head of contact",
        150,
        "Waiting times by hour are looked at before anything is changed.",
        (
            (210, _E.START, "Two shifts were moved to the hours in which most callers waited."),
            (
                120,
                _E.NOTE_EVIDENCE,
                "Weekly return: fewer abandoned calls from six to nine; mornings as before.",
            ),
        ),
    ),
    _Plan(
        "investigating",
        "The force should make sure that supervisors give direction to investigations and record"
        " that they did.",
        "Detective chief inspector, investigations",
        200,
        "What good direction looks like is written down on one page.",
        (),
    ),
    _Plan(
        "workforce",
        "The force should know why new officers leave, and act on what they say.",
        "People services",
        -160,
        "Everybody who leaves in the first two years is asked by somebody outside their team.",
        (
            (250, _E.START, "Letters to the last forty leavers; first conversations held."),
            (
                190,
                _E.NOTE_EVIDENCE,
                "Thirty-one leavers answered. Shift patterns and the lack of a tutor came first.",
            ),
            (150, _E.FINISH, "The findings went to the board, and each team has a named tutor."),
        ),
    ),
)  # fmt: skip


def story(now: datetime, owners: Mapping[str, UUID]) -> Iterator[tuple[datetime, Told]]:
    """Everything that was entered and when, the first first; the same time gives the same."""
    chance = Chance(5)  # its own, so that the year stays as it is
    told = [*_grades(chance, now), *_items(chance, now, owners)]
    yield from sorted(told, key=lambda each: each[0])


def _grades(chance: Chance, now: datetime) -> Iterator[tuple[datetime, Told]]:
    for days, assessment, grades in (
        (_PUBLISHED, ASSESSMENT, _GRADES),
        (_PUBLISHED + 900, _EARLIER, {"protecting": GradeWord.ADEQUATE}),
    ):
        source = f"Invented report on {FORCE_NAME.partition(' (')[0]}, {assessment}"
        for area, grade in grades.items():
            at = _working_hours(chance, now, _PUBLISHED - 2)
            day = london_date(now - timedelta(days=days))
            yield at, NewGrade(chance.id_at(at), area, grade, assessment, day, source)


def _items(
    chance: Chance, now: datetime, owners: Mapping[str, UUID]
) -> Iterator[tuple[datetime, Told]]:
    for plan in _PLANS:
        at = _working_hours(chance, now, 300)
        item_id = chance.id_at(at)
        account = owners.get(plan.owner)
        owner = Owner(account) if account else Owner(role=plan.owner)
        due_on = london_date(now + timedelta(days=plan.due_in))
        terms = Terms(plan.words, owner, due_on)
        yield at, NewItem(item_id, plan.area, ASSESSMENT, terms, plan.note)
        for days, what, words in plan.steps:
            at = _working_hours(chance, now, days)
            entry_id = chance.id_at(at)
            if not isinstance(what, ItemEvent):
                yield at, Measure(item_id, entry_id, what, words)
                continue
            noted = what is ItemEvent.NOTE_EVIDENCE
            dated_on = london_date(at - timedelta(days=3)) if noted else None
            yield at, Step(item_id, ItemEntry(entry_id, what, words, dated_on=dated_on))


def _working_hours(chance: Chance, now: datetime, days: int) -> datetime:
    """Some time of a working day so many days ago."""
    day = now.replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=days)
    return day + chance.minutes(0, 500)
