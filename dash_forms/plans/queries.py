"""What is shown of plans: the lists, one of them in full, and how many callers have one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError, NotPermittedError
from dash_forms.domain.periods import LONDON, Month, Period, apart, days_in_words, london_date
from dash_forms.domain.permissions import Actor, Permission, Role
from dash_forms.domain.plan_figures import Part, PlanFigures, ShownFigures, plan_figures
from dash_forms.domain.plans import (
    RECENT,
    Outcome,
    Stage,
    Week,
    answers_from,
    is_past,
    may_lead,
    may_work_on,
    weeks_around,
)
from dash_forms.domain.referrals import TaskState
from dash_forms.plans.people import Candidate, candidates, led_teams
from dash_forms.store.accounts import display_name, display_names
from dash_forms.store.callers import known_stretch, moments_of, names_of
from dash_forms.store.models import (
    Account,
    Caller,
    CallerFlag,
    Plan,
    PlanAction,
    PlanEntry,
    PlanReview,
    Team,
)
from dash_forms.store.plans import (
    PlanLine,
    own_plans,
    plan_for,
    plan_lines,
    plan_standings,
    reachable_plans,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from dash_forms.domain.disclosure import Rules
    from dash_forms.store.work import Work

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """A running plan in a list, with what is due in it first."""

    id: UUID
    name: str
    team: str
    owner: str
    is_own: bool
    opened_at: datetime
    review_on: date
    is_review_overdue: bool
    open_actions: int
    overdue_actions: int
    next_on: date
    """The first day by which something is to be done, or was."""
    waits: str
    """For how long it has been overdue; empty where it is not."""


@dataclass(frozen=True, slots=True)
class MissingPlan:
    """A repeat caller without a plan."""

    person: UUID
    name: str
    flagged_at: datetime
    due_at: datetime
    is_overdue: bool
    distance: str


@dataclass(frozen=True, slots=True)
class PlanLists:
    """Running plans, whatever is due first at the top; `team` and `others` leave out one's own."""

    own: list[ListedPlan]
    team: list[ListedPlan]
    others: list[ListedPlan] | None
    """Those of every team, for whoever looks after or reads them all."""
    missing: list[MissingPlan]
    missing_found: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Written:
    """Something that somebody wrote, and when."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage: what stands there now, and what stood there before, the last first."""

    stage: Stage
    current: Written | None
    earlier: list[Written]


@dataclass(frozen=True, slots=True)
class ActionView:
    """Something to be done, or what came of it."""

    id: UUID
    what: str
    doer: str
    due_on: date
    state: TaskState
    is_overdue: bool
    outcome: str
    ended_by: str
    ended_at: datetime | None
    may_end: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What was found at a review."""

    found: Written
    next_on: date


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan with everything in it, and what the person may do with it."""

    id: UUID
    person: UUID
    name: str
    team_id: UUID
    team: str
    owner_id: UUID
    owner: str
    opened_by: str
    opened_at: datetime
    flagged_at: datetime | None
    """The flag that it was opened for; none where it was opened before there was one."""
    due_at: datetime | None
    late_by: str
    review_on: date
    is_review_overdue: bool
    stages: list[StageView]
    actions: list[ActionView]
    reviews: list[ReviewView]
    outcome: Outcome | None
    closed_at: datetime | None
    closed_by: str
    closing: str
    weeks: list[Week]
    others: list[PlanLine]
    """Further plans of the same person, the last opened first."""
    may_work: bool
    may_lead: bool

    @property
    def is_open(self) -> bool:
        """It is not closed."""
        return self.closed_at is None

    @property
    def open_actions(self) -> int:
        """How many actions nobody has ended."""
        return sum(each.state.is_open for each in self.actions)

    @property
    def is_assessed(self) -> bool:
        """Somebody has written whether it worked, which closing it needs."""
        return any(each.current for each in self.stages if each.stage is Stage.ASSESSMENT)

    def stage(self, stage: Stage) -> StageView:
        """What is written in one of the stages."""
        return next(each for each in self.stages if each.stage is stage)

    def whole(self, *, is_before: bool) -> tuple[int, int]:
        """The calls in the whole weeks before or since that are known, and how many those are."""
        counted = [
            week.calls
            for week in self.weeks
            if week.is_before is is_before and week.is_over and week.calls is not None
        ]
        return sum(counted), len(counted)


