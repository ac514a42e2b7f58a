"""What is said of a decline rate, at the edges of what its counts allow."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.baselines import REPORTED_DECLINE_RATE, Baseline, Origin, Rate
from dash_forms.domain.metrics import CountsError, OutcomeCounts, Verdict, decline_rate
from dash_forms.domain.statistics import LEVEL_99_8, Sample, compare, funnel_limits

KEYS = [
    "metric",
    "numerator",
    "denominator",
    "rate",
    "lower",
    "upper",
    "baseline",
    "baseline_key",
    "baseline_label",
    "comparison",
    "difference",
    "difference_lower",
    "difference_upper",
    "verdict",
]


def test_eight_cases_are_too_few_for_a_rate() -> None:
    rate = decline_rate(3, 8)
    assert rate.sentence() == "3 of 8 declined; too few for a rate."
    assert rate.verdict is Verdict.TOO_FEW
    assert (rate.rate, rate.lower, rate.upper) == (None, None, None)
    assert (rate.percent, rate.interval, rate.p_value) == (None, None, None)
    assert not rate.stands_out


def test_a_thousand_cases_compare_unrounded() -> None:
    rate = decline_rate(350, 1000)
    assert rate.sentence() == (
        "350 of 1,000 declined: 35.0% (95% interval 32.1% to 38.0%)."
        " Not distinguishable from the reported 38%."
    )
    assert rate.verdict is Verdict.NOT_DISTINGUISHABLE
    assert rate.upper is not None
    assert 0.38 < rate.upper < 0.3805
    assert rate.p_value == pytest.approx(0.0507, abs=0.00005)


def test_two_thousand_cases_are_lower_and_say_what_is_not_known_of_the_baseline() -> None:
    rate = decline_rate(700, 2000)
    assert rate.sentence() == (
        "700 of 2,000 declined: 35.0% (95% interval 32.9% to 37.1%)."
        " Lower than the reported 38% (baseline n unknown; treated as a fixed reference)."
    )
    assert rate.verdict is Verdict.LOWER


def test_a_rate_clearly_above_is_higher() -> None:
    rate = decline_rate(500, 1000)
    assert rate.verdict is Verdict.HIGHER
    assert "Higher than the reported 38% (baseline n unknown" in rate.sentence()


@pytest.mark.parametrize(
    ("n", "verdict", "has_rate"),
    [
        (0, Verdict.TOO_FEW, False),
        (1, Verdict.TOO_FEW, False),
        (9, Verdict.TOO_FEW, False),
        (10, Verdict.LOW_NUMBERS, True),
        (29, Verdict.LOW_NUMBERS, True),
        (30, Verdict.LOWER, True),
    ],
)
def test_the_edges_of_small_numbers(n: int, verdict: Verdict, has_rate: bool) -> None:
    rate = decline_rate(0, n)
    assert rate.verdict is verdict
    assert (rate.rate is not None) is has_rate
    assert (rate.lower is not None) is has_rate
    assert (rate.upper is not None) is has_rate
    assert (rate.p_value is not None) is (n >= 30)


def test_nothing_counted_is_never_nought_per_cent() -> None:
    sentence = decline_rate(0, 0).sentence()
    assert "%" not in sentence
    assert sentence == "Nobody counted yet; too few for a rate."


def test_low_numbers_give_a_rate_and_no_verdict() -> None:
    assert decline_rate(29, 29).sentence() == (
        "29 of 29 declined: 100.0% (95% interval 88.3% to 100.0%). Low numbers: no verdict."
    )


def test_the_document_has_exactly_the_agreed_keys_and_unrounded_numbers() -> None:
    document = decline_rate(350, 1000).as_json()
    assert list(document) == KEYS
    assert document["metric"] == "D1"
    assert document["rate"] == 0.35
    assert document["upper"] == pytest.approx(0.3800853, abs=1e-7)
    assert document["baseline"] == 0.38
    assert json.loads(json.dumps(document)) == document
    assert json.loads(json.dumps(decline_rate(3, 8).as_json())) == {
        "metric": "D1",
        "numerator": 3,
        "denominator": 8,
        "rate": None,
        "lower": None,
        "upper": None,
        "baseline": 0.38,
        "baseline_key": "hmicfrs-2024",
        "baseline_label": (
            "38% reported: HMICFRS PEEL 2023–25, Staffordshire Police (2024),"
            " number of cases not published"
        ),
        "comparison": "baseline n unknown; treated as a fixed reference",
        "difference": None,
        "difference_lower": None,
        "difference_upper": None,
        "verdict": "too_few",
    }


def test_the_verdicts_are_the_five_that_were_agreed_and_that_there_may_be_none() -> None:
    agreed = {"lower", "higher", "not_distinguishable", "low_numbers", "too_few", "withheld"}
    assert {verdict.value for verdict in Verdict} == agreed


def test_a_team_stands_out_only_beyond_998_in_1000() -> None:
    assert decline_rate(700, 2000).verdict is Verdict.LOWER
    assert not decline_rate(700, 2000).stands_out
    assert decline_rate(600, 2000).stands_out
    assert decline_rate(1000, 2000).stands_out


@pytest.mark.parametrize(("numerator", "denominator"), [(-1, 10), (0, -1), (11, 10), (1, 0)])
def test_impossible_counts_are_refused_by_name(numerator: int, denominator: int) -> None:
    with pytest.raises(CountsError):
        decline_rate(numerator, denominator)


def test_the_baseline_says_where_it_comes_from_and_what_is_missing() -> None:
    assert REPORTED_DECLINE_RATE.label == (
        "38%: HMICFRS PEEL 2023–25, Staffordshire Police (2024), number of cases not published"
    )
    assert REPORTED_DECLINE_RATE.published_on == date(2024, 9, 24)
    assert REPORTED_DECLINE_RATE.fieldwork == "April–May 2024"


def own(declined: int, cases: int) -> Baseline:
    """A baseline of the force's own, from counts."""
    return Baseline(
        key="own",
        rate_known=Rate(declined / cases, cases, declined),
        origin=Origin.OWN,
        source="Invented annual report",
        dated="2025",
    )


