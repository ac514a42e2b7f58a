"""A small force to count by hand: two teams, pairs by the dozen, and people who may look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import insert

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.declines import Basis
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import Relationship
from dash_forms.domain.permissions import Role
from dash_forms.store.models import (
    Account,
    Incident,
    Pair,
    PairFact,
    Person,
    SignInSession,
)
from dash_forms.store.work import Store
from dash_forms.web.sessions import token_hash


@dataclass(frozen=True, slots=True)
class Force:
    """A database with two teams, and ways to add to it."""

    store: Store
    ashdown: UUID
    brookfield: UUID
    recorder: UUID

    def record(
        self,
        count: int,
        outcome: Outcome,
        on: date,
        *,
        team: UUID | None = None,
        reason: str | None = None,
        basis: Basis | None = None,
    ) -> None:
        """Add this many pairs that ended so on a day, in Ashdown unless another team is named."""
        if outcome in _NEEDS_REASON and reason is None:
            reason, basis = _NEEDS_REASON[outcome], Basis.SAID
        with self.store.work(writes=True) as work:
            for _ in range(count):
                pair_id = self._add_pair(work.session.execute, team or self.ashdown, work.now)
                work.session.execute(
                    insert(PairFact).values(
                        pair_id=pair_id,
                        team_id=team or self.ashdown,
                        counted_on=on,
                        outcome=outcome,
                        reason=reason,
                        reason_basis=basis,
                    )
                )

    def sign_in(self, client: FlaskClient, role: Role) -> FlaskClient:
        """Give the client the cookie of somebody in this role."""
        token = f"token of a {role.value}"
        with self.store.work(writes=True) as work:
            account_id = uuid7()
            work.session.execute(
                insert(Account).values(account_row(account_id, role, self.ashdown, work.now))
            )
            work.session.execute(
                insert(SignInSession).values(
                    token_hash=token_hash(token),
                    account_id=account_id,
                    created_at=work.now,
                    expires_at=work.now + timedelta(hours=1),
                )
            )
        with client.session_transaction() as cookie:
            cookie["token"] = token
        return client

    def _add_pair(self, execute: Callable[..., object], team_id: UUID, at: datetime) -> UUID:
        incident_id, victim_id, pair_id = uuid7(), uuid7(), uuid7()
        execute(
            insert(Incident).values(
                id=incident_id,
                urn=str(incident_id),
                reported_at=at,
                team_id=team_id,
                created_by_id=self.recorder,
                created_at=at,
            )
        )
        execute(insert(Person).values(id=victim_id, name_sealed=b"sealed", created_at=at))
        execute(
            insert(Pair).values(
                id=pair_id,
                incident_id=incident_id,
                victim_id=victim_id,
                relationship=next(iter(Relationship)),
                created_at=at,
            )
        )
        return pair_id


_NEEDS_REASON = {
    Outcome.DECLINED: "distrust",
    Outcome.UNABLE: "left",
    Outcome.NOT_OFFERED: "forgotten",
    Outcome.EXEMPT: "not_domestic",
}


def account_row(account_id: UUID, role: Role, team_id: UUID, at: datetime) -> dict[str, object]:
    return {
        "id": account_id,
        "username": role.value,
        "display_name": f"A {role.label.lower()}",
        "role": role,
        "team_id": team_id,
        "password_hash": "never used",
        "created_at": at,
    }
