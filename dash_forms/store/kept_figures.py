"""Figures that leave the screen, kept under an id: tables under disclosure control, marked.

Each room makes the tables of its own pages; they are read, written as files and removed in the
reports. A document has to say in `filter` which days it is of (`from`, `to`), and in `query` by
which address its page shows them again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dash_forms.domain.audit_events import Name
from dash_forms.domain.disclosure import WITHHELD, Count, Rules, controlled, exact
from dash_forms.domain.ids import uuid7
from dash_forms.store.models import ReportExport

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from dash_forms.domain.definitions import Metric, OtherMeasure
    from dash_forms.store.work import Work

MARKING = "OFFICIAL-SENSITIVE"


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by a label. `is_whole`: they add up to a total that another table shows."""

    name: str
    rows: tuple[tuple[str, Count], ...]
    is_whole: bool = True

    @classmethod
    def of(
        cls,
        name: str,
        rows: Iterable[tuple[str, int | None, int | None]],
        *,
        is_whole: bool = True,
    ) -> Table:
        """Rows of a label, a number, and of how many."""
        return cls(name, tuple((label, Count(exact(n), of)) for label, n, of in rows), is_whole)

    def under(self, rules: Rules) -> dict[str, Any]:
        """The table as it may leave."""
        shown = controlled([count for _, count in self.rows], rules, is_whole=self.is_whole)
        return {
            "name": self.name,
            "rows": [
                {
                    "row": label,
                    "number": WITHHELD if each.number is None else each.number,
                    "of": None if count.of is None else WITHHELD if each.of is None else each.of,
                    "rate": None if each.rate is None else round(each.rate, 2),
                }
                for (label, count), each in zip(self.rows, shown, strict=True)
            ],
        }


def keep(
    work: Work,
    stands_with: Mapping[str, Any],
    found: Iterable[Table],
    rules: Rules,
    /,
    **in_audit: str | None,
) -> UUID:
    """Keep tables under the rules, marked, with what has to stand with them; returns the id."""
    export_id = uuid7()
    document = {
        "id": str(export_id),
        "marking": MARKING,
        "made_at": work.now.isoformat(timespec="seconds"),
        **stands_with,
        "disclosure_control": rules.words,
        "tables": [each.under(rules) for each in found],
    }
    work.session.add(
        ReportExport(
            id=export_id,
            made_by_id=work.by.id,
            made_at=work.now,
            document=json.dumps(document, ensure_ascii=False),
        )
    )
    work.audit(
        Name.REPORT_EXPORTED,
        "report",
        export_id,
        **in_audit,
    )
    return export_id


def definition(metric: Metric | OtherMeasure, period: str) -> dict[str, str]:
    """How a measure is defined, as it leaves with figures; `period` says which days it takes."""
    return {
        "code": metric.code,
        "name": metric.name,
        "numerator": metric.numerator,
        "denominator": metric.denominator,
        "unit": metric.unit,
        "period": period,
        "leaves_out": metric.leaves_out,
        "source": metric.source,
    }
