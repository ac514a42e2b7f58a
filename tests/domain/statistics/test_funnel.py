"""The exact funnel: against SciPy, against the normal approximation, and its own promises."""

from random import Random

import pytest
from scipy import stats

from dash_forms.domain.statistics import (
    LEVEL_95,
    LEVEL_99_8,
    CountsError,
    flagged,
    funnel_limits,
)
from tests.support.counts import listed, random_counts

# domain.md §6, around 38%. These are the normal approximation, p ± z√(p(1 − p)/n); exact limits
# lie within one case of it.
APPROXIMATE = [
    (30, LEVEL_95, 0.206, 0.554),
    (30, LEVEL_99_8, 0.106, 0.654),
    (50, LEVEL_95, 0.246, 0.515),
    (50, LEVEL_99_8, 0.168, 0.592),
    (100, LEVEL_95, 0.285, 0.475),
    (100, LEVEL_99_8, 0.230, 0.530),
    (500, LEVEL_95, 0.338, 0.423),
    (500, LEVEL_99_8, 0.313, 0.447),
]

ROUNDING = 0.0005


@pytest.mark.parametrize(("n", "level", "lower", "upper"), APPROXIMATE)
def test_exact_limits_lie_within_one_case_of_the_golden_approximation(
    n: int, level: float, lower: float, upper: float
) -> None:
    limits = funnel_limits(n, 0.38, level=level)
    one_case = 1 / n + ROUNDING
    assert limits.lower == pytest.approx(lower, abs=one_case)
    assert limits.upper == pytest.approx(upper, abs=one_case)
    assert limits.fewest / n == pytest.approx(lower, abs=one_case)
    assert limits.most / n == pytest.approx(upper, abs=one_case)


@pytest.mark.parametrize("level", [LEVEL_95, LEVEL_99_8])
def test_limits_agree_with_the_quantiles_of_scipy(level: float) -> None:
    random = Random(91)
    sizes = [n for _, n in random_counts(seed=92, cases=2_000, largest=100_000)]
    rates = [0.38 if case % 3 else random.uniform(0.001, 0.999) for case in range(len(sizes))]
    tail = (1 - level) / 2
    fewest = listed(stats.binom.ppf(tail, sizes, rates))
    most = listed(stats.binom.isf(tail, sizes, rates))
    for case, (n, p) in enumerate(zip(sizes, rates, strict=True)):
        limits = funnel_limits(n, p, level=level)
        assert (limits.fewest, limits.most) == (fewest[case], most[case]), (n, p)


def test_a_count_is_flagged_exactly_when_it_lies_outside_the_limits_and_the_curve() -> None:
    random = Random(93)
    for case in range(2_000):
        n, level = random.randint(1, 300), (LEVEL_95, LEVEL_99_8)[case % 2]
        p = 0.38 if case % 3 else random.uniform(0.01, 0.99)
        limits = funnel_limits(n, p, level=level)
        for x in {0, n, limits.fewest - 1, limits.fewest, limits.most, limits.most + 1}:
            if 0 <= x <= n:
                outside = not limits.fewest <= x <= limits.most
                assert flagged(x, n, p, level=level) == limits.flags(x) == outside
                assert (x / n < limits.lower or x / n > limits.upper) == outside, (x, n, p)


@pytest.mark.parametrize("level", [LEVEL_95, LEVEL_99_8])
def test_no_size_is_flagged_by_chance_more_often_than_promised(level: float) -> None:
    tail = (1 - level) / 2
    for n in range(1, 501):
        limits = funnel_limits(n, 0.38, level=level)
        assert stats.binom.cdf(limits.fewest - 1, n, 0.38) <= tail
        assert stats.binom.sf(limits.most, n, 0.38) <= tail


@pytest.mark.parametrize("level", [LEVEL_95, LEVEL_99_8])
def test_the_curve_narrows_without_a_wiggle_up_to_a_hundred_thousand_cases(level: float) -> None:
    sizes = [*range(10, 400), *range(400, 100_001, 4_150)]
    curve = [funnel_limits(n, 0.38, level=level) for n in sizes]
    lower, upper = [at.lower for at in curve], [at.upper for at in curve]
    assert lower == sorted(lower)
    assert upper == sorted(upper, reverse=True)
    approximate = stats.norm.ppf((1 + level) / 2) * (0.38 * 0.62 / 100_000) ** 0.5
    assert upper[-1] == pytest.approx(0.38 + approximate, abs=1e-5)
    assert lower[-1] == pytest.approx(0.38 - approximate, abs=1e-5)


def test_a_few_cases_may_have_no_limit_on_one_side() -> None:
    limits = funnel_limits(3, 0.38, level=LEVEL_95)
    assert (limits.fewest, limits.lower) == (0, 0.0)
    assert (limits.most, limits.upper) == (3, 1.0)
    assert not flagged(0, 3, 0.38, level=LEVEL_95)


def test_the_stricter_level_takes_more_to_flag() -> None:
    assert flagged(26, 100, 0.38, level=LEVEL_95)
    assert not flagged(26, 100, 0.38, level=LEVEL_99_8)
    assert flagged(22, 100, 0.38, level=LEVEL_99_8)
    assert flagged(54, 100, 0.38, level=LEVEL_99_8)


def test_nothing_has_no_limits_and_impossible_counts_no_verdict() -> None:
    with pytest.raises(CountsError):
        funnel_limits(0, 0.38, level=LEVEL_95)
    with pytest.raises(CountsError):
        flagged(6, 5, 0.38, level=LEVEL_95)
    for comparator in (0.0, 1.0):
        with pytest.raises(CountsError):
            flagged(1, 5, comparator, level=LEVEL_95)
        with pytest.raises(CountsError):
            funnel_limits(5, comparator, level=LEVEL_95)
