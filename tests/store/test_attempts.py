"""Which attempt stands for its pair when there are several, some of them made in error."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select

from dash_forms.domain.assessment import State
from dash_forms.store.attempts import attempts_of, is_latest, new_attempt
from dash_forms.store.models import Assessment
from tests.store.conftest import Case, Opener


@pytest.mark.parametrize("voided", list(product([False, True], repeat=3)))
def test_the_latest_is_the_last_that_was_not_made_in_error(
    work_of: Opener, case: Case, voided: tuple[bool, ...]
) -> None:
    with work_of("officer1") as work:
        for number in (2, 3):
            new_attempt(work, case.pair_id, number)
        work.session.flush()
        for row in work.session.scalars(select(Assessment)):
            if voided[row.attempt - 1]:
                row.state, row.void_reason_sealed = State.VOID, b"-"
    sound = [number for number in (1, 2, 3) if not voided[number - 1]] or [3]
    with work_of("officer1", writes=False) as work:
        shown = work.session.scalars(select(Assessment.attempt).where(is_latest())).all()
        attempts = attempts_of(work, [case.pair_id])[case.pair_id]
    assert shown == sound[-1:]
    assert [each.number for each in attempts] == sound
