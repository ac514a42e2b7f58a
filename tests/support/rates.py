"""Baselines and rebases through their pages, in few words."""

from __future__ import annotations

from typing import Any

from tests.support.client import StrictClient

REASON = "The year before the new tablets, recorded in the same way"
BASELINE: dict[str, Any] = {
    "origin": "own",
    "how": "counts",
    "declined": "342",
    "cases": "1,000",
    "source": "Invented annual report, table 4",
    "from": ["1", "1", "2025"],
    "to": ["31", "12", "2025"],
    "reason": REASON,
}


def added_baseline(inspector: StrictClient, **values: Any) -> str:
    """Add a baseline; gives its id."""
    before = withdrawals(inspector)
    inspector.submit("/reports/baselines/new", **(BASELINE | values))
    [path] = withdrawals(inspector) - before
    return path.split("/")[3]


def withdrawals(inspector: StrictClient) -> set[str]:
    """Where every baseline that stands can be withdrawn."""
    return set(inspector.page("/reports/baselines").links("/withdraw"))
