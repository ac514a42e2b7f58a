"""The demonstration's rows are such as the application writes, and the same for the same seed."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Executable, Table, func, select

from dash_forms.config import Settings
from dash_forms.demo.force import NO_PASSWORD
from dash_forms.demo.seed import ACCOUNTS, FORCE_NAME, PASSWORD, is_seeded, seed
from dash_forms.domain.add_ons import require_skip_words
from dash_forms.domain.answers import Given, tally
from dash_forms.domain.assessment import OPEN_STATES, Outcome, State, outcome
from dash_forms.domain.audit_events import FIRST_HASH, Name, link
from dash_forms.domain.declines import REASONS, Basis, Ending, GivenReason, RecordedReasons
from dash_forms.domain.errors import StateError
from dash_forms.domain.grading import Grade, Judgement
from dash_forms.domain.incidents import DASH_FROM_AGE, Times, age_on
from dash_forms.domain.instruments import current, instrument
from dash_forms.domain.metrics import OutcomeCounts
from dash_forms.domain.periods import london_date
from dash_forms.domain.permissions import Role
from dash_forms.domain.referrals import TaskKind, TaskState
from dash_forms.domain.review import FollowUpKind
from dash_forms.store.add_ons import words_name
from dash_forms.store.audit import hashed_fields
from dash_forms.store.crypto import load_vault
from dash_forms.store.migrate import upgrade
from dash_forms.store.models import (
    Account,
    Answer,
    AnswerLogEntry,
    Assessment,
    AssessmentAddOn,
    AssessmentReason,
    AuditEvent,
    Base,
    CameraRecord,
    FollowUp,
    GradeEntry,
    Incident,
    IncidentChild,
    MaracRecord,
    Pair,
    PairFact,
    Person,
    Review,
    Submission,
    Task,
    Team,
)
from dash_forms.store.passwords import matches
from dash_forms.store.school_calendar import school_calendar
from dash_forms.store.work import Store

NOW = datetime(2026, 2, 11, 14, 30, tzinfo=UTC)
CHEAP = (64, 1)
_SENT = {State.SUBMITTED, State.APPROVED, State.CLOSED}


def _nothing(_done: int, _all: int) -> None:
    pass


def _empty(folder: Path) -> Store:
    store = Store(f"sqlite:///{folder / 'demo.sqlite3'}", load_vault(folder / "keys.json"))
    upgrade(store.writing_engine)
    return store


def _seeded(folder: Path, *, pairs: int, now: datetime = NOW, number: int = 1) -> Store:
    store = _empty(folder)
    seed(
        store,
        pairs=pairs,
        seed=number,
        now=now,
        password=PASSWORD,
        cost=CHEAP,
        progress=_nothing,
    )
    return store


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = _seeded(tmp_path_factory.mktemp("small"), pairs=300)
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = _seeded(tmp_path_factory.mktemp("full"), pairs=6000)
    yield store
    store.engine.dispose()


@pytest.fixture(params=["small", pytest.param("full", marks=pytest.mark.slow)])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(request.param)
    return found


def _rows(store: Store, query: Executable) -> list[Any]:
    with store.engine.connect() as connection:
        return list(connection.execute(query))


def _all(store: Store, model: type[Base]) -> list[Any]:
    table = model.__table__
    assert isinstance(table, Table)
    return _rows(store, select(table))


def _open(store: Store, row: Any, field: str) -> str:
    return store.vault.open_text(row.id, field, getattr(row, f"{field}_sealed"))


def test_a_database_without_it_is_not_seeded(tmp_path: Path) -> None:
    assert not is_seeded(_empty(tmp_path))


def test_there_are_as_many_pairs_as_asked_for(store: Store) -> None:
    assert is_seeded(store)
    pairs = len(_all(store, Pair))
    assert pairs in {300, 6000}
    first = [row for row in _all(store, Assessment) if row.attempt == 1]
    assert len(_all(store, PairFact)) == len(first) == pairs
    assert FORCE_NAME.endswith("(invented)")


def test_the_force_has_its_teams_people_and_sign_ins(small: Store) -> None:
    assert len(_all(small, Team)) == 10
    accounts = {row.username: row for row in _all(small, Account)}
    assert all(row.is_demo for row in accounts.values())
    roles = Counter(row.role.value for row in accounts.values())
    assert roles["officer"] == 60
    assert roles["sergeant"] == 11
    assert roles["specialist"] == 2
    assert accounts["officer1"].team_id == accounts["sergeant1"].team_id
    assert accounts["officer1"].team_id != accounts["officer2"].team_id
    for username, label in ACCOUNTS:
        assert accounts[username].role.label == label
        assert matches(accounts[username].password_hash, PASSWORD, *CHEAP)
    hashes = Counter(row.password_hash for row in accounts.values())
    assert hashes.pop(NO_PASSWORD) == len(accounts) - len(ACCOUNTS)
    assert set(hashes.values()) == {1}
    assert not matches(NO_PASSWORD, PASSWORD, *CHEAP)


def test_incidents_have_the_forces_numbers_and_times_in_order(store: Store) -> None:
    incidents = _all(store, Incident)
    pattern = Settings().urn_pattern
    midnight = datetime(2026, 2, 11, tzinfo=UTC)
    for row in incidents:
        assert pattern.fullmatch(row.urn)
        assert row.urn[3:11] == f"{london_date(row.reported_at):%Y%m%d}"
        Times(row.reported_at, row.dispatched_at, row.arrived_at).check(NOW)
        assert midnight - timedelta(days=365) <= row.reported_at < row.created_at < midnight
        assert _open_incident(store, row)


def _open_incident(store: Store, row: Any) -> str:
    return store.vault.open(row.id, "address", row.address_sealed)


def test_people_open_and_are_plainly_invented(store: Store) -> None:
    for row in _all(store, Person):
        assert store.vault.open(row.id, "name", row.name_sealed)
        phone = _open(store, row, "phone")
        assert not phone or re.fullmatch(r"07700 900\d{3}", phone)
        home = _open(store, row, "address")
        assert not home or re.search(r", ZZ\d \dZZ$", home)
    linked = {row.person_id for row in _all(store, IncidentChild)}
    for pair in _all(store, Pair):
        linked |= {pair.victim_id, pair.perpetrator_id}
    assert {row.id for row in _all(store, Person)} == linked - {None}


def test_ages_follow_from_dates_of_birth(store: Store) -> None:
    born = {row.id: _open(store, row, "born_on") for row in _all(store, Person)}
    reported = {row.id: london_date(row.reported_at) for row in _all(store, Incident)}
    outcomes = {row.pair_id: row.outcome for row in _all(store, PairFact)}
    for pair in _all(store, Pair):
        text = born[pair.victim_id]
        age = age_on(date.fromisoformat(text), reported[pair.incident_id]) if text else None
        assert pair.victim_age == age
        if age is not None and age < DASH_FROM_AGE:
            assert outcomes[pair.id] in {Outcome.EXEMPT, Outcome.PENDING}


def test_facts_are_what_the_rules_make_of_assessments_and_answers(store: Store) -> None:
    answers: defaultdict[Any, dict[int, Given]] = defaultdict(dict)
    for row in _rows(
        store,
        select(Answer.assessment_id, Answer.item, Answer.value, Answer.source).where(
            Answer.part == ""
        ),
    ):
        answers[row.assessment_id][row.item] = Given(row.value, row.source)
    reasons = _recorded_reasons(store)
    facts = {row.pair_id: row for row in _all(store, PairFact)}
    reported = {
        row.id: (london_date(row.reported_at), row.team_id)
        for row in _rows(
            store,
            select(Pair.id, Incident.reported_at, Incident.team_id).join(
                Incident, Incident.id == Pair.incident_id
            ),
        )
    }
    won: set[Any] = set()
    for row in _all(store, Assessment):
        fact, recorded = facts[row.pair_id], reasons.get(row.id)
        numbers = instrument(row.instrument_id, row.instrument_version).numbers
        given = answers[row.id]
        ended = outcome(recorded.ending if recorded else None, tally(given, numbers))
        if row.state.is_open or row.state is State.EXEMPT_PENDING:
            ended, recorded = Outcome.PENDING, None
        if row.attempt != fact.attempt:
            is_later_success = ended in {Outcome.COMPLETED, Outcome.PARTIAL}
            if row.attempt > fact.attempt and is_later_success:
                won.add(row.pair_id)
            assert row.attempt > fact.attempt or not ended.is_countable
            continue
        reported_on, team_id = reported[row.pair_id]
        counted_on = reported_on if ended is Outcome.PENDING else london_date(row.attempted_at)
        primary = recorded.primary if recorded else None
        assert (fact.outcome, fact.counted_on, fact.team_id) == (ended, counted_on, team_id)
        assert fact.reason == (primary.code if primary else None)
        assert fact.reason_basis == (primary.basis if primary else None)
    declined = {row.pair_id for row in facts.values() if row.outcome is Outcome.DECLINED}
    assert {row.pair_id for row in facts.values() if row.converted_on} == won & declined


def test_offers_are_due_made_ended_and_won(store: Store) -> None:
    states = Counter(row.state for row in _all(store, FollowUp) if row.kind is FollowUpKind.REOFFER)
    assert states.keys() == {State.REOFFER_DUE, State.REOFFERED, State.REOFFER_CLOSED}
    attempts = Counter(row.attempt for row in _all(store, Assessment))
    assert attempts[2] == states[State.REOFFERED]
    assert any(row.converted_on for row in _all(store, PairFact))


def _recorded_reasons(store: Store) -> dict[Any, RecordedReasons]:
    primary: dict[Any, tuple[Ending, GivenReason]] = {}
    others: defaultdict[Any, list[GivenReason]] = defaultdict(list)
    for row in _all(store, AssessmentReason):
        text = store.vault.open_text(row.assessment_id, f"reason:{row.code}", row.text_sealed)
        given = GivenReason(row.code, row.basis, text)
        if row.is_primary:
            primary[row.assessment_id] = (row.ending, given)
        else:
            others[row.assessment_id].append(given)
    return {
        key: RecordedReasons(ending, given, tuple(others[key]))
        for key, (ending, given) in primary.items()
    }


def test_nothing_is_submitted_without_a_grade_in_the_ledger(store: Store) -> None:
    ledger = defaultdict(list)
    for entry in sorted(_all(store, GradeEntry), key=lambda each: each.given_at):
        ledger[entry.assessment_id].append(entry)
    for row in _all(store, Assessment):
        assert (row.submitted_at is not None) == (row.id in ledger) == (row.grade is not None)
        assert row.submitted_at is None or row.state in _SENT
        if row.submitted_at:
            entry, *later = ledger[row.id]
            rationale = _open(store, row, "rationale")
            Judgement(row.grade, rationale)
            assert store.vault.open(entry.id, "rationale", entry.rationale_sealed) == rationale
            assert entry.given_at == row.submitted_at
            assert (later or [entry])[-1].grade is row.grade
            assert {each.given_as for each in later} <= {Role.SERGEANT, Role.SPECIALIST}
            assert entry.given_by_id == row.author_id
            _open(store, row, "observed")


def test_the_count_never_lowers_a_grade(store: Store) -> None:
    ticks: Counter[Any] = Counter()
    counted = current("dash-27").tick_set("safelives_24")
    for row in _all(store, Answer):
        ticks[row.assessment_id] += (
            row.value == "yes" and not row.part and row.item in counted.items
        )
    reached = [
        row.grade
        for row in _all(store, Assessment)
        if row.submitted_at and ticks[row.id] >= (counted.threshold or 99)
    ]
    assert reached
    assert set(reached) == {Grade.HIGH}


def test_answers_agree_with_their_log(store: Store) -> None:
    log: defaultdict[Any, list[Any]] = defaultdict(list)
    for row in _all(store, AnswerLogEntry):
        log[row.assessment_id, row.part, row.item].append(row)
        assert row.asked_at <= row.received_at
        assert row.receipt == "applied"
    assessments = {row.id: row for row in _all(store, Assessment)}
    answers = _all(store, Answer)
    assert len(answers) == len(log)
    for answer in answers:
        kept = log[answer.assessment_id, answer.part, answer.item]
        entries = sorted(kept, key=lambda entry: entry.rev)
        assert [entry.rev for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry.base_rev for entry in entries] == list(range(len(entries)))
        assert (entries[-1].op_id, entries[-1].rev) == (answer.op_id, answer.rev)
        assert (entries[-1].value, entries[-1].source) == (answer.value, answer.source)
        assessment = assessments[answer.assessment_id]
        for entry in entries:
            assert assessment.attempted_at <= entry.asked_at
            assert entry.author_id == assessment.author_id
            if assessment.submitted_at:
                assert entry.received_at <= assessment.submitted_at


def test_what_is_offered_of_late_is_asked_or_skipped(store: Store) -> None:
    sent = {row.id: row for row in _all(store, Assessment) if row.submitted_at}
    sets = _all(store, AssessmentAddOn)
    skipped = [row for row in sets if row.skip_reason]
    assert 0.2 < len(skipped) / len(sets) < 0.8
    assert {row.part for row in sets} >= {"child-block", "honour-10", "stalking-11"}
    answered = Counter((row.assessment_id, row.part) for row in _all(store, Answer) if row.part)
    for row in sets:
        words = store.vault.open_text(row.assessment_id, words_name(row.part), row.words_sealed)
        assert sent[row.assessment_id].attempted_at <= row.decided_at
        assert row.decided_at <= sent[row.assessment_id].submitted_at
        if row.skip_reason:
            require_skip_words(row.skip_reason, words)
            assert (row.assessment_id, row.part) not in answered
        else:
            numbers = instrument(row.part, row.version).numbers
            assert answered[row.assessment_id, row.part] == len(numbers)


def test_notes_and_details_open_and_belong_to_the_question_set(store: Store) -> None:
    asked = current("dash-27")
    notes = details = 0
    for row in _all(store, Answer):
        notes += bool(store.vault.open_text(row.op_id, "note", row.note_sealed))
        text = store.vault.open_text(row.op_id, "details", row.details_sealed)
        if not text:
            continue
        details += 1
        found = json.loads(text)
        assert text == json.dumps(found, sort_keys=True, separators=(",", ":"))
        follow_ups = {each.id: each for each in asked.item(row.item).applying(row.value)}
        for key, values in found.items():
            offered = {option.value for option in follow_ups[key].options}
            assert values
            assert not offered or set(values) <= offered
    assert notes
    assert details


def test_what_is_closed_owes_nothing_and_what_is_approved_owes_something(store: Store) -> None:
    incident_of = {row.id: row.incident_id for row in _all(store, Pair)}
    owing = {row.assessment_id for row in _all(store, FollowUp) if row.ended_at is None}
    open_tasks = [row for row in _all(store, Task) if row.state is TaskState.OPEN]
    owing |= {row.assessment_id for row in open_tasks}
    incidents = {row.incident_id for row in open_tasks if row.assessment_id is None}
    for row in _all(store, Assessment):
        owes = row.id in owing or incident_of[row.pair_id] in incidents
        assert row.state is not State.CLOSED or not owes
        assert row.state is not State.APPROVED or owes


def test_the_desk_has_decided_yes_and_no_and_told_the_schools(store: Store) -> None:
    tasks, decisions = _all(store, Task), _all(store, MaracRecord)
    assert {row.referred for row in decisions} == {True, False}
    assert {row.state for row in tasks} >= {TaskState.OPEN, TaskState.DONE}
    assert any(row.ended_at and row.ended_at > row.due_at for row in tasks)
    schools = [row for row in tasks if row.kind is TaskKind.ENCOMPASS]
    calendar = school_calendar(None)
    for row in schools:
        assert row.due_at == calendar.next_school_morning(row.created_at)
    assert len(schools) == len({(row.incident_id, row.person_id) for row in schools})


@pytest.mark.slow
def test_some_tasks_are_due_and_some_are_overdue(full: Store) -> None:
    due = [row.due_at for row in _all(full, Task) if row.state is TaskState.OPEN]
    assert min(due) < NOW - timedelta(days=1)
    assert max(due) > NOW
    assert {row.kind for row in _all(full, Task)} >= {TaskKind.MARAC_REFERRAL, TaskKind.IDVA}


def test_the_audit_chain_holds_link_by_link(store: Store) -> None:
    table = AuditEvent.__table__
    previous, at = FIRST_HASH, datetime.min.replace(tzinfo=UTC)
    with store.engine.connect() as connection:
        rows = connection.execute(select(table).order_by(AuditEvent.seq)).mappings().all()
    for seq, row in enumerate(rows, start=1):
        assert row["seq"] == seq
        assert row["previous_hash"] == previous
        assert row["at"] >= at
        assert row["hash"] == link(previous, hashed_fields(dict(row)))
        previous, at = row["hash"], row["at"]
    assert rows[-1]["name"] == Name.DEMO_SEEDED
    counted = Counter(row["name"] for row in rows)
    assert counted[Name.PAIR_LINKED] == len(_all(store, Pair))
    assert counted[Name.INCIDENT_CREATED] == len(_all(store, Incident))
    assert counted[Name.CHILD_LINKED] == len(_all(store, IncidentChild))
    assert counted[Name.ASSESSMENT_SUBMITTED] == len(_all(store, Submission))
    assert counted[Name.REVIEW_DECIDED] == len(_all(store, Review))
    assert counted[Name.ACCOUNT_CREATED] == len(_all(store, Account))


@pytest.mark.parametrize("username", ["officer1", "officer2"])
def test_each_officer_who_signs_in_has_three_things_to_take_up_again(
    store: Store, username: str
) -> None:
    drafts = _rows(
        store,
        select(Assessment.id, Assessment.state)
        .join(Account, Account.id == Assessment.author_id)
        .where(
            Account.username == username,
            Assessment.state.in_(OPEN_STATES),
        ),
    )
    states = {row.state: row.id for row in drafts}
    assert len(drafts) == 3
    assert set(states) == {State.DRAFT, State.DECLINING, State.REQUIRED}
    answered = _rows(store, select(Answer.item).where(Answer.assessment_id == states[State.DRAFT]))
    assert sorted(row.item for row in answered) == list(range(1, 14))


def _everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row without what is sealed or salted."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [each for each in table.columns if not _is_secret(each.name)]
        found[table.name] = [tuple(row) for row in _rows(store, select(*columns))]
    return found


def _is_secret(name: str) -> bool:
    return name.endswith(("_sealed", "_index")) or name in {"password_hash", "victim_key"}


def test_the_same_seed_and_day_give_the_same_rows(small: Store, tmp_path: Path) -> None:
    later = _seeded(tmp_path, pairs=300, now=NOW + timedelta(hours=3))
    first, second = _everything(small), _everything(later)
    first["audit_events"].pop()  # the seeding itself has its own time
    second["audit_events"].pop()
    assert first == second


def test_another_seed_gives_another_year(small: Store, tmp_path: Path) -> None:
    other = _seeded(tmp_path, pairs=300, number=2)
    assert _everything(small)["incidents"] != _everything(other)["incidents"]


def test_an_interrupted_seeding_leaves_nothing_and_can_be_repeated(tmp_path: Path) -> None:
    store = _empty(tmp_path)

    def interrupt(_done: int, _all: int) -> None:
        raise KeyboardInterrupt

    def run(progress: Any, pairs: int) -> None:
        seed(store, pairs=pairs, now=NOW, password=PASSWORD, cost=CHEAP, progress=progress)

    with pytest.raises(KeyboardInterrupt):
        run(interrupt, 300)
    assert not is_seeded(store)
    told: list[tuple[int, int]] = []
    run(lambda done, pairs: told.append((done, pairs)), 40)
    assert is_seeded(store)
    assert told[-1] == (40, 40)
    with pytest.raises(StateError, match="already holds accounts"):
        run(_nothing, 40)


@pytest.mark.parametrize("pairs", [0, 1, 6, 7])
def test_very_few_pairs_are_enough(tmp_path: Path, pairs: int) -> None:
    assert len(_all(_seeded(tmp_path, pairs=pairs), PairFact)) == pairs


@pytest.mark.slow
def test_every_outcome_reason_basis_and_choice_occurs(full: Store) -> None:
    facts = _all(full, PairFact)
    assert {row.outcome for row in facts} == set(Outcome)
    endings = {Outcome(ending.value) for ending in Ending}
    found = {(row.outcome, row.reason) for row in facts if row.outcome in endings}
    assert found == {(Outcome(reason.ending.value), reason.code) for reason in REASONS}
    assert {row.reason_basis for row in facts} >= set(Basis)
    chosen = [
        (Assessment, "grade"),
        (Assessment, "mode"),
        (Assessment, "seen_alone"),
        (Assessment, "interpreter"),
        (Assessment, "purpose"),
        (Assessment, "children_stated"),
        (Incident, "location_type"),
        (Incident, "response_grade"),
        (Pair, "relationship"),
        (Answer, "value"),
        (Answer, "source"),
        (IncidentChild, "lives_there"),
    ]
    for model, name in chosen:
        column = model.__table__.c[name]
        kind = column.type.enum_class  # type: ignore[attr-defined]
        values = {row[0] for row in _rows(full, select(column).distinct())}
        assert values - {None} == set(kind), name


@pytest.mark.slow
def test_some_victims_return_and_some_incidents_have_two(full: Store) -> None:
    pairs = _all(full, Pair)
    assert 0.02 < 1 - len({row.incident_id for row in pairs}) / len(pairs) < 0.06
    times = Counter(row.victim_id for row in pairs)
    returning = sum(count for count in times.values() if count > 1) / len(pairs)
    assert 0.2 < returning < 0.6
    ages = [row.victim_age for row in pairs if row.victim_age is not None]
    assert 0 < sum(age < 16 for age in ages) < 0.03 * len(pairs)
    assert sum(age in {16, 17} for age in ages) > 20
    assert len(ages) < len(pairs)


@pytest.mark.slow
def test_a_phone_is_found_that_several_have_and_footage_by_its_reference(full: Store) -> None:
    """The README says to look for the phone of a victim: it belongs to others, too."""
    people = _all(full, Person)
    assert all((row.phone_sealed is None) == (row.phone_index is None) for row in people)
    phones = Counter(row.phone_index for row in people if row.phone_index)
    assert sum(count > 1 for count in phones.values()) / len(phones) > 0.9
    records = _all(full, CameraRecord)
    assert all((row.reference_sealed is None) == (row.reference_index is None) for row in records)


@pytest.mark.slow
def test_whoever_returns_is_found_again_some_with_another_alleged_perpetrator(full: Store) -> None:
    index = {row.id: row.identity_index for row in _all(full, Person)}
    met: defaultdict[bytes, list[Any]] = defaultdict(list)
    for pair in _all(full, Pair):
        if index[pair.victim_id]:
            met[index[pair.victim_id]].append(pair.perpetrator_id)
    returning = [each for each in met.values() if len(each) > 1]
    assert 0.1 < len(returning) / len(met) < 0.35
    with_another = sum(len(set(each)) > 1 for each in returning)
    assert 0.05 < with_another / len(returning) < 0.4


@pytest.mark.slow
@pytest.mark.parametrize("username", ["officer1", "officer2"])
def test_what_an_officer_takes_up_again_has_a_history(full: Store, username: str) -> None:
    victims = _rows(
        full,
        select(Pair.victim_id)
        .join(Assessment, Assessment.pair_id == Pair.id)
        .join(Account, Account.id == Assessment.author_id)
        .where(Account.username == username, Assessment.state.in_([State.REQUIRED, State.DRAFT])),
    )
    seen = Counter(row.victim_id for row in _all(full, Pair))
    assert [seen[row.victim_id] > 2 for row in victims] == [True, True]


@pytest.mark.slow
def test_the_decline_rate_differs_by_team_and_falls_from_about_38_per_cent(full: Store) -> None:
    today = london_date(NOW)
    quarters: defaultdict[int, list[tuple[Outcome, int]]] = defaultdict(list)
    teams: defaultdict[Any, list[tuple[Outcome, int]]] = defaultdict(list)
    recent: defaultdict[Any, list[tuple[Outcome, int]]] = defaultdict(list)
    for row in _all(full, PairFact):
        days_ago = (today - row.counted_on).days
        quarters[(365 - days_ago) * 4 // 366].append((row.outcome, 1))
        teams[row.team_id].append((row.outcome, 1))
        if days_ago < 91:
            recent[row.team_id].append((row.outcome, 1))
    rates = {key: OutcomeCounts.of(each).decline_rate.rate or 0 for key, each in quarters.items()}
    assert rates[0] == pytest.approx(0.38, abs=0.03)
    assert 0.29 < rates[3] < 0.35
    by_team = [OutcomeCounts.of(each).decline_rate.rate or 0 for each in teams.values()]
    assert max(by_team) - min(by_team) > 0.06
    assert all(OutcomeCounts.of(each).allow_a_verdict for each in recent.values())


@pytest.mark.slow
def test_nights_and_weekends_are_busier(full: Store) -> None:
    reported = [row.reported_at for row in _all(full, Incident)]
    evenings = sum(each.hour in range(18, 24) for each in reported)
    mornings = sum(each.hour in range(3, 9) for each in reported)
    assert evenings > 3 * mornings
    weekdays = Counter(each.weekday() for each in reported)
    assert weekdays[5] > weekdays[1]


@pytest.mark.slow
def test_urgent_calls_are_reached_sooner(full: Store) -> None:
    waits = _rows(
        full,
        select(
            Incident.response_grade,
            func.avg(func.julianday(Incident.arrived_at) - func.julianday(Incident.reported_at)),
        ).group_by(Incident.response_grade),
    )
    average = {grade.value: days for grade, days in waits}
    assert average["telephone"] is None
    assert average["grade_1"] < average["grade_2"] < average["grade_3"] < average["appointment"]
