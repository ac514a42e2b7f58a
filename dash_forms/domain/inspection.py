"""The inspection of a force: its areas, grades as text, and areas for improvement with history.

A grade is the inspectors' judgement. It is entered as it was published, with its source and date,
and is never worked out, added up or coloured. An area for improvement is what its entries make of
it: nothing is ever overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.baselines import reason_refusals
from dash_forms.domain.errors import InvalidError, NotFoundError, StateError
from dash_forms.domain.periods import words_for, years_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from uuid import UUID

    from dash_forms.domain.periods import Period

ASSESSMENT = "PEEL 2023–25"
"""The assessment whose areas these are; what is entered is of it unless it says otherwise."""
FIRST_YEAR = 2014
"""Nothing of this kind was published before."""
LONGEST_YEARS = 10
WHY_WORDS = "what the inspectors ask for"
WHY_WITHDRAWN = "what is wrong with it: it stays beside the grade"


@dataclass(frozen=True, slots=True)
class Area:
    """One area of the assessment, in our own words."""

    code: str
    """Its part of an address; it stays when the name changes."""
    name: str
    is_graded: bool = True

    @property
    def remark(self) -> str:
        """What stands beside an area that has no grade of its own."""
        return "" if self.is_graded else _NOT_GRADED


_NOT_GRADED = (
    f"Not one of the eight graded areas of {ASSESSMENT}: many forces are inspected on it apart."
    " A grade that was published elsewhere can be entered with that source."
)
AREAS: tuple[Area, ...] = (
    Area(
        "preventing-crime",
        "Preventing and deterring crime and antisocial behaviour, and reducing vulnerability",
    ),
    Area("responding", "Responding to the public"),
    Area("investigating", "Investigating crime"),
    Area("protecting", "Protecting vulnerable people"),
    Area("managing-offenders", "Managing offenders and suspects"),
    Area("organised-crime", "Disrupting serious organised crime", is_graded=False),
    Area("fair-treatment", "Using police powers and treating the public fairly and respectfully"),
    Area("workforce", "Building, supporting and protecting the workforce"),
    Area("leadership", "Leadership and force management"),
)
"""A force whose inspectors divide it otherwise changes this list; the codes of old areas stay."""
_BY_CODE = {area.code: area for area in AREAS}


def area(code: str) -> Area:
    """The area with this code, or NotFoundError."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise NotFoundError("There is no such area.") from None


