"""One fact per pair: the first countable outcome stands, on the London day of its attempt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.declines import Basis, reason
from dash_forms.domain.ids import uuid7
from dash_forms.domain.permissions import Permission
from dash_forms.store.access import assessment_for
from dash_forms.store.models import (
    Assessment,
    AssessmentReason,
    Incident,
    PairFact,
    Submission,
)
from dash_forms.store.work import Work
from tests.store.conftest import Case, Opener
from tests.support.force import Force

NOON = datetime(2025, 7, 10, 12, tzinfo=UTC)
Attempt = Callable[..., None]


@pytest.fixture
def attempt(work_of: Opener, case: Case) -> Attempt:
    """Record how an attempt ended, as the rooms do."""
    number = 0

    def end(
        outcome: Outcome, at: datetime | None = NOON, code: str = "", basis: Basis = Basis.SAID
    ) -> None:
        nonlocal number
        number += 1
        with work_of("officer1") as work:
            assessment, _ = _assessment(work, case, number)
            _send(work, assessment, outcome, at, code=code, basis=basis)

    return end


def _assessment(work: Work, case: Case, number: int) -> tuple[Assessment, Incident]:
    first, incident = assessment_for(work, case.assessment_id, Permission.RECORD_ASSESSMENTS)
    if number == 1:
        return first, incident
    copied = {
        name: getattr(first, name)
        for name in ("instrument_id", "instrument_version", "instrument_digest", "author_id")
    }
    another = Assessment(
        id=uuid7(),
        pair_id=case.pair_id,
        attempt=number,
        state=State.DRAFT,
        created_at=work.now,
        **copied,
    )
    work.session.add(another)
    return another, incident


def _add_reason(work: Work, assessment: Assessment, code: str, basis: Basis) -> None:
    ending = reason(code).ending
    work.session.add_all(
        AssessmentReason(
            assessment_id=assessment.id, code=each, ending=ending, basis=of, is_primary=primary
        )
        for each, of, primary in ((code, basis, True), ("distrust", Basis.INFERRED, False))
    )


@pytest.fixture
def fact(work_of: Opener, case: Case) -> Callable[[], PairFact]:
    def read() -> PairFact:
        with work_of("officer1", writes=False) as work:
            return work.session.get_one(PairFact, case.pair_id)

    return read


def test_a_new_pair_is_pending_on_the_day_of_the_report(fact: Callable[[], PairFact]) -> None:
    assert (fact().outcome, fact().counted_on) == (Outcome.PENDING, date(2025, 6, 30))


@pytest.mark.parametrize(
    ("first", "code"),
    [(Outcome.COMPLETED, ""), (Outcome.PARTIAL, ""), (Outcome.DECLINED, "fear_of_abuser")],
)
def test_the_first_countable_outcome_stands_for_ever(
    attempt: Attempt, fact: Callable[[], PairFact], first: Outcome, code: str
) -> None:
    attempt(first, NOON, code)
    attempt(Outcome.COMPLETED, NOON.replace(day=20))
    attempt(Outcome.DECLINED, NOON.replace(day=21), "immigration")
    assert (fact().outcome, fact().reason) == (first, code or None)
    assert fact().counted_on == date(2025, 7, 10)


@pytest.mark.parametrize(
    ("first", "code"), [(Outcome.UNABLE, "intoxicated"), (Outcome.NOT_OFFERED, "forgotten")]
)
def test_what_was_no_answer_gives_way_to_the_first_that_is_one(
    attempt: Attempt, fact: Callable[[], PairFact], first: Outcome, code: str
) -> None:
    """Scenario 6: absent from D1 until a later countable attempt."""
    attempt(first, NOON, code, Basis.INFERRED)
    assert (fact().outcome, fact().reason) == (first, code)
    assert not fact().outcome.is_countable
    attempt(Outcome.COMPLETED, NOON.replace(day=12))
    assert (fact().outcome, fact().reason) == (Outcome.COMPLETED, None)
    assert fact().reason_basis is None
    assert fact().counted_on == date(2025, 7, 12)


@pytest.mark.parametrize(
    ("late", "code"), [(Outcome.UNABLE, "intoxicated"), (Outcome.NOT_OFFERED, "forgotten")]
)
def test_what_could_not_be_done_after_the_offer_that_counts_is_in_no_rate_of_first_offers(
    attempt: Attempt, fact: Callable[[], PairFact], late: Outcome, code: str
) -> None:
    """A team that offers again and again, and finds nobody in, had the worse O2 for it."""
    attempt(Outcome.UNABLE, NOON, "intoxicated", Basis.INFERRED)
    attempt(Outcome.DECLINED, NOON.replace(day=12), "fear_of_abuser")
    assert (fact().was_unable, fact().was_not_offered) == (True, False)
    attempt(late, NOON.replace(day=14), code, Basis.INFERRED)
    assert (fact().was_unable, fact().was_not_offered) == (True, False)


@pytest.mark.parametrize("basis", Basis)
def test_the_main_reason_is_kept_with_whose_word_it_is(
    attempt: Attempt, fact: Callable[[], PairFact], basis: Basis
) -> None:
    attempt(Outcome.DECLINED, NOON, "immigration", basis)
    assert (fact().reason, fact().reason_basis) == ("immigration", basis)


def test_a_partial_attempt_keeps_why_it_stopped(
    attempt: Attempt, fact: Callable[[], PairFact]
) -> None:
    attempt(Outcome.PARTIAL, NOON, "bad_time")
    assert fact().reason == "bad_time"


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2025, 6, 30, 22, 59, 59, tzinfo=UTC), date(2025, 6, 30)),
        (datetime(2025, 6, 30, 23, 0, tzinfo=UTC), date(2025, 7, 1)),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2025, 10, 25, 23, 30, tzinfo=UTC), date(2025, 10, 26)),
        (datetime(2025, 10, 26, 23, 30, tzinfo=UTC), date(2025, 10, 26)),
    ],
)
def test_an_attempt_near_midnight_belongs_to_the_day_on_londons_clock(
    attempt: Attempt, fact: Callable[[], PairFact], at: datetime, day: date
) -> None:
    attempt(Outcome.COMPLETED, at)
    assert fact().counted_on == day


def test_a_pair_is_counted_for_the_team_that_has_the_incident_when_it_ends(
    attempt: Attempt, fact: Callable[[], PairFact], work_of: Opener, case: Case, force: Force
) -> None:
    with work_of("officer1") as work:
        work.session.get_one(Incident, case.incident_id).team_id = force.teams["south"]
    attempt(Outcome.COMPLETED)
    assert fact().team_id == force.teams["south"]


def test_along_any_sequence_of_attempts_the_first_countable_outcome_and_its_day_stand(
    work_of: Opener, new_case: Callable[..., Case]
) -> None:
    """Random sequences, seeded: the fact row equals a plain recomputation after each step."""
    chance = Random(38)
    for _ in range(25):
        case, results = new_case(), list[tuple[Outcome, datetime]]()
        for number in range(1, chance.randrange(2, 7)):
            outcome = chance.choice(list(_CODES))
            at = NOON + timedelta(days=number * 3)
            results.append((outcome, at))
            with work_of("officer1") as work:
                assessment, _ = _assessment(work, case, number)
                _send(work, assessment, outcome, at, code=_CODES[outcome])
            with work_of("officer1", writes=False) as work:
                _check(work.session.get_one(PairFact, case.pair_id), results)


_CODES = {
    Outcome.COMPLETED: "",
    Outcome.PARTIAL: "bad_time",
    Outcome.DECLINED: "fear_of_abuser",
    Outcome.UNABLE: "intoxicated",
    Outcome.NOT_OFFERED: "forgotten",
}


def _send(
    work: Work,
    assessment: Assessment,
    outcome: Outcome,
    at: datetime | None,
    *,
    code: str,
    basis: Basis = Basis.SAID,
) -> None:
    """What a submission stores, as far as facts read it."""
    assessment.attempted_at = at
    assessment.submitted_at = assessment.review_due_at = at or NOON
    assessment.version = 1
    work.session.flush()
    if code:
        _add_reason(work, assessment, code, basis)
    work.session.add(
        Submission(
            id=uuid7(),
            assessment_id=assessment.id,
            version=1,
            submitted_by_id=work.by.id,
            submitted_at=at or NOON,
            outcome=outcome,
            attempted_at=at,
            reason=code or None,
            reason_basis=basis if code else None,
            answer_ops="{}",
            closing_sealed=b"-",
        )
    )
    work.session.flush()


def _check(fact: PairFact, results: list[tuple[Outcome, datetime]]) -> None:
    countable = [n for n, (outcome, _) in enumerate(results, start=1) if outcome.is_countable]
    stands = countable[0] if countable else len(results)
    outcome, at = results[stands - 1]
    assert (fact.outcome, fact.attempt, fact.counted_on) == (outcome, stands, at.date())
    won = [
        later.date()
        for ended, later in results[stands:]
        if ended in {Outcome.COMPLETED, Outcome.PARTIAL}
    ]
    expected = won[0] if won and outcome is Outcome.DECLINED else None
    assert fact.converted_on == expected
