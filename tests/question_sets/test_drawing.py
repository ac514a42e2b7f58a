"""The pictures in the docs are what the generator draws now, and show all that a set holds."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dash_forms.domain.instruments import HOW_OFTEN, Instrument, SetRole, current, published
from dash_forms.question_sets.drawing import drawn

IDS = sorted({each for each, _ in published()})
SVG = "{http://www.w3.org/2000/svg}"


def texts(question_set: Instrument) -> list[str]:
    root = ET.fromstring(drawn(question_set))  # noqa: S314
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", IDS)
def test_the_committed_picture_is_what_is_drawn_now(name: str, project: Path) -> None:
    picture = project / "docs" / "instruments" / f"{name}.svg"
    assert picture.read_text("utf-8") == drawn(current(name)), (
        "The question sets or their drawing changed: run"
        " ./dash instrument draw --into docs/instruments and look at the pictures."
    )


def test_every_set_has_a_picture_and_every_picture_a_set(project: Path) -> None:
    pictures = {path.stem for path in (project / "docs" / "instruments").glob("*.svg")}
    assert pictures == set(IDS)
    page = (project / "docs" / "instruments.md").read_text("utf-8")
    assert set(re.findall(r"\(instruments/([\w-]+)\.svg\)", page)) == set(IDS)


@pytest.mark.parametrize("name", IDS)
def test_a_picture_shows_everything_that_is_asked(name: str) -> None:
    question_set = current(name)
    words = " ".join(texts(question_set))
    for section in question_set.sections:
        assert section.title in words
    for item in question_set.items:
        assert item.prompt in words
        for follow_up in item.follow_ups:
            first = follow_up.label.split()[0]
            assert follow_up is HOW_OFTEN or first in words
    drawing = drawn(question_set)
    marks = sum(item.high_risk for item in question_set.items)
    assert drawing.count('fill="#b3261e"') == marks + 1  # one more in the legend


@pytest.mark.parametrize("name", IDS)
def test_nothing_is_drawn_outside_the_paper(name: str) -> None:
    root = ET.fromstring(drawn(current(name)))  # noqa: S314
    width, height = int(root.attrib["width"]), int(root.attrib["height"])
    for mark in root.iter(f"{SVG}rect"):
        x, y = int(mark.attrib.get("x", 0)), int(mark.attrib.get("y", 0))
        assert 0 <= x <= x + int(mark.attrib["width"]) <= width
        assert 0 <= y <= y + int(mark.attrib["height"]) <= height
    for mark in root.iter(f"{SVG}text"):
        assert 0 <= int(mark.attrib["x"]) <= width
        assert 0 <= int(mark.attrib["y"]) <= height


def test_the_main_set_shows_what_a_yes_offers_and_what_one_tap_skips() -> None:
    words = texts(current("dash-27"))
    assert words.count("Each child") == 7
    assert words.count("Stalking and harassment") == 1
    assert "One tap, “No children or dependants”, makes 10–12 not applicable" in words


def test_an_add_on_says_which_answers_offer_it() -> None:
    words = texts(current("honour-10"))
    assert "Offered on a yes in dash-27 to 4, 15, 20, 21" in words
    for name in IDS:
        is_add_on = current(name).role is SetRole.ADD_ON
        assert any(each.startswith("Offered on") for each in texts(current(name))) == is_add_on


def test_styles_are_attributes_and_words_cannot_break_the_drawing() -> None:
    assert not re.search(r"<style|style=|class=|<script", drawn(current("dash-27")))
    hostile = dataclasses.replace(current("animal-block"), title='</text><script> & "')
    assert "<script" not in drawn(hostile)
    assert '</text><script> & "' in texts(hostile)
