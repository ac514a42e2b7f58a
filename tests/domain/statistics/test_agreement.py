"""Weighted kappa against published values and statsmodels."""

from random import Random

import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from dash_forms.domain.statistics import Z_99_8, CountsError, Weights, weighted_kappa

# M. Hout, O. D. Duncan and M. E. Sobel, Sociological Methodology 17 (1987) 145–184, as `SexualFun`
# in the R package vcd, whose documentation gives the values below for linear weights.
HUSBANDS_AND_WIVES = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]


def random_table(random: Random) -> list[list[int]]:
    """Return a square table of two to five grades, dense or sparse, with or without agreement."""
    size, most = random.randint(2, 5), random.choice((1, 4, 40, 400))
    return [
        [random.randint(0, most) * (3 if i == j else 1) for j in range(size)] for i in range(size)
    ]


def test_the_published_example() -> None:
    kappa = weighted_kappa(HUSBANDS_AND_WIVES, weights=Weights.LINEAR)
    assert kappa is not None
    assert kappa.interval is not None
    assert round(kappa.value, 4) == 0.2374
    assert kappa.interval.lower == pytest.approx(0.083883432, abs=5e-10)
    assert kappa.interval.upper == pytest.approx(0.3908778, abs=5e-8)
    assert kappa.case_count == 91


@pytest.mark.parametrize("weights", list(Weights))
def test_kappa_agrees_with_statsmodels(weights: Weights) -> None:
    random, tested = Random(69), 0
    while tested < 1_000:
        table = random_table(random)
        kappa = weighted_kappa(table, weights=weights)
        if kappa is None or kappa.interval is None:
            continue
        oracle = cohens_kappa(table, wt=weights.value)
        assert kappa.value == pytest.approx(oracle.kappa, abs=1e-12), table
        assert kappa.interval.lower == pytest.approx(max(-1, oracle.kappa_low), abs=1e-7), table
        assert kappa.interval.upper == pytest.approx(min(1, oracle.kappa_upp), abs=1e-7), table
        tested += 1


def test_of_two_grades_both_weights_are_cohens_plain_kappa() -> None:
    table = [[40, 15], [15, 30]]
    linear = weighted_kappa(table, weights=Weights.LINEAR)
    assert linear == weighted_kappa(table, weights=Weights.QUADRATIC)
    assert linear is not None
    chance = 0.55 * 0.55 + 0.45 * 0.45
    assert linear.value == pytest.approx((0.7 - chance) / (1 - chance))


def test_a_near_miss_weighs_less_when_it_is_squared() -> None:
    table = [[20, 5, 0], [5, 20, 5], [0, 5, 20]]
    linear = weighted_kappa(table, weights=Weights.LINEAR)
    quadratic = weighted_kappa(table, weights=Weights.QUADRATIC)
    assert linear is not None
    assert quadratic is not None
    assert linear.value < quadratic.value


def test_a_stricter_quantile_widens_the_interval() -> None:
    narrow = weighted_kappa(HUSBANDS_AND_WIVES, weights=Weights.LINEAR)
    wide = weighted_kappa(HUSBANDS_AND_WIVES, weights=Weights.LINEAR, z=Z_99_8)
    assert narrow is not None
    assert wide is not None
    assert narrow.interval is not None
    assert wide.interval is not None
    assert wide.interval.lower < narrow.interval.lower < narrow.interval.upper
    assert narrow.interval.upper < wide.interval.upper


@pytest.mark.parametrize(
    "table", [[], [[9]], [[0, 0], [0, 0]], [[9, 0], [0, 0]], [[0, 0, 0], [0, 9, 0], [0, 0, 0]]]
)
def test_there_is_no_kappa_without_cases_or_without_difference(table: list[list[int]]) -> None:
    assert weighted_kappa(table, weights=Weights.LINEAR) is None


@pytest.mark.parametrize(("table", "value"), [([[5, 0], [0, 5]], 1.0), ([[0, 5], [5, 0]], -1.0)])
def test_a_perfect_table_claims_no_certainty(table: list[list[int]], value: float) -> None:
    kappa = weighted_kappa(table, weights=Weights.QUADRATIC)
    assert kappa is not None
    assert (kappa.value, kappa.interval) == (value, None)


def test_the_interval_stays_within_one() -> None:
    kappa = weighted_kappa([[3, 0], [1, 3]], weights=Weights.LINEAR)
    assert kappa is not None
    assert kappa.interval is not None
    assert kappa.interval.upper == 1.0


@pytest.mark.parametrize("table", [[[1, 2]], [[1, 2], [3]], [[1, -1], [1, 1]]])
def test_what_is_no_table_of_agreement_is_refused(table: list[list[int]]) -> None:
    with pytest.raises(CountsError):
        weighted_kappa(table, weights=Weights.LINEAR)
