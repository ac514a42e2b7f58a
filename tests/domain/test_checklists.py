"""A checklist is read from a file, ours or the force's own, and a wrong one is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from dash_forms.domain.checklists import Checklist, ChecklistError, read_checklist

OWN = """
id = "westmarch"
version = 3
title = "Quality of  investigations"
[[questions]]
id = "seen"
text = "Was the victim seen?"
[[questions]]
id = "why"
text = "Is it said why?"
hint = "In words"
"""


def test_ours_stands_where_the_force_has_none(tmp_path: Path) -> None:
    ours = read_checklist(tmp_path / "none.toml")
    assert (ours.id, ours.version, len(ours.questions)) == ("standard", 1, 7)


def test_the_forces_own_takes_its_place_and_is_kept_whole(tmp_path: Path) -> None:
    path = tmp_path / "investigations.toml"
    path.write_text(OWN)
    own = read_checklist(path)
    assert own.name == "Quality of investigations, version 3"
    assert [each.hint for each in own.questions] == ["", "In words"]
    assert Checklist.of_text(own.as_text()) == own


@pytest.mark.parametrize(
    ("was", "is_now", "told"),
    [
        ('id = "why"', 'id = "seen"', "two questions have the id 'seen'"),
        ('id = "why"', 'id = "Why not"', "an `id` has to be"),
        ("version = 3", "version = 0", "`version`"),
        ("version = 3", "version = true", "`version`"),
        ('text = "Is it said why?"', "", "`text`"),
        ('hint = "In words"', 'help = "In words"', "no 'help'"),
        ('title = "Quality of  investigations"', 'title = " "', "`title`"),
        ("[[questions]]", "[[others]]", "no 'others'"),
        ("version = 3", "version =", "investigations.toml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, was: str, is_now: str, told: str) -> None:
    path = tmp_path / "investigations.toml"
    assert was in OWN
    path.write_text(OWN.replace(was, is_now))
    with pytest.raises(ChecklistError, match=r"investigations\.toml") as refused:
        read_checklist(path)
    assert told in str(refused.value)
