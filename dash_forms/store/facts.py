"""Keeping facts and their counts, in the transaction that changes what they are worked out from.

What a unit of work writes to the records is noticed as it is flushed. Just before the commit the
facts of every pair concerned are worked out anew from the records, and the counts move by the
difference. Nothing is added up by hand anywhere, so what `rebuild` makes of all records is what is
kept, and `differences` says so or not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    BindParameter,
    Connection,
    Table,
    bindparam,
    delete,
    event,
    func,
    insert,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dash_forms.domain.assessment import State
from dash_forms.domain.facts import (
    AttemptFact,
    AttendanceFact,
    CameraFact,
    Fact,
    attendance_facts,
    fact_of,
    with_repeats,
)
from dash_forms.domain.report_counts import Key, Rules, attendance_counts, counts_of
from dash_forms.store.attendances import attendances_of
from dash_forms.store.fact_records import records_of
from dash_forms.store.models import (
    Assessment,
    AttemptFactRow,
    AttendanceFactRow,
    CameraFactRow,
    CameraRecord,
    FollowUp,
    GradeEntry,
    Incident,
    IncidentChild,
    MaracRecord,
    Pair,
    PairFact,
    Person,
    ReportCount,
    Review,
    Submission,
    Task,
)
from dash_forms.store.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute

    from dash_forms.store.work import Work

_FACTS_LOCK = 0xFAC75  # any number, the same for every writer of facts
_LOCK = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_FACTS_LOCK)
_BATCH = 300
_HELD = 50_000
"""How many victims, and how many counts, are held at a time when all are made anew."""

_FACT_COLUMNS = tuple(each.name for each in fields(Fact))
_ATTEMPT_COLUMNS = tuple(each.name for each in fields(AttemptFact))
_ATTENDANCE_COLUMNS = tuple(each.name for each in fields(AttendanceFact))
_CAMERA_COLUMNS = tuple(each.name for each in fields(CameraFact))


_facts, _attempts, _attendances, _cameras, _counts = (
    cast("Table", model.__table__)
    for model in (PairFact, AttemptFactRow, AttendanceFactRow, CameraFactRow, ReportCount)
)
_PAIRS: BindParameter[UUID] = bindparam("pairs", expanding=True)
_KNOWN = select(*(_facts.c[name] for name in _FACT_COLUMNS)).where(_facts.c.victim_key.is_not(None))
_KNOWN_KEYS = select(_facts.c.victim_key).where(_facts.c.pair_id.in_(_PAIRS))
_KNOWN_OF = _KNOWN.where(_facts.c.pair_id.in_(_PAIRS))
_OF_VICTIMS = _KNOWN.where(_facts.c.victim_key.in_(bindparam("keys", expanding=True)))
_KNOWN_ATTEMPTS = select(*(_attempts.c[name] for name in _ATTEMPT_COLUMNS))
_ATTEMPTS_OF = _KNOWN_ATTEMPTS.where(_attempts.c.pair_id.in_(_PAIRS))
_FORGET_FACTS = delete(_facts).where(_facts.c.pair_id.in_(_PAIRS))
_FORGET_ATTEMPTS = delete(_attempts).where(_attempts.c.pair_id.in_(_PAIRS))
_INCIDENTS: BindParameter[UUID] = bindparam("incidents", expanding=True)
_ATTENDANCES_OF = select(*(_attendances.c[name] for name in _ATTENDANCE_COLUMNS)).where(
    _attendances.c.incident_id.in_(_INCIDENTS)
)
_CAMERAS_OF = (
    select(*(_cameras.c[name] for name in _CAMERA_COLUMNS))
    .where(_cameras.c.incident_id.in_(_INCIDENTS))
    .order_by(_cameras.c.incident_id, _cameras.c.officer_id)
)
_FORGET_ATTENDANCES = delete(_attendances).where(_attendances.c.incident_id.in_(_INCIDENTS))
_FORGET_CAMERAS = delete(_cameras).where(_cameras.c.incident_id.in_(_INCIDENTS))

_OF_ASSESSMENT = (Submission, Review, GradeEntry, FollowUp, MaracRecord)
_SETTLED = {State.EXEMPT, State.VOID}


@event.listens_for(Session, "before_flush")
def _notice(session: Session, _context: object, _instances: object) -> None:
    """Remember whose facts a flush may change.

    By what is written and not by who writes, so that no command can forget to say so.
    """
    touched = session.info.setdefault("touched", (set(), set(), set(), set()))
    pairs, assessments, incidents, people = touched
    for each in (*session.new, *session.dirty):
        if isinstance(each, Pair):
            pairs.add(each.id)
        elif isinstance(each, Assessment):
            if each.version == 0 or each.state in _SETTLED:
                pairs.add(each.pair_id)
        elif isinstance(each, _OF_ASSESSMENT):
            assessments.add(each.assessment_id)
        elif isinstance(each, Incident):
            incidents.add(each.id)
        elif isinstance(each, (IncidentChild, Task, CameraRecord)):
            incidents.add(each.incident_id)
        elif isinstance(each, Person) and each not in session.new:
            people.add(each.id)


def settle(work: Work) -> None:
    """Bring facts and counts up to date with what this unit of work has written."""
    if "session" not in vars(work) or not (touched := work.session.info.pop("touched", None)):
        return
    pairs, assessments, incidents, people = touched
    connection = work.connection
    if people:
        pairs.update(connection.scalars(select(Pair.id).where(Pair.victim_id.in_(people))))
    if assessments:
        of_these = Assessment.id.in_(assessments)
        pairs.update(connection.scalars(select(Assessment.pair_id).where(of_these)))
    if pairs:
        of_these = Pair.id.in_(pairs)
        incidents.update(connection.scalars(select(Pair.incident_id).where(of_these)))
    if incidents:
        # All victims of an incident: whether it was attended, and filmed, is true of each.
        of_these = Pair.incident_id.in_(incidents)
        pairs.update(connection.scalars(select(Pair.id).where(of_these)))
        refigure(connection, pairs, rules_of(work))
        refigure_attendances(connection, incidents)


def rules_of(work: Work) -> Rules:
    """The rules of the counts as this force has set them."""
    return Rules(fast_form=work.clocks.fast_form)


def refigure(connection: Connection, pair_ids: set[UUID], rules: Rules) -> None:
    """Work out the facts of these pairs anew, and move the counts by the difference.

    One writer at a time: what a victim adds to the counts depends on all pairs of that victim.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    these = {"pairs": list(pair_ids)}
    facts, attempts = figured(connection, pair_ids)
    keys = {fact.victim_key for fact in facts}
    keys.update(key for key in connection.scalars(_KNOWN_KEYS, these) if key)
    before = [Fact(*row) for row in connection.execute(_OF_VICTIMS, {"keys": list(keys)})]
    attempts_before = [AttemptFact(*row) for row in connection.execute(_ATTEMPTS_OF, these)]
    after = with_repeats([*(each for each in before if each.pair_id not in pair_ids), *facts])
    _replace_facts(connection, pair_ids, before, after)
    if attempts != attempts_before:
        connection.execute(_FORGET_ATTEMPTS, these)
        _insert(connection, _attempts, map(asdict, attempts))
    change = counts_of(after, attempts, rules)
    change.subtract(counts_of(before, attempts_before, rules))
    _add(connection, change)