class GradeWord(StrEnum):
    """The inspectors' words for a grade. They are text: not a number, and in no order here."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    ADEQUATE = "adequate"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class ItemState(StrEnum):
    """Where an area for improvement stands."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self not in {ItemState.DONE, ItemState.WITHDRAWN}

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was entered in error."""
        return self is ItemState.WITHDRAWN

    @property
    def moves(self) -> tuple[ItemEvent, ...]:
        """What can happen to it next, other than changes and evidence."""
        return tuple(each.event for each in ITEM_TRANSITIONS if each.source is self)


_STATE_LABELS = {
    ItemState.OPEN: "Open",
    ItemState.IN_PROGRESS: "In progress",
    ItemState.DONE: "Done",
    ItemState.REOPENED: "Reopened",
    ItemState.WITHDRAWN: "Entered in error",
}


class ItemEvent(StrEnum):
    """What can happen to an area for improvement."""

    ADD = "add"
    CHANGE = "change"
    START = "start"
    FINISH = "finish"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    NAME_MEASURE = "name_measure"
    NOTE_EVIDENCE = "note_evidence"
    TAKE_OUT = "take_out"

    @property
    def label(self) -> str:
        """What somebody says who does it."""
        return _EVENT_WORDS[self][0]

    @property
    def done(self) -> str:
        """The same as history tells it."""
        return _EVENT_WORDS[self][1]

    @property
    def why(self) -> str:
        """What is asked for in words, after "Say in at least 20 characters"."""
        return _EVENT_WORDS[self][2]


_EVENT_WORDS = {
    ItemEvent.ADD: ("Add", "Added", "what comes first"),
    ItemEvent.CHANGE: ("Change", "Changed", "what changed, and why"),
    ItemEvent.START: ("Work on it has begun", "Work begun", "what was begun, and by whom"),
    ItemEvent.FINISH: ("It is done", "Said to be done", "what was done, and how one can tell"),
    ItemEvent.REOPEN: ("Open it again", "Opened again", "why it was not done after all"),
    ItemEvent.WITHDRAW: (
        "It was entered in error",
        "Withdrawn as entered in error",
        "what is wrong with it",
    ),
    ItemEvent.NAME_MEASURE: ("Name a measure", "Measure named", "what it shows of this"),
    ItemEvent.NOTE_EVIDENCE: ("Add evidence in words", "Evidence added", "what the evidence is"),
    ItemEvent.TAKE_OUT: ("Remove", "Evidence taken out", "why it is no evidence of this"),
}


@dataclass(frozen=True, slots=True)
class ItemTransition:
    """One arrow."""

    source: ItemState
    event: ItemEvent
    target: ItemState


_S, _E = ItemState, ItemEvent
ITEM_TRANSITIONS: tuple[ItemTransition, ...] = (
    ItemTransition(_S.OPEN, _E.START, _S.IN_PROGRESS),
    ItemTransition(_S.OPEN, _E.FINISH, _S.DONE),
    ItemTransition(_S.OPEN, _E.WITHDRAW, _S.WITHDRAWN),
    ItemTransition(_S.IN_PROGRESS, _E.FINISH, _S.DONE),
    ItemTransition(_S.IN_PROGRESS, _E.WITHDRAW, _S.WITHDRAWN),
    ItemTransition(_S.DONE, _E.REOPEN, _S.REOPENED),
    ItemTransition(_S.REOPENED, _E.START, _S.IN_PROGRESS),
    ItemTransition(_S.REOPENED, _E.FINISH, _S.DONE),
    ItemTransition(_S.REOPENED, _E.WITHDRAW, _S.WITHDRAWN),
)
_TARGETS = {(each.source, each.event): each.target for each in ITEM_TRANSITIONS}
MOVES = tuple(dict.fromkeys(each.event for each in ITEM_TRANSITIONS))


def after(state: ItemState, event: ItemEvent) -> ItemState:
    """The state that a move leads to, or StateError."""
    try:
        return _TARGETS[state, event]
    except KeyError:
        raise StateError(
            f"This cannot be done, because it is {state.label.lower()}. Open the page anew."
        ) from None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose it is: somebody with an account, or a role in words."""

    account_id: UUID | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an entry can set: the inspectors' words, whose it is, and by when."""

    words: str
    owner: Owner
    due_on: date

    def refusals(self, today: date) -> Iterator[InvalidError]:
        """Everything that is wrong with them."""
        yield from reason_refusals(self.words, why=WHY_WORDS, field="words")
        yield from owner_refusals(self.owner)
        yield from day_refusals(self.due_on, today, field="due_on")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A measure as it stood when it was named: its counts, and the days that they are of."""

    code: str
    numerator: int
    denominator: int
    period: Period
    is_complete: bool
    """Whether enough of the cases had an outcome to judge by."""


@dataclass(frozen=True, slots=True)
class ItemEntry:
    """One line of an item's history, with its reason or its evidence in `note`."""

    id: UUID
    event: ItemEvent
    note: str
    terms: Terms | None = None
    """Of ADD and CHANGE: all of it as it is from then on."""
    snapshot: Snapshot | None = None
    """Of NAME_MEASURE."""
    dated_on: date | None = None
    """Of NOTE_EVIDENCE: the day that the evidence is of."""
    evidence_id: UUID | None = None
    """Of TAKE_OUT: the entry that brought it."""


