"""What an interval leaves out, the quantiles behind it, and counts that cannot be."""

import pytest
from scipy import stats

from dash_forms.domain.statistics import Z_95, Z_99_8, CountsError, Interval, check_counts


def test_the_quantiles_are_those_of_the_normal_distribution() -> None:
    assert pytest.approx(stats.norm.ppf(0.975), abs=1e-15) == Z_95
    assert pytest.approx(stats.norm.ppf(0.999), abs=1e-14) == Z_99_8


def test_an_interval_excludes_what_lies_beyond_it_and_not_its_own_ends() -> None:
    interval = Interval(0.2, 0.4)
    assert interval.excludes(0.19)
    assert interval.excludes(0.41)
    assert not interval.excludes(0.2)
    assert not interval.excludes(0.4)


@pytest.mark.parametrize(("x", "n"), [(-1, 5), (1, -5), (-2, -1), (6, 5)])
def test_impossible_counts_are_refused(x: int, n: int) -> None:
    with pytest.raises(CountsError):
        check_counts(x, n)