def reported(percent: float, cases: int | None) -> Baseline:
    """A baseline that somebody has published in per cent."""
    known = Rate(percent / 100, cases)
    return Baseline("other", known, Origin.REPORTED, "Invented inspectors", "2023")


def test_a_baseline_of_ones_own_has_its_own_words_and_counts_its_n_in() -> None:
    rate = decline_rate(500, 1000, own(342, 1000))
    assert rate.verdict is Verdict.HIGHER
    assert rate.verdict_words == "Higher than your force’s 34.2% for 2025."
    assert rate.sentence().endswith(
        "Higher than your force’s 34.2% for 2025 (two-sample, its own n of 1,000 counted in)."
    )
    document = rate.as_json()
    assert document["baseline"] == 0.342
    assert document["comparison"] == "two-sample, its own n of 1,000 counted in"
    assert document["baseline_label"] == (
        "34.2% own: Invented annual report (2025), 342 of 1,000 cases"
    )


@pytest.mark.parametrize(
    ("cases", "verdict"),
    [
        (None, Verdict.LOWER),
        (130, Verdict.NOT_DISTINGUISHABLE),
        (500, Verdict.NOT_DISTINGUISHABLE),
        (2000, Verdict.LOWER),
    ],
)
def test_a_known_n_widens_the_comparison_as_the_guide_works_out(
    cases: int | None, verdict: Verdict
) -> None:
    """330 of 1,000 against 38%: sure of a difference, until 38% is known to rest on few cases."""
    rate = decline_rate(330, 1000, reported(38, cases))
    assert rate.verdict is verdict
    if cases is None:
        assert rate.comparison is None
        assert rate.as_json()["difference"] is None
    else:
        found = rate.comparison
        assert found is not None
        assert found.differs is (verdict is not Verdict.NOT_DISTINGUISHABLE)
        assert rate.p_value == found.p_value
        assert rate.p_value == pytest.approx({130: 0.26, 500: 0.055, 2000: 0.007}[cases], abs=5e-3)
        assert rate.as_json()["difference"] == pytest.approx(-0.05)


@given(st.integers(0, 400), st.integers(1, 400), st.integers(1, 399), st.integers(2, 400))
def test_the_verdict_is_the_interval_of_the_difference(x: int, n: int, y: int, m: int) -> None:
    x, y = min(x, n), min(y, m - 1)
    rate = decline_rate(x, n, own(y, m))
    if n < 30:
        assert rate.verdict in {Verdict.TOO_FEW, Verdict.LOW_NUMBERS}
        return
    found = compare(Sample(x, n), Sample(y, m))
    assert (rate.verdict is not Verdict.NOT_DISTINGUISHABLE) is found.differs
    if found.differs:
        assert (rate.verdict is Verdict.LOWER) is (found.difference < 0)


