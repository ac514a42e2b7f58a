"""Answers of which two were saved: both values, who, when and where, and the one that stands."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import StaleError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.instruments import Item
from dash_forms.domain.permissions import Permission
from dash_forms.domain.sync import AnswerOperation
from dash_forms.store.access import (
    AssessmentHead,
    TitledHead,
    held_head,
    instrument_of,
    titled_head,
)
from dash_forms.store.add_ons import begun_set
from dash_forms.store.answers import Contender, apply, awaiting_decision, contenders, stored_answers
from dash_forms.store.work import Work


@dataclass(frozen=True, slots=True)
class Conflict:
    """A topic between whose answers somebody has to decide."""

    part: str
    item: Item
    rev: int
    contenders: list[Contender]


@dataclass(frozen=True, slots=True)
class ConflictsPage:
    """Everything of an assessment that waits for a decision."""

    head: TitledHead
    conflicts: list[Conflict]


@dataclass(frozen=True, slots=True)
class Choice:
    """The operation whose content is to stand, and the revision that the person looked at."""

    part: str
    item: int
    op_id: UUID
    rev: int


def conflicts_page(work: Work, assessment_id: UUID) -> ConflictsPage:
    """What waits for a decision, the main set first."""
    head = titled_head(work, assessment_id, Permission.DECIDE_CONFLICTS)
    work.audit(Name.CONFLICTS_VIEWED, "assessment", assessment_id)
    return ConflictsPage(head, _conflicts(work, head))


def decide(work: Work, assessment_id: UUID, choice: Choice) -> None:
    """Let one of the values stand. All of them stay in the log, and so does who decided.

    StaleError if another value came, or somebody else decided, since the person looked.
    """
    head = held_head(work, assessment_id, Permission.DECIDE_CONFLICTS)
    stored = stored_answers(work, assessment_id, choice.part).get(choice.item)
    among = contenders(work, assessment_id, [choice.item], choice.part)[choice.item]
    chosen = next((each for each in among if each.op_id == choice.op_id), None)
    is_waiting = stored is not None and stored.in_conflict and stored.rev == choice.rev
    if chosen is None or not is_waiting or not head.state.is_open:
        raise StaleError("Something has changed since you opened this page. Look again.")
    apply(
        work,
        AnswerOperation(
            uuid7(),
            assessment_id,
            choice.item,
            chosen.content,
            choice.rev,
            work.now,
            part=choice.part,
        ),
        cause="decided",
    )
    of_part = {"part": choice.part} if choice.part else {}
    work.audit(Name.CONFLICT_DECIDED, "assessment", assessment_id, item=choice.item, **of_part)


def _conflicts(work: Work, head: AssessmentHead) -> list[Conflict]:
    waiting = awaiting_decision(work, head.id)
    found = []
    for part in dict.fromkeys(part for part, _ in waiting):
        question_set = begun_set(work, head.id, part) if part else instrument_of(head)
        stored = stored_answers(work, head.id, part)
        items = [item for of, item in waiting if of == part]
        both = contenders(work, head.id, items, part)
        found += [
            Conflict(part, question_set.item(item), stored[item].rev, both[item]) for item in items
        ]
    return found
