"""A recorded draw is checked against its seed, its frame and the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, update

from dash_forms import cli
from dash_forms.domain.ids import uuid7
from dash_forms.investigations.checking import every_sample, left_since, problems
from dash_forms.store.models import (
    Assessment,
    InvestigationCase,
    InvestigationSample,
    SampledFrom,
)
from dash_forms.store.work import Store
from tests.support.client import StrictClient
from tests.support.force import Force
from tests.support.investigations import cases_of, closed_case, draw, last_month, noon_of


@pytest.fixture
def sample(
    officer: StrictClient, as_: Callable[[str], StrictClient], store: Store, force: Force
) -> UUID:
    """Two of three cases, of which one was passed over."""
    for _ in range(3):
        closed_case(officer, as_("inspector1"), store)
    [found] = draw(store, force)
    first, _ = cases_of(store, found)
    path = f"/reviews/investigations/cases/{first.id}/skip"
    as_("sergeant1").submit(path, reason="other", words="Recorded twice.")
    return found


def told(store: Store, sample: UUID) -> list[str]:
    with store.work(writes=False) as work:
        return problems(work, sample)


def test_a_draw_stands_with_what_was_passed_over_and_when_its_cases_have_changed_since(
    store: Store, sample: UUID
) -> None:
    assert told(store, sample) == []
    with store.work(writes=True) as work:
        earlier = noon_of(last_month().back(2))
        work.connection.execute(update(Assessment).values(closed_at=earlier))
    with store.work(writes=False) as work:
        assert every_sample(work) == [sample]
        assert left_since(work, sample) == 3
    assert told(store, sample) == []
    assert told(store, uuid7()) == ["there is no such sample"]


_REST = InvestigationCase.place == 3


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (update(InvestigationSample).values(seed="1" * 64), "another seed"),
        (update(InvestigationSample).values(frame_digest="1" * 64), "another digest"),
        (update(InvestigationSample).values(size=1), "other cases follow"),
        (update(InvestigationSample).values(month_on=last_month().back(1).first), "another month"),
        (delete(InvestigationCase).where(_REST), "other cases follow"),
        (delete(SampledFrom), "the frame has 0 cases; recorded are 3"),
    ],
)
def test_what_somebody_altered_is_told(
    store: Store, sample: UUID, change: Any, expected: str
) -> None:
    with store.work(writes=True) as work:
        work.connection.execute(change)
    found = told(store, sample)
    assert any(expected in each for each in found), found


def test_a_case_that_somebody_put_in_the_place_of_another_is_told(
    store: Store, sample: UUID, officer: StrictClient, sergeant: StrictClient
) -> None:
    chosen = closed_case(officer, sergeant, store)
    with store.work(writes=True) as work:
        work.connection.execute(update(InvestigationCase).where(_REST).values(incident_id=chosen))
    assert told(store, sample) == [
        "other cases follow from the seed and the frame than those recorded"
    ]


def test_the_command_fails_on_any_difference(
    store: Store, sample: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_store", lambda _settings: store)
    sound = CliRunner().invoke(cli.main, ["investigations", "check", str(sample)])
    assert (sound.exit_code, sound.output) == (0, "No difference in 1 samples.\n")
    with store.work(writes=True) as work:
        work.connection.execute(update(InvestigationSample).values(seed="1" * 64))
    wrong = CliRunner().invoke(cli.main, ["investigations", "check"])
    assert wrong.exit_code == 1
    assert "another seed" in wrong.output
    assert "1 of 1 samples do not stand" in wrong.output