def refigure_attendances(connection: Connection, incident_ids: set[UUID]) -> None:
    """Work out anew how these incidents were attended, and move the counts by the difference."""
    these = {"incidents": list(incident_ids)}
    after = figured_attendances(connection, incident_ids)
    before = _kept_attendances(connection, incident_ids)
    if after == before:
        return
    connection.execute(_FORGET_CAMERAS, these)
    connection.execute(_FORGET_ATTENDANCES, these)
    _insert(connection, _attendances, map(asdict, after[0]))
    _insert(connection, _cameras, map(asdict, after[1]))
    change = attendance_counts(*after)
    change.subtract(attendance_counts(*before))
    _add(connection, change)


def figured_attendances(
    connection: Connection, incident_ids: Collection[UUID]
) -> tuple[list[AttendanceFact], list[CameraFact]]:
    """The facts of the incidents that are measured, from the records alone."""
    attendances, cameras = [], []
    for found in attendances_of(connection, incident_ids):
        attendance, of_officers = attendance_facts(found)
        attendances.append(attendance)
        cameras += of_officers
    return attendances, cameras


def _kept_attendances(
    connection: Connection, incident_ids: Collection[UUID]
) -> tuple[list[AttendanceFact], list[CameraFact]]:
    these = {"incidents": list(incident_ids)}
    kept = [AttendanceFact(*row) for row in connection.execute(_ATTENDANCES_OF, these)]
    kept.sort(key=lambda each: each.incident_id)
    cameras = [CameraFact(*row) for row in connection.execute(_CAMERAS_OF, these)]
    return kept, sorted(cameras, key=lambda each: (each.incident_id, each.officer_id))


