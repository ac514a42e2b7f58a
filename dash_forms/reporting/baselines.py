"""What the reports compare with and when limits begin anew: reading it, adding to it, withdrawing.

No row is ever changed. What was wrong is withdrawn, and what was signed is followed by what is
signed later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from dash_forms.domain.audit_events import Name
from dash_forms.domain.baselines import (
    REPORTED_DECLINE_RATE,
    WHY_FAIR,
    WHY_WRONG,
    Baseline,
    Origin,
    Rate,
    chosen,
    period_refusals,
    reason_refusals,
    time_words,
)
from dash_forms.domain.definitions import COUNTABLE
from dash_forms.domain.errors import InvalidError, NotFoundError, StateError, require_none
from dash_forms.domain.periods import Month, Period, london_date, months_in, words_for
from dash_forms.domain.rebasing import WHY_REBASED, Rebase, first_month_refusals, in_force
from dash_forms.domain.report_counts import FORCE, Grain
from dash_forms.store.models import (
    Account,
    BaselineWithdrawal,
    ChartRebase,
    ReportBaseline,
    ReportCount,
    Team,
)
from dash_forms.store.teams import teams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash_forms.store.work import Work

WHOLE_FORCE = "The whole force"
_SENT_BEFORE = "This form was sent before, with other words or numbers. Open the page anew"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did something, when, and why."""

    name: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    """A baseline in the list; the one that ships was added by nobody."""

    baseline: Baseline
    id: UUID | None = None
    added: Signature | None = None
    withdrawn: Signature | None = None


@dataclass(frozen=True, slots=True)
class RebaseEntry:
    """A signed rebase in the list, and whether a later one has taken its place."""

    rebase: Rebase
    chart: str
    signed_at: datetime
    holds: bool


@dataclass(frozen=True, slots=True)
class NewBaseline:
    """A baseline as it was entered."""

    id: UUID
    origin: Origin
    rate: Rate
    source: str
    period: Period
    reason: str


@dataclass(frozen=True, slots=True)
class NewRebase:
    """A rebase as it was entered; no team means the chart of the whole force."""

    id: UUID
    team_id: UUID | None
    first_month: Month
    reason: str


def baselines(work: Work) -> list[Baseline]:
    """Every baseline, the one that ships first, then by age; those withdrawn say so."""
    return [entry.baseline for entry in baseline_entries(work)]


def chosen_baseline(work: Work, key: str) -> Baseline:
    """The baseline that an address names, by default the one that ships.

    InvalidError, naming the field `baseline`, for none such and for one that was withdrawn.
    """
    if key.strip() in {"", REPORTED_DECLINE_RATE.key}:
        return REPORTED_DECLINE_RATE
    return chosen(baselines(work), key)


def baseline_entries(work: Work) -> list[BaselineEntry]:
    """The same with who added and who withdrew each, and why."""
    adder, withdrawer = aliased(Account), aliased(Account)
    rows = work.session.execute(
        select(
            ReportBaseline,
            BaselineWithdrawal,
            adder.display_name.label("adder"),
            withdrawer.display_name.label("withdrawer"),
        )
        .join(adder, adder.id == ReportBaseline.added_by_id)
        .outerjoin(BaselineWithdrawal, BaselineWithdrawal.baseline_id == ReportBaseline.id)
        .outerjoin(withdrawer, withdrawer.id == BaselineWithdrawal.withdrawn_by_id)
        .order_by(ReportBaseline.added_at, ReportBaseline.id)
    )
    return [BaselineEntry(REPORTED_DECLINE_RATE), *(_entry(work, *row) for row in rows)]


def baseline_entry(work: Work, baseline_id: UUID) -> BaselineEntry:
    """One that was added, or NotFoundError."""
    for entry in baseline_entries(work):
        if entry.id == baseline_id:
            return entry
    raise NotFoundError("There is no such baseline.")


def _entry(
    work: Work,
    kept: ReportBaseline,
    withdrawal: BaselineWithdrawal | None,
    adder: str,
    withdrawer: str | None,
) -> BaselineEntry:
    withdrawn = None
    if withdrawal is not None:
        reason = work.vault.open(kept.id, "withdrawal_reason", withdrawal.reason_sealed)
        withdrawn = Signature(withdrawer or "", withdrawal.withdrawn_at, reason)
    period = Period(kept.starts_on, kept.ends_on)
    value = kept.declined / kept.cases if kept.declined and kept.cases else kept.rate
    return BaselineEntry(
        Baseline(
            key=str(kept.id),
            rate_known=Rate(value, kept.cases, kept.declined),
            origin=kept.origin,
            source=kept.source,
            dated=time_words(period),
            period=period,
            withdrawn=_withdrawal_words(withdrawn),
        ),
        id=kept.id,
        added=Signature(
            adder, kept.added_at, work.vault.open(kept.id, "reason", kept.reason_sealed)
        ),
        withdrawn=withdrawn,
    )


def _withdrawal_words(withdrawn: Signature | None) -> str:
    if withdrawn is None:
        return ""
    day = words_for(london_date(withdrawn.at))
    return f"on {day} by {withdrawn.name}, because: {withdrawn.reason.rstrip('.')}."


