"""Wilson intervals against published values and statsmodels."""

import pytest
from statsmodels.stats.proportion import proportion_confint

from dash_forms.domain.statistics import (
    Z_95,
    Z_99_8,
    CountsError,
    wilson_interval,
)
from tests.support.counts import random_counts

GOLDEN = [
    (0, 5, 0.0000, 0.4345),
    (3, 8, 0.1368, 0.6943),
    (19, 50, 0.2586, 0.5185),
    (30, 100, 0.2189, 0.3958),
    (38, 100, 0.2910, 0.4779),
    (350, 1000, 0.3211, 0.3801),
    (700, 2000, 0.3294, 0.3712),
]


@pytest.mark.parametrize(("x", "n", "lower", "upper"), GOLDEN)
def test_golden_values(x: int, n: int, lower: float, upper: float) -> None:
    interval = wilson_interval(x, n)
    assert interval.lower == pytest.approx(lower, abs=0.00005)
    assert interval.upper == pytest.approx(upper, abs=0.00005)


@pytest.mark.parametrize(("level", "z"), [(0.95, Z_95), (0.998, Z_99_8)])
def test_wilson_agrees_with_statsmodels(level: float, z: float) -> None:
    counts = random_counts(seed=38, cases=2_000)
    low, high = proportion_confint(
        [x for x, _ in counts], [n for _, n in counts], alpha=1 - level, method="wilson"
    )
    for case, (x, n) in enumerate(counts):
        ours = wilson_interval(x, n, z)
        assert ours.lower == pytest.approx(low[case], abs=1e-12), (x, n)
        assert ours.upper == pytest.approx(high[case], abs=1e-12), (x, n)


def test_the_interval_stays_within_nought_and_one_and_around_the_rate() -> None:
    for x, n in random_counts(seed=7, cases=2_000):
        interval = wilson_interval(x, n)
        assert 0.0 <= interval.lower <= x / n <= interval.upper <= 1.0


@pytest.mark.parametrize(("x", "n"), [(-1, 5), (1, -5), (-2, -1), (6, 5), (0, 0)])
def test_impossible_counts_have_no_interval(x: int, n: int) -> None:
    with pytest.raises(CountsError):
        wilson_interval(x, n)
