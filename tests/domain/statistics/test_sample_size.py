"""How many cases are needed, against the published values and the power they promise."""

import pytest
from scipy import stats

from dash_forms.domain.statistics import (
    CountsError,
    more_pairs_needed,
    pairs_needed,
    wilson_interval,
)
from tests.support.counts import listed

GOLDEN = [(0.35, 2_034), (0.33, 726), (0.30, 280), (0.25, 103)]


@pytest.mark.parametrize(("rate", "n"), GOLDEN)
def test_golden_values(rate: float, n: int) -> None:
    assert pairs_needed(rate, baseline=0.38) == n


@pytest.mark.parametrize(("rate", "n"), GOLDEN)
def test_so_many_find_the_difference_about_four_times_in_five(rate: float, n: int) -> None:
    found = [x for x in range(n + 1) if wilson_interval(x, n).excludes(0.38)]
    assert sum(listed(stats.binom.pmf(found, n, rate))) == pytest.approx(0.8, abs=0.03)


def test_what_is_there_already_counts() -> None:
    assert more_pairs_needed(0.25, have=40, baseline=0.38) == 63
    assert more_pairs_needed(0.25, have=103, baseline=0.38) == 0
    assert more_pairs_needed(0.25, have=5_000, baseline=0.38) == 0


def test_no_number_tells_a_rate_from_itself() -> None:
    assert pairs_needed(0.38, baseline=0.38) is None
    assert more_pairs_needed(19 / 50, have=50, baseline=0.38) is None


def test_a_rate_may_be_nought_or_one() -> None:
    assert pairs_needed(0.0, baseline=0.38) == 7
    assert pairs_needed(1.0, baseline=0.38) == 3


@pytest.mark.parametrize(("rate", "baseline"), [(-0.1, 0.38), (1.1, 0.38), (0.3, 0.0), (0.3, 1.0)])
def test_what_is_no_proportion_is_refused(rate: float, baseline: float) -> None:
    with pytest.raises(CountsError):
        pairs_needed(rate, baseline=baseline)
