"""p-chart and XmR against worked examples in print."""

from itertools import accumulate

import pytest

from dash_forms.domain.statistics import (
    PROPORTIONS,
    ControlChart,
    CountsError,
    Interval,
    Limits,
    Signal,
    p_chart,
    signals,
    xmr_chart,
)

# D. C. Montgomery, Introduction to Statistical Quality Control, example 7.1: cans of orange juice,
# 30 samples of 50. NIST/SEMATECH e-Handbook of Statistical Methods §6.3.3.2 has the same data.
CANS = [
    *(12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22),
    *(8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6),
]

# T. Pyzdek and P. Keller, The Handbook for Quality Management, 2nd ed. (2013), table 9.6: bruised
# peaches in one crate of 250 or in two.
PEACHES = [
    *((47, 250), (42, 250), (55, 250), (51, 250), (46, 250), (61, 250), (39, 250), (44, 250)),
    *((41, 250), (51, 250), (88, 500), (101, 500), (101, 500), (40, 250), (48, 250), (47, 250)),
    *((50, 250), (48, 250), (57, 250), (45, 250), (43, 250), (105, 500), (98, 500), (100, 500)),
    (96, 500),
]

# D. J. Wheeler, Making Sense of Data (2003), p. 382, "data set to use when verifying software".
WHEELER = [
    *(5045, 4350, 4350, 3975, 4290, 4430, 4485, 4285),
    *(3980, 3925, 3645, 3760, 3300, 3685, 3463, 5200),
]

# The same, table 9.2: accounts receivable in per cent of sales, two years of months.
RECEIVABLE = [
    *(55.6, 54.7, 54.9, 54.8, 56.9, 55.7, 53.8, 54.8, 53.4, 57.0, 59.4, 63.2),
    *(60.9, 60.7, 58.6, 57.3, 56.9, 58.1, 58.3, 50.9, 53.3, 52.5, 50.8, 52.9),
]

# The same, table 9.1: accident rates of two groups, set against each other's limits.
ACCIDENTS = [
    *(43, 40, 37, 33, 30, 33, 34, 35, 29, 33, 31, 39),
    *(35, 37, 33, 32, 27, 29, 31, 22, 25, 30, 24, 19),
]


def limits_of(chart: ControlChart | None, point: int = 0) -> Limits:
    """Return the limits of one point of a chart that has them."""
    assert chart is not None
    limits = chart.points[point].limits
    assert limits is not None
    return limits


def outside(chart: ControlChart | None) -> list[int]:
    """Return the places, from 0, of the points outside the limits."""
    assert chart is not None
    return [at for at, fired in enumerate(signals(chart.points)) if Signal.OUTSIDE in fired]


def test_montgomerys_cans() -> None:
    chart = p_chart([(x, 50) for x in CANS])
    assert chart is not None
    assert round(chart.centre, 4) == 0.2313
    limits = limits_of(chart)
    assert (round(limits.lower, 4), round(limits.upper, 4)) == (0.0524, 0.4102)
    assert outside(chart) == [14, 22]
    assert not chart.is_trial


def test_montgomerys_cans_without_the_two_samples_that_had_a_cause() -> None:
    chart = p_chart([(x, 50) for at, x in enumerate(CANS) if at not in {14, 22}])
    assert chart is not None
    assert round(chart.centre, 4) == 0.2150
    limits = limits_of(chart)
    assert (round(limits.lower, 4), round(limits.upper, 4)) == (0.0407, 0.3893)
    assert outside(chart) == [19]


def test_pyzdeks_peaches_have_limits_for_each_size() -> None:
    chart = p_chart(PEACHES)
    assert chart is not None
    assert chart.centre == 1544 / 8000
    one_crate, two_crates = limits_of(chart, 0), limits_of(chart, 10)
    assert (round(one_crate.lower, 3), round(one_crate.upper, 3)) == (0.118, 0.268)
    assert (round(two_crates.lower, 3), round(two_crates.upper, 3)) == (0.140, 0.246)
    assert outside(chart) == []


def test_only_the_baseline_makes_the_limits_and_every_point_is_held_against_them() -> None:
    chart = p_chart([*PEACHES, (250, 250)], baseline=slice(25))
    assert chart is not None
    assert chart.centre == 1544 / 8000
    assert chart.baseline_count == 25
    assert outside(chart) == [25]


def test_limits_of_few_cases_are_clipped_and_what_is_near_them_is_not() -> None:
    limits = limits_of(p_chart([(1, 10), (0, 10)]))
    assert limits.lower == 0.0
    assert limits.near_lower < 0.0
    assert limits_of(p_chart([(9, 10), (10, 10)])).upper == 1.0
    assert limits.near_upper == pytest.approx(0.05 + 2 * (0.05 * 0.95 / 10) ** 0.5)