@dataclass(frozen=True, slots=True)
class TeamChoice:
    """The teams that somebody may choose from, the one chosen, and who may own a plan there."""

    teams: list[tuple[UUID, str]]
    team_id: UUID | None
    owners: list[Candidate]

    @property
    def name(self) -> str:
        """The team that was chosen, if one was."""
        return dict(self.teams)[self.team_id] if self.team_id else ""


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """What it takes to open a plan."""

    person: UUID
    name: str
    flagged_at: datetime | None
    due_at: datetime | None
    is_overdue: bool
    running: UUID | None
    """The plan that there is already, which is shown instead."""
    choice: TeamChoice


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """C1, C2 and C3 of a period, and how far the calls are known."""

    period: Period
    figures: ShownFigures
    control: Rules | None
    """By which rules numbers are withheld and rounded, where they are."""
    known: tuple[datetime, datetime] | None
    are_due: bool
    """Whether all plans for the flags are due by now."""

    @property
    def starts_late(self) -> bool:
        """Whether the call logs begin after the period does."""
        return self.known is not None and london_date(self.known[0]) > self.period.start


@dataclass(frozen=True, slots=True)
class CountedPerson:
    """Somebody whom a number counts."""

    person: UUID
    name: str
    flagged_at: datetime
    """The last flag of the period."""
    plans: list[PlanLine]


def plan_lists(work: Work) -> PlanLists:
    """The running plans that a person sees to or reads, and the callers who have none."""
    me = work.by
    own = _listed(work, own_plans(me.id))
    apart = ~own_plans(me.id)
    team = [] if me.team_id is None else _listed(work, (Plan.team_id == me.team_id) & apart)
    reads_all = me.role not in {Role.OFFICER, Role.SERGEANT}
    others = _listed(work, apart) if reads_all else None
    missing = _missing(work) if me.may(Permission.VIEW_CALLERS) else []
    lists = (own, team, others or [])
    work.audit(Name.PLANS_LISTED, "plan", found=sum(map(len, lists)), without_a_plan=len(missing))
    return PlanLists(
        own,
        team,
        others,
        missing[:MOST_LISTED],
        len(missing),
        any(len(each) == MOST_LISTED for each in lists),
    )


def plan_page(work: Work, plan_id: UUID) -> PlanPage:
    """One plan, or NotFoundError."""
    plan = plan_for(work, plan_id)
    person = _person_of(work, plan)
    lines = plan_lines(work, [person]).get(person, [])
    earlier = [each.run for each in lines if each.opened_at < plan.opened_at]
    this = next(each for each in lines if each.id == plan_id)
    raised = work.connection.scalars(
        select(CallerFlag.raised_at).where(CallerFlag.caller_id == person)
    ).all()
    flagged_at = answers_from(this.run, raised, earlier)
    due_at = work.clocks.plan_due(flagged_at) if flagged_at else None
    is_late = due_at is not None and due_at < plan.opened_at
    may_work = plan.closed_at is None and may_work_on(
        work.by, team_id=plan.team_id, owner_id=plan.owner_id
    )
    today = london_date(work.now)
    work.audit(Name.PLAN_VIEWED, "plan", plan_id)
    return PlanPage(
        id=plan.id,
        person=person,
        name=names_of(work.connection, work.vault, [person])[person],
        team_id=plan.team_id,
        team=this.team,
        owner_id=plan.owner_id,
        owner=this.owner,
        opened_by=display_name(work, plan.opened_by_id),
        opened_at=plan.opened_at,
        flagged_at=flagged_at,
        due_at=due_at,
        late_by=apart(plan.opened_at, due_at) if due_at and is_late else "",
        review_on=plan.review_on,
        is_review_overdue=plan.closed_at is None and is_past(plan.review_on, today),
        stages=_stages(work, plan_id),
        actions=_actions(work, plan, today, may_work=may_work),
        reviews=_reviews(work, plan_id),
        outcome=plan.outcome,
        closed_at=plan.closed_at,
        closed_by=display_name(work, plan.closed_by_id),
        closing=work.vault.open_text(plan.id, "closing", plan.closing_sealed),
        weeks=_weeks(work, person, flagged_at or plan.opened_at),
        others=[each for each in lines if each.id != plan_id],
        may_work=may_work,
        may_lead=plan.closed_at is None and may_lead(work.by, team_id=plan.team_id),
    )