def figured(
    connection: Connection, pair_ids: Iterable[UUID]
) -> tuple[list[Fact], list[AttemptFact]]:
    """The facts of pairs and of their attempts, from the records alone."""
    facts, attempts = [], []
    for records in records_of(connection, list(pair_ids)):
        facts.append(fact_of(records.case, records.attempts))
        attempts += records.reviews
    return facts, attempts


def _replace_facts(
    connection: Connection, pair_ids: set[UUID], before: Sequence[Fact], after: Sequence[Fact]
) -> None:
    """Write what differs; rows from before there were such facts go as well."""
    known = {fact.pair_id: fact for fact in before}
    changed = [fact for fact in after if known.get(fact.pair_id) != fact]
    gone = (pair_ids - {fact.pair_id for fact in after}) | {fact.pair_id for fact in changed}
    if gone:
        connection.execute(_FORGET_FACTS, {"pairs": list(gone)})
    _insert(connection, _facts, map(asdict, changed))


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    if found := list(rows):
        connection.execute(insert(table), found)


def _add(connection: Connection, change: Counter[Key]) -> None:
    """Move the counts, always in the same order, so that no two writers wait for each other."""
    rows = [{**key._asdict(), "number": number} for key, number in sorted(change.items()) if number]
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    adding = dialect.insert(_counts)
    connection.execute(
        adding.on_conflict_do_update(
            index_elements=list(_counts.primary_key),
            set_={"number": _counts.c.number + adding.excluded.number},
        ),
        rows,
    )


def add_facts(
    connection: Connection,
    facts: Sequence[Fact],
    attempts: Sequence[AttemptFact],
    rules: Rules,
    *,
    attendances: Sequence[AttendanceFact] = (),
    cameras: Sequence[CameraFact] = (),
) -> None:
    """Put down facts that nobody has put down yet, with their counts.

    All pairs of each victim are to be given at once.
    """
    marked = with_repeats(facts)
    _insert(connection, _facts, map(asdict, marked))
    _insert(connection, _attempts, map(asdict, attempts))
    _insert(connection, _attendances, map(asdict, attendances))
    _insert(connection, _cameras, map(asdict, cameras))
    _add(connection, counts_of(marked, attempts, rules))
    _add(connection, attendance_counts(attendances, cameras))


def is_to_be_rebuilt(connection: Connection) -> bool:
    """Whether there are pairs from before there were such counts, or all that is in them now."""
    is_old = or_(
        _facts.c.victim_key.is_(None),
        _facts.c.camera.is_(None),
        _facts.c.response_grade.is_(None),
    )
    return connection.scalar(select(_facts.c.pair_id).where(is_old).limit(1)) is not None


def pair_count(connection: Connection) -> int:
    """How many pairs there are to work out."""
    return connection.scalar(select(func.count()).select_from(Pair)) or 0