def add_baseline(work: Work, new: NewBaseline) -> None:
    """Keep a baseline for everybody to compare with; the same form sent twice adds one."""
    require_none(
        [
            *period_refusals(new.period, london_date(work.now)),
            *reason_refusals(new.reason, why=WHY_FAIR),
        ]
    )
    if (kept := work.session.get(ReportBaseline, new.id)) is not None:
        reason = work.vault.open(new.id, "reason", kept.reason_sealed)
        period = Period(kept.starts_on, kept.ends_on)
        rate = Rate(kept.rate, kept.cases, kept.declined)
        if NewBaseline(new.id, kept.origin, rate, kept.source, period, reason) != new:
            raise InvalidError(_SENT_BEFORE)
        return
    work.session.add(
        ReportBaseline(
            id=new.id,
            origin=new.origin,
            rate=new.rate.value,
            declined=new.rate.declined,
            cases=new.rate.cases,
            source=new.source,
            starts_on=new.period.start,
            ends_on=new.period.end,
            reason_sealed=work.vault.seal(new.id, "reason", new.reason),
            added_by_id=work.by.id,
            added_at=work.now,
        )
    )
    work.audit(
        Name.BASELINE_ADDED,
        "baseline",
        new.id,
        origin=new.origin.value,
        rate=new.rate.value,
        declined=new.rate.declined,
        cases=new.rate.cases,
        start=new.period.start.isoformat(),
        end=new.period.end.isoformat(),
    )


def withdraw_baseline(work: Work, baseline_id: UUID, reason: str) -> None:
    """Say that a baseline is wrong, and why: it stays in the list and is chosen no longer."""
    kept = work.session.get(ReportBaseline, baseline_id, with_for_update=True)
    if kept is None:
        raise NotFoundError("There is no such baseline.")
    if work.session.get(BaselineWithdrawal, baseline_id) is not None:
        raise StateError("This baseline was withdrawn already.")
    require_none(reason_refusals(reason, why=WHY_WRONG))
    work.session.add(
        BaselineWithdrawal(
            baseline_id=baseline_id,
            reason_sealed=work.vault.seal(baseline_id, "withdrawal_reason", reason),
            withdrawn_by_id=work.by.id,
            withdrawn_at=work.now,
        )
    )
    work.audit(Name.BASELINE_WITHDRAWN, "baseline", baseline_id)


def rebases(work: Work, scope: UUID = FORCE) -> tuple[Rebase, ...]:
    """The rebases of a chart that hold, by month: where its stretches begin."""
    return in_force(entry.rebase for entry in _signed(work) if entry.rebase.scope == scope)


def rebase_entries(work: Work) -> list[RebaseEntry]:
    """Every rebase that was ever signed, the newest first."""
    entries = _signed(work)
    scopes = {entry.rebase.scope for entry in entries}
    holding = {
        id(rebase)
        for scope in scopes
        for rebase in in_force(each.rebase for each in entries if each.rebase.scope == scope)
    }
    return [
        RebaseEntry(each.rebase, each.chart, each.signed_at, id(each.rebase) in holding)
        for each in reversed(entries)
    ]


def _signed(work: Work) -> list[RebaseEntry]:
    rows = work.session.execute(
        select(ChartRebase, Account.display_name, Team.name)
        .join(Account, Account.id == ChartRebase.signed_by_id)
        .outerjoin(Team, Team.id == ChartRebase.team_id)
        .order_by(ChartRebase.signed_at, ChartRebase.id)
    )
    return [
        RebaseEntry(
            Rebase(
                scope=row.team_id or FORCE,
                first_month=Month.of(row.first_month),
                reason=work.vault.open(row.id, "reason", row.reason_sealed),
                signed_by=name,
                signed_on=london_date(row.signed_at),
            ),
            team or WHOLE_FORCE,
            row.signed_at,
            holds=True,
        )
        for row, name, team in rows
    ]


def rebase_chart(work: Work, new: NewRebase) -> None:
    """Sign that a chart's limits rest on the months from one on; the same form twice signs once."""
    if new.team_id is not None and work.session.get(Team, new.team_id) is None:
        raise InvalidError("Choose a chart from the list", field="chart")
    scope = new.team_id or FORCE
    require_none(
        [
            *first_month_refusals(
                new.first_month, began=recording_began(work, scope), today=london_date(work.now)
            ),
            *reason_refusals(new.reason, why=WHY_REBASED),
        ]
    )
    if (kept := work.session.get(ChartRebase, new.id)) is not None:
        reason = work.vault.open(new.id, "reason", kept.reason_sealed)
        if NewRebase(new.id, kept.team_id, Month.of(kept.first_month), reason) != new:
            raise InvalidError(_SENT_BEFORE)
        return
    work.session.add(
        ChartRebase(
            id=new.id,
            team_id=new.team_id,
            first_month=new.first_month.first,
            reason_sealed=work.vault.seal(new.id, "reason", new.reason),
            signed_by_id=work.by.id,
            signed_at=work.now,
        )
    )
    work.audit(
        Name.CHART_REBASED,
        "chart",
        new.id,
        team=str(new.team_id) if new.team_id else None,
        first_month=new.first_month.key,
    )


def recording_began(work: Work, scope: UUID = FORCE) -> Month | None:
    """The first month in which anything counted for D1, in a team or the force."""
    first: date | None = work.connection.scalar(
        select(func.min(ReportCount.starts_on)).where(
            ReportCount.code.in_(COUNTABLE.plus),
            ReportCount.grain == Grain.MONTH,
            ReportCount.scope == scope,
            ReportCount.number > 0,
        )
    )
    return Month.of(first) if first else None


def charts_to_rebase(work: Work) -> Sequence[tuple[str, str]]:
    """The charts that can be rebased, as (value, words): the force's and each team's."""
    return [("force", WHOLE_FORCE), *((str(team_id), name) for team_id, name in teams(work))]


def months_to_rebase_from(work: Work) -> Sequence[Month]:
    """The months that limits can begin with, the newest first."""
    began = recording_began(work)
    today = london_date(work.now)
    if began is None or began.first > today:
        return []
    return [each for each in reversed(months_in(Period(began.first, today))) if each > began]
