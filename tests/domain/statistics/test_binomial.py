"""The exact test and the tails against published values, whole-number arithmetic and SciPy."""

from fractions import Fraction
from math import comb
from random import Random

import pytest
from scipy import stats

from dash_forms.domain.statistics import CountsError, exact_binomial_p
from dash_forms.domain.statistics.binomial import at_most
from tests.support.counts import listed, random_counts

GOLDEN = [
    (0, 5, 0.164),
    (3, 8, 1.0),
    (19, 50, 1.0),
    (30, 100, 0.122),
    (38, 100, 1.0),
    (350, 1000, 0.0507),
    (700, 2000, 0.0057),
]


@pytest.mark.parametrize(("x", "n", "p"), GOLDEN)
def test_golden_values(x: int, n: int, p: float) -> None:
    digits = 4 if p < 0.1 else 3
    assert round(exact_binomial_p(x, n, 0.38), digits) == p


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


@pytest.mark.parametrize(("x", "n", "p"), [(-1, 5, 0.38), (6, 5, 0.38), (1, 5, 0.0), (1, 5, 1.0)])
def test_impossible_counts_have_no_p_value(x: int, n: int, p: float) -> None:
    with pytest.raises(CountsError):
        exact_binomial_p(x, n, p)


def test_no_cases_are_no_evidence() -> None:
    assert exact_binomial_p(0, 0, 0.38) == 1.0


def test_the_tail_agrees_with_scipy() -> None:
    random = Random(31)
    counts = random_counts(seed=32, cases=2_000)
    rates = [random.uniform(0.01, 0.99) for _ in counts]
    oracle = listed(stats.binom.cdf([x for x, _ in counts], [n for _, n in counts], rates))
    for (x, n), p, expected in zip(counts, rates, oracle, strict=True):
        assert at_most(x, n, p) == pytest.approx(expected, rel=1e-8, abs=1e-250), (x, n, p)


def test_nobody_is_fewer_than_none_and_everybody_is_certain() -> None:
    assert at_most(-1, 5, 0.38) == 0.0
    assert at_most(5, 5, 0.38) == 1.0


def test_the_tails_of_large_counts_agree_with_scipy() -> None:
    random = Random(5)
    for _ in range(500):
        n = random.choice([5_000, 100_000, 2_000_000])
        p = random.choice([0.38, random.uniform(0.01, 0.99)])
        x = round(n * p + random.uniform(-6, 6) * (n * p * (1 - p)) ** 0.5)
        x = min(max(x, 0), n)
        oracle = float(stats.binom.cdf(x, n, p))
        assert at_most(x, n, p) == pytest.approx(oracle, rel=1e-7), (x, n, p)
