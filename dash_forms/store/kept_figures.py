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
from dash_forms.domain.disclosure import WITHHELD, Count, Rules, Shown, controlled, exact
from dash_forms.domain.ids import uuid7
from dash_forms.domain.statistics import wilson_interval
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

    def under(self, rules: Rules) -> ToldTable:
        """The table as it may leave."""
        shown = controlled([count for _, count in self.rows], rules, is_whole=self.is_whole)
        return ToldTable(
            self.name,
            tuple(
                ToldRow(label, each, is_part=count.of is not None)
                for (label, count), each in zip(self.rows, shown, strict=True)
            ),
        )


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A label and what is told beside it; a count of None is withheld.

    `is_part` says whether the number is of something at all.
    """

    label: str
    shown: Shown
    is_part: bool

    @property
    def document(self) -> dict[str, Any]:
        """The row as it is kept: a rate to a hundredth, with Wilson's 95% limits of its counts."""
        number, of, rate = self.shown.number, self.shown.of, self.shown.rate
        limits = None
        if rate is not None and number is not None and of:
            limits = wilson_interval(min(number, of), of)
        return {
            "row": self.label,
            "number": WITHHELD if number is None else number,
            "of": None if not self.is_part else WITHHELD if of is None else of,
            "rate": None if rate is None else round(rate, 2),
            "lower": None if limits is None else round(limits.lower, 2),
            "upper": None if limits is None else round(limits.upper, 2),
        }


@dataclass(frozen=True, slots=True)
class ToldTable:
    """A table whose counts have been under disclosure control."""

    name: str
    rows: tuple[ToldRow, ...]

    @property
    def document(self) -> dict[str, Any]:
        """The table as it is kept."""
        return {"name": self.name, "rows": [each.document for each in self.rows]}


def keep(
    work: Work,
    stands_with: Mapping[str, Any],
    found: Iterable[ToldTable],
    control: str,
    /,
    **in_audit: str | None,
) -> UUID:
    """Keep tables, marked, with what has to stand with them; returns the id.

    `control` says in words under which rules of disclosure they are.
    """
    export_id = uuid7()
    document = {
        "id": str(export_id),
        "marking": MARKING,
        "made_at": work.now.isoformat(timespec="seconds"),
        **stands_with,
        "disclosure_control": control,
        "tables": [each.document for each in found],
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
