"""The reasons: their order, what they add up to, and whether they moved."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import Basis
from dash_forms.domain.statistics import Sample
from dash_forms.reporting.changes import Direction
from dash_forms.reporting.disclosed import ShownReason
from dash_forms.reporting.figures import ReasonFigures
from dash_forms.reporting.reasons import Pareto
from tests.reporting.ledger import Ledger
from tests.support.client import StrictClient

BEFORE, NOW = date(2026, 1, 15), date(2026, 4, 15)
SPRING = "from=2026-03-01&to=2026-05-31"


def reason(said: int, inferred: int = 0, before: int = 0) -> ReasonFigures:
    return ReasonFigures("code", "Label", said, inferred, before)


def laid_out(reasons: list[ReasonFigures]) -> Pareto:
    return Pareto.of(
        reasons, sum(each.total for each in reasons), sum(each.before for each in reasons)
    )


def test_the_running_total_ends_at_all_and_says_how_few_reasons_make_most() -> None:
    pareto = laid_out([reason(40, 10), reason(20, 10), reason(15), reason(5)])
    assert [row.share for row in pareto.rows] == ["50.0%", "30.0%", "15.0%", "5.0%"]
    assert [row.running for row in pareto.rows] == ["50.0%", "80.0%", "95.0%", "100.0%"]
    assert [(row.said, row.inferred) for row in pareto.rows][:2] == [(80, 20), (40, 20)]
    assert (pareto.declined, pareto.leading) == (100, 2)


@given(st.lists(st.tuples(*[st.integers(0, 50)] * 3), max_size=16))
def test_too_few_declines_have_no_share_and_no_change(counts: list[tuple[int, int, int]]) -> None:
    pareto = laid_out([reason(*each) for each in counts])
    declined, before = sum(a + b for a, b, _ in counts), sum(c for *_, c in counts)
    assert (pareto.declined, pareto.declined_before) == (declined, before)
    for row in pareto.rows:
        assert bool(row.share) == bool(row.running) == (declined >= 10)
        assert bool(row.share_before) == (before >= 10)
        assert 0 <= row.said + row.inferred <= 100.0001
        if min(declined, before) < 30:
            assert row.direction is Direction.TOO_FEW
    if declined >= 10:
        assert pareto.leading
        assert pareto.rows[-1].running == "100.0%"
        assert 1 <= pareto.leading <= len(pareto.rows)


@pytest.mark.parametrize(
    ("exact_now", "exact_before", "told"),
    [(18, 12, Direction.UNCLEAR), (22, 8, Direction.HIGHER)],
)
def test_of_rounded_counts_a_reason_moved_only_where_the_exact_ones_say_so(
    exact_now: int, exact_before: int, told: Direction
) -> None:
    behind = Sample(exact_now, 40), Sample(exact_before, 40)
    shown = ShownReason("code", "Label", 20, 0, 20, 10, behind)
    [row] = Pareto.of([shown], 40, 40).rows
    assert row.direction is told


@pytest.mark.rows_by_hand
def test_the_page_tells_what_moved(sergeant: StrictClient, ledger: Ledger) -> None:
    ledger.record(30, Outcome.DECLINED, BEFORE, reason="not_abuse")
    ledger.record(10, Outcome.DECLINED, BEFORE)
    ledger.record(5, Outcome.DECLINED, NOW, reason="not_abuse")
    ledger.record(35, Outcome.DECLINED, NOW, basis=Basis.INFERRED)
    text = sergeant.page(f"/reports/reasons?{SPRING}").text()
    assert "One reason makes up four fifths of 40 declines." in text
    assert "0 35 35 87.5% 87.5% 10 25.0%Higher than before" in text
    assert "5 0 5 12.5% 100.0% 30 75.0%Lower than before" in text
