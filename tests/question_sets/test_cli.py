"""`dash-forms instrument`: what it prints, what it refuses, and that the application follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dash_forms import create_app
from dash_forms.cli import main
from dash_forms.config import Settings
from dash_forms.domain import instruments
from dash_forms.domain.instruments import InstrumentError, current
from tests.question_sets.test_commands import licensed


@pytest.fixture(autouse=True)
def _own_instance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("DASH_INSTANCE", str(tmp_path / "instance"))
    yield
    instruments.use_own_sets(tmp_path / "none")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["instrument", *map(str, arguments)])


def test_a_sound_file_is_said_to_be_sound(tmp_path: Path) -> None:
    result = run("check", licensed(tmp_path, 2))
    assert result.exit_code == 0
    assert result.output == (
        "dash-27.v2 is sound: version 2 · main set · 27 items in 4 sections.\n"
    )


def test_check_says_that_a_sound_file_could_not_be_imported(tmp_path: Path) -> None:
    result = run("check", licensed(tmp_path, 1))
    assert result.exit_code == 0
    assert "It cannot be imported here. dash-27.v1 is published and frozen" in result.output


def test_every_problem_is_printed_with_file_line_and_item(tmp_path: Path) -> None:
    file = licensed(tmp_path, 2)
    lines = file.read_text("utf-8").splitlines()
    at = lines.index("number = 8")
    lines[at + 2] = 'prompt = ""'
    lines.remove('label = "How often"')
    file.write_text("\n".join(lines), "utf-8")
    result = run("check", file)
    assert result.exit_code == 1
    header = lines.index('id = "how_often"')  # as people count, the line before
    assert result.output.splitlines() == [
        f"dash-27.v2.toml:{at + 3}: item 8: prompt is empty",
        f"dash-27.v2.toml:{header}: item 8: follow-up how_often: label is missing",
    ]


def test_show_prints_one_set_or_says_what_there_is(tmp_path: Path) -> None:
    run("import", licensed(tmp_path, 2))
    assert "  1  Licensed?" in run("show", "dash-27").output
    assert "  1  Were you hurt this time" in run("show", "dash-27", "--version", "1").output
    listed = run("show").output
    assert "dash-27          version 1 · main set · 27 items in 4 sections (kept for" in listed
    assert "stalking-11      version 1 · add-on · 11 items in 2 sections\n" in listed


@pytest.mark.parametrize("arguments", [("dash-99",), ("dash-27", "--version", "9")])
def test_show_refuses_what_there_is_not(arguments: tuple[str, ...]) -> None:
    result = run("show", *arguments)
    assert result.exit_code == 1
    assert "There is no question set dash-" in result.output


def test_diff_compares_a_file_with_what_is_published(tmp_path: Path) -> None:
    file = licensed(tmp_path, 2)
    result = run("diff", "dash-27.v1", file)
    assert result.exit_code == 0
    (line,) = result.output.splitlines()
    assert line.startswith("~ item 1: reworded: “Were you hurt")
    assert run("diff", file, file).output == "They say the same.\n"


@pytest.mark.parametrize("name", ["dash-27", "nowhere.toml", "dash-27.vx"])
def test_diff_refuses_what_is_neither_a_file_nor_a_version(name: str) -> None:
    result = run("diff", "dash-27.v1", name)
    assert result.exit_code == 2
    assert "neither a file nor a name such as dash-27.v1" in result.output


def test_import_publishes_once_and_for_good(tmp_path: Path) -> None:
    file = licensed(tmp_path, 2)
    first = run("import", file)
    assert first.exit_code == 0
    assert "dash-27.v2 is published in" in first.output
    again = run("import", file)
    assert again.exit_code == 1
    assert "published and frozen" in again.output


def test_the_application_uses_what_was_imported_once_it_starts(tmp_path: Path) -> None:
    run("import", licensed(tmp_path, 2))
    instruments.use_own_sets(tmp_path / "none")
    assert current("dash-27").version == 1
    create_app(Settings(instance=tmp_path / "instance", log_level="ERROR"))
    assert current("dash-27").item(1).prompt == "Licensed?"


def test_the_application_does_not_start_with_a_set_that_is_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "instance" / "instruments"
    folder.mkdir(parents=True)
    (folder / "dash-27.v2.toml").write_text('id = "dash-27"', "utf-8")
    with pytest.raises(InstrumentError, match=r"dash-27\.v2\.toml:1: question set: version"):
        create_app(Settings(instance=tmp_path / "instance", log_level="ERROR"))


def test_draw_writes_the_pictures_it_is_asked_for(tmp_path: Path) -> None:
    result = run("draw", "--into", tmp_path / "pictures", "animal-block")
    assert result.exit_code == 0
    assert [each.name for each in (tmp_path / "pictures").iterdir()] == ["animal-block.svg"]
    run("draw", "--into", tmp_path / "pictures")
    assert len(list((tmp_path / "pictures").iterdir())) == 6


def test_a_wrong_setting_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASH_INSTANCES", "x")
    result = run("show")
    assert result.exit_code == 1
    assert "DASH_INSTANCES is not a setting" in result.output
