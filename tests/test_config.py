"""Settings come from the environment only, and the README lists every one of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dash_forms.app import create_app
from dash_forms.config import Settings, SettingsError, documented, from_environment
from dash_forms.domain.referrals import KINDS, TaskKind


def test_the_readme_documents_every_setting_with_its_default(project: Path) -> None:
    readme = (project / "README.md").read_text()
    for variable, default, help_text in documented():
        shown = f"`{default}`" if default else "empty"
        assert f"| `{variable}` | {shown} | {help_text} |" in readme, variable


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DASH_SESSION_HOURS", "0"),
        ("DASH_SESSION_HOURS", "soon"),
        ("DASH_COOKIE_SECURE", "maybe"),
        ("DASH_URN_PATTERN", "("),
        ("DASH_URN_PATTERN", "[0-9]"),
        ("DASH_LOG_LEVEL", "LOUD"),
        ("DASH_UNLOCK_WITHOUT_SIGNAL", "pin"),
        ("DASH_DEMO", "yes"),
        ("DASH_TASK_HOURS", "idva"),
        ("DASH_TASK_HOURS", "idva=0"),
    ],
)
def test_an_unusable_setting_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match="DASH_"):
        from_environment({variable: value})


def test_a_main_set_that_does_not_exist_or_is_an_add_on_is_refused_at_the_start(
    tmp_path: Path,
) -> None:
    for main_set in ("dash-28", "stalking-11"):
        with pytest.raises(SettingsError, match="DASH_MAIN_SET must be one of: dash-27, freq"):
            create_app(Settings(instance=tmp_path, main_set=main_set))


def test_task_times_are_a_table_of_known_kinds(tmp_path: Path) -> None:
    settings = from_environment({"DASH_TASK_HOURS": "idva=12, welfare_visit=72"}, instance=tmp_path)
    assert settings.task_hours == (("idva", 12), ("welfare_visit", 72))
    clocks = create_app(settings).extensions["dash_store"].clocks
    at = datetime(2026, 1, 31, tzinfo=UTC)
    assert clocks.task_due(TaskKind.IDVA, at) == at + timedelta(hours=12)
    assert clocks.task_due(TaskKind.SAFETY_PLAN, at) == at + KINDS[TaskKind.SAFETY_PLAN].within
    for unknown in ("idav=12", "encompass=12"):  # a school's next morning is nobody's to set
        wrong = from_environment({"DASH_TASK_HOURS": unknown}, instance=tmp_path)
        with pytest.raises(SettingsError, match="DASH_TASK_HOURS names"):
            create_app(wrong)


def test_other_variables_are_left_alone() -> None:
    assert from_environment({"PATH": "/bin"}).session_hours == 12


def test_trusted_hosts_are_a_list() -> None:
    settings = from_environment({"DASH_TRUSTED_HOSTS": "dash.example.invalid, localhost"})
    assert settings.trusted_hosts == ("dash.example.invalid", "localhost")
