"""Publishing a force's own version: whole, frozen, newer, and for its owner's eyes alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dash_forms.domain import instruments
from dash_forms.domain.errors import StateError
from dash_forms.domain.instruments import InstrumentError, SetRole, current, instrument
from dash_forms.question_sets.commands import publish


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "instance" / "instruments"
    instruments.use_own_sets(tmp_path / "none")


def licensed(folder: Path, version: int, name: str = "dash-27", prompt: str = "Licensed?") -> Path:
    """A file with the packaged set's content, one prompt of which is the force's own."""
    packaged = Path(instruments.__file__).with_name(f"{name}.v1.toml").read_text("utf-8")
    first = instrument(name, 1).item(1).prompt
    file = folder / f"{name}.v{version}.toml"
    file.write_text(
        packaged.replace("version = 1", f"version = {version}", 1).replace(first, prompt), "utf-8"
    )
    return file


def test_new_assessments_use_what_was_imported_and_old_records_keep_theirs(
    tmp_path: Path, folder: Path
) -> None:
    old = instrument("dash-27", 1)
    published = publish(licensed(tmp_path, 2), folder)
    assert current("dash-27") == published == instrument("dash-27", 2)
    assert published.item(1).prompt == "Licensed?"
    assert instrument("dash-27", 1) == old


def test_only_the_owner_can_read_it_and_nobody_changes_it_by_mistake(
    tmp_path: Path, folder: Path
) -> None:
    publish(licensed(tmp_path, 2), folder)
    assert [each.name for each in folder.iterdir()] == ["dash-27.v2.toml"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "dash-27.v2.toml").stat().st_mode & 0o777 == 0o400


def test_a_published_version_is_never_replaced(tmp_path: Path, folder: Path) -> None:
    publish(licensed(tmp_path, 2), folder)
    before = (folder / "dash-27.v2.toml").read_bytes()
    changed = licensed(tmp_path, 2, prompt="Changed?")
    with pytest.raises(StateError, match=r"dash-27\.v2 is published and frozen"):
        publish(changed, folder)
    instruments.use_own_sets(tmp_path / "none")  # as in a server that started earlier
    with pytest.raises(StateError, match=r"dash-27\.v2 is published and frozen"):
        publish(changed, folder)
    assert (folder / "dash-27.v2.toml").read_bytes() == before
    assert [each.name for each in folder.iterdir()] == ["dash-27.v2.toml"]


def test_a_packaged_version_is_never_replaced(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(StateError, match=r"dash-27\.v1 is published and frozen"):
        publish(licensed(tmp_path, 1), folder)
    assert list(folder.iterdir()) == []


def test_a_version_that_is_not_newer_is_refused(tmp_path: Path, folder: Path) -> None:
    publish(licensed(tmp_path, 5), folder)
    with pytest.raises(StateError, match=r"older than dash-27\.v5, .* Number it 6 or higher"):
        publish(licensed(tmp_path, 4), folder)
    assert publish(licensed(tmp_path, 6), folder).key == "dash-27.v6"


def test_a_set_keeps_its_role_for_good(tmp_path: Path, folder: Path) -> None:
    file = licensed(tmp_path, 2, name="stalking-11")
    text = file.read_text("utf-8").replace('role = "add_on"\noffered_on = ["s_dash_offer"]\n', "")
    file.write_text(text, "utf-8")
    with pytest.raises(StateError, match=r"v2 is a main set, and stalking-11\.v1 is an add-on"):
        publish(file, folder)


def test_a_force_can_add_a_set_of_its_own(tmp_path: Path, folder: Path) -> None:
    text = licensed(tmp_path, 2, name="stalking-11").read_text("utf-8")
    own = tmp_path / "elder-abuse.v1.toml"
    own.write_text(
        text.replace('"stalking-11"', '"elder-abuse"').replace("version = 2", "version = 1"),
        "utf-8",
    )
    publish(own, folder)
    assert "elder-abuse" in {each.id for each in instruments.current_sets(SetRole.ADD_ON)}


def test_what_is_not_sound_is_told_and_leaves_nothing_behind(tmp_path: Path, folder: Path) -> None:
    file = licensed(tmp_path, 2)
    file.write_text(
        file.read_text("utf-8").replace("high_risk = true", 'high_risk = "x"', 1), "utf-8"
    )
    with pytest.raises(InstrumentError, match=r"dash-27\.v2\.toml:\d+: item 2: high_risk must be"):
        publish(file, folder)
    assert list(folder.iterdir()) == []
    assert current("dash-27").version == 1


def test_a_crash_on_the_way_leaves_no_half_file(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(OSError, match="No space"):
        publish(licensed(tmp_path, 2), folder)
    assert list(folder.iterdir()) == []
    assert current("dash-27").version == 1
