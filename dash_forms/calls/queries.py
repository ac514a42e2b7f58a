"""What is shown of callers: who is over a rule, who is one call away, and one of them in full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, union_all

from dash_forms.domain.audit_events import Name
from dash_forms.domain.call_log import Channel
from dash_forms.domain.callers import Compared, Kind, Verdict, Why, compare
from dash_forms.domain.errors import NotFoundError
from dash_forms.domain.identity import UNNAMED
from dash_forms.domain.periods import apart
from dash_forms.domain.permissions import Permission
from dash_forms.domain.repeat_calls import FEWEST, Rule, Standing
from dash_forms.store.access import reachable_incidents
from dash_forms.store.callers import moments_of
from dash_forms.store.models import (
    Account,
    Call,
    Caller,
    CallerDecision,
    CallerFlag,
    CallerKey,
    CallerMatch,
    Incident,
    Pair,
    Person,
)
from dash_forms.store.plans import PlanStanding, plan_standings
from dash_forms.store.work import Work

MOST_LISTED = 100
MOST_CALLS = 100
MOST_MATCHES = 50
MOST_INCIDENTS = 20
Keys = dict[tuple[UUID, Kind], set[bytes]]
"""What each caller is found again by, of each kind."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one caller gave, in the clear."""

    id: UUID
    name: str
    phone: str
    born_on: date | None
    address: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A caller in a list of the control room, who has to know one by name when the phone rings."""

    id: UUID
    name: str
    also: tuple[str, ...]
    """Further names under which the same person called, where somebody put them together."""
    phone: str
    standing: Standing
    last_at: datetime
    flagged_at: datetime | None
    """When a flag was raised last, if ever."""
    plan: PlanStanding


@dataclass(frozen=True, slots=True)
class CallerList:
    """Who calls often at this moment. Where there are more than are shown, `…_found` says it."""

    over: list[Listed]
    over_found: int
    near: list[Listed]
    near_found: int
    undecided: int
    """Matches that wait for somebody to say whether two callers are one person."""
    last_call_at: datetime | None
    """Of all that was imported: how old the picture is."""


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call in the list of a caller's. `is_counted` is not so of a further log of a contact."""

    reference: str
    called_at: datetime
    channel: Channel
    incident_urn: str
    incident_id: UUID | None
    """Where the incident is in this system, and open to the person."""
    is_counted: bool
    raised: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody said of a match, and why."""

    verdict: Verdict
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MatchView:
    """Two callers who may be one person, with all that was said about it, the last first."""

    id: UUID
    why: Why
    found_at: datetime
    one: Told
    other: Told
    compared: Compared
    one_calls: int
    other_calls: int
    verdict: Verdict | None
    decisions: list[Decided]


@dataclass(frozen=True, slots=True)
class CallerPage:
    """A caller with everything that counts as theirs."""

    id: UUID
    told: list[Told]
    """As each was told, the first first; more than one where they were put together."""
    standing: Standing
    flags: list[tuple[Rule, datetime]]
    calls: list[CallLine]
    log_count: int
    """All logs of theirs; `call_count` is how many contacts they make."""
    call_count: int
    matches: list[MatchView]
    incidents: list[tuple[UUID, str, datetime]]
    """Domestic-abuse incidents in which the same name and birthday stand, open to the person."""
    plan: PlanStanding
    plan_waits: str
    """How long until a plan is due, or since it was."""

    @property
    def name(self) -> str:
        return next((each.name for each in self.told if each.name), UNNAMED)


def caller_list(work: Work) -> CallerList:
    """Everybody over a rule or one call away from it, whoever called last first."""
    now, since = work.now, work.now - max(rule.span for rule in Rule)
    query = (
        select(Call.counted_as_id)
        .where(Call.called_at.between(since, now), Call.counted_as_id.is_not(None))
        .group_by(Call.counted_as_id)
        .having(func.count() >= FEWEST)
    )
    several = [caller for caller in work.connection.scalars(query) if caller is not None]
    over: list[tuple[UUID, Standing, datetime]] = []
    near: list[tuple[UUID, Standing, datetime]] = []
    for caller, contacts in moments_of(work.connection, several, since=since):
        moments = [moment for moment, _ in contacts if moment <= now]
        standing = Standing.at(now, moments)
        found = over if standing.over else near if standing.next_over else None
        if found is not None:
            found.append((caller, standing, moments[-1]))
    for each in (over, near):
        each.sort(key=lambda row: row[2], reverse=True)
    undecided = select(func.count()).where(CallerMatch.verdict.is_(None))
    work.audit(Name.CALLERS_LISTED, "caller", over=len(over), near=len(near))
    return CallerList(
        _listed(work, over[:MOST_LISTED]),
        len(over),
        _listed(work, near[:MOST_LISTED]),
        len(near),
        work.connection.scalar(undecided) or 0,
        work.connection.scalar(select(func.max(Call.called_at))),
    )


def caller_page(work: Work, caller_id: UUID) -> CallerPage:
    """One caller, or NotFoundError. Whoever was put together with another is shown as the two."""
    told = _together(work, caller_id)
    first = told[0].id
    contacts = next(iter(moments_of(work.connection, [first])), (first, []))[1]
    counting = {call_id for _, call_id in contacts}
    flags = work.connection.execute(
        select(CallerFlag.call_id, CallerFlag.rule, CallerFlag.raised_at)
        .where(CallerFlag.caller_id == first)
        .order_by(CallerFlag.raised_at.desc(), CallerFlag.rule)
    ).all()
    plan = plan_standings(work, [first])[first]
    work.audit(Name.CALLER_VIEWED, "caller", first)
    return CallerPage(
        id=first,
        told=told,
        standing=Standing.at(work.now, (moment for moment, _ in contacts)),
        flags=[(row.rule, row.raised_at) for row in flags],
        calls=_calls(work, first, counting, [(row.call_id, row.rule) for row in flags]),
        log_count=work.connection.scalar(select(func.count()).where(Call.counted_as_id == first))
        or 0,
        call_count=len(contacts),
        matches=_matches(work, _of_callers([each.id for each in told])),
        incidents=_incidents(work, [each.id for each in told]),
        plan=plan,
        plan_waits=apart(work.now, plan.due_at) if plan.due_at else "",
    )


def undecided_matches(work: Work) -> tuple[list[MatchView], int]:
    """Matches that nobody has decided on, the oldest first, and how many there are."""
    work.audit(Name.CALLERS_LISTED, "caller_match")
    waits = CallerMatch.verdict.is_(None)
    found = work.connection.scalar(select(func.count()).where(waits)) or 0
    return _matches(work, waits), found


def match(work: Work, match_id: UUID) -> MatchView:
    """One match, or NotFoundError."""
    found = _matches(work, CallerMatch.id == match_id)
    if not found:
        raise NotFoundError("There is no such match.")
    work.audit(Name.CALLER_VIEWED, "caller_match", match_id)
    return found[0]


def _listed(work: Work, rows: list[tuple[UUID, Standing, datetime]]) -> list[Listed]:
    callers = [caller for caller, _, _ in rows]
    flagged: dict[UUID, datetime] = {
        row[0]: row[1]
        for row in work.connection.execute(
            select(CallerFlag.caller_id, func.max(CallerFlag.raised_at))
            .where(CallerFlag.caller_id.in_(callers))
            .group_by(CallerFlag.caller_id)
        )
    }
    together: dict[UUID, list[UUID]] = {}
    of_each = select(Caller.counted_as_id, Caller.id).where(Caller.counted_as_id.in_(callers))
    for caller, one in work.connection.execute(of_each.order_by(Caller.id)):
        together.setdefault(caller, []).append(one)
    told = _told(work, [one for each in together.values() for one in each])
    plans = plan_standings(work, callers)
    return [
        Listed(
            caller,
            told[caller].name or UNNAMED,
            _further({told[one].name for one in together[caller]}, told[caller].name),
            told[caller].phone,
            standing,
            last_at,
            flagged.get(caller),
            plans[caller],
        )
        for caller, standing, last_at in rows
    ]


def _further(names: set[str], shown: str) -> tuple[str, ...]:
    return tuple(sorted(names - {shown, ""}))


def _together(work: Work, caller_id: UUID) -> list[Told]:
    row = work.session.get(Caller, caller_id)
    if row is None:
        raise NotFoundError("There is no such caller.")
    ids = work.connection.scalars(
        select(Caller.id).where(Caller.counted_as_id == row.counted_as_id).order_by(Caller.id)
    ).all()
    told = _told(work, ids)
    return [told[each] for each in sorted(ids, key=lambda each: (each != row.counted_as_id, each))]


def _told(work: Work, callers: Iterable[UUID]) -> dict[UUID, Told]:
    query = select(Caller).where(Caller.id.in_(list(callers)))
    open_text = work.vault.open_text
    return {
        row.id: Told(
            row.id,
            open_text(row.id, "name", row.name_sealed),
            open_text(row.id, "phone", row.phone_sealed),
            date.fromisoformat(born_on)
            if (born_on := open_text(row.id, "born_on", row.born_on_sealed))
            else None,
            open_text(row.id, "address", row.address_sealed),
        )
        for row in work.session.scalars(query)
    }


def _calls(
    work: Work, caller: UUID, counting: set[UUID], raised: list[tuple[UUID, Rule]]
) -> list[CallLine]:
    rows = work.connection.execute(
        select(
            Call.id,
            Call.reference,
            Call.called_at,
            Call.channel,
            Call.incident_urn,
            Incident.id.label("incident_id"),
        )
        .outerjoin(Incident, (Incident.urn == Call.incident_urn) & reachable_incidents(work))
        .where(Call.counted_as_id == caller)
        .order_by(Call.called_at.desc(), Call.reference.desc())
        .limit(MOST_CALLS)
    ).all()
    return [
        CallLine(
            row.reference,
            row.called_at,
            row.channel,
            row.incident_urn,
            row.incident_id,
            row.id in counting,
            tuple(rule for call_id, rule in raised if call_id == row.id),
        )
        for row in rows
    ]


def _of_callers(callers: list[UUID]) -> ColumnElement[bool]:
    return or_(CallerMatch.one_id.in_(callers), CallerMatch.other_id.in_(callers))


def _matches(work: Work, wanted: ColumnElement[bool]) -> list[MatchView]:
    rows = work.session.scalars(
        select(CallerMatch)
        .where(wanted)
        .order_by(CallerMatch.found_at, CallerMatch.id)
        .limit(MOST_MATCHES)
    ).all()
    both = {caller for row in rows for caller in (row.one_id, row.other_id)}
    told = _told(work, both)
    calls: dict[UUID | None, int] = {
        row[0]: row[1]
        for row in work.connection.execute(
            select(Call.caller_id, func.count(Call.contact.distinct()))
            .where(Call.caller_id.in_(both))
            .group_by(Call.caller_id)
        )
    }
    decided = _decisions(work, [row.id for row in rows])
    keys: Keys = {}
    for kind, key, caller in work.connection.execute(
        select(CallerKey.kind, CallerKey.key, CallerKey.caller_id).where(
            CallerKey.caller_id.in_(both)
        )
    ):
        keys.setdefault((caller, kind), set()).add(key)
    return [
        MatchView(
            row.id,
            row.why,
            row.found_at,
            told[row.one_id],
            told[row.other_id],
            _compared(told[row.one_id], told[row.other_id], keys),
            calls.get(row.one_id, 0),
            calls.get(row.other_id, 0),
            row.verdict,
            decided.get(row.id, []),
        )
        for row in rows
    ]


def _compared(one: Told, other: Told, keys: Keys) -> Compared:
    """By the keys of all their calls, but for the birthday, which has none of its own."""

    def of(kind: Kind) -> tuple[set[bytes], set[bytes]]:
        return keys.get((one.id, kind), set()), keys.get((other.id, kind), set())

    born_one, born_other = ([each.born_on] if each.born_on else [] for each in (one, other))
    return compare(
        [
            ("name", *of(Kind.NAME)),
            ("date of birth", born_one, born_other),
            ("phone", *of(Kind.PHONE)),
            ("address", *of(Kind.ADDRESS)),
        ]
    )


def _decisions(work: Work, matches: list[UUID]) -> dict[UUID, list[Decided]]:
    found: dict[UUID, list[Decided]] = {}
    for row, by in work.session.execute(
        select(CallerDecision, Account.display_name)
        .join(Account, Account.id == CallerDecision.decided_by_id)
        .where(CallerDecision.match_id.in_(matches))
        .order_by(CallerDecision.decided_at.desc(), CallerDecision.id.desc())
    ):
        reason = work.vault.open_text(row.id, "reason", row.reason_sealed)
        found.setdefault(row.match_id, []).append(Decided(row.verdict, reason, by, row.decided_at))
    return found


def _incidents(work: Work, callers: list[UUID]) -> list[tuple[UUID, str, datetime]]:
    """Found by the keyed index of name and birthday alone, which both tables have."""
    if not work.by.may(Permission.VIEW_INCIDENTS):
        return []
    keys = work.connection.scalars(
        select(CallerKey.key).where(
            CallerKey.caller_id.in_(callers), CallerKey.kind == Kind.IDENTITY
        )
    ).all()
    people = work.connection.scalars(select(Person.id).where(Person.identity_index.in_(keys))).all()
    either = [
        select(Pair.incident_id).where(side.in_(people))
        for side in (Pair.victim_id, Pair.perpetrator_id)
    ]
    rows = work.connection.execute(
        select(Incident.id, Incident.urn, Incident.reported_at)
        .where(Incident.id.in_(union_all(*either)), reachable_incidents(work))
        .order_by(Incident.reported_at.desc())
        .limit(MOST_INCIDENTS)
    )
    return [(row[0], row[1], row[2]) for row in rows]
