"""The draw: the same again, every case as likely, and one more for each that is passed over."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from datetime import UTC, datetime
from math import sqrt
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.errors import InvalidError, StateError
from dash_forms.domain.investigations import (
    Answer,
    Checkers,
    Finding,
    Sampling,
    Tally,
    differences,
    digest,
    drawn,
    in_order,
    months_to_draw,
    require_answered,
    require_drawable,
)
from dash_forms.domain.periods import Month
from tests.support.investigations import CHECKLIST

SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)
FRAMES = st.sets(st.uuids(), min_size=1, max_size=40)
SEED = "0f" * 32


@given(seed=SEEDS, frame=FRAMES, size=st.integers(1, 50), shuffle=st.randoms())
def test_the_same_seed_draws_the_same_cases_in_whatever_order_they_come(
    seed: str, frame: set[UUID], size: int, shuffle: Random
) -> None:
    turned = sorted(frame)
    shuffle.shuffle(turned)
    found = drawn(seed, turned, size)
    assert found == drawn(seed, frame, size)
    assert len(set(found)) == len(found) == min(size, len(frame))
    assert set(found) <= frame
    assert digest(turned) == digest(frame)


@given(seed=SEEDS, frame=FRAMES, size=st.integers(1, 10), skipped=st.integers(0, 45))
def test_each_that_is_passed_over_adds_the_next_of_the_order_and_moves_no_other(
    seed: str, frame: set[UUID], size: int, skipped: int
) -> None:
    first, more = drawn(seed, frame, size), drawn(seed, frame, size, skipped)
    assert more[: len(first)] == first
    assert more == in_order(seed, frame)[: size + skipped]


def test_the_order_is_that_of_the_documented_hash() -> None:
    frame = [UUID(int=number) for number in range(20)]
    by_hand = {
        each: hmac.new(bytes.fromhex(SEED), each.bytes, hashlib.sha256).hexdigest()
        for each in frame
    }
    assert in_order(SEED, frame) == sorted(frame, key=by_hand.__getitem__)
    lines = "".join(f"{each}\n" for each in frame).encode()
    assert digest(frame) == hashlib.sha256(lines).hexdigest()


def test_every_case_is_as_likely_and_every_pair_of_cases_too() -> None:
    """Of ids as they are made here, one after the other: within five standard errors."""
    frame, size, rounds = [UUID(int=number) for number in range(12)], 4, 6_000
    chance = Random(20)
    singles: Counter[UUID] = Counter()
    pairs: Counter[frozenset[UUID]] = Counter()
    for _ in range(rounds):
        found = drawn(chance.randbytes(32).hex(), frame, size)
        singles.update(found)
        pairs.update(frozenset((one, other)) for one in found for other in found if one < other)
    for counts, number, share in ((singles, 12, 4 / 12), (pairs, 66, (4 * 3) / (12 * 11))):
        assert len(counts) == number
        reach = 5 * sqrt(rounds * share * (1 - share))
        assert all(abs(each - rounds * share) < reach for each in counts.values())


@given(seed=SEEDS, frame=FRAMES, size=st.integers(1, 10), skipped=st.integers(0, 3))
def test_a_draw_stands_until_anything_of_it_is_changed(
    seed: str, frame: set[UUID], size: int, skipped: int
) -> None:
    cases = tuple(drawn(seed, frame, size, skipped))
    kept = frozenset(frame)

    def told(**changed: object) -> list[str]:
        recorded: dict[str, object] = {
            "seed": seed,
            "size": size,
            "frame_count": len(frame),
            "frame_digest": digest(frame),
            "frame": kept,
            "cases": cases,
            "skipped": skipped,
        }
        return differences(Sampling(**(recorded | changed)))  # type: ignore[arg-type]

    assert told() == []
    assert told(frame=kept | {UUID(int=2**128 - 1)})
    assert told(frame_digest="0" * 64)
    assert told(cases=cases[1:])
    assert told(cases=(*cases, UUID(int=2**128 - 1)))
    if len(cases) > 1:
        assert told(cases=cases[::-1])


def test_only_months_that_are_over_in_london_are_drawn() -> None:
    # 23:30 on 31 May in UTC is 1 June in London: May is over.
    now = datetime(2026, 5, 31, 23, 30, tzinfo=UTC)
    assert months_to_draw(now)[0] == Month(2026, 5)
    assert len(months_to_draw(now)) == 12
    require_drawable(Month(2025, 6), now)
    for month in (Month(2026, 6), Month(2025, 5)):
        with pytest.raises(InvalidError, match="over"):
            require_drawable(month, now)


def test_everything_that_is_missing_in_the_answers_is_said_at_once() -> None:
    answered = {each.id: Answer(Finding.YES) for each in CHECKLIST.questions}
    require_answered(CHECKLIST, answered)
    first, second, *_ = CHECKLIST.questions
    answered[first.id] = Answer(None)
    answered[second.id] = Answer(Finding.NO, " ")
    with pytest.raises(InvalidError) as refused:
        require_answered(CHECKLIST, answered)
    found = [refused.value, *refused.value.also]
    assert [each.field for each in found] == [f"answer_{first.id}", f"note_{second.id}"]
    answered = dict.fromkeys(answered, Answer(Finding.NO, "Nobody asked the neighbours."))
    require_answered(CHECKLIST, answered)


SERGEANT, INSPECTOR, OFFICER = (UUID(int=each) for each in (1, 2, 3))


@pytest.mark.parametrize(
    ("who", "took_part", "may"),
    [
        (SERGEANT, {OFFICER}, True),
        (SERGEANT, {OFFICER, SERGEANT}, False),
        (INSPECTOR, {OFFICER, INSPECTOR}, False),
        (INSPECTOR, {OFFICER, SERGEANT, INSPECTOR}, True),
        (SERGEANT, {OFFICER, SERGEANT, INSPECTOR}, False),
    ],
)
def test_whoever_took_part_does_not_check_unless_nobody_else_could(
    who: UUID, took_part: set[UUID], may: bool
) -> None:
    checkers = Checkers(frozenset({INSPECTOR}), frozenset({SERGEANT}))
    assert checkers.leave_to(who, took_part) is may
    if may:
        checkers.require(who, took_part)
    else:
        with pytest.raises(StateError, match="took part"):
            checkers.require(who, took_part)


def test_a_rate_is_of_yes_and_no_alone_and_of_ten_at_least() -> None:
    nine = Tally.of_counts({Finding.YES: 6, Finding.NO: 3, Finding.NOT_APPLICABLE: 40})
    assert (nine.yes, nine.of, nine.not_applicable) == (6, 9, 40)
    assert (nine.rate, nine.interval) == (None, None)
    ten = Tally.of_counts({Finding.YES: 10})
    assert ten.rate == 1
    assert ten.interval is not None
    # Wilson's lower end at 10 of 10: 1 / (1 + z²/10).
    assert ten.interval.lower == pytest.approx(0.7225, abs=1e-4)
    assert Tally.of_counts({}).interval is None