def test_a_month_without_cases_is_a_gap() -> None:
    chart = p_chart([(5, 10), (0, 0), (4, 10)])
    assert chart is not None
    assert chart.points[1].value is None
    assert chart.points[1].limits is None
    assert chart.baseline_count == 2
    assert p_chart([(0, 0)]) is None
    assert p_chart([]) is None


def test_impossible_counts_have_no_chart() -> None:
    with pytest.raises(CountsError):
        p_chart([(1, 10), (11, 10)], baseline=slice(1))


@pytest.mark.parametrize(("count", "is_trial"), [(11, True), (12, False)])
def test_limits_are_on_trial_before_the_twelfth_point(count: int, is_trial: bool) -> None:
    proportions = p_chart([(4, 10)] * 20, baseline=slice(count))
    values = xmr_chart([1.0, 2.0] * 10, baseline=slice(count))
    assert proportions is not None
    assert values is not None
    assert proportions.is_trial == values.is_trial == is_trial


def test_wheelers_data_for_verifying_software() -> None:
    chart = xmr_chart(WHEELER)
    assert chart is not None
    assert chart.centre == 4135.50
    assert chart.mean_moving_range == pytest.approx(355.93, abs=0.005)
    limits = limits_of(chart)
    assert limits.lower == pytest.approx(3188.72, abs=0.005)
    assert limits.upper == pytest.approx(5082.28, abs=0.005)
    assert outside(chart) == [15]


def test_wheelers_accounts_receivable_are_held_against_their_first_year() -> None:
    chart = xmr_chart(RECEIVABLE, baseline=slice(12))
    assert round(limits_of(chart).upper, 1) == 60.7
    assert outside(chart) == [11, 12, 13, 19, 22]


def test_wheelers_accidents_are_held_against_the_other_group() -> None:
    chart = xmr_chart(ACCIDENTS, baseline=slice(12))
    limits = limits_of(chart)
    assert (round(limits.lower, 1), round(limits.upper, 1)) == (25.6, 43.9)
    assert [at - 12 for at in outside(chart)] == [7, 8, 10, 11]
    limits = limits_of(xmr_chart(ACCIDENTS, baseline=slice(12, None)))
    assert (round(limits.lower, 1), round(limits.upper, 1)) == (18.0, 39.3)


def test_the_flow_rates_of_the_nist_handbook() -> None:
    """§6.3.2.2; it has 3 / 1.128 where Wheeler and the NHS have 2.66."""
    chart = xmr_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert chart is not None
    assert chart.centre == pytest.approx(50.81)
    assert chart.mean_moving_range == pytest.approx(1.8778, abs=0.00005)
    limits = limits_of(chart)
    assert limits.lower == pytest.approx(45.8159, abs=0.001)
    assert limits.upper == pytest.approx(55.8041, abs=0.001)
    assert chart.is_trial


def test_one_freak_value_is_screened_when_asked() -> None:
    """The series by which NHSRplotthedots shows how it deviates from the NHS's spreadsheet."""
    series = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    mean = sum(series) / len(series)
    plain, screened = xmr_chart(series), xmr_chart(series, screen_ranges=True)
    assert limits_of(plain).upper == pytest.approx(mean + 2.66 * 32 / 17)
    assert limits_of(screened).upper == pytest.approx(mean + 2.66)
    assert limits_of(screened).lower == pytest.approx(mean - 2.66)
    assert outside(plain) == outside(screened) == [4]


def test_a_series_that_never_moves_has_no_width_and_nothing_to_screen() -> None:
    limits = limits_of(xmr_chart([3.0] * 5, screen_ranges=True))
    assert limits == Limits(3.0, 3.0, 3.0, 3.0, 3.0)


def test_limits_of_single_values_are_clipped_only_when_asked() -> None:
    rates = [0.05, 0.30, 0.02, 0.40]
    assert limits_of(xmr_chart(rates)).lower < 0.0
    clipped = limits_of(xmr_chart(rates, within=PROPORTIONS))
    assert clipped.lower == 0.0
    assert clipped.near_lower == limits_of(xmr_chart(rates)).near_lower
    assert limits_of(xmr_chart(rates, within=Interval(0.0, 0.5))).upper == 0.5


def test_less_than_two_values_do_not_move() -> None:
    assert xmr_chart([]) is None
    assert xmr_chart([0.4]) is None
    assert xmr_chart(list(accumulate([1.0] * 9)), baseline=slice(1)) is None
