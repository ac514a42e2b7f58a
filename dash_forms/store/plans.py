"""Plans as every room may read them: who has one, who is owed one, and what in them is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import PERMISSIONS, Permission, Role, Scope
from dash_forms.domain.plans import RECENT, Outcome, Run, unanswered
from dash_forms.domain.referrals import TaskState
from dash_forms.store.models import Account, Caller, CallerFlag, Plan, PlanAction, Team

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from dash_forms.store.work import Work

_BATCH = 500


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a line, without what is written in it."""

    id: UUID
    team: str
    owner: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None

    @property
    def run(self) -> Run:
        """From when to when it ran."""
        return Run(self.opened_at, self.closed_at)


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """How a person stands who calls: the plans, the last opened first, and what is owed."""

    plans: tuple[PlanLine, ...] = ()
    flagged_at: datetime | None = None
    """The first flag that no plan has answered."""
    due_at: datetime | None = None
    """When a plan should have been opened because of it."""
    is_overdue: bool = False

    @property
    def running(self) -> tuple[PlanLine, ...]:
        """Those that are not closed: more than one where two callers were put together."""
        return tuple(each for each in self.plans if each.closed_at is None)


def plan_for(work: Work, plan_id: UUID, *, lock: bool = False) -> Plan:
    """A plan that the person may read, or NotFoundError: the force's, the team's or their own."""
    query = select(Plan).where(Plan.id == plan_id, reachable_plans(work))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    plan = work.session.scalar(query)
    if plan is None:
        raise NotFoundError("There is no such plan, or it is not one you can open.")
    return plan


def reachable_plans(work: Work) -> ColumnElement[bool]:
    """The plans that the person may read, for a query that has plans."""
    scope = PERMISSIONS[work.by.role].get(Permission.VIEW_PLANS)
    if scope is Scope.FORCE:
        return true()
    if scope is None:
        return false()
    return or_(Plan.team_id == work.by.team_id, own_plans(work.by.id))


def own_plans(account_id: object) -> ColumnElement[bool]:
    """Those that somebody owns, or has something to do in."""
    to_do = exists().where(
        PlanAction.plan_id == Plan.id,
        PlanAction.doer_id == account_id,
        PlanAction.state == TaskState.OPEN,
    )
    return or_(Plan.owner_id == account_id, to_do)


_TODAY = bindparam("today", type_=Plan.review_on.type)
_IS_OVERDUE = or_(
    Plan.review_on < _TODAY,
    exists().where(
        PlanAction.plan_id == Plan.id,
        PlanAction.state == TaskState.OPEN,
        PlanAction.due_on < _TODAY,
    ),
)
# Put together once, because one of them stands in the header of nearly every page.
_COUNT = select(func.count()).select_from(Plan).where(Plan.closed_at.is_(None), _IS_OVERDUE)
_OWN = (
    select(func.count(), func.sum(case((_IS_OVERDUE, 1), else_=0)))
    .select_from(Plan)
    .where(Plan.closed_at.is_(None), own_plans(bindparam("me")))
)
_COUNT_OF_TEAM = _COUNT.where(or_(Plan.team_id == bindparam("team_id"), own_plans(bindparam("me"))))
_recent = aliased(CallerFlag)
_COUNT_MISSING = (
    select(func.count(CallerFlag.caller_id.distinct()))
    .join(_recent, _recent.caller_id == CallerFlag.caller_id)
    .where(
        _recent.raised_at >= bindparam("since", type_=CallerFlag.raised_at.type),
        # A plan that is due at this very moment is not overdue yet.
        CallerFlag.raised_at < bindparam("due", type_=CallerFlag.raised_at.type),
        ~exists().where(
            Plan.caller_id == Caller.id,
            Caller.counted_as_id == CallerFlag.caller_id,
            or_(Plan.closed_at.is_(None), Plan.closed_at > CallerFlag.raised_at),
        ),
    )
)


def count_overdue(work: Work) -> int | None:
    """How much waits that a person has to see to, for the header.

    Own plans for an officer, the team's for a sergeant, and for an inspector those of every team
    and the repeat callers without one. Whoever only reads plans has nothing to see to. None for an
    officer of whom no plan wants anything: a tablet's header has no room for what is of no use.
    """
    today = london_date(work.now)
    match work.by.role:
        case Role.OFFICER:
            given = {"today": today, "me": work.by.id}
            running, overdue = work.connection.execute(_OWN, given).one()
            return overdue if running else None
        case Role.SERGEANT:
            given = {"today": today, "me": work.by.id, "team_id": work.by.team_id}
            return work.connection.scalar(_COUNT_OF_TEAM, given) or 0
        case Role.INSPECTOR:
            running = work.connection.scalar(_COUNT, {"today": today}) or 0
            return running + count_missing(work)
        case _:
            return 0


def count_missing(work: Work) -> int:
    """How many repeat callers should have a plan by now and have none, of recent flags."""
    given = {"since": work.now - RECENT, "due": work.now - work.clocks.plan}
    return work.connection.scalar(_COUNT_MISSING, given) or 0


def plan_lines(work: Work, people: Collection[UUID]) -> dict[UUID, list[PlanLine]]:
    """The plans of some people, by whom they count as now; the last opened first."""
    found: dict[UUID, list[PlanLine]] = {}
    for some in _batches(people):
        query = (
            select(Plan, Caller.counted_as_id, Team.name, Account.display_name)
            .select_from(Plan)
            .join(Caller, Caller.id == Plan.caller_id)
            .join(Team, Team.id == Plan.team_id)
            .join(Account, Account.id == Plan.owner_id)
            .where(Caller.counted_as_id.in_(some))
            .order_by(Plan.opened_at.desc(), Plan.id)
        )
        for plan, person, team, owner in work.session.execute(query):
            line = PlanLine(plan.id, team, owner, plan.opened_at, plan.closed_at, plan.outcome)
            found.setdefault(person, []).append(line)
    return found


def plan_standings(work: Work, people: Collection[UUID]) -> dict[UUID, PlanStanding]:
    """How some people stand, each of them, by whom they count as."""
    lines = plan_lines(work, people)
    raised: dict[UUID, list[datetime]] = {}
    for some in _batches(people):
        for person, at in work.connection.execute(
            select(CallerFlag.caller_id, CallerFlag.raised_at).where(CallerFlag.caller_id.in_(some))
        ):
            raised.setdefault(person, []).append(at)
    return {
        person: _standing(work, lines.get(person, []), raised.get(person, [])) for person in people
    }


def _standing(work: Work, lines: list[PlanLine], raised: list[datetime]) -> PlanStanding:
    flagged_at = unanswered(raised, [line.run for line in lines])
    if flagged_at is None:
        return PlanStanding(tuple(lines))
    due_at = work.clocks.plan_due(flagged_at)
    return PlanStanding(tuple(lines), flagged_at, due_at, due_at < work.now)


def _batches(items: Collection[UUID]) -> Iterator[list[UUID]]:
    listed = list(items)
    return (listed[at : at + _BATCH] for at in range(0, len(listed), _BATCH))
