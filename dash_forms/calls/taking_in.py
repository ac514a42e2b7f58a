"""Taking in logged calls: whose each is, the callers that are new, and the flags that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from dash_forms.domain.ids import uuid7
from dash_forms.store.callers import callers_like, refigure_flags, take_turns, told_by
from dash_forms.store.models import Call, Caller, CallerKey, CallerMatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any
    from uuid import UUID

    from dash_forms.domain.call_log import LoggedCall
    from dash_forms.domain.callers import Told
    from dash_forms.store.work import Work

_BATCH = 500


def add_calls(work: Work, calls: Iterable[LoggedCall]) -> int:
    """Add those whose numbers are not known yet; returns how many."""
    take_turns(work.connection)
    given = list(calls)
    known = _known(work, [call.reference for call in given])
    new: dict[str, LoggedCall] = {}
    for call in given:
        if call.reference not in known:
            new.setdefault(call.reference, call)
    rows = _Rows(work)
    rows.resolve(new, {reference: told_by(work.vault, call) for reference, call in new.items()})
    rows.insert()
    return len(new)


def _known(work: Work, references: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for at in range(0, len(references), _BATCH):
        some = references[at : at + _BATCH]
        known.update(
            work.connection.scalars(select(Call.reference).where(Call.reference.in_(some)))
        )
    return known


class _Rows:
    """The rows that some calls add, gathered so that each table is written once."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.calls: list[dict[str, Any]] = []
        self.callers: list[dict[str, Any]] = []
        self.keys: list[dict[str, Any]] = []
        self.matches: list[dict[str, Any]] = []

    def resolve(self, calls: Mapping[str, LoggedCall], told: Mapping[str, Told]) -> None:
        """Find out whose calls these are, one after the other."""
        known = callers_like(self.work.connection, told.values())
        for reference, call in calls.items():
            caller: UUID | None = None
            if told[reference].is_somebody:
                found = known.resolve(told[reference])
                caller = found.caller or self._new_caller(call)
                for kind, key in known.add(caller, told[reference].keys):
                    self.keys.append({"kind": kind, "key": key, "caller_id": caller})
                for other, why in found.doubtful:
                    self._match(other, caller, why)
            self.calls.append(
                {
                    "id": uuid7(),
                    "reference": reference,
                    "contact": call.duplicate_of or reference,
                    "called_at": call.called_at,
                    "channel": call.channel,
                    "caller_id": caller,
                    "incident_urn": call.incident,
                }
            )

    def _new_caller(self, call: LoggedCall) -> UUID:
        caller, seal = uuid7(), self.work.vault.seal_text
        born_on = call.born_on.isoformat() if call.born_on else ""
        self.callers.append(
            {
                "id": caller,
                "counted_as_id": caller,
                "name_sealed": seal(caller, "name", call.name),
                "phone_sealed": seal(caller, "phone", call.phone),
                "born_on_sealed": seal(caller, "born_on", born_on),
                "address_sealed": seal(caller, "address", call.address),
                "created_at": self.work.now,
            }
        )
        return caller

    def _match(self, one: UUID, other: UUID, why: object) -> None:
        found = {"one_id": one, "other_id": other, "why": why}
        self.matches.append({"id": uuid7(), "found_at": self.work.now, "verdict": None, **found})

    def insert(self) -> None:
        """Write them all, and the flags that follow."""
        connection = self.work.connection
        counted_as = self._counted_as()
        for call in self.calls:
            call["counted_as_id"] = counted_as.get(call["caller_id"], call["caller_id"])
        tables = (
            (Caller, self.callers),
            (CallerKey, self.keys),
            (Call, self.calls),
            (CallerMatch, self.matches),
        )
        for model, rows in tables:
            if rows:
                connection.execute(insert(model), rows)
        callers = {call["counted_as_id"] for call in self.calls if call["counted_as_id"]}
        refigure_flags(connection, callers)

    def _counted_as(self) -> dict[UUID, UUID]:
        """Whom each caller counts as, of those who were put together with another."""
        callers = sorted({call["caller_id"] for call in self.calls if call["caller_id"]})
        found: dict[UUID, UUID] = {}
        for at in range(0, len(callers), _BATCH):
            query = select(Caller.id, Caller.counted_as_id).where(
                Caller.id.in_(callers[at : at + _BATCH]), Caller.counted_as_id != Caller.id
            )
            found.update((row[0], row[1]) for row in self.work.connection.execute(query))
        return found
