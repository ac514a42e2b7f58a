"""Opening a plan, writing its stages, seeing to its actions, reviewing, giving and closing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import (
    InvalidError,
    NotFoundError,
    NotPermittedError,
    StateError,
    require_none,
)
from dash_forms.domain.ids import uuid7
from dash_forms.domain.periods import london_date
from dash_forms.domain.plans import Outcome, Stage, day_to_come, may_lead, may_work_on
from dash_forms.domain.referrals import TaskState, require_open
from dash_forms.domain.review import require_words
from dash_forms.plans.people import candidates
from dash_forms.store.callers import take_turns
from dash_forms.store.models import Caller, Plan, PlanAction, PlanEntry, PlanReview
from dash_forms.store.plans import plan_for

if TYPE_CHECKING:
    from datetime import date

    from dash_forms.store.work import Work

_NOT_LISTED = "Choose from the list: somebody of the neighbourhood team, or an inspector"


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan as it is opened: it begins with what the problem is."""

    plan_id: UUID
    team_id: UUID | None
    owner_id: UUID | None
    review_on: date | None
    scanning: str


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What somebody writes in a stage."""

    entry_id: UUID
    stage: Stage
    words: str


@dataclass(frozen=True, slots=True)
class NewAction:
    """What is to be done, by whom and by when."""

    action_id: UUID
    what: str
    doer_id: UUID | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ActionEnding:
    """How an action ended: done and what came of it, or not needed and why."""

    state: TaskState
    words: str


@dataclass(frozen=True, slots=True)
class NewReview:
    """What was found at a review, and when the next one is due."""

    review_id: UUID
    found: str
    next_on: date | None


@dataclass(frozen=True, slots=True)
class Giving:
    """Which team has a plan from now on, and who owns it."""

    team_id: UUID | None
    owner_id: UUID | None


@dataclass(frozen=True, slots=True)
class Closing:
    """What came of a plan."""

    outcome: Outcome
    words: str


def open_plan(work: Work, caller_id: UUID, new: NewPlan) -> None:
    """Open the plan of whoever the caller counts as; the same form sent twice opens one."""
    take_turns(work.connection)  # so that nobody is put together with somebody else meanwhile
    person = _person(work, caller_id)
    if known := work.session.get(Plan, new.plan_id):
        if known.caller_id != person:
            raise StateError("This form belongs to another caller. Reload the page.")
        return
    if running_plan(work, person):
        raise InvalidError("There is a plan for this person already. Go back to see it")
    today = london_date(work.now)
    team_id, owner_id = _require_owner(work, new.team_id, new.owner_id)
    review_on = day_to_come(new.review_on, today, field="review_on")
    require_words(new.scanning, "Say what the problem is: a plan begins with it", field="scanning")
    work.session.add(
        Plan(
            id=new.plan_id,
            caller_id=person,
            team_id=team_id,
            owner_id=owner_id,
            opened_by_id=work.by.id,
            opened_at=work.now,
            review_on=review_on,
        )
    )
    work.flush()
    work.audit(
        Name.PLAN_OPENED,
        "plan",
        new.plan_id,
        caller=str(person),
        team=str(team_id),
        owner=str(owner_id),
    )
    _add_entry(work, new.plan_id, NewEntry(uuid7(), Stage.SCANNING, new.scanning))


def running_plan(work: Work, person: UUID) -> UUID | None:
    """The plan of a person that is not closed, if there is one."""
    return work.connection.scalar(
        select(Plan.id)
        .join(Caller, Caller.id == Plan.caller_id)
        .where(Caller.counted_as_id == person, Plan.closed_at.is_(None))
        .order_by(Plan.opened_at)
        .limit(1)
    )


def write_stage(work: Work, plan_id: UUID, new: NewEntry) -> None:
    """Write in a stage; what stood there stays to be read."""
    plan = _held(work, plan_id)
    if _is_there(work.session.get(PlanEntry, new.entry_id), plan_id):
        return
    _require_running(plan)
    require_words(new.words, f"{new.stage.asks} Say it in at least 10 characters")
    _add_entry(work, plan_id, new)


def add_action(work: Work, plan_id: UUID, new: NewAction) -> None:
    """Put something to be done on the plan."""
    plan = _held(work, plan_id)
    if _is_there(work.session.get(PlanAction, new.action_id), plan_id):
        return
    _require_running(plan)
    require_words(new.what, "Say what is to be done, in at least 10 characters", field="what")
    if new.doer_id is None or new.doer_id not in {
        each.id for each in candidates(work, plan.team_id)
    }:
        raise InvalidError(_NOT_LISTED, field="doer")
    due_on = day_to_come(new.due_on, london_date(work.now), field="due_on")
    work.session.add(
        PlanAction(
            id=new.action_id,
            plan_id=plan_id,
            what_sealed=work.vault.seal(new.action_id, "what", new.what),
            doer_id=new.doer_id,
            due_on=due_on,
            created_by_id=work.by.id,
            created_at=work.now,
            state=TaskState.OPEN,
        )
    )
    work.audit(
        Name.PLAN_ACTION_ADDED,
        "plan",
        plan_id,
        action=str(new.action_id),
        doer=str(new.doer_id),
        due=due_on.isoformat(),
    )


def end_action(work: Work, plan_id: UUID, action_id: UUID, ending: ActionEnding) -> None:
    """Say that an action is done and what came of it, or that it is not needed and why."""
    plan = plan_for(work, plan_id, lock=True)
    action = work.session.get(PlanAction, action_id, populate_existing=True)
    if action is None or action.plan_id != plan_id:
        raise NotFoundError("There is no such action in this plan.")
    if action.doer_id != work.by.id:
        _require_may_work_on(work, plan)
    require_open(action.state)
    asked = "Say what came of it" if ending.state.is_done else "Say why it is not needed"
    require_words(ending.words, f"{asked}, in at least 10 characters")
    action.state = ending.state
    action.outcome_sealed = work.vault.seal(action_id, "outcome", ending.words)
    action.ended_at, action.ended_by_id = work.now, work.by.id
    work.audit(
        Name.PLAN_ACTION_ENDED, "plan", plan_id, action=str(action_id), state=ending.state.value
    )


def review(work: Work, plan_id: UUID, new: NewReview) -> None:
    """Keep what was found at a review; the plan is due for the next one on the day chosen."""
    plan = _held(work, plan_id)
    if _is_there(work.session.get(PlanReview, new.review_id), plan_id):
        return
    _require_running(plan)
    require_words(new.found, "Say what was found, in at least 10 characters", field="found")
    plan.review_on = day_to_come(new.next_on, london_date(work.now), field="next_on")
    work.session.add(
        PlanReview(
            id=new.review_id,
            plan_id=plan_id,
            found_sealed=work.vault.seal(new.review_id, "found", new.found),
            next_on=plan.review_on,
            written_by_id=work.by.id,
            written_at=work.now,
        )
    )
    work.audit(
        Name.PLAN_REVIEWED,
        "plan",
        plan_id,
        review=str(new.review_id),
        next=plan.review_on.isoformat(),
    )


def give(work: Work, plan_id: UUID, giving: Giving) -> None:
    """Give a plan to another owner, and to another team where the person leads for both."""
    plan = _led(work, plan_id)
    _require_running(plan)
    team_id, owner_id = _require_owner(work, giving.team_id, giving.owner_id)
    if (plan.team_id, plan.owner_id) == (team_id, owner_id):
        return
    work.audit(
        Name.PLAN_GIVEN,
        "plan",
        plan_id,
        before=[str(plan.team_id), str(plan.owner_id)],
        after=[str(team_id), str(owner_id)],
    )
    plan.team_id, plan.owner_id = team_id, owner_id


def close(work: Work, plan_id: UUID, closing: Closing) -> None:
    """Close a plan with what came of it, once somebody has assessed that and nothing is open."""
    plan = _led(work, plan_id)
    _require_running(plan)
    refused = []
    if not assessed(work, plan_id):
        refused.append(
            InvalidError("Write the assessment first: an outcome rests on it", field="outcome")
        )
    if left := open_actions(work, plan_id):
        words = "1 action is" if left == 1 else f"{left} actions are"
        refused.append(
            InvalidError(f"{words} still open: end them first, or say that they are not needed")
        )
    require_none(refused)
    if closing.outcome.needs_words:
        require_words(closing.words, "Say what became of it, in at least 10 characters")
    plan.outcome = closing.outcome
    plan.closing_sealed = work.vault.seal_text(plan_id, "closing", closing.words)
    plan.closed_at, plan.closed_by_id = work.now, work.by.id
    work.audit(Name.PLAN_CLOSED, "plan", plan_id, outcome=closing.outcome.value)


def assessed(work: Work, plan_id: UUID) -> bool:
    """Whether somebody has written whether it worked."""
    query = select(PlanEntry.id).where(
        PlanEntry.plan_id == plan_id, PlanEntry.stage == Stage.ASSESSMENT
    )
    return work.connection.scalar(query.limit(1)) is not None


def open_actions(work: Work, plan_id: UUID) -> int:
    """How many actions nobody has ended."""
    query = select(PlanAction.id).where(
        PlanAction.plan_id == plan_id, PlanAction.state == TaskState.OPEN
    )
    return len(work.connection.scalars(query).all())


def _add_entry(work: Work, plan_id: UUID, new: NewEntry) -> None:
    work.session.add(
        PlanEntry(
            id=new.entry_id,
            plan_id=plan_id,
            stage=new.stage,
            words_sealed=work.vault.seal(new.entry_id, "words", new.words),
            written_by_id=work.by.id,
            written_at=work.now,
        )
    )
    work.audit(
        Name.PLAN_STAGE_WRITTEN, "plan", plan_id, stage=new.stage.value, entry=str(new.entry_id)
    )


def _person(work: Work, caller_id: UUID) -> UUID:
    caller = work.session.get(Caller, caller_id, populate_existing=True)
    if caller is None:
        raise NotFoundError("There is no such caller.")
    return caller.counted_as_id


def _held(work: Work, plan_id: UUID) -> Plan:
    plan = plan_for(work, plan_id, lock=True)
    _require_may_work_on(work, plan)
    return plan


def _led(work: Work, plan_id: UUID) -> Plan:
    plan = plan_for(work, plan_id, lock=True)
    if not may_lead(work.by, team_id=plan.team_id):
        raise NotPermittedError("A sergeant of the plan’s team, or an inspector, does this.")
    return plan


def _require_may_work_on(work: Work, plan: Plan) -> None:
    if not may_work_on(work.by, team_id=plan.team_id, owner_id=plan.owner_id):
        raise NotPermittedError(
            "The plan’s owner, a sergeant of its team, or an inspector, does this."
        )


def _require_running(plan: Plan) -> None:
    if plan.closed_at is not None:
        raise StateError("This plan is closed. Open a new one from the caller’s page.")


def _require_owner(work: Work, team_id: UUID | None, owner_id: UUID | None) -> tuple[UUID, UUID]:
    if team_id is None or not may_lead(work.by, team_id=team_id):
        raise InvalidError("Choose a team from the list", field="team")
    if owner_id is None or owner_id not in {each.id for each in candidates(work, team_id)}:
        raise InvalidError(_NOT_LISTED, field="owner")
    return team_id, owner_id


def _is_there(known: PlanEntry | PlanAction | PlanReview | None, plan_id: UUID) -> bool:
    """Whether the same form came before, which has one effect however often it is sent."""
    if known is not None and known.plan_id != plan_id:
        raise StateError("This form belongs to another plan. Reload the page.")
    return known is not None
