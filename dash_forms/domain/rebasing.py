"""A control chart and what its limits rest on: the first twelve months, or a signed rebase.

Limits that move with every new month would hide the change that they are drawn to show. So they
are locked, and only a named person with a reason begins them anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.metrics import FEWEST_FOR_A_VERDICT
from dash_forms.domain.periods import Month, words_for
from dash_forms.domain.statistics import (
    FEWEST_FOR_FIRM_LIMITS,
    PROPORTIONS,
    ControlChart,
    p_chart,
    xmr_chart,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

WHY_REBASED = "what changed and when: it stands beside the chart"


@dataclass(frozen=True, slots=True)
class Rebase:
    """A decision that limits rest on the months from one on. It is never changed or deleted."""

    scope: UUID
    """A team, or `domain.report_counts.FORCE`."""
    first_month: Month
    reason: str
    signed_by: str
    signed_on: date
    """The day in London."""

    @property
    def words(self) -> str:
        """What stands beside the chart."""
        reason = self.reason.rstrip(".")
        return (
            f"Limits from {self.first_month.label} on, by {self.signed_by} on"
            f" {words_for(self.signed_on)}, because: {reason}."
        )


class ChartKind(StrEnum):
    """Where the limits of a chart come from."""

    P = "p"
    XMR = "xmr"

    @property
    def label(self) -> str:
        """Its name, for who knows such charts."""
        return "XmR chart" if self is ChartKind.XMR else "p-chart"


def kind_for(history: Mapping[Month, tuple[int, int]], *, is_force: bool) -> ChartKind:
    """XmR for the whole force with at least 30 cases in every month, and a p-chart otherwise.

    A force's months have so many cases that the limits of a p-chart would be too narrow for what
    one month differs from the next by anyway; a team's differ so much in their number that each
    needs limits of its own (domain guide §6). The month in which recording began may have fewer,
    and one month does not differ from another yet.
    """
    cases = [each for _, (_, each) in sorted(history.items())]
    is_large = [each >= FEWEST_FOR_A_VERDICT for each in cases]
    is_xmr = is_force and sum(is_large) >= 2 and all(is_large[1:])
    return ChartKind.XMR if is_xmr else ChartKind.P


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months that are held against the same limits; no chart where nothing was counted in them.

    `rests_on` are the months that the limits were worked out from.
    """

    months: tuple[Month, ...]
    rests_on: tuple[Month, ...]
    chart: ControlChart | None


def in_force(signed: Iterable[Rebase]) -> tuple[Rebase, ...]:
    """Those that hold, of one scope, given in the order of signing; in the order of their months.

    A later one takes the place of whatever was to begin in its first month or after it.
    """
    holding: list[Rebase] = []
    for each in signed:
        holding = [other for other in holding if other.first_month < each.first_month]
        holding.append(each)
    return tuple(holding)


def stretches(
    history: Mapping[Month, tuple[int, int]],
    starts: Iterable[Month] = (),
    *,
    kind: ChartKind = ChartKind.P,
) -> tuple[Stretch, ...]:
    """A chart for each stretch of a history of (x of n) by month, the oldest first.

    A stretch begins with the history and with each start. Its limits are locked to its first
    twelve months that have cases; with fewer so far, its chart is `is_trial`. Leave out a month
    that is not over: its count is not final. An XmR chart needs cases in every month, and two
    months in each stretch.
    """
    months = sorted(history)
    if not months:
        return ()
    begins = [months[0], *sorted({each for each in starts if months[0] < each <= months[-1]})]
    ends: list[Month | None] = [*begins[1:], None]
    return tuple(
        _stretch(
            [each for each in months if first <= each and (end is None or each < end)],
            history,
            kind,
        )
        for first, end in zip(begins, ends, strict=True)
    )


def _stretch(
    months: Sequence[Month], history: Mapping[Month, tuple[int, int]], kind: ChartKind
) -> Stretch:
    counts = [history[month] for month in months]
    filled = [index for index, (_, cases) in enumerate(counts) if cases > 0]
    last = filled[:FEWEST_FOR_FIRM_LIMITS][-1] if filled else -1
    locked = slice(0, last + 1)
    rests_on = tuple(month for month in months[locked] if history[month][1] > 0)
    if kind is ChartKind.P:
        chart = p_chart(counts, baseline=locked)
    else:
        rates = [declined / cases for declined, cases in counts]
        chart = xmr_chart(rates, baseline=locked, within=PROPORTIONS)
    return Stretch(tuple(months), rests_on, chart)


def first_month_refusals(
    first_month: Month, *, began: Month | None, today: date
) -> Iterable[InvalidError]:
    """Why a chart cannot be rebased to begin in a month; recording began in `began`, if it has."""
    if began is None:
        yield InvalidError(
            "Nothing has been recorded there yet, so there are no limits to begin anew",
            field="first_month",
        )
    elif first_month <= began:
        yield InvalidError(
            f"Recording began in {began.label}, and the first limits rest on the months from then."
            " Choose a later month",
            field="first_month",
        )
    elif first_month > Month.of(today):
        yield InvalidError("This month has not begun yet", field="first_month")
