"""Each rule alone, at its edges, and against a plain reading of its words."""

from collections.abc import Sequence
from random import Random

from dash_forms.domain.statistics import ChartPoint, Limits, Signal, p_chart, signals

LIMITS = Limits.around(0.0, 3.0)


def points(*values: float | None) -> list[ChartPoint]:
    """Return points with limits 3 from a mean of 0; what is near them begins beyond 2."""
    return [ChartPoint(value, None if value is None else LIMITS) for value in values]


def places(signal: Signal, *values: float | None) -> list[int]:
    """Return the places, from 0, at which the rule fired."""
    return [at for at, fired in enumerate(signals(points(*values))) if signal in fired]


def test_every_rule_has_words_of_its_own() -> None:
    assert [signal.words for signal in Signal] == [
        "a point outside the limits",
        "7 points in a row on one side of the mean",
        "7 points in a row rising or falling",
        "2 of 3 points near a limit",
    ]


def test_a_point_on_its_limit_is_inside() -> None:
    assert places(Signal.OUTSIDE, 3.0, -3.0, 3.01, -3.01, 0.0) == [2, 3]


def test_seven_on_one_side_are_a_signal_and_all_of_them_show_it() -> None:
    assert places(Signal.ONE_SIDE, -1, 1, 1, 1, 1, 1, 1) == []
    assert places(Signal.ONE_SIDE, -1, 1, 1, 1, 1, 1, 1, 1, -1) == list(range(1, 8))
    assert places(Signal.ONE_SIDE, *[-1] * 9) == list(range(9))


def test_a_point_on_the_mean_ends_the_run() -> None:
    assert places(Signal.ONE_SIDE, 1, 1, 1, 0, 1, 1, 1, 1) == []


def test_seven_rising_or_falling_are_a_signal() -> None:
    assert places(Signal.TREND, 1, 2, 3, 4, 5, 6) == []
    assert places(Signal.TREND, 2, 1, 2, 3, 4, 5, 6, 7, 3) == list(range(1, 8))
    assert places(Signal.TREND, 2, 7, 6, 5, 4, 3, 2, 1, 3) == list(range(1, 8))


def test_standing_still_ends_the_trend() -> None:
    assert places(Signal.TREND, 1, 2, 3, 3, 4, 5, 6) == []


def test_a_trend_that_turns_belongs_to_both_ways_at_its_peak() -> None:
    assert places(Signal.TREND, *range(7), *range(5, -1, -1)) == list(range(13))


def test_two_of_three_near_the_same_limit_are_a_signal() -> None:
    assert places(Signal.NEAR_LIMIT, 2.5, 0, 2.5) == [0, 2]
    assert places(Signal.NEAR_LIMIT, 2.5, 2.5, 0) == [0, 1]
    assert places(Signal.NEAR_LIMIT, 0, 0, -2.5, -2.5) == [2, 3]
    assert places(Signal.NEAR_LIMIT, 2.5, 0, 0, 2.5) == []
    assert places(Signal.NEAR_LIMIT, 2.5, -2.5, 0) == []
    assert places(Signal.NEAR_LIMIT, 2.0, 2.0, 2.0) == []
    assert places(Signal.NEAR_LIMIT, 2.5, 2.5) == []


def test_a_point_beyond_the_limit_is_near_it_too_and_the_third_may_be_anywhere() -> None:
    assert places(Signal.NEAR_LIMIT, 3.5, -1, 2.5) == [0, 2]
    assert places(Signal.NEAR_LIMIT, 2.5, -2.5, 2.5) == [0, 2]


def test_a_gap_is_no_point_and_a_run_goes_on_after_it() -> None:
    assert places(Signal.ONE_SIDE, 1, 1, 1, None, 1, 1, 1, 1) == [0, 1, 2, 4, 5, 6, 7]
    assert signals(points(None, None)) == (frozenset(), frozenset())
    assert signals([]) == ()


def test_each_point_is_held_against_limits_of_its_own() -> None:
    chart = p_chart([(380, 1_000)] * 12 + [(12, 20), (600, 1_000)], baseline=slice(12))
    assert chart is not None
    fired = signals(chart.points)
    assert fired[12] == {Signal.NEAR_LIMIT}
    assert fired[13] == {Signal.NEAR_LIMIT, Signal.OUTSIDE}


def as_the_words_say(values: Sequence[float]) -> list[set[Signal]]:
    """Return the signals by looking at every stretch of seven and of three."""
    fired: list[set[Signal]] = [set() if -3 <= value <= 3 else {Signal.OUTSIDE} for value in values]
    for start in range(len(values) - 6):
        seven = values[start : start + 7]
        for at in range(start, start + 7):
            if min(seven) > 0 or max(seven) < 0:
                fired[at].add(Signal.ONE_SIDE)
            if len(set(seven)) == 7 and seven in (sorted(seven), sorted(seven, reverse=True)):
                fired[at].add(Signal.TREND)
    for three in (range(start, start + 3) for start in range(len(values) - 2)):
        high, low = [at for at in three if values[at] > 2], [at for at in three if values[at] < -2]
        for at in high * (len(high) > 1) + low * (len(low) > 1):
            fired[at].add(Signal.NEAR_LIMIT)
    return fired


def test_random_series_agree_with_a_plain_reading() -> None:
    random = Random(7)
    seen: set[Signal] = set()
    for case in range(2_000):
        level, values = 0.0, []
        for _ in range(random.randint(0, 30)):
            level += random.choice((-0.4, 0.0, 0.4, 0.4)) if case % 2 else 0.0
            values.append(round(random.gauss(level, random.choice((0.2, 1.0))), 1))
        fired = signals(points(*values))
        assert list(fired) == as_the_words_say(values), values
        seen.update(*fired)
    assert seen == set(Signal)
