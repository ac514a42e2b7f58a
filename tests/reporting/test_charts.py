"""Where marks, lines and ticks stand on the charts of the decline report."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.baselines import REPORTED_DECLINE_RATE
from dash_forms.domain.metrics import OutcomeCounts, decline_rate
from dash_forms.reporting.charts import Axis, IntervalPlot, Mark, TeamPlot
from dash_forms.reporting.figures import TeamChoice, TeamFigures

shares = st.floats(min_value=0, max_value=1)


def counts(declined: int, countable: int, pending: int = 0) -> OutcomeCounts:
    """Return outcomes with this many declined of this many countable."""
    return OutcomeCounts.of(
        [
            (Outcome.DECLINED, declined),
            (Outcome.COMPLETED, countable - declined),
            (Outcome.PENDING, pending),
        ]
    )


def team(name: str, declined: int, countable: int, pending: int = 0) -> TeamFigures:
    choice = TeamChoice(UUID(int=sum(name.encode())), name)
    return TeamFigures(choice, counts(declined, countable, pending))


@given(st.lists(shares, min_size=1))
def test_an_axis_takes_in_all_its_data_and_stays_within_the_possible(data: list[float]) -> None:
    axis = Axis.around(data)
    assert 0 <= axis.low < axis.high <= 100
    assert axis.high - axis.low >= 20
    assert all(0 <= axis.place(share) <= 100 for share in data)


@given(st.lists(shares, min_size=1))
def test_an_axis_has_a_handful_of_evenly_spaced_ticks(data: list[float]) -> None:
    ticks = Axis.around(data).ticks
    assert 2 <= len(ticks) <= 6
    gaps = {round(later.place - earlier.place, 1) for earlier, later in pairwise(ticks)}
    assert len(gaps) <= 2  # rounding apart


def test_an_axis_follows_the_data() -> None:
    assert Axis.around([0.31, 0.38, 0.44]) == Axis(25, 45)
    assert Axis.around([0.38]) == Axis(25, 45)
    assert Axis.around([0.0, 1.0]) == Axis(0, 100)
    assert Axis.around([0.0]) == Axis(0, 20)
    assert Axis.around([1.0]) == Axis(80, 100)


def test_the_axis_labels_are_round_per_cents() -> None:
    assert [tick.label for tick in Axis(25, 45).ticks] == ["25%", "30%", "35%", "40%", "45%"]
    assert [tick.label for tick in Axis(15, 65).ticks] == ["20%", "30%", "40%", "50%", "60%"]
    assert [tick.label for tick in Axis(0, 100).ticks] == ["0%", "20%", "40%", "60%", "80%", "100%"]


def test_a_headline_is_placed_with_its_interval_and_the_reported_figure() -> None:
    plot = IntervalPlot.of(decline_rate(350, 1000))
    assert plot is not None
    assert plot.mark.start < plot.mark.at < plot.mark.end
    assert plot.axis == Axis(25, 45)
    assert plot.reported == 65.0
    assert plot.mark.end == pytest.approx(65.04, abs=0.01)


def test_too_few_cases_have_no_mark() -> None:
    assert IntervalPlot.of(decline_rate(3, 8)) is None
    assert IntervalPlot.of(decline_rate(0, 0)) is None
    assert Mark.of(decline_rate(3, 8), Axis(0, 100)) is None


def test_shapes_say_what_colours_say() -> None:
    plot = TeamPlot.of(
        (
            team("As others", 38, 100),
            team("Few", 5, 20),
            team("Far above", 80, 100),
            team("Far below", 5, 100),
            team("Below by 95% only", 28, 100),
            team("Hardly any", 3, 8),
        ),
        REPORTED_DECLINE_RATE,
    )
    shapes = {figures.team.name: mark.shape if mark else None for figures, mark in plot.rows}
    assert shapes == {
        "As others": "dot",
        "Few": "hollow",
        "Far above": "above",
        "Far below": "below",
        "Below by 95% only": "dot",
        "Hardly any": None,
    }


def test_a_team_with_many_cases_pending_never_stands_out() -> None:
    assert team("Far below", 5, 100).stands_out
    assert not team("Far below", 5, 100, pending=10).stands_out
