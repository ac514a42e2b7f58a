"""The command line: rates, migrations, the first administrator, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from dash_forms.cli import main
from dash_forms.config import Settings
from dash_forms.domain.disclosure import Rules
from dash_forms.domain.jobs import JobState
from dash_forms.domain.periods import Period
from dash_forms.domain.permissions import Actor, Role
from dash_forms.reporting.figures import DeclineFilter
from dash_forms.reporting.long_exports import ask_for_export, export
from dash_forms.store.accounts import create_account
from dash_forms.store.crypto import load_vault
from dash_forms.store.jobs import pieces
from dash_forms.store.models import Account, JobRow
from dash_forms.store.work import Store
from tests.support.client import PASSWORD
from tests.support.force import CHEAP


@pytest.fixture(autouse=True)
def _own_instance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "DASH_INSTANCE": str(tmp_path),
        "DASH_ARGON2_MEMORY_KIB": str(CHEAP[0]),
        "DASH_ARGON2_ROUNDS": str(CHEAP[1]),
    }.items():
        monkeypatch.setenv(name, value)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_rate_prints_the_object_that_the_report_gives() -> None:
    printed = json.loads(run("rate", "350", "1000").output)
    assert printed == {
        "metric": "D1",
        "numerator": 350,
        "denominator": 1000,
        "rate": pytest.approx(0.35),
        "lower": pytest.approx(0.3211, abs=5e-5),
        "upper": pytest.approx(0.3801, abs=5e-5),
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
        "verdict": "not_distinguishable",
    }


def test_escalate_says_how_many_offers_are_newly_overdue() -> None:
    run("migrate")
    result = run("escalate")
    assert (result.exit_code, result.output) == (0, "0 newly overdue.\n")


def test_work_does_what_waits_and_stops_where_it_is_told_to() -> None:
    assert "Run: dash-forms migrate" in run("work", "--once").output
    run("migrate")
    result = run("work", "--once")
    assert (result.exit_code, result.output) == (0, "0 done.\n")


def test_work_goes_on_until_it_is_stopped(tmp_path: Path) -> None:
    """A process of its own, as in production; told to stop, it ends well."""
    store, job_id = _asked_for_an_export(tmp_path)
    process = subprocess.Popen([sys.executable, "-c", WORK, "work"])
    state = _once_it_is_over(store, job_id)
    process.terminate()
    assert process.wait(timeout=30) == 0
    assert state is JobState.FINISHED


def test_what_a_killed_process_has_kept_is_not_made_again(tmp_path: Path) -> None:
    store, job_id = _asked_for_an_export(tmp_path, years=10)
    process = subprocess.Popen([sys.executable, "-c", WORK, "work"])
    until, done = time.monotonic() + 60, 0
    while time.monotonic() < until and not done:
        with store.work(writes=False) as work:
            done = export(work, job_id).done_count
    process.kill()
    process.wait()
    with store.work(writes=True) as work:
        assert not export(work, job_id).state.is_over
        over = work.now - timedelta(seconds=1)
        work.connection.execute(update(JobRow).values(claimed_until=over))
    kept = list(pieces(store, job_id))
    assert run("work", "--once").output == "1 done.\n"
    whole = list(pieces(store, job_id))
    assert len(whole) == 120
    assert whole[: len(kept)] == kept
    _, clean_id = _asked_for_an_export(tmp_path, years=10)
    run("work", "--once")
    assert list(pieces(store, clean_id))[1:] == whole[1:]  # the first holds its own id and time


def test_run_needs_no_other_process_to_make_exports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, job_id = _asked_for_an_export(tmp_path)
    states = []

    def serves_until_it_is_over(*_app: object, **_settings: object) -> None:
        states.append(_once_it_is_over(store, job_id))

    monkeypatch.setattr("waitress.serve", serves_until_it_is_over)
    assert run("run").exit_code == 0
    assert states == [JobState.FINISHED]


WORK = "from dash_forms.cli import main; main()"


def _asked_for_an_export(tmp_path: Path, years: int = 1) -> tuple[Store, UUID]:
    run("migrate")
    run("create-administrator", "--username", "boss", "--name", "A", "--password", PASSWORD)
    store = Store(Settings(instance=tmp_path).url, load_vault(tmp_path / "keys.json"))
    with store.work(writes=False) as work:
        [account_id] = work.session.scalars(select(Account.id))
    boss = Actor(account_id, "A", Role.ADMINISTRATOR, None)
    wanted = DeclineFilter(Period(date(2026 - years, 1, 1), date(2025, 12, 31)))
    with store.work(writes=True, actor=boss) as work:
        return store, ask_for_export(work, wanted, Rules())


def _once_it_is_over(store: Store, job_id: UUID) -> JobState:
    until, state = time.monotonic() + 60, JobState.WAITING
    while time.monotonic() < until and not state.is_over:
        time.sleep(0.1)
        with store.work(writes=False) as work:
            state = export(work, job_id).state
    return state


@pytest.mark.parametrize("counts", [("5", "3"), ("-1", "3"), ("x", "3"), ("1",)])
def test_rate_refuses_impossible_counts_in_words(counts: tuple[str, ...]) -> None:
    result = run("rate", *counts)
    assert result.exit_code == 2
    assert "Error" in result.output


def test_migrate_says_what_is_missing_and_then_that_nothing_is() -> None:
    assert run("migrate", "--check").exit_code == 1
    assert run("migrate").exit_code == 0
    assert run("migrate", "--check").exit_code == 0


def test_a_real_installation_waits_for_its_first_administrator() -> None:
    result = run("run")
    assert result.exit_code == 1
    assert "./dash create-administrator" in result.output


def test_the_first_administrator_is_made_on_the_command_line(tmp_path: Path) -> None:
    run("migrate")
    made = run("create-administrator", "--username", "boss", "--name", "A", "--password", PASSWORD)
    assert made.exit_code == 0, made.output
    again = run("create-administrator", "--username", "boss", "--name", "A", "--password", PASSWORD)
    assert "taken" in again.output


def test_a_real_installation_refuses_demonstration_accounts(tmp_path: Path) -> None:
    run("migrate")
    store = Store(Settings(instance=tmp_path).url, load_vault(tmp_path / "keys.json"))
    with store.work(writes=True) as work:
        create_account(
            work,
            username="admin1",
            display_name="Demo",
            role=Role.ADMINISTRATOR,
            team_id=None,
            password=PASSWORD,
            cost=CHEAP,
            is_demo=True,
        )
    result = run("run")
    assert result.exit_code == 1
    assert "demonstration accounts" in result.output


def test_an_unknown_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASH_FORCE_NAM", "typo")
    assert "DASH_FORCE_NAM is not a setting" in run("migrate").output


def test_teams_are_added_once() -> None:
    run("migrate")
    assert "Added 2 of 2" in run("add-team", "North", "South").output
    assert "Added 0 of 1" in run("add-team", "North").output


def test_people_are_indexed_once_and_it_can_be_repeated() -> None:
    run("migrate")
    for _ in range(2):
        result = run("index-people")
        assert result.exit_code == 0, result.output
        assert "Indexed 0 of 0" in result.output
