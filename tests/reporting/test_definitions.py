"""The page of definitions, against the table that it is written from."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from dash_forms.domain.answering import ANSWERING_MEASURES
from dash_forms.domain.definitions import METRICS, METRICS_BY_GROUP, OtherMeasure
from dash_forms.domain.plan_figures import CALLER_MEASURES
from dash_forms.reporting.tabs import Tab
from tests.support.client import StrictClient
from tests.support.page import Page

PAGE = "/reports/definitions"


def test_every_measure_is_there_with_all_that_defines_it(sergeant: StrictClient) -> None:
    seen = sergeant.page(PAGE)
    text = seen.text()
    headings = {each.get("id"): seen.text(each) for each in seen.all("h3")}
    assert headings == {each.anchor: f"{each.code} {each.name}" for each in METRICS} | {
        each.anchor: f"{each.code} {each.name}" for each in (*CALLER_MEASURES, *ANSWERING_MEASURES)
    }
    for each in METRICS:
        said = (each.numerator, each.denominator, each.unit, each.period, each.leaves_out)
        for words in (*said, each.better.words, each.source, each.note):
            assert " ".join(words.split()) in text, each.code


@pytest.mark.parametrize(
    ("measures", "figures"),
    [(CALLER_MEASURES, "/plans/figures"), (ANSWERING_MEASURES, "/reports/101-calls")],
    ids=["callers", "calls"],
)
def test_what_counts_people_and_calls_is_there_with_all_that_defines_it(
    as_: Callable[[str], StrictClient], measures: tuple[OtherMeasure, ...], figures: str
) -> None:
    seen = as_("sergeant1").page(PAGE)
    assert_defined(seen, measures)
    assert seen.links(figures)


def test_the_control_room_reads_what_a1_is_below_its_figures(
    as_: Callable[[str], StrictClient],
) -> None:
    seen = as_("control1").page("/reports/101-calls")
    assert_defined(seen, ANSWERING_MEASURES)
    assert {"#a1", "#a1q"} == set(seen.links("#a1"))


def assert_defined(seen: Page, measures: tuple[OtherMeasure, ...]) -> None:
    """Each measure stands on the page with all its words."""
    text = seen.text()
    for each in measures:
        said = (each.numerator, each.denominator, each.unit, each.period, each.leaves_out)
        for words in (*said, each.better.words, each.source, each.note):
            assert words in text, each.code


def test_every_measure_is_in_one_group() -> None:
    grouped = [each for metrics in METRICS_BY_GROUP.values() for each in metrics]
    assert sorted(each.code for each in grouped) == sorted(each.code for each in METRICS)


@pytest.mark.parametrize("tab", Tab)
def test_what_leads_to_a_definition_arrives(as_: Callable[[str], StrictClient], tab: Tab) -> None:
    analyst = as_("analyst1")
    led = analyst.page(tab.path).links(PAGE)
    anchors = {re.sub(r".*#", "", each) for each in led if "#" in each}
    assert anchors <= {each.anchor for each in METRICS}


def test_a_source_is_one_that_a_reader_can_look_up_or_says_that_the_rule_is_ours() -> None:
    """They named a working paper that nobody outside has."""
    others = (*ANSWERING_MEASURES, *CALLER_MEASURES)
    said = {each.code: (each.source, each.note) for each in METRICS}
    said |= {each.code: (each.source, each.note) for each in others}
    for code, (source, note) in said.items():
        assert re.search("this product|HMICFRS|Home Office", source), code
        assert "guide" not in f"{source} {note}".lower(), code
