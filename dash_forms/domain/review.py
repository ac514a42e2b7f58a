"""Reviewing a submission: who may, what must be read, when it is due, and what is owed after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.errors import InvalidError, NotPermittedError
from dash_forms.domain.grading import Grade
from dash_forms.domain.incidents import Interpreter
from dash_forms.domain.periods import london_date, years_after
from dash_forms.domain.plans import PLAN_WITHIN
from dash_forms.domain.referrals import KINDS, TaskKind
from dash_forms.domain.school_days import SchoolCalendar
from dash_forms.domain.text import letter_count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from dash_forms.domain.answers import Tally
    from dash_forms.domain.instruments import Item
    from dash_forms.domain.prompts import Prompt
    from dash_forms.domain.sync import AnswerContent

WORDS_AT_LEAST = 10
UNSENT_STATES = tuple(each for each in State if each.is_open and each is not State.RETURNED)
"""Those of an attempt that nobody has sent yet, so that the clock of sending it runs."""


class Decision(StrEnum):
    """What a supervisor can decide."""

    AGREED = "agreed"
    RETURNED = "returned"
    REGRADED = "regraded"
    ENDORSED = "endorsed"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Decision.AGREED: "Agreed",
    Decision.RETURNED: "Returned to the officer",
    Decision.REGRADED: "Regraded",
    Decision.ENDORSED: "Exemption endorsed",
    Decision.REJECTED: "Exemption rejected",
}


class FollowUpKind(StrEnum):
    """What may be owed once an attempt is approved."""

    REOFFER = "reoffer"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True)
class Clocks:
    """How soon things are due; local rules, so settings (domain guide §2 and table (b), [P])."""

    sending: timedelta = timedelta(hours=12)
    review_high: timedelta = timedelta(hours=8)
    review: timedelta = timedelta(hours=24)
    reoffer: dict[Grade, timedelta] = field(
        default_factory=lambda: {
            Grade.HIGH: timedelta(hours=24),
            Grade.MEDIUM: timedelta(hours=72),
            Grade.STANDARD: timedelta(days=7),
        }
    )
    reoffer_limit: int = 2
    """After so many declined attempts a supervisor may close with “declined”."""
    fast_form: timedelta = timedelta(minutes=4)
    second_assessment: timedelta = timedelta(hours=24)
    plan: timedelta = PLAN_WITHIN
    school: SchoolCalendar = field(default_factory=SchoolCalendar)
    tasks: dict[TaskKind, timedelta] = field(default_factory=dict)
    """How soon a kind of task should be done, where a force has set another time than ours."""

    retention_years: int = 10
    """After so long it is reviewed whether a closed record is still needed (domain guide §5)."""

    def retention_review(self, closed_at: datetime) -> date:
        """When somebody has to decide about keeping a record. Nothing is ever deleted by itself."""
        return years_after(london_date(closed_at), self.retention_years)

    def sending_due(self, state: State, attempt: int, created_at: datetime) -> datetime | None:
        """When an attempt should have been sent that is not: the clock of table (b), from REQUIRED.

        A later attempt that has not begun runs by the clock of its offer.
        """
        if state not in UNSENT_STATES or (attempt > 1 and state is State.REQUIRED):
            return None
        return created_at + self.sending

    def task_due(self, kind: TaskKind, made_at: datetime) -> datetime:
        """When a task of this kind should have been done, unless somebody sets its time."""
        return made_at + self.tasks.get(kind, KINDS[kind].within)

    def plan_due(self, raised_at: datetime) -> datetime:
        """When a repeat caller should have a plan, from the call that raised the flag."""
        return raised_at + self.plan

    def review_due(self, grade: Grade, submitted_at: datetime) -> datetime:
        """When a supervisor should have decided: high before the shift ends, others in a day."""
        return submitted_at + (self.review_high if grade is Grade.HIGH else self.review)

    def reoffer_due(self, grade: Grade, approved_at: datetime) -> datetime:
        """When the victim should have been offered the assessment again."""
        return approved_at + self.reoffer[grade]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one version said: each answer in a line, by topic, and its last page by label."""

    answers: Mapping[str, str]
    closing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a later version says otherwise."""

    what: str
    before: str
    after: str


def changes(earlier: Snapshot, later: Snapshot) -> list[Change]:
    """What differs between two versions, the last page first, then the topics in order."""
    return [
        Change(what, before.get(what, ""), after.get(what, ""))
        for before, after in (
            (earlier.closing, later.closing),
            (earlier.answers, later.answers),
        )
        for what in (*after, *(each for each in before if each not in after))
        if before.get(what, "") != after.get(what, "")
    ]


def in_a_line(item: Item, content: AnswerContent) -> str:
    """An answer with everything that can change about it."""
    if content.value is None:
        return content.note
    parts = [item.said(content.value, content.details)]
    if content.value.is_given:
        parts.append(f"({content.source.label.lower()})")
    told = (content.details.get(each.id, ()) for each in item.further)
    parts += [", ".join(values) for values in told if any(values)]
    return " ".join(parts) + (f" – {content.note}" if content.note else "")


def require_another_person(reviewer_id: UUID, *authors: UUID) -> None:
    """Nobody reviews what they wrote or sent themselves (domain guide, scenario 14)."""
    if reviewer_id in authors:
        raise NotPermittedError("You wrote this assessment, so somebody else has to review it.")


def require_all_read(sections: Iterable[str], read: Collection[str]) -> None:
    """A decision stands on the whole record: InvalidError names how much is unread."""
    unread = [section for section in sections if section not in read]
    if unread:
        left = "1 section" if len(unread) == 1 else f"{len(unread)} sections"
        raise InvalidError(f"Read {left} more before you decide", field="sections")


def require_words(words: str, asked: str, *, field: str = "words") -> None:
    """Words that say something, where a decision needs them; InvalidError asks for them."""
    if len(words) < WORDS_AT_LEAST or not letter_count(words):
        raise InvalidError(asked, field=field)


def needs_reoffer(outcome: Outcome) -> bool:
    """Whether the victim has to be offered the assessment again (table (b), from APPROVED)."""
    return outcome in {Outcome.DECLINED, Outcome.PARTIAL, Outcome.UNABLE, Outcome.NOT_OFFERED}


def needs_second_assessment(grade: Grade, raised: Iterable[Prompt]) -> bool:
    """Whether a specialist has to assess an approved attempt again (table (b), from APPROVED).

    High, or a prompt that sends the case there. What else does is said in `domain.prompts`.
    """
    return grade is Grade.HIGH or any(prompt.for_specialist for prompt in raised)


def standing(state: State, due_at: datetime, now: datetime) -> State:
    """A follow-up's state as the clock has it: a re-offer whose time has passed is overdue."""
    if state is State.REOFFER_DUE and due_at < now:
        return State.REOFFER_OVERDUE
    return state


def flags(
    counts: Tally,
    outcome: Outcome,
    took: timedelta | None,
    clocks: Clocks,
    *,
    no: str = "No",
    interpreter: Interpreter | None = None,
) -> list[str]:
    """What a reviewer should look at twice. Never a reason to block (domain guide §3 and B1-B2)."""
    found = []
    blanket = outcome is Outcome.COMPLETED and counts.ticks == 0
    fast = took is not None and took < clocks.fast_form and counts.from_victim > 0
    minutes = int(clocks.fast_form.total_seconds() // 60)
    if blanket:
        found.append(f"Every topic that was answered is “{no}”.")
    if fast and took is not None:
        found.append(
            f"Answered in {_spoken(took)}; under {minutes} minutes is flagged as very fast."
        )
    if interpreter is Interpreter.NOT_AVAILABLE and counts.from_victim:
        found.append("An interpreter was needed and none was available.")
    return found


def _spoken(took: timedelta) -> str:
    seconds = int(took.total_seconds())
    return f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"
