"""Taking in logged calls: whose each is, the callers that are new, and the flags that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

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
        contacts = self._contacts(calls.values())
        for reference, call in calls.items():
            first = call.duplicate_of
            contact = contacts[reference] = contacts.get(first, first) or reference
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
                    "contact": contact,
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
        low, high = sorted((one, other))
        found = {"one_id": low, "other_id": high, "why": why}
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
        )
        for model, rows in tables:
            if rows:
                connection.execute(insert(model), rows)
        if self.matches:
            self._ask()
        callers = {call["counted_as_id"] for call in self.calls if call["counted_as_id"]}
        refigure_flags(connection, callers | self._follow_chains())

    def _ask(self) -> None:
        """Add the questions that nobody has been asked yet."""
        is_postgresql = self.work.connection.dialect.name == "postgresql"
        add = (postgresql.insert if is_postgresql else sqlite.insert)(CallerMatch)
        self.work.connection.execute(add.on_conflict_do_nothing(), self.matches)

    def _follow_chains(self) -> set[UUID]:
        """Let logs that named a duplicate name its first log; returns whose they are."""
        connection = self.work.connection
        callers: set[UUID] = set()
        for call in self.calls:
            if call["contact"] == call["reference"]:
                continue
            named = Call.contact == call["reference"]
            found = connection.scalars(select(Call.counted_as_id).where(named)).all()
            if found:
                connection.execute(update(Call).where(named).values(contact=call["contact"]))
                callers.update(each for each in found if each is not None)
        return callers

    def _contacts(self, calls: Iterable[LoggedCall]) -> dict[str, str]:
        """The contact that each log belongs to whose first log is known."""
        firsts = sorted({call.duplicate_of for call in calls if call.duplicate_of})
        found: dict[str, str] = {}
        for at in range(0, len(firsts), _BATCH):
            query = select(Call.reference, Call.contact).where(
                Call.reference.in_(firsts[at : at + _BATCH])
            )
            found.update((row[0], row[1]) for row in self.work.connection.execute(query))
        return found

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