@pytest.mark.parametrize(("n", "verdict"), [(9, Verdict.TOO_FEW), (29, Verdict.LOW_NUMBERS)])
def test_small_numbers_get_no_verdict_against_a_known_n_either(n: int, verdict: Verdict) -> None:
    assert decline_rate(0, n, own(342, 1000)).verdict is verdict


def test_the_difference_is_told_in_percentage_points() -> None:
    rate = decline_rate(330, 1000, reported(38, 2000))
    assert rate.difference_words == "−5.0 percentage points (95% interval −8.6 to −1.4)"
    assert decline_rate(330, 1000).difference_words is None
    assert decline_rate(3, 8, own(342, 1000)).difference_words is None


@given(st.integers(0, 300), st.integers(1, 300), st.sampled_from([0.05, 0.342, 0.38, 0.9]))
def test_a_team_stands_out_exactly_outside_the_drawn_funnel(x: int, n: int, rate: float) -> None:
    x = min(x, n)
    told = decline_rate(x, n, reported(rate * 100, None))
    limits = funnel_limits(n, told.baseline.rate, level=LEVEL_99_8)
    assert told.stands_out is (n >= 30 and limits.flags(x))


def test_only_three_outcomes_count_towards_the_rate() -> None:
    one_of_each = OutcomeCounts.of((outcome, 1) for outcome in Outcome)
    assert one_of_each.countable == 3
    assert one_of_each.all == len(Outcome)
    assert one_of_each.decline_rate == decline_rate(1, 3)


def test_counts_of_the_same_outcome_add_up_and_missing_ones_are_nought() -> None:
    counts = OutcomeCounts.of([(Outcome.DECLINED, 2), (Outcome.DECLINED, 3), (Outcome.UNABLE, 9)])
    both = OutcomeCounts.total_of([counts, counts])
    assert (counts[Outcome.DECLINED], counts[Outcome.COMPLETED]) == (5, 0)
    assert (both[Outcome.DECLINED], both.countable, both.all) == (10, 10, 28)


@pytest.mark.parametrize(
    ("pending", "done", "allowed"), [(0, 0, True), (5, 95, True), (6, 94, False), (51, 949, False)]
)
def test_a_verdict_needs_an_outcome_for_19_pairs_in_20(
    pending: int, done: int, allowed: bool
) -> None:
    counts = OutcomeCounts.of([(Outcome.PENDING, pending), (Outcome.COMPLETED, done)])
    assert counts.allow_a_verdict is allowed


def test_completeness_is_the_share_with_an_outcome() -> None:
    counts = OutcomeCounts.of([(Outcome.PENDING, 6), (Outcome.EXEMPT, 14)])
    assert counts.completeness == pytest.approx(0.7)
    assert OutcomeCounts().completeness == 1.0


def test_a_share_of_few_pairs_is_no_rate_either() -> None:
    assert OutcomeCounts.of([(Outcome.UNABLE, 9)]).share(Outcome.UNABLE) is None
    assert OutcomeCounts.of([(Outcome.UNABLE, 10)]).share(Outcome.UNABLE) == 1.0
    assert OutcomeCounts().share(Outcome.UNABLE) is None


@pytest.mark.parametrize(("numerator", "denominator"), [(None, 40), (None, None), (0, None)])
def test_a_count_that_is_withheld_leaves_no_rate_no_verdict_and_no_test(
    numerator: int | None, denominator: int | None
) -> None:
    rate = decline_rate(numerator, denominator)
    assert rate.is_withheld
    assert (rate.rate, rate.lower, rate.upper, rate.p_value) == (None, None, None, None)
    assert (rate.percent, rate.interval, rate.comparison) == (None, None, None)
    assert not rate.stands_out
    assert rate.sentence() == f"{rate.counts} declined; no rate."
    assert rate.counts == ("withheld of 40" if denominator else "withheld")
    assert rate.as_json()["numerator"] == numerator


def test_a_reader_who_gets_no_rate_gets_no_verdict_either() -> None:
    rate = decline_rate(20, 50, has_rate=False)
    assert (rate.rate, rate.p_value, rate.stands_out) == (None, None, False)
    assert rate.sentence() == "20 of 50 declined; too few for a rate."
