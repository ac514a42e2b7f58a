"""One attempt at an assessment in memory, moved along by the same rules as in the application."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dash_forms.domain.answers import AnswerValue, Given, Source, Tally, tally
from dash_forms.domain.assessment import (
    Event,
    Outcome,
    State,
    after,
    ending_event,
    offered,
    outcome,
    submitted,
)
from dash_forms.domain.audit_events import Name, Occurrence
from dash_forms.domain.declines import Ending
from dash_forms.domain.incidents import Interpreter, Purpose
from dash_forms.domain.prompts import threshold_of
from dash_forms.domain.sync import AnswerContent, AnswerOperation
from dash_forms.store.audit import By

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from dash_forms.demo.add_ons import InventedSet
    from dash_forms.demo.chance import Chance
    from dash_forms.demo.force import Colleague
    from dash_forms.domain.declines import RecordedReasons
    from dash_forms.domain.grading import Grade, Judgement, Stated
    from dash_forms.domain.incidents import Mode
    from dash_forms.domain.instruments import Instrument


@dataclass(slots=True)
class Journal:
    """The audit events of the year as they happen, one entry for each request."""

    chance: Chance
    entries: list[tuple[By, tuple[Occurrence, ...]]] = field(default_factory=list)

    def note(self, author: Colleague, at: datetime, *occurrences: Occurrence) -> None:
        """Keep what one request caused."""
        request_id = str(self.chance.id_at(at))
        self.entries.append((By(author.id, author.role.value, at, request_id), occurrences))


@dataclass(frozen=True, slots=True)
class Saved:
    """An operation as it reached the server."""

    operation: AnswerOperation
    received_at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What every attempt is closed with."""

    children: Stated
    observed: str
    judgement: Judgement


@dataclass(slots=True)
class Attempt:
    """An assessment between its creation and its submission."""

    id: UUID
    pair_id: UUID
    author: Colleague
    created_at: datetime
    reported_on: date
    instrument: Instrument
    journal: Journal
    state: State = State.REQUIRED
    mode: Mode | None = None
    seen_alone: Stated | None = None
    attempted_at: datetime | None = None
    submitted_at: datetime | None = None
    closed_at: datetime | None = None
    retention_review_on: date | None = None
    saved: list[Saved] = field(default_factory=list)
    current: dict[int, Saved] = field(default_factory=dict)
    given: dict[int, Given] = field(default_factory=dict)
    reasons: RecordedReasons | None = None
    closing: Closing | None = None
    outcome: Outcome = Outcome.PENDING
    grade: Grade | None = None
    add_ons: list[InventedSet] = field(default_factory=list)
    earlier: Attempt | None = None
    offered_again: tuple[Colleague, datetime] | None = None
    """Who opens the next attempt, and when."""

    @property
    def number(self) -> int:
        """Which attempt with its victim it is."""
        return self.earlier.number + 1 if self.earlier else 1

    @property
    def tally(self) -> Tally:
        """The answers so far, counted."""
        return self.tally_of(self.instrument.numbers)

    @property
    def count_means_high(self) -> bool:
        """Whether as many topics are "yes" as the set's threshold asks for."""
        threshold = threshold_of(self.instrument, self.given)
        return threshold is not None and threshold.is_met

    @property
    def interpreter(self) -> Interpreter | None:
        """By the id and not by a draw, which would change everything that is invented after it."""
        rare = {1: Interpreter.USED, 2: Interpreter.NOT_AVAILABLE, 3: Interpreter.NOT_NEEDED}
        return rare.get(self.id.int % 40) if self.mode else None

    @property
    def purpose(self) -> Purpose | None:
        """Nearly always explained."""
        rare = self.id.int % 50 == 1
        return (Purpose.NOT_EXPLAINED if rare else Purpose.EXPLAINED) if self.mode else None

    def tally_of(self, items: Collection[int]) -> Tally:
        """The answers to some items, counted."""
        return tally(self.given, items)

    def rev_of(self, item: int) -> int:
        """The revision of an item's answer, 0 while it has none."""
        found = self.current.get(item)
        return found.operation.base_rev + 1 if found else 0

    def offer(self, mode: Mode, seen_alone: Stated) -> None:
        """How it was offered."""
        self.mode, self.seen_alone = mode, seen_alone

    def start(self, at: datetime) -> None:
        """The officer begins to ask."""
        self.state = after(offered(self.state), Event.START)
        self.attempted_at = at
        self._note(at, Name.ASSESSMENT_STARTED)

    def save(self, at: datetime, operations: Sequence[AnswerOperation], cause: str = "") -> None:
        """Answers reach the server together."""
        if operations:
            self._apply(at, operations, cause)
            items = [operation.item for operation in operations]
            self._note(at, Name.ANSWERS_SAVED, items=items)

    def end(self, at: datetime, asked: Event, reasons: RecordedReasons) -> None:
        """The attempt ends early; whether that makes it partial depends on the answers.

        Topics without an answer become "declined" or "not asked", as the ending says.
        """
        was_offered = reasons.ending in {Ending.DECLINED, Ending.UNABLE}
        state = offered(self.state) if was_offered else self.state
        self.state = after(state, ending_event(asked, self.tally))
        self.attempted_at = self.attempted_at or at
        self.reasons = reasons
        if self.state is not State.EXEMPT_PENDING:  # of which nothing is left for the officer
            self._apply(at, self._left_unanswered(at, reasons.ending), f"ending:{reasons.ending}")
        codes = [each.code for each in reasons.all]
        self._note(at, Name.ENDING_RECORDED, ending=reasons.ending.value, reasons=codes)

    def submit(self, at: datetime, closing: Closing) -> None:
        """A person grades and the attempt is locked."""
        self.outcome = outcome(self.reasons.ending if self.reasons else None, self.tally)
        self.state = submitted(self.state, self.outcome)
        self.closing, self.submitted_at = closing, at
        self.grade = closing.judgement.grade
        about = ("assessment", str(self.id))
        detail = {"outcome": self.outcome.value, "grade": closing.judgement.grade.value}
        self.journal.note(
            self.author,
            at,
            Occurrence(Name.CLOSING_SAVED, *about),
            Occurrence(Name.ASSESSMENT_SUBMITTED, *about, detail),
        )

    def _note(self, at: datetime, name: Name, **detail: Any) -> None:
        occurrence = Occurrence(name, "assessment", str(self.id), detail or None)
        self.journal.note(self.author, at, occurrence)

    def _apply(self, at: datetime, operations: Sequence[AnswerOperation], cause: str) -> None:
        for operation in operations:
            saved = Saved(operation, at, cause)
            self.saved.append(saved)
            self.current[operation.item] = saved
            if (value := operation.content.value) is not None:
                self.given[operation.item] = Given(value, operation.content.source)

    def _left_unanswered(self, at: datetime, ending: Ending) -> list[AnswerOperation]:
        value = AnswerValue.DECLINED if ending is Ending.DECLINED else AnswerValue.NOT_ASKED
        content = AnswerContent(value, Source.VICTIM)
        return [
            AnswerOperation(self.journal.chance.id_at(at), self.id, number, content, 0, at)
            for number in self.instrument.numbers
            if number not in self.current
        ]
