"""One officer's own figures, for that officer and their supervisor: never a table of officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, select

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.audit_events import Name
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.metrics import FEWEST_FOR_A_VERDICT, OutcomeCounts
from dash_forms.domain.periods import LONDON, Period, london_date, months_before
from dash_forms.domain.permissions import Permission, Role
from dash_forms.domain.report_counts import FORCE
from dash_forms.domain.review import Decision
from dash_forms.reporting.figures import DeclineFilter, TeamChoice, TeamFigures
from dash_forms.reporting.funnel import own_rate
from dash_forms.reporting.queries import decline_counts
from dash_forms.store.models import Account, Assessment, PairFact, Review

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.store.work import Work

MONTHS = (3, 12)
"""The stretches that can be looked at; an officer has too few cases for a rate in less."""


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer of the supervisor's team."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class OfficerFigures:
    """What became of the cases that one officer opened."""

    officer: Officer
    period: Period
    counts: OutcomeCounts
    all_no: int
    """Completed without any "yes" (B1)."""
    no_reason: int
    """Declined, and the reason is that none was given (B5)."""
    decided: int
    """Attempts that a supervisor decided on in the period."""
    returned: int
    """Of those, how many were sent back at least once."""
    force: TeamFigures

    @property
    def against_force(self) -> TeamFigures | None:
        """The officer within the limits around the force's rate; None with too few cases to say."""
        rate = own_rate(self.force.counts, self.period)
        if rate is None or self.counts.countable < FEWEST_FOR_A_VERDICT:
            return None
        return TeamFigures(TeamChoice(self.officer.id, self.officer.name), self.counts, rate)


def officers(work: Work) -> list[Officer]:
    """The officers of the supervisor's own team, in the order of the alphabet."""
    rows = work.session.execute(
        select(Account.id, Account.display_name)
        .where(
            Account.role == Role.OFFICER,
            Account.team_id == work.by.team_id,
            Account.closed_at.is_(None),
        )
        .order_by(Account.display_name, Account.id)
    )
    return [Officer(*row) for row in rows]


def officer_figures(work: Work, account_id: UUID, months: int) -> OfficerFigures:
    """The figures of one officer over the months up to today.

    NotFoundError for anybody but oneself and the officers of the supervisor's own team.
    """
    officer = _reached(work, account_id)
    today = london_date(work.now)
    period = Period(months_before(today, months) + timedelta(days=1), today)
    work.audit(Name.OFFICER_FIGURES_VIEWED, "account", account_id, months=months)
    everybody = decline_counts(work, DeclineFilter(period))
    rows = work.session.execute(
        select(
            PairFact.outcome,
            func.count(),
            func.sum(case((PairFact.is_blanket_no, 1), else_=0)),
            func.sum(case((PairFact.reason == "none_given", 1), else_=0)),
        )
        .join(
            Assessment,
            and_(Assessment.pair_id == PairFact.pair_id, Assessment.attempt == PairFact.attempt),
        )
        .where(
            Assessment.author_id == account_id,
            PairFact.counted_on.between(period.start, period.end),
        )
        .group_by(PairFact.outcome)
    ).all()
    decided, returned = _decided(work, account_id, period)
    return OfficerFigures(
        officer=officer,
        period=period,
        counts=OutcomeCounts.of((row[0], row[1]) for row in rows),
        all_no=sum(row[2] for row in rows if row[0] is Outcome.COMPLETED),
        no_reason=sum(row[3] for row in rows if row[0] is Outcome.DECLINED),
        decided=decided,
        returned=returned,
        force=TeamFigures(TeamChoice(FORCE, "All teams"), everybody),
    )


def _reached(work: Work, account_id: UUID) -> Officer:
    row = work.session.get(Account, account_id)
    is_own = account_id == work.by.id and work.by.may(Permission.VIEW_OWN_FIGURES)
    supervises = (
        work.by.may(Permission.VIEW_OFFICER_FIGURES)
        and row is not None
        and row.role is Role.OFFICER
        and row.team_id == work.by.team_id
    )
    if row is None or not (is_own or supervises):
        raise NotFoundError("There is no such officer in your team.")
    return Officer(row.id, row.display_name)


def _decided(work: Work, account_id: UUID, period: Period) -> tuple[int, int]:
    """How many of the officer's attempts were decided on, and how many of them returned."""
    was_returned = case((Review.decision == Decision.RETURNED, Review.assessment_id))
    start = datetime.combine(period.start, time(), LONDON)
    end = datetime.combine(period.end + timedelta(days=1), time(), LONDON)
    row = work.session.execute(
        select(
            func.count(Review.assessment_id.distinct()),
            func.count(was_returned.distinct()),
        )
        .join(Assessment, Assessment.id == Review.assessment_id)
        .where(
            Assessment.author_id == account_id,
            Review.decision.in_((Decision.AGREED, Decision.RETURNED, Decision.REGRADED)),
            Review.decided_at >= start,
            Review.decided_at < end,
        )
    ).one()
    return row[0], row[1]
