"""Grades and areas for improvement through their pages, in few words."""

from __future__ import annotations

from typing import Any

from tests.support.client import StrictClient

AREA = "/inspection/protecting"
NOTE = "Two people looked at it and agree."
GRADE: dict[str, Any] = {
    "grade": "requires_improvement",
    "assessment": "PEEL 2023–25",
    "published_on": ["24", "9", "2024"],
    "source": "Invented report, page 9",
}
ITEM: dict[str, Any] = {
    "assessment": "PEEL 2023–25",
    "words": "The force should offer an assessment to every victim.",
    "owner": "",
    "owner_role": "Head of contact",
    "due_on": ["1", "2", "2031"],
    "note": "Ten teams are to be briefed first.",
}


def in_boxes(value: object) -> object:
    """A value as a form holds it."""
    return value if isinstance(value, list) else [value]


def entered_grade(inspector: StrictClient, **values: Any) -> str:
    """Enter a grade; gives where it can be withdrawn."""
    before = set(inspector.page(AREA).links("/withdraw"))
    inspector.submit(f"{AREA}/grades/new", **(GRADE | values))
    [path] = set(inspector.page(AREA).links("/withdraw")) - before
    return path


def added_item(inspector: StrictClient, **values: Any) -> str:
    """Add an area for improvement; gives its path, which has no page of its own."""
    location = inspector.submit(f"{AREA}/items/new", **(ITEM | values)).location
    return f"/inspection/items/{location.partition('#item-')[2]}"