@dataclass(frozen=True, slots=True)
class Item:
    """An area for improvement as its entries have made it."""

    state: ItemState
    terms: Terms
    evidence: tuple[ItemEntry, ...] = ()
    """Entries that brought evidence that has not been taken out, the first first."""
    entry_count: int = 1

    @classmethod
    def replayed(cls, entries: Iterable[ItemEntry]) -> Item:
        """What a history makes of an item."""
        item = None
        for entry in entries:
            item = _added(entry) if item is None else item.after(entry)
        if item is None:
            raise StateError("An item begins with its being added.")
        return item

    def after(self, entry: ItemEntry) -> Item:
        """The item once an entry is added to its history, or a refusal."""
        item = replace(self, entry_count=self.entry_count + 1)
        match entry.event:
            case ItemEvent.ADD:
                raise StateError("This is there already.")
            case ItemEvent.CHANGE if entry.terms:
                self.require_not_withdrawn()
                return replace(item, terms=entry.terms)
            case ItemEvent.NAME_MEASURE | ItemEvent.NOTE_EVIDENCE:
                self.require_not_withdrawn()
                return replace(item, evidence=(*self.evidence, entry))
            case ItemEvent.TAKE_OUT:
                left = tuple(each for each in self.evidence if each.id != entry.evidence_id)
                if len(left) == len(self.evidence):
                    raise StateError("This evidence was taken out already. Open the page anew.")
                return replace(item, evidence=left)
            case _:
                return replace(item, state=after(self.state, entry.event))

    def require_not_withdrawn(self) -> None:
        """StateError for what was entered in error, of which only the history is left."""
        if self.state.is_withdrawn:
            raise StateError("This was withdrawn as entered in error. Open the page anew.")

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed and something is still to be done."""
        return self.state.is_open and self.terms.due_on < today


def _added(entry: ItemEntry) -> Item:
    if entry.event is not ItemEvent.ADD or entry.terms is None:
        raise StateError("An item begins with its being added.")
    return Item(ItemState.OPEN, entry.terms)


def changes(before: Terms, now: Terms) -> list[str]:
    """Which parts an entry changed, as history tells it."""
    parts = (
        ("the words", before.words != now.words),
        ("the owner", before.owner != now.owner),
        ("the due date", before.due_on != now.due_on),
    )
    return [name for name, differs in parts if differs]


def owner_refusals(owner: Owner) -> Iterator[InvalidError]:
    """Why nobody, or more than one, would see to it."""
    if owner.account_id and owner.role:
        yield InvalidError("Choose a person or enter a role, not both", field="owner_role")
    elif not owner.account_id and not owner.role:
        yield InvalidError("Choose a person, or enter a role below", field="owner")


def day_refusals(day: date, today: date, *, field: str) -> Iterator[InvalidError]:
    """Why something cannot be due on a day."""
    if day.year < FIRST_YEAR or day > years_after(today, LONGEST_YEARS):
        yield InvalidError(
            f"Enter a date from {FIRST_YEAR} on, at most {LONGEST_YEARS} years ahead", field=field
        )


def past_refusals(day: date, today: date, *, field: str) -> Iterator[InvalidError]:
    """Why something cannot have been published, or be evidence, of a day."""
    if day > today:
        yield InvalidError(f"This day is yet to come: today is {words_for(today)}", field=field)
    elif day.year < FIRST_YEAR:
        yield InvalidError(f"Enter a date from {FIRST_YEAR} on", field=field)


@dataclass(frozen=True, slots=True)
class NewGrade:
    """A published grade as it was entered."""

    id: UUID
    area: str
    grade: GradeWord
    assessment: str
    published_on: date
    source: str

    def refusals(self, today: date) -> Iterator[InvalidError]:
        """Everything that is wrong with it."""
        yield from past_refusals(self.published_on, today, field="published_on")


@dataclass(frozen=True, slots=True)
class NewItem:
    """An area for improvement as it was entered; the first entry of its history has its id."""

    id: UUID
    area: str
    assessment: str
    terms: Terms
    note: str
