"""The Mantel–Haenszel odds ratio against statsmodels, and where there is none."""

from random import Random

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from dash_forms.domain.statistics import Sample, mantel_haenszel


def _strata(chance: Random) -> list[tuple[Sample, Sample]]:
    found = []
    for _ in range(chance.randint(1, 6)):
        n, m = (chance.choice((3, 12, 40, 900)) for _ in range(2))
        found.append((Sample(chance.randint(0, n), n), Sample(chance.randint(0, m), m)))
    return found


@pytest.mark.parametrize("seed", range(200))
def test_it_agrees_with_statsmodels(seed: int) -> None:
    strata = _strata(Random(seed))
    tables = [
        np.array(
            [
                [one.numerator, one.denominator - one.numerator],
                [other.numerator, other.denominator - other.numerator],
            ],
            dtype=float,
        )
        for one, other in strata
    ]
    found = mantel_haenszel(strata)
    if found is None:
        r = sum(t[0, 0] * t[1, 1] for t in tables)
        s = sum(t[0, 1] * t[1, 0] for t in tables)
        assert 0 in {r, s}
        return
    oracle = StratifiedTable(tables, shift_zeros=False)
    assert found.value == pytest.approx(float(oracle.oddsratio_pooled))
    lower, upper = oracle.oddsratio_pooled_confint()
    assert (found.interval.lower, found.interval.upper) == pytest.approx((lower, upper))


def test_in_one_stratum_it_is_the_plain_odds_ratio() -> None:
    found = mantel_haenszel([(Sample(20, 50), Sample(10, 50))])
    assert found is not None
    assert found.value == pytest.approx((20 * 40) / (30 * 10))


def test_a_mix_of_grades_is_no_difference_within_them() -> None:
    """Of the slow calls more are of the grade in which more decline; within it nothing differs."""
    found = mantel_haenszel([(Sample(45, 90), Sample(5, 10)), (Sample(1, 10), Sample(9, 90))])
    assert found is not None
    assert found.value == pytest.approx(1)
    assert 46 / 100 > 14 / 100


@pytest.mark.parametrize(
    "strata", [[], [(Sample(0, 20), Sample(5, 20))], [(Sample(20, 20), Sample(20, 20))]]
)
def test_without_any_or_without_both_outcomes_there_is_no_ratio(
    strata: list[tuple[Sample, Sample]],
) -> None:
    assert mantel_haenszel(strata) is None
