"""Random histories as facts, and every measure worked out from them the slow and obvious way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import insert

from dash_forms.domain.assessment import Outcome, State
from dash_forms.domain.body_worn_video import FirstContact, Standing, standing_of
from dash_forms.domain.declines import Basis, Ending, reasons_for
from dash_forms.domain.facts import (
    AttemptFact,
    AttendanceFact,
    CameraFact,
    Fact,
    with_repeats,
)
from dash_forms.domain.grading import Grade
from dash_forms.domain.ids import uuid7
from dash_forms.domain.incidents import Mode, Relationship
from dash_forms.domain.periods import Period, london_date, months_before
from dash_forms.domain.permissions import Role
from dash_forms.domain.report_counts import Rules
from dash_forms.domain.response import CallGrade
from dash_forms.store.facts import add_facts
from dash_forms.store.models import Account, Assessment, Incident, Pair, Person

if TYPE_CHECKING:
    from dash_forms.store.work import Store
    from tests.support.force import Force

FIRST = date(2024, 1, 20)
DAYS = 760
SETS = ("dash-27.1", "dash-27.2")
_WAITS = (0, 15, 16, 60, 61, 240, 241, 720, 721, 1440, 1441, 4320, 4321, 10_080, 10_081, 19_000)
"""On either side of the end of every band."""
_ENDINGS = {
    Outcome.DECLINED: Ending.DECLINED,
    Outcome.UNABLE: Ending.UNABLE,
    Outcome.NOT_OFFERED: Ending.NOT_OFFERED,
    Outcome.EXEMPT: Ending.EXEMPT,
}


@dataclass(frozen=True)
class History:
    """Facts of a force, as they are kept."""

    facts: list[Fact]
    attempts: list[AttemptFact]
    attendances: list[AttendanceFact] = field(default_factory=list)
    """Of incidents: `incident_id` is that of the pair by which the incident is put down."""
    cameras: list[CameraFact] = field(default_factory=list)

    def narrowed(self, team: UUID | None, question_set: str | None) -> History:
        """Only what a filter leaves."""

        def stays(each: Fact | AttemptFact) -> bool:
            return (team is None or each.team_id == team) and (
                question_set is None or each.question_set == question_set
            )

        def is_of_team(each: AttendanceFact | CameraFact) -> bool:
            return team is None or each.team_id == team

        return History(
            [each for each in self.facts if stays(each)],
            [each for each in self.attempts if stays(each)],
            [each for each in self.attendances if is_of_team(each)],
            [each for each in self.cameras if is_of_team(each)],
        )


def invented(chance: Random, teams: list[UUID], pairs: int) -> History:
    """A history in which everything that can be measured happens now and then."""
    victims = [uuid7().bytes for _ in range(max(1, pairs * 2 // 3))]
    facts = [_fact(chance, teams, chance.choice(victims)) for _ in range(pairs)]
    attempts = [_attempt(chance, fact) for fact in facts if chance.random() < 0.8]
    apart = Random(pairs)  # so that the rest of a history is what it was before there were cameras
    facts = [replace(each, camera=apart.choice(list(Standing))) for each in facts]
    waits = Random(pairs + 1)  # and this before there were waits
    facts = [replace(each, response_grade=waits.choice(list(CallGrade))) for each in facts]
    attendances, cameras = [], []
    for fact in facts:
        if fact.camera is Standing.NOT_ATTENDED:
            attendances.append(_unattended(fact))
        else:
            attendance, of_officers = _attendance(apart, waits, fact)
            attendances.append(attendance)
            cameras += of_officers
    return History(with_repeats(facts), attempts, attendances, cameras)


def _unattended(fact: Fact) -> AttendanceFact:
    return AttendanceFact(
        fact.pair_id,
        fact.team_id,
        None,
        None,
        Standing.NOT_ATTENDED,
        reported_on=london_date(fact.reported_at),
        response_grade=fact.response_grade,
    )


def _attendance(
    chance: Random, waits: Random, fact: Fact
) -> tuple[AttendanceFact, list[CameraFact]]:
    at = fact.reported_at + timedelta(hours=chance.randrange(60))
    said = [chance.choice(list(FirstContact)) for _ in range(chance.randrange(4))]
    attendance = AttendanceFact(
        fact.pair_id,
        fact.team_id,
        at,
        london_date(at),
        standing_of(said),
        reported_on=london_date(fact.reported_at),
        response_grade=fact.response_grade,
        delay_minutes=waits.choice([None, *_WAITS]),
    )
    return attendance, [
        CameraFact(fact.pair_id, uuid7(), fact.team_id, london_date(at), each)
        for each in said
        if each.is_there
    ]


def _maybe(chance: Random, day: date) -> date | None:
    return day + timedelta(days=chance.randrange(40)) if chance.random() < 0.6 else None


def _fact(chance: Random, teams: list[UUID], victim: bytes) -> Fact:
    outcome = chance.choice([*Outcome, Outcome.DECLINED, Outcome.DECLINED, Outcome.COMPLETED])
    on = FIRST + timedelta(days=chance.randrange(DAYS))
    ending = _ENDINGS.get(outcome)
    is_completed = outcome is Outcome.COMPLETED
    due = _maybe(chance, on)
    return Fact(
        pair_id=uuid7(),
        team_id=chance.choice(teams),
        victim_key=victim,
        reported_at=datetime(on.year, on.month, on.day, chance.randrange(24), tzinfo=UTC)
        - timedelta(days=chance.randrange(3)),
        question_set=chance.choice(SETS),
        counted_on=on,
        hour=chance.randrange(24),
        attempt=1,
        outcome=outcome,
        reason=chance.choice(reasons_for(ending)).code if ending else None,
        reason_basis=chance.choice(list(Basis)) if ending else None,
        converted_on=_maybe(chance, on) if outcome is Outcome.DECLINED else None,
        mode=chance.choice([*Mode, None]),
        delay_minutes=chance.choice([None, 5, 60, 61, 500, 9_000]),
        has_children=chance.random() < 0.4,
        was_unable=outcome is Outcome.UNABLE or chance.random() < 0.1,
        was_not_offered=outcome is Outcome.NOT_OFFERED or chance.random() < 0.1,
        is_blanket_no=is_completed and chance.random() < 0.3,
        seconds=chance.choice([None, 60, 239, 240, 900]) if is_completed else None,
        grade=None if outcome is Outcome.PENDING else chance.choice(list(Grade)),
        has_red_flag=outcome is Outcome.DECLINED and chance.random() < 0.4,
        marac_decided=chance.random() < 0.3,
        encompass_due_on=due,
        encompass_in_time=due is not None and chance.random() < 0.7,
    )


def _attempt(chance: Random, fact: Fact) -> AttemptFact:
    due, decided, again = (_maybe(chance, fact.counted_on) for _ in range(3))
    offered = _maybe(chance, fact.counted_on)
    return AttemptFact(
        assessment_id=uuid7(),
        pair_id=fact.pair_id,
        team_id=fact.team_id,
        question_set=fact.question_set,
        review_due_on=due,
        review_in_time=due is not None and chance.random() < 0.7,
        decided_on=decided,
        officer_grade=chance.choice(list(Grade)),
        supervisor_grade=chance.choice(list(Grade)) if decided else None,
        graded_again_on=again,
        specialist_grade=chance.choice(list(Grade)) if again else None,
        reoffer_due_on=offered,
        reoffer_in_time=offered is not None and chance.random() < 0.7,
    )


def put_down(store: Store, force: Force, history: History) -> None:
    """Store a history, with just as many records as its foreign keys ask for."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    officer = force.actors["officer1"].id
    with store.work(writes=True) as work:
        connection = work.connection
        incidents = {each.pair_id: uuid7() for each in history.facts}
        people = {each.pair_id: uuid7() for each in history.facts}
        connection.execute(
            insert(Person),
            [{"id": each, "name_sealed": b"-", "created_at": at} for each in people.values()],
        )
        connection.execute(
            insert(Incident),
            [
                {
                    "id": incidents[each.pair_id],
                    "urn": str(each.pair_id),
                    "reported_at": each.reported_at,
                    "team_id": each.team_id,
                    "created_by_id": officer,
                    "created_at": at,
                }
                for each in history.facts
            ],
        )
        connection.execute(
            insert(Pair),
            [
                {
                    "id": each.pair_id,
                    "incident_id": incidents[each.pair_id],
                    "victim_id": people[each.pair_id],
                    "relationship": Relationship.PARTNER,
                    "created_at": at,
                }
                for each in history.facts
            ],
        )
        attempts = [
            {
                "id": each.assessment_id,
                "pair_id": each.pair_id,
                "attempt": 1,
                "instrument_id": "dash-27",
                "instrument_version": 1,
                "instrument_digest": "0" * 64,
                "state": State.DRAFT,
                "author_id": officer,
                "created_at": at,
                "version": 0,
                "rev": 1,
            }
            for each in history.attempts
        ]
        if attempts:
            connection.execute(insert(Assessment), attempts)
        officers = {each.officer_id for each in history.cameras}
        if officers:
            connection.execute(insert(Account), [_an_officer(each, at) for each in officers])
        add_facts(
            connection,
            history.facts,
            history.attempts,
            Rules(),
            attendances=[
                replace(each, incident_id=incidents[each.incident_id])
                for each in history.attendances
            ],
            cameras=[
                replace(each, incident_id=incidents[each.incident_id]) for each in history.cameras
            ],
        )


