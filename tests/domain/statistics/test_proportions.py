"""Wilson and Newcombe intervals and the score test against published values and statsmodels."""

from random import Random

import pytest
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_ztest,
)

from dash_forms.domain.statistics import (
    Z_95,
    Z_99_8,
    CountsError,
    Sample,
    compare,
    newcombe_interval,
    score_p,
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

# Newcombe (1998), table II, method 10, rows (a) to (h).
NEWCOMBE = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0000),
    ((10, 10), (0, 10), 0.6075, 1.0000),
]


def random_samples(seed: int, cases: int) -> list[tuple[Sample, Sample]]:
    """Return pairs of samples, of like and of unlike sizes."""
    counts = random_counts(seed, 2 * cases, largest=2_000)
    Random(seed).shuffle(counts)
    samples = [Sample(x, n) for x, n in counts]
    return list(zip(samples[::2], samples[1::2], strict=True))


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
def test_impossible_counts_have_no_interval_and_are_no_sample(x: int, n: int) -> None:
    with pytest.raises(CountsError):
        wilson_interval(x, n)
    with pytest.raises(CountsError):
        Sample(x, n)


@pytest.mark.parametrize(("one", "two", "lower", "upper"), NEWCOMBE)
def test_newcombe_agrees_with_his_table(
    one: tuple[int, int], two: tuple[int, int], lower: float, upper: float
) -> None:
    interval = newcombe_interval(Sample(*one), Sample(*two))
    assert interval.lower == pytest.approx(lower, abs=0.00005)
    assert interval.upper == pytest.approx(upper, abs=0.00005)


def test_newcombe_agrees_with_statsmodels() -> None:
    for one, two in random_samples(seed=98, cases=2_000):
        low, high = confint_proportions_2indep(
            one.numerator,
            one.denominator,
            two.numerator,
            two.denominator,
            method="newcomb",
            compare="diff",
        )
        ours = newcombe_interval(one, two)
        assert ours.lower == pytest.approx(low, abs=1e-12), (one, two)
        assert ours.upper == pytest.approx(high, abs=1e-12), (one, two)


def test_the_score_test_agrees_with_statsmodels() -> None:
    tested = 0
    for one, two in random_samples(seed=100, cases=2_400):
        counts = one.numerator + two.numerator, one.denominator + two.denominator
        if counts[0] in {0, counts[1]}:
            assert score_p(one, two) == 1.0
            continue
        _, oracle = proportions_ztest(
            [one.numerator, two.numerator], [one.denominator, two.denominator]
        )
        assert score_p(one, two) == pytest.approx(oracle, rel=1e-9, abs=1e-250), (one, two)
        tested += 1
    assert tested >= 2_000


@pytest.mark.parametrize(("n", "p"), [(130, 0.26), (500, 0.055), (2000, 0.007)])
def test_a_known_number_behind_the_baseline_weakens_the_claim(n: int, p: float) -> None:
    comparison = compare(Sample(330, 1000), Sample.of_rate(0.38, n))
    assert comparison.p_value == pytest.approx(p, abs=0.0005 if p < 0.1 else 0.005)
    assert comparison.difference == pytest.approx(-0.05)
    assert comparison.differs == (n == 2000)


def test_the_comparison_turns_round_with_its_samples() -> None:
    for one, two in random_samples(seed=5, cases=500):
        there, back = compare(one, two), compare(two, one)
        assert there.p_value == back.p_value
        assert there.interval.lower == pytest.approx(-back.interval.upper, abs=1e-15)
        assert there.differs == back.differs
        assert -1 <= there.interval.lower <= there.difference <= there.interval.upper <= 1


def test_a_stricter_quantile_widens_the_comparison() -> None:
    narrow = compare(Sample(330, 1000), Sample.of_rate(0.38, 2000)).interval
    wide = compare(Sample(330, 1000), Sample.of_rate(0.38, 2000), Z_99_8).interval
    assert wide.lower < narrow.lower < narrow.upper < wide.upper