def page_to_work_on(work: Work, plan_id: UUID) -> PlanPage:
    """As `plan_page`, for a form of somebody who writes in it."""
    page = plan_page(work, plan_id)
    if page.is_open and not page.may_work:
        raise NotPermittedError(
            "The plan’s owner, a sergeant of its team, or an inspector, does this."
        )
    return page


def page_to_lead(work: Work, plan_id: UUID) -> PlanPage:
    """As `plan_page`, for a form of somebody who gives it away or closes it."""
    page = plan_page(work, plan_id)
    if page.is_open and not page.may_lead:
        raise NotPermittedError("A sergeant of the plan’s team, or an inspector, does this.")
    return page


def action_of(page: PlanPage, action_id: UUID) -> ActionView:
    """One action of a plan, or NotFoundError; NotPermittedError for one that is somebody else's."""
    found = next((each for each in page.actions if each.id == action_id), None)
    if found is None:
        raise NotFoundError("There is no such action in this plan.")
    if found.state.is_open and page.is_open and not found.may_end:
        raise NotPermittedError(f"{found.doer} does this, or the plan’s owner or sergeant.")
    return found


def is_rewritten(work: Work, plan_id: UUID, stage: Stage) -> bool:
    """Whether something stood in a stage before what stands there now."""
    written = select(func.count()).where(PlanEntry.plan_id == plan_id, PlanEntry.stage == stage)
    return (work.connection.scalar(written) or 0) > 1


def opening_page(work: Work, caller_id: UUID, team_id: UUID | None) -> OpeningPage:
    """What it takes to open a plan of a team for a caller, or NotFoundError."""
    caller = work.session.get(Caller, caller_id)
    if caller is None:
        raise NotFoundError("There is no such caller.")
    person = caller.counted_as_id
    standing = plan_standings(work, [person])[person]
    work.audit(Name.CALLER_VIEWED, "caller", person)
    return OpeningPage(
        person,
        names_of(work.connection, work.vault, [person])[person],
        standing.flagged_at,
        standing.due_at,
        standing.is_overdue,
        standing.running[0].id if standing.running else None,
        team_choice(work, team_id),
    )


def team_choice(work: Work, team_id: UUID | None) -> TeamChoice:
    """The teams whose plans the person leads, and the people of one; of the only one at once."""
    teams = led_teams(work)
    if len(teams) == 1:
        team_id = teams[0][0]
    elif team_id not in dict(teams):
        team_id = None
    return TeamChoice(teams, team_id, candidates(work, team_id) if team_id else [])


def is_controlled(reader: Actor) -> bool:
    """Whether a reader of the figures may see none of the people behind them."""
    return not reader.may(Permission.VIEW_CALLERS)


def first_known(work: Work) -> Month | None:
    """The month from which on there are call logs, and flags could be raised."""
    known = known_stretch(work.connection)
    return Month.of(london_date(known[0])) if known else None


