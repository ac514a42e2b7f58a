"""The scan that finds the line of a table or key."""

from __future__ import annotations

from dash_forms.domain.instruments.problems import InstrumentError, Problem, lines_of, nearest

SOURCE = '''\
title = "a" # [[not_a_header]]
note = """
number = 1
[[items]]
"""
[[items]]   # the first
number = 1
[[items.follow_ups]]
id = "a"
[[items.follow_ups]]
id = "b"
options = [
  { value = "x" },
]
[[items]]
number = 2
  [[items.follow_ups]]
  id = "c"
[about]
by = \'\'\'us\'\'\'
'''


def test_headers_and_keys_are_found_and_text_is_not_mistaken_for_them() -> None:
    assert lines_of(SOURCE) == {
        (): 1,
        ("title",): 1,
        ("note",): 2,
        ("items",): 6,
        ("items", 0): 6,
        ("items", 0, "number"): 7,
        ("items", 0, "follow_ups"): 8,
        ("items", 0, "follow_ups", 0): 8,
        ("items", 0, "follow_ups", 0, "id"): 9,
        ("items", 0, "follow_ups", 1): 10,
        ("items", 0, "follow_ups", 1, "id"): 11,
        ("items", 0, "follow_ups", 1, "options"): 12,
        ("items", 1): 15,
        ("items", 1, "number"): 16,
        ("items", 1, "follow_ups"): 17,
        ("items", 1, "follow_ups", 0): 17,
        ("items", 1, "follow_ups", 0, "id"): 18,
        ("about",): 19,
        ("about", "by"): 20,
    }


def test_what_has_no_line_of_its_own_is_found_at_what_it_stands_in() -> None:
    lines = lines_of(SOURCE)
    assert nearest(lines, ("items", 0, "follow_ups", 1, "options", 0, "value")) == 12
    assert nearest(lines, ("items", 1, "prompt")) == 15
    assert nearest(lines, ("nowhere", 3)) == 1


def test_an_error_says_everything_one_problem_a_line() -> None:
    error = InstrumentError(
        Problem("x.v1.toml", 4, "item 1", "prompt is missing"),
        Problem("x.v1.toml", 9, "item 2", "kind is missing"),
    )
    assert str(error).splitlines() == [
        "x.v1.toml:4: item 1: prompt is missing",
        "x.v1.toml:9: item 2: kind is missing",
    ]
