"""Taking in calls to 101: each is counted once, by its London day and hour."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from dash_forms.domain.periods import LONDON
from dash_forms.store.callers import take_turns
from dash_forms.store.models import AnsweringCount, OfferedCallRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from dash_forms.domain.answering import OfferedCall, Result
    from dash_forms.store.work import Work

_BATCH = 500


def add_offered(work: Work, calls: Iterable[OfferedCall]) -> int:
    """Count those whose numbers are not known yet; returns how many."""
    take_turns(work.connection)
    given = {call.reference: call for call in reversed(list(calls))}
    references = list(given)
    for at in range(0, len(references), _BATCH):
        some = OfferedCallRow.reference.in_(references[at : at + _BATCH])
        for known in work.connection.scalars(select(OfferedCallRow.reference).where(some)):
            del given[known]
    if not given:
        return 0
    work.connection.execute(insert(OfferedCallRow), [{"reference": each} for each in given])
    number: Counter[tuple[date, int, Result]] = Counter()
    waited: Counter[tuple[date, int, Result]] = Counter()
    for call in given.values():
        local = call.offered_at.astimezone(LONDON)
        place = local.date(), local.hour, call.result
        number[place] += 1
        waited[place] += call.wait
    _add_counts(
        work,
        [
            {"on_day": day, "hour": hour, "result": result, "number": count,
             "waited": waited[day, hour, result]}
            for (day, hour, result), count in number.items()
        ],
    )  # fmt: skip
    return len(given)


def _add_counts(work: Work, rows: list[dict[str, object]]) -> None:
    make = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(AnsweringCount)
    work.connection.execute(
        statement.on_conflict_do_update(
            index_elements=[AnsweringCount.on_day, AnsweringCount.hour, AnsweringCount.result],
            set_={
                "number": AnsweringCount.number + statement.excluded.number,
                "waited": AnsweringCount.waited + statement.excluded.waited,
            },
        ),
        rows,
    )