def figures_page(work: Work, period: Period, rules: Rules) -> FiguresPage:
    """C1, C2 and C3 of a period: counts, and nobody's name.

    Only who may see the people behind them sees true counts.
    """
    figures = figures_of(work, period)
    work.audit(
        Name.PLAN_FIGURES_VIEWED,
        "report",
        start=period.start.isoformat(),
        end=period.end.isoformat(),
    )
    control = rules.on_screen if is_controlled(work.by) else None
    due = are_due(work, period)
    shown = figures.under(control, are_due=due) if control else figures.exact
    return FiguresPage(period, shown, control, known_stretch(work.connection), due)


def are_due(work: Work, period: Period) -> bool:
    """Whether every plan for a flag of a period is due by now, so that C3 is of all of it."""
    return _end_of(period) + work.clocks.plan <= work.now


def figures_of(work: Work, period: Period) -> PlanFigures:
    """The true figures of a period, for no reader yet."""
    figures, _ = _figures(work, period)
    return figures


def counted_people(work: Work, period: Period, part: Part) -> tuple[int, list[CountedPerson]]:
    """How many people a number counts, and the first of them, whoever was flagged last first."""
    figures, raised = _figures(work, period)
    counted = sorted(
        figures.people[part], key=lambda person: (max(raised[person]), person), reverse=True
    )
    shown = counted[:MOST_LISTED]
    work.audit(
        Name.CALLERS_LISTED,
        "caller",
        part.value,
        start=period.start.isoformat(),
        end=period.end.isoformat(),
        found=len(counted),
    )
    names, plans = names_of(work.connection, work.vault, shown), plan_lines(work, shown)
    return len(counted), [
        CountedPerson(person, names[person], max(raised[person]), plans.get(person, []))
        for person in shown
    ]


def _figures(work: Work, period: Period) -> tuple[PlanFigures, dict[UUID, list[datetime]]]:
    start = datetime.combine(period.start, time(), LONDON).astimezone(UTC)
    end = _end_of(period)
    raised: dict[UUID, list[datetime]] = {}
    for person, at in work.connection.execute(
        select(CallerFlag.caller_id, CallerFlag.raised_at).where(
            CallerFlag.raised_at >= start,
            CallerFlag.raised_at < end,
            CallerFlag.raised_at <= work.now,
        )
    ):
        raised.setdefault(person, []).append(at)
    runs = {
        person: [line.run for line in lines]
        for person, lines in plan_lines(work, list(raised)).items()
    }
    return plan_figures(raised, runs, work.clocks.plan, work.now), raised


def _end_of(period: Period) -> datetime:
    return datetime.combine(period.end + timedelta(days=1), time(), LONDON).astimezone(UTC)


def _listed(work: Work, wanted: ColumnElement[bool]) -> list[ListedPlan]:
    today = london_date(work.now)
    left = (
        select(
            PlanAction.plan_id,
            func.count().label("left"),
            func.sum(case((PlanAction.due_on < today, 1), else_=0)).label("late"),
            func.min(PlanAction.due_on).label("first"),
        )
        .where(PlanAction.state == TaskState.OPEN)
        .group_by(PlanAction.plan_id)
        .subquery()
    )
    next_on = case((left.c.first < Plan.review_on, left.c.first), else_=Plan.review_on)
    rows = work.session.execute(
        select(
            Plan,
            Caller.counted_as_id,
            Team.name,
            Account.display_name,
            left.c.left,
            left.c.late,
            next_on,
        )
        .select_from(Plan)
        .join(Caller, Caller.id == Plan.caller_id)
        .join(Team, Team.id == Plan.team_id)
        .join(Account, Account.id == Plan.owner_id)
        .outerjoin(left, left.c.plan_id == Plan.id)
        .where(Plan.closed_at.is_(None), wanted, reachable_plans(work))
        .order_by(next_on, Plan.opened_at, Plan.id)
        .limit(MOST_LISTED)
    ).all()
    names = names_of(work.connection, work.vault, [row[1] for row in rows])
    return [
        ListedPlan(
            id=plan.id,
            name=names[person],
            team=team,
            owner=owner,
            is_own=plan.owner_id == work.by.id,
            opened_at=plan.opened_at,
            review_on=plan.review_on,
            is_review_overdue=is_past(plan.review_on, today),
            open_actions=open_actions or 0,
            overdue_actions=late or 0,
            next_on=first,
            waits=days_in_words((today - first).days) if is_past(first, today) else "",
        )
        for plan, person, team, owner, open_actions, late, first in rows
    ]


