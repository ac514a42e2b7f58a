"""The statistics against the published golden values and against SciPy as an oracle."""

from fractions import Fraction
from math import comb
from random import Random

import pytest
from scipy import stats

from dash_forms.domain.statistics import (
    Z_95,
    Z_99_8,
    CountsError,
    Interval,
    exact_binomial_p,
    wilson_interval,
)

GOLDEN = [
    (0, 5, 0.0000, 0.4345, 0.164),
    (3, 8, 0.1368, 0.6943, 1.0),
    (19, 50, 0.2586, 0.5185, 1.0),
    (30, 100, 0.2189, 0.3958, 0.122),
    (38, 100, 0.2910, 0.4779, 1.0),
    (350, 1000, 0.3211, 0.3801, 0.0507),
    (700, 2000, 0.3294, 0.3712, 0.0057),
]


def random_counts(seed: int, cases: int, largest: int = 5_000) -> list[tuple[int, int]]:
    """Return pairs of counts, half of them small and with both extremes well represented."""
    random = Random(seed)
    pairs = []
    for case in range(cases):
        n = random.randint(1, 60 if case % 2 else largest)
        x = random.choice((0, n, random.randint(0, n), round(n * random.uniform(0.3, 0.46))))
        pairs.append((x, n))
    return pairs


@pytest.mark.parametrize(("x", "n", "lower", "upper", "p"), GOLDEN)
def test_golden_values(x: int, n: int, lower: float, upper: float, p: float) -> None:
    interval = wilson_interval(x, n)
    assert interval.lower == pytest.approx(lower, abs=0.00005)
    assert interval.upper == pytest.approx(upper, abs=0.00005)
    digits = 4 if p < 0.1 else 3
    assert round(exact_binomial_p(x, n, 0.38), digits) == p


def test_the_quantiles_are_those_of_the_normal_distribution() -> None:
    assert pytest.approx(stats.norm.ppf(0.975), abs=1e-15) == Z_95
    assert pytest.approx(stats.norm.ppf(0.999), abs=1e-14) == Z_99_8


@pytest.mark.parametrize(("level", "z"), [(0.95, Z_95), (0.998, Z_99_8)])
def test_wilson_agrees_with_scipy(level: float, z: float) -> None:
    for x, n in random_counts(seed=38, cases=2_000):
        oracle = stats.binomtest(x, n).proportion_ci(level, method="wilson")
        ours = wilson_interval(x, n, z)
        assert ours.lower == pytest.approx(oracle.low, abs=1e-12), (x, n)
        assert ours.upper == pytest.approx(oracle.high, abs=1e-12), (x, n)


def test_the_exact_p_value_agrees_with_scipy() -> None:
    random = Random(24)
    for case, (x, n) in enumerate(random_counts(seed=27, cases=3_000)):
        p = 0.38 if case % 3 else random.uniform(0.01, 0.99)
        oracle = stats.binomtest(x, n, p).pvalue
        assert exact_binomial_p(x, n, p) == pytest.approx(oracle, rel=1e-8, abs=1e-250), (x, n, p)


def test_every_small_count_agrees_with_scipy() -> None:
    for n in range(1, 61):
        for x in range(n + 1):
            for p in (0.38, 0.5):
                oracle = stats.binomtest(x, n, p).pvalue
                assert exact_binomial_p(x, n, p) == pytest.approx(oracle, rel=1e-10), (x, n, p)


def exact_fractions_p(x: int, n: int, reference: float) -> float:
    """Return the p-value from whole-number arithmetic, with no rounding on the way."""
    p = Fraction(reference)
    yes, no = p.numerator, p.denominator - p.numerator
    ways = [comb(n, k) * yes**k * no ** (n - k) for k in range(n + 1)]
    no_likelier = ways[x] + ways[x] // 10**7
    return float(Fraction(sum(way for way in ways if way <= no_likelier), p.denominator**n))


@pytest.mark.parametrize(("x", "n"), [(3, 8), (30, 100), (350, 1000), (0, 600), (540, 600)])
def test_the_p_value_agrees_with_exact_fractions_far_into_the_tails(x: int, n: int) -> None:
    assert exact_binomial_p(x, n, 0.38) == pytest.approx(exact_fractions_p(x, n, 0.38), rel=1e-9)


def test_a_million_cases_are_no_trouble() -> None:
    oracle = stats.binomtest(379_000, 1_000_000, 0.38).pvalue
    assert exact_binomial_p(379_000, 1_000_000, 0.38) == pytest.approx(oracle, rel=1e-6)


def test_the_interval_stays_within_nought_and_one_and_around_the_rate() -> None:
    for x, n in random_counts(seed=7, cases=2_000):
        interval = wilson_interval(x, n)
        assert 0.0 <= interval.lower <= x / n <= interval.upper <= 1.0


def test_an_interval_excludes_what_lies_beyond_it_and_not_its_own_ends() -> None:
    interval = Interval(0.2, 0.4)
    assert interval.excludes(0.19)
    assert interval.excludes(0.41)
    assert not interval.excludes(0.2)
    assert not interval.excludes(0.4)


@pytest.mark.parametrize(("x", "n"), [(-1, 5), (1, -5), (-2, -1), (6, 5), (0, 0)])
def test_impossible_counts_have_no_interval(x: int, n: int) -> None:
    with pytest.raises(CountsError):
        wilson_interval(x, n)


@pytest.mark.parametrize(("x", "n", "p"), [(-1, 5, 0.38), (6, 5, 0.38), (1, 5, 0.0), (1, 5, 1.0)])
def test_impossible_counts_have_no_p_value(x: int, n: int, p: float) -> None:
    with pytest.raises(CountsError):
        exact_binomial_p(x, n, p)


def test_no_cases_are_no_evidence() -> None:
    assert exact_binomial_p(0, 0, 0.38) == 1.0
