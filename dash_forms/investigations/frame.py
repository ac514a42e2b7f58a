"""What can be drawn: incidents of which everything was closed in a month; and who took part."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select, union_all
from sqlalchemy.orm import aliased

from dash_forms.domain.assessment import State
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.investigations import Checkers
from dash_forms.domain.periods import LONDON
from dash_forms.domain.permissions import PERMISSIONS, Permission, Scope
from dash_forms.store.models import (
    Account,
    Assessment,
    Authorisation,
    GradeEntry,
    Incident,
    InvestigationCase,
    InvestigationSample,
    Pair,
    Review,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from uuid import UUID

    from dash_forms.domain.periods import Month
    from dash_forms.store.work import Work

_NOTHING_TO_CLOSE = (State.VOID, State.EXEMPT)
_other, _other_pair = aliased(Assessment), aliased(Pair)


def frames(work: Work, month: Month) -> dict[UUID, frozenset[UUID]]:
    """The incidents of each team whose last assessment was closed in the month, on London's days.

    Every assessment of such an incident is closed, but for those that were exempt or made in
    error. It is closed in this system, which is not the crime record.
    """
    start = datetime.combine(month.first, time(), LONDON)
    end = datetime.combine(month.last + timedelta(days=1), time(), LONDON)
    still_open = exists().where(
        _other_pair.incident_id == Incident.id,
        _other.pair_id == _other_pair.id,
        _other.state.not_in(_NOTHING_TO_CLOSE),
        or_(_other.state != State.CLOSED, _other.closed_at >= end),
    )
    rows = work.session.execute(
        select(Incident.team_id, Incident.id)
        .join(Pair, Pair.incident_id == Incident.id)
        .join(Assessment, Assessment.pair_id == Pair.id)
        .where(
            Assessment.state == State.CLOSED,
            Assessment.closed_at >= start,
            Assessment.closed_at < end,
            ~still_open,
        )
        .distinct()
    )
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for team_id, incident_id in rows:
        found[team_id].add(incident_id)
    return {team_id: frozenset(each) for team_id, each in found.items()}


def took_part(work: Work, incidents: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Who wrote, reviewed, graded or stood with an assessment of each incident."""
    of_case = (
        select(Pair.incident_id, Assessment.id, Assessment.author_id)
        .join(Assessment, Assessment.pair_id == Pair.id)
        .where(Pair.incident_id.in_(incidents))
        .subquery()
    )
    rows = work.session.execute(
        union_all(
            select(of_case.c.incident_id, of_case.c.author_id),
            select(of_case.c.incident_id, Review.reviewer_id).join(
                Review, Review.assessment_id == of_case.c.id
            ),
            select(of_case.c.incident_id, GradeEntry.given_by_id).join(
                GradeEntry, GradeEntry.assessment_id == of_case.c.id
            ),
            select(of_case.c.incident_id, Authorisation.authoriser_id)
            .join(Authorisation, Authorisation.assessment_id == of_case.c.id)
            .where(Authorisation.agreed_at.is_not(None)),
        )
    )
    found: dict[UUID, set[UUID]] = {each: set() for each in incidents}
    for incident_id, who in rows:
        found[incident_id].add(who)
    return found


def checkers(work: Work) -> Callable[[UUID], Checkers]:
    """Who can check the cases of a team, asked once for all teams."""
    roles = {
        role: rows[Permission.CHECK_INVESTIGATIONS]
        for role, rows in PERMISSIONS.items()
        if Permission.CHECK_INVESTIGATIONS in rows
    }
    force: set[UUID] = set()
    teams: dict[UUID, set[UUID]] = defaultdict(set)
    for account_id, role, team_id in work.session.execute(
        select(Account.id, Account.role, Account.team_id).where(
            Account.role.in_(roles), Account.closed_at.is_(None)
        )
    ):
        if roles[role] is Scope.FORCE:
            force.add(account_id)
        elif team_id:
            teams[team_id].add(account_id)
    return lambda team_id: Checkers(frozenset(force), frozenset(teams[team_id]))


def case_for(
    work: Work, sampled_id: UUID, *, lock: bool = False
) -> tuple[InvestigationCase, InvestigationSample]:
    """A case that was drawn and its sample, or NotFoundError: a foreign one looks like none."""
    query = (
        select(InvestigationCase, InvestigationSample)
        .join(InvestigationSample, InvestigationSample.id == InvestigationCase.sample_id)
        .where(InvestigationCase.id == sampled_id)
    )
    if lock:  # both: a sample grows by one case after the other
        query = query.with_for_update().execution_options(populate_existing=True)
    found = work.session.execute(query).first()
    if found is None or not _reaches(work, found.InvestigationSample):
        raise NotFoundError("There is no such case, or it is not one you can check.")
    return found.InvestigationCase, found.InvestigationSample


def sample_for(work: Work, sample_id: UUID) -> InvestigationSample:
    """A sample, or NotFoundError."""
    found = work.session.get(InvestigationSample, sample_id)
    if found is None or not _reaches(work, found):
        raise NotFoundError("There is no such sample, or it is not one you can see.")
    return found


def _reaches(work: Work, sample: InvestigationSample) -> bool:
    return work.by.reaches(Permission.CHECK_INVESTIGATIONS, team_id=sample.team_id)
