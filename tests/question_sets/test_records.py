"""Records and question sets over time: the new wording for new cases, the old for old ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dash_forms.domain import instruments
from tests.question_sets.test_commands import licensed
from tests.support.client import StrictClient
from tests.support.force import new_assessment, operation, sync


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    instruments.use_own_sets(tmp_path / "none")


def test_old_records_keep_what_was_asked_and_new_ones_get_the_newest(
    officer: StrictClient, folder: Path
) -> None:
    old = new_assessment(officer)
    licensed(folder, 7)
    instruments.use_own_sets(folder)
    new = new_assessment(officer)
    assert "Were you hurt this time" in officer.page(old).text()
    assert "Licensed?" not in officer.page(old).text()
    assert "Licensed?" in officer.page(new).text()


def test_how_often_is_saved_and_read_again_without_any_tick_set(
    officer: StrictClient, folder: Path
) -> None:
    file = licensed(folder, 8)
    text = file.read_text("utf-8").replace('kind = "yes_no"', 'kind = "frequency"', 1)
    file.write_text(text[: text.index("[[tick_sets]]")], "utf-8")
    instruments.use_own_sets(folder)
    path = new_assessment(officer)
    choice = instruments.current("dash-27").item(1).choices[2]
    details = {name: list(values) for name, values in choice.details.items()}
    tap = operation(path.rsplit("/", 1)[1], 1, choice.value, details=details)
    assert [each["receipt"] for each in sync(officer, [tap])] == ["applied"]
    again = sync(officer, [tap])
    assert [each["receipt"] for each in again] == ["duplicate"]
    section = officer.page(path).form("/sections/now")
    assert section.fields["q1-value"] == ["often"]


def test_an_add_on_set_is_begun_in_the_version_that_a_tablet_has_asked(
    officer: StrictClient, folder: Path
) -> None:
    """A version that was published while the tablet had no signal does not change what was said."""
    source = Path(instruments.__file__).parent / "stalking-11.v1.toml"
    newer = source.read_text("utf-8").replace("version = 1", "version = 2", 1)
    (folder / "stalking-11.v2.toml").write_text(newer, "utf-8")
    instruments.use_own_sets(folder)
    for version, begun in ((1, 1), (2, 2), (9, 2), (None, 2)):
        path = new_assessment(officer)
        data = {"csrf_token": officer.csrf_token()} | ({"version": version} if version else {})
        assert officer.post(f"{path}/sets/stalking-11/begin", data=data).status_code == 303
        cards = officer.get(f"{path}/sets/stalking-11").text
        assert f"/tablet/cards/stalking-11/{begun}" in cards
