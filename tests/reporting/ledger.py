"""Pairs by the dozen, written straight to the fact table, so that numbers can be counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.body_worn_video import Standing
from dash_forms.domain.declines import Basis
from dash_forms.domain.facts import Fact
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import Relationship
from dash_forms.domain.report_counts import Rules
from dash_forms.domain.response import CallGrade
from dash_forms.store.facts import add_facts
from dash_forms.store.models import Incident, Pair, Person
from dash_forms.store.work import Store
from tests.support.force import Force

_USUAL_REASONS = {
    Outcome.DECLINED: "distrust",
    Outcome.UNABLE: "left",
    Outcome.NOT_OFFERED: "forgotten",
    Outcome.EXEMPT: "not_domestic",
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """Adds pairs to a force's database."""

    store: Store
    force: Force

    def record(
        self,
        count: int,
        outcome: Outcome,
        on: date,
        *,
        team: str = "north",
        reason: str | None = None,
        basis: Basis = Basis.SAID,
    ) -> None:
        """Add this many pairs that ended so on a day; reasons are filled in where one is due."""
        reason = reason or _USUAL_REASONS.get(outcome)
        team_id = self.force.teams[team]
        with self.store.work(writes=True) as work:
            facts = []
            for _ in range(count):
                pair_id = self._pair(work.session, team_id, work.now)
                facts.append(
                    Fact(
                        pair_id=pair_id,
                        team_id=team_id,
                        victim_key=pair_id.bytes,
                        reported_at=work.now,
                        question_set="dash-27.1",
                        counted_on=on,
                        hour=12,
                        attempt=1,
                        outcome=outcome,
                        reason=reason,
                        reason_basis=basis if reason else None,
                        camera=Standing.NO_RECORD,  # every pair has a standing
                        response_grade=CallGrade.NOT_GRADED,  # and a grade, or that it has none
                    )
                )
            add_facts(work.connection, facts, [], Rules())

    def record_rate(self, declined: int, countable: int, on: date, *, pending: int = 0) -> None:
        """Add pairs of which this many of this many declined, and some are still pending."""
        self.record(declined, Outcome.DECLINED, on)
        self.record(countable - declined, Outcome.COMPLETED, on)
        self.record(pending, Outcome.PENDING, on)

    def _pair(self, session: Session, team_id: UUID, at: datetime) -> UUID:
        incident_id, victim_id, pair_id = uuid7(), uuid7(), uuid7()
        session.execute(
            insert(Incident).values(
                id=incident_id,
                urn=str(incident_id),
                reported_at=at,
                team_id=team_id,
                created_by_id=self.force.actors["officer1"].id,
                created_at=at,
            )
        )
        session.execute(insert(Person).values(id=victim_id, name_sealed=b"sealed", created_at=at))
        session.execute(
            insert(Pair).values(
                id=pair_id,
                incident_id=incident_id,
                victim_id=victim_id,
                relationship=next(iter(Relationship)),
                created_at=at,
            )
        )
        return pair_id
