"""The picture in the docs is the one that the table draws."""

from __future__ import annotations

from pathlib import Path

from dash_forms.domain.assessment import TRANSITIONS, State
from dash_forms.domain.picture import pictures


def test_the_docs_show_what_the_table_says(project: Path) -> None:
    """To change it on purpose: `dash-forms states > docs/states.md`."""
    assert (project / "docs" / "states.md").read_text("utf-8") == pictures()


def test_every_state_and_every_arrow_is_in_it() -> None:
    drawn = pictures()
    assert all(f"    {state.value}: {state.label}" in drawn for state in State if state != "void")
    assert drawn.count("\n| ") == len(TRANSITIONS) + 1
