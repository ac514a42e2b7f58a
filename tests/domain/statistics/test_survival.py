"""The share still declined: plain counting without censoring, Kaplan and Meier with it."""

from math import exp, log
from random import Random

import pytest
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from dash_forms.domain.statistics import (
    Z_95,
    CountsError,
    FollowUp,
    kaplan_meier,
    still_declined,
    wilson_interval,
)

# E. A. Freireich and others, Blood 21 (1963) 699–716: weeks of remission, True where it ended.
TREATED = [
    *[FollowUp(6, ended=True)] * 3,
    *(FollowUp(weeks, ended=True) for weeks in (7, 10, 13, 16, 22, 23)),
    *(FollowUp(weeks, ended=False) for weeks in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]
CONTROLS = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

# As in Stata's list of the same data, and to three digits in example 1 of the NAG library's g12aac.
TREATED_CURVE = [
    (6, 0.8571, 0.6197, 0.9516),
    (7, 0.8067, 0.5631, 0.9228),
    (10, 0.7529, 0.5032, 0.8894),
    (13, 0.6902, 0.4316, 0.8491),
    (16, 0.6275, 0.3675, 0.8049),
    (22, 0.5378, 0.2678, 0.7468),
    (23, 0.4482, 0.1881, 0.6801),
]


def random_follow_ups(random: Random) -> list[FollowUp]:
    """Return some who were followed for at most 40 days, with ties and with early losses."""
    longest = random.choice((3, 28, 40))
    likely = random.choice((0.2, 0.5, 0.9))
    return [
        FollowUp(random.randint(0, longest), ended=random.random() < likely)
        for _ in range(random.randint(2, 60))
    ]


def test_the_treated_of_freireich() -> None:
    curve = {point.day: point for point in kaplan_meier(TREATED)}
    assert [day for day, point in curve.items() if point.ended] == [
        day for day, *_ in TREATED_CURVE
    ]
    for day, share, lower, upper in TREATED_CURVE:
        interval = curve[day].interval
        assert interval is not None
        assert round(curve[day].share, 4) == share
        assert (round(interval.lower, 4), round(interval.upper, 4)) == (lower, upper)


def test_the_controls_of_freireich() -> None:
    """The first two lines of Stata's list: G. Rodríguez, Kaplan-Meier Survival (Princeton)."""
    curve = kaplan_meier([FollowUp(weeks, ended=True) for weeks in CONTROLS])
    for day, at_risk, share, lower, upper in (
        (1, 21, 0.9048, 0.6700, 0.9753),
        (2, 19, 0.8095, 0.5689, 0.9239),
    ):
        interval = curve[day].interval
        assert interval is not None
        assert (curve[day].at_risk, curve[day].ended) == (at_risk, 2)
        assert round(curve[day].share, 4) == share
        assert (round(interval.lower, 4), round(interval.upper, 4)) == (lower, upper)
    assert curve[-1].day == 23
    assert (curve[-1].share, curve[-1].interval) == (0.0, None)


def test_kaplan_meier_and_greenwood_agree_with_statsmodels() -> None:
    random = Random(58)
    for _ in range(2_000):
        followed = random_follow_ups(random)
        oracle = SurvfuncRight([one.days for one in followed], [one.ended for one in followed])
        curve = {point.day: point for point in kaplan_meier(followed, last_day=40)}
        for day, share, error in zip(
            oracle.surv_times, oracle.surv_prob, oracle.surv_prob_se, strict=True
        ):
            assert curve[day].share == pytest.approx(share, abs=1e-12)
            interval = curve[day].interval
            if share <= 1e-12:
                assert interval is None
                continue
            assert interval is not None
            reach = Z_95 * error / (share * log(share))
            assert interval.lower == pytest.approx(share ** exp(-reach), abs=1e-9)
            assert interval.upper == pytest.approx(share ** exp(reach), abs=1e-9)


def test_kaplan_meier_agrees_with_scipy() -> None:
    random = Random(59)
    for _ in range(2_000):
        followed = random_follow_ups(random)
        sample = stats.CensoredData.right_censored(
            [one.days for one in followed], [not one.ended for one in followed]
        )
        oracle = stats.ecdf(sample).sf
        curve = {point.day: point for point in kaplan_meier(followed, last_day=40)}
        for day, share in zip(oracle.quantiles, oracle.probabilities, strict=True):
            assert curve[int(day)].share == pytest.approx(share, abs=1e-12)


def test_nobody_known_beyond_the_last_day_followed() -> None:
    curve = kaplan_meier([FollowUp(3, ended=True), FollowUp(5, ended=False)])
    assert [point.day for point in curve] == [0, 1, 2, 3, 4, 5]
    assert [point.share for point in curve] == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5]
    assert [point.at_risk for point in curve] == [2, 2, 2, 2, 1, 1]
    assert curve[0].interval is None
    assert kaplan_meier([]) == ()


def test_who_leaves_on_the_day_of_an_end_was_at_risk_on_it() -> None:
    curve = kaplan_meier([FollowUp(2, ended=True), FollowUp(2, ended=False)])
    assert (curve[2].at_risk, curve[2].share) == (2, 0.5)


def test_without_censoring_the_share_is_a_plain_count() -> None:
    curve = still_declined([0, 3, 3, 27, 28, 40, None, None])
    assert [point.day for point in curve] == list(range(29))
    assert [curve[day].share * 8 for day in (0, 2, 3, 26, 27, 28)] == [7, 7, 5, 5, 4, 3]
    assert (curve[3].at_risk, curve[3].ended) == (7, 2)
    assert curve[28].interval == wilson_interval(3, 8)
    assert curve[0].interval == wilson_interval(7, 8)


def test_both_ways_agree_when_everybody_is_followed() -> None:
    random = Random(60)
    for _ in range(200):
        days = [random.choice((None, random.randint(0, 28))) for _ in range(random.randint(1, 50))]
        followed = [
            FollowUp(28, ended=False) if day is None else FollowUp(day, ended=True) for day in days
        ]
        plain = still_declined(days)
        for point in kaplan_meier(followed):
            twin = plain[point.day]
            assert (point.at_risk, point.ended) == (twin.at_risk, twin.ended)
            assert point.share == pytest.approx(twin.share, abs=1e-12)


def test_nobody_declined_nobody_still_does() -> None:
    assert still_declined([]) == ()


def test_a_negative_day_is_refused() -> None:
    with pytest.raises(CountsError):
        still_declined([3, -1])
    with pytest.raises(CountsError):
        FollowUp(-1, ended=True)