def _missing(work: Work) -> list[MissingPlan]:
    """Repeat callers with a flag of late that no plan has answered, whoever waits longest first."""
    people = work.connection.scalars(
        select(CallerFlag.caller_id)
        .distinct()
        .where(CallerFlag.raised_at.between(work.now - RECENT, work.now))
    ).all()
    standings = plan_standings(work, people)
    waiting = [
        (standing.flagged_at, standing.due_at, person)
        for person, standing in standings.items()
        if standing.flagged_at and standing.due_at and not standing.running
    ]
    waiting.sort()
    shown = [person for _, _, person in waiting[:MOST_LISTED]]
    names = names_of(work.connection, work.vault, shown)
    return [
        MissingPlan(
            person,
            names.get(person, ""),
            flagged_at,
            due_at,
            due_at < work.now,
            apart(work.now, due_at),
        )
        for flagged_at, due_at, person in waiting
    ]


def _person_of(work: Work, plan: Plan) -> UUID:
    return work.session.get_one(Caller, plan.caller_id).counted_as_id


def _stages(work: Work, plan_id: UUID) -> list[StageView]:
    written: dict[Stage, list[Written]] = {stage: [] for stage in Stage}
    for entry, by in work.session.execute(
        select(PlanEntry, Account.display_name)
        .join(Account, Account.id == PlanEntry.written_by_id)
        .where(PlanEntry.plan_id == plan_id)
        .order_by(PlanEntry.written_at.desc(), PlanEntry.id.desc())
    ):
        words = work.vault.open(entry.id, "words", entry.words_sealed)
        written[entry.stage].append(Written(words, by, entry.written_at))
    return [
        StageView(stage, entries[0] if entries else None, entries[1:])
        for stage, entries in written.items()
    ]


def _actions(work: Work, plan: Plan, today: date, *, may_work: bool) -> list[ActionView]:
    rows = work.session.scalars(
        select(PlanAction)
        .where(PlanAction.plan_id == plan.id)
        .order_by(PlanAction.ended_at.is_not(None), PlanAction.due_on, PlanAction.id)
    ).all()
    names = display_names(work, {each for row in rows for each in (row.doer_id, row.ended_by_id)})
    return [
        ActionView(
            id=row.id,
            what=work.vault.open(row.id, "what", row.what_sealed),
            doer=names[row.doer_id],
            due_on=row.due_on,
            state=row.state,
            is_overdue=row.state.is_open and is_past(row.due_on, today),
            outcome=work.vault.open_text(row.id, "outcome", row.outcome_sealed),
            ended_by=names.get(row.ended_by_id, ""),
            ended_at=row.ended_at,
            may_end=row.state.is_open and (may_work or row.doer_id == work.by.id),
        )
        for row in rows
    ]


def _reviews(work: Work, plan_id: UUID) -> list[ReviewView]:
    return [
        ReviewView(
            Written(work.vault.open(row.id, "found", row.found_sealed), by, row.written_at),
            row.next_on,
        )
        for row, by in work.session.execute(
            select(PlanReview, Account.display_name)
            .join(Account, Account.id == PlanReview.written_by_id)
            .where(PlanReview.plan_id == plan_id)
            .order_by(PlanReview.written_at.desc(), PlanReview.id.desc())
        )
    ]


def _weeks(work: Work, person: UUID, anchor: datetime) -> list[Week]:
    contacts = next(iter(moments_of(work.connection, [person])), (person, []))[1]
    moments: Collection[datetime] = [at for at, _ in contacts]
    return list(weeks_around(anchor, moments, work.now, known_stretch(work.connection)))