def rebuild(connection: Connection, rules: Rules, progress: Callable[[int], None]) -> int:
    """Make every fact and count anew from the records; returns how many pairs have facts."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    for table in (_facts, _attempts, _cameras, _attendances, _counts):
        connection.execute(delete(table))
    made, counts = 0, Counter[Key]()
    for pair_ids in _whole_victims(connection):
        facts, attempts = figured(connection, pair_ids)
        marked = with_repeats(facts)
        _insert(connection, _facts, map(asdict, marked))
        _insert(connection, _attempts, map(asdict, attempts))
        counts.update(counts_of(marked, attempts, rules))
        if len(counts) > _HELD:
            _add(connection, counts)
            counts.clear()
        made += len(marked)
        progress(len(pair_ids))
    for incident_ids in _whole_incidents(connection):
        attendances, cameras = figured_attendances(connection, incident_ids)
        _insert(connection, _attendances, map(asdict, attendances))
        _insert(connection, _cameras, map(asdict, cameras))
        counts.update(attendance_counts(attendances, cameras))
        if len(counts) > _HELD:
            _add(connection, counts)
            counts.clear()
    _add(connection, counts)
    return made


def differences(
    connection: Connection, rules: Rules, progress: Callable[[int], None]
) -> Iterator[str]:
    """Every fact or count that is not what the records make it, in words, identifiers only."""
    tally = Tally()
    for pair_ids in _whole_victims(connection):
        facts, attempts = figured(connection, pair_ids)
        marked = with_repeats(facts)
        these = {"pairs": pair_ids}
        known = [Fact(*row) for row in connection.execute(_KNOWN_OF, these)]
        attempts_known = [AttemptFact(*row) for row in connection.execute(_ATTEMPTS_OF, these)]
        yield from _unlike(
            "pair", {each.pair_id: each for each in marked}, {each.pair_id: each for each in known}
        )
        yield from _unlike(
            "attempt",
            {each.assessment_id: each for each in attempts},
            {each.assessment_id: each for each in attempts_known},
        )
        tally.add_made(counts_of(marked, attempts, rules).items())
        progress(len(pair_ids))
    for incident_ids in _whole_incidents(connection):
        yield from _unlike_attendances(connection, incident_ids, tally)
    rows = connection.execute(select(_counts), execution_options={"yield_per": _HELD})
    tally.add_kept((Key(*row[:-1]), row[-1]) for row in rows)
    for key, kept, made in tally.unlike():
        yield (
            f"count {key.code} by {key.grain} from {key.starts_on} of {key.scope}:"
            f" kept {kept}, recomputed {made}"
        )


def _whole_victims(connection: Connection) -> Iterator[list[UUID]]:
    """Every pair there is, some at a time, and all pairs of a victim together.

    What a victim adds to the counts depends on all of them; memory is for some victims alone.
    """
    is_known = Person.identity_index.is_not(None)
    keys: tuple[tuple[InstrumentedAttribute[Any], ColumnElement[bool]], ...] = (
        (Person.identity_index, is_known),
        (Pair.victim_id, not_(is_known)),
    )
    for key, where in keys:
        some = select(key).select_from(Pair).join(Person, Person.id == Pair.victim_id).where(where)
        some = some.distinct().order_by(key).limit(_BATCH)
        theirs = select(Pair.id).join(Person, Person.id == Pair.victim_id).where(where)
        found = connection.scalars(some).all()
        while found:
            yield list(connection.scalars(theirs.where(key.in_(found))))
            found = connection.scalars(some.where(key > found[-1])).all()


def _whole_incidents(connection: Connection) -> Iterator[list[UUID]]:
    """Every incident there is, some at a time."""
    some = select(Incident.id).order_by(Incident.id).limit(_BATCH)
    found = list(connection.scalars(some))
    while found:
        yield found
        found = list(connection.scalars(some.where(Incident.id > found[-1])))


def _unlike_attendances(
    connection: Connection, incident_ids: list[UUID], tally: Tally
) -> Iterator[str]:
    attendances, cameras = figured_attendances(connection, incident_ids)
    known, known_cameras = _kept_attendances(connection, incident_ids)
    yield from _unlike(
        "attendance",
        {each.incident_id: each for each in attendances},
        {each.incident_id: each for each in known},
    )
    yield from _unlike(
        "camera",
        {(each.incident_id, each.officer_id): each for each in cameras},
        {(each.incident_id, each.officer_id): each for each in known_cameras},
    )
    tally.add_made(attendance_counts(attendances, cameras).items())


def _unlike(kind: str, made: dict[Any, Any], kept: dict[Any, Any]) -> Iterator[str]:
    for key in sorted(made.keys() | kept.keys()):
        subject = " of ".join(map(str, reversed(key))) if isinstance(key, tuple) else key
        one, other = made.get(key), kept.get(key)
        if one is None or other is None:
            yield f"{kind} {subject}: {'kept without a record' if one is None else 'not kept'}"
        elif one != other:
            names = [each.name for each in fields(one)]
            wrong = [name for name in names if getattr(one, name) != getattr(other, name)]
            yield f"{kind} {subject}: {', '.join(wrong)}"