def _an_officer(account_id: UUID, at: datetime) -> dict[str, object]:
    return {
        "id": account_id,
        "username": str(account_id),
        "display_name": "Somebody",
        "role": Role.ANALYST,
        "team_id": None,
        "password_hash": "-",
        "is_demo": False,
        "created_at": at,
    }


def reported(history: History, period: Period, today: date) -> list[AttendanceFact]:
    """The incidents of a period whose wait is old enough to be measured."""
    return [
        each
        for each in history.attendances
        if each.reported_on
        and each.reported_on in period
        and each.reported_on <= today - timedelta(days=8)
    ]


def measured_plainly(
    history: History, period: Period, today: date, *, by_set: bool
) -> dict[str, tuple[int, int]]:
    """Every measure of the domain guide (§6), counted from the facts one after another."""
    pairs = [each for each in history.facts if each.counted_on in period]
    old = [each for each in pairs if each.counted_on + timedelta(days=28) < today]
    countable = [each for each in pairs if each.outcome.is_countable]
    old_countable = [each for each in old if each.outcome.is_countable]
    declined = [each for each in pairs if each.outcome is Outcome.DECLINED]
    old_declined = [each for each in old if each.outcome is Outcome.DECLINED]
    partial = [each for each in pairs if each.outcome is Outcome.PARTIAL]
    completed = [each for each in pairs if each.outcome is Outcome.COMPLETED]
    eligible = [each for each in pairs if each.outcome is not Outcome.EXEMPT]
    high = [each for each in eligible if each.grade is Grade.HIGH]
    won = [
        each
        for each in old_declined
        if each.converted_on and each.converted_on <= each.counted_on + timedelta(days=28)
    ]

    def due(day: date | None) -> bool:
        return day is not None and day in period and day < today

    schools = [
        each
        for each in history.facts
        if each.outcome is not Outcome.EXEMPT and due(each.encompass_due_on)
    ]
    reviews = [each for each in history.attempts if due(each.review_due_on)]
    offers = [each for each in history.attempts if due(each.reoffer_due_on)]
    approved = [each for each in history.attempts if each.decided_on and each.decided_on in period]
    year = [
        each
        for each in history.facts
        if each.outcome.is_countable
        and months_before(period.end, 12) < each.counted_on <= period.end
    ]
    latest: dict[bytes, Fact] = {}
    declines: dict[bytes, int] = {}
    for each in sorted(year, key=lambda one: (one.counted_on, one.reported_at, one.pair_id)):
        latest[each.victim_key] = each
        if each.outcome is Outcome.DECLINED:
            declines[each.victim_key] = declines.get(each.victim_key, 0) + 1
    found = {
        "D1": (len(declined), len(countable)),
        "D2": (len(declined) + len(partial), len(countable)),
        "D3": (len(declined), len(eligible)),
        "D4": (len(old_declined) - len(won), len(old_countable)),
        "D5": (len(won), len(old_declined)),
        "D6": (sum(one.outcome is Outcome.DECLINED for one in latest.values()), len(latest)),
        "D7": (sum(n for n in declines.values() if n >= 2), sum(declines.values())),
        "O1": (len(countable), len(eligible)),
        "O2": (sum(each.was_unable for each in eligible), len(eligible)),
        "O3": (sum(each.was_not_offered for each in eligible), len(eligible)),
        "O4": (sum(each.outcome is not Outcome.PENDING for each in pairs), len(pairs)),
        "B1": (sum(each.is_blanket_no for each in completed), len(completed)),
        "B2": (
            sum(each.seconds is not None and each.seconds < 240 for each in completed),
            len(completed),
        ),
        "B3": (
            sum(each.has_red_flag and each.grade is Grade.STANDARD for each in declined),
            len(declined),
        ),
        "B4": (len(partial), len(countable)),
        "B5": (sum(each.reason == "none_given" for each in declined), len(declined)),
        "R1": (sum(each.review_in_time for each in reviews), len(reviews)),
        "R2": (
            sum(each.officer_grade is not each.supervisor_grade for each in approved),
            len(approved),
        ),
        "R3": (sum(each.reoffer_in_time for each in offers), len(offers)),
        "R4": (sum(each.marac_decided for each in high), len(high)),
        "R5": (sum(each.encompass_in_time for each in schools), len(schools)),
    }
    attended = [
        each.standing
        for each in history.attendances
        if each.attended_on and each.attended_on in period
    ]
    filmed = [each.said for each in history.cameras if each.attended_on in period]
    had_one = [each for each in filmed if each is not FirstContact.NOT_ISSUED]
    found |= {
        "V1": (
            attended.count(Standing.RECORDING),
            attended.count(Standing.RECORDING) + attended.count(Standing.NOT_RECORDING),
        ),
        "V2": (len(attended) - attended.count(Standing.NO_RECORD), len(attended)),
        "V3": (had_one.count(FirstContact.RECORDING), len(had_one)),
    }
    waits = reported(history, period, today)
    second = [
        each.delay_minutes
        for each in waits
        if each.response_grade is CallGrade.GRADE_2 and each.delay_minutes is not None
    ]
    visits = [each for each in waits if each.response_grade is not CallGrade.TELEPHONE]
    found |= {
        "T1": (sum(each <= 4 * 60 for each in second), len(second)),
        "T2": (sum(each > 7 * 24 * 60 for each in second), len(second)),
        "T3": (sum(each.delay_minutes is not None for each in visits), len(visits)),
    }
    if by_set:
        found |= {"T1": (0, 0), "T2": (0, 0), "T3": (0, 0)}
        found |= {"V1": (0, 0), "V2": (0, 0), "V3": (0, 0)}  # nor are these
        found |= {"D6": (0, 0), "D7": (0, 0)}  # not kept by question set
    return found
