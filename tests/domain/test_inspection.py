"""Areas and grades as text, the one table of transitions, and items as their history makes them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.errors import InvalidError, NotFoundError, StateError
from dash_forms.domain.ids import uuid7
from dash_forms.domain.inspection import (
    AREAS,
    ITEM_TRANSITIONS,
    MOVES,
    GradeWord,
    Item,
    ItemEntry,
    ItemEvent,
    ItemState,
    NewGrade,
    Owner,
    Snapshot,
    Terms,
    after,
    area,
    changes,
    day_refusals,
    past_refusals,
)
from dash_forms.domain.periods import Period

TODAY = date(2026, 3, 1)
WORDS = "The force should offer an assessment to every victim."
TERMS = Terms(WORDS, Owner(role="Head of contact"), date(2026, 6, 1))


def _entry(event: ItemEvent, **values: object) -> ItemEntry:
    return ItemEntry(uuid7(), event, "Said at some length.", **values)  # type: ignore[arg-type]


ADDED = _entry(ItemEvent.ADD, terms=TERMS)


def _in_state(state: ItemState) -> Item:
    paths = {
        ItemState.OPEN: (),
        ItemState.IN_PROGRESS: (ItemEvent.START,),
        ItemState.DONE: (ItemEvent.FINISH,),
        ItemState.REOPENED: (ItemEvent.FINISH, ItemEvent.REOPEN),
        ItemState.WITHDRAWN: (ItemEvent.WITHDRAW,),
    }
    return Item.replayed([ADDED, *map(_entry, paths[state])])


def test_there_are_nine_areas_of_which_eight_are_graded() -> None:
    assert len(AREAS) == len({each.code for each in AREAS}) == 9
    [ungraded] = [each for each in AREAS if not each.is_graded]
    assert ungraded.code == "organised-crime"
    assert ungraded.remark
    assert {each.remark for each in AREAS if each.is_graded} == {""}


def test_an_area_is_found_by_its_code_which_is_a_part_of_an_address() -> None:
    for each in AREAS:
        assert area(each.code) is each
        assert each.code == each.code.lower()
        assert each.code.replace("-", "").isalpha()
        assert each.code not in {"items", "grades", "print"}  # which are addresses themselves
    with pytest.raises(NotFoundError):
        area("no-such-area")


def test_a_grade_is_a_word_and_no_more() -> None:
    assert [each.label for each in GradeWord] == [
        "Outstanding",
        "Good",
        "Adequate",
        "Requires improvement",
        "Inadequate",
    ]
    assert not hasattr(GradeWord.GOOD, "rank")


def test_every_arrow_stands_once_and_every_other_move_is_refused() -> None:
    arrows = [(each.source, each.event) for each in ITEM_TRANSITIONS]
    assert len(arrows) == len(set(arrows))
    for state in ItemState:
        for event in ItemEvent:
            if (state, event) in arrows:
                assert event in state.moves
                assert after(state, event) is not state
            else:
                with pytest.raises(StateError):
                    after(state, event)


def test_what_was_entered_in_error_moves_no_more_and_every_other_state_does() -> None:
    assert {state for state in ItemState if not state.moves} == {ItemState.WITHDRAWN}
    assert {state for state in ItemState if not state.is_open} == {
        ItemState.DONE,
        ItemState.WITHDRAWN,
    }


def test_a_history_begins_with_the_adding_and_has_one_of_it() -> None:
    for entries in ([], [_entry(ItemEvent.START)], [_entry(ItemEvent.ADD)], [ADDED, ADDED]):
        with pytest.raises(StateError):
            Item.replayed(entries)


def test_what_was_entered_in_error_takes_no_change_and_no_evidence() -> None:
    withdrawn = _in_state(ItemState.WITHDRAWN)
    for entry in (
        _entry(ItemEvent.CHANGE, terms=TERMS),
        _entry(ItemEvent.NOTE_EVIDENCE, dated_on=TODAY),
        _entry(ItemEvent.NAME_MEASURE),
    ):
        with pytest.raises(StateError):
            withdrawn.after(entry)


def test_an_item_is_late_from_the_day_after_it_was_due_unless_it_is_done() -> None:
    for state in ItemState:
        item = _in_state(state)
        assert not item.is_overdue(TERMS.due_on)
        assert item.is_overdue(TERMS.due_on + timedelta(days=1)) is state.is_open


def test_evidence_is_taken_out_once() -> None:
    noted = _entry(ItemEvent.NOTE_EVIDENCE, dated_on=TODAY)
    item = Item.replayed([ADDED, noted])
    assert item.evidence == (noted,)
    out = _entry(ItemEvent.TAKE_OUT, evidence_id=noted.id)
    assert item.after(out).evidence == ()
    with pytest.raises(StateError):
        item.after(out).after(out)


_DAYS = Period(date(2026, 1, 1), date(2026, 3, 1))
_SNAPSHOT = Snapshot("D1", 3, 10, _DAYS, is_complete=True)
_OWNERS = st.one_of(
    st.builds(Owner, st.uuids()), st.builds(lambda role: Owner(role=role), st.text(min_size=1))
)
_TERMS = st.builds(Terms, st.text(), _OWNERS, st.dates())
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(ItemEvent.CHANGE), _TERMS),
        st.tuples(st.sampled_from(MOVES), st.none()),
        st.tuples(st.just(ItemEvent.NAME_MEASURE), st.just(_SNAPSHOT)),
        st.tuples(st.just(ItemEvent.NOTE_EVIDENCE), st.dates()),
        st.tuples(st.just(ItemEvent.TAKE_OUT), st.integers(0, 5)),
    ),
    max_size=30,
)


@given(_STEPS)
def test_replaying_the_entries_gives_the_state(steps: list[tuple[ItemEvent, object]]) -> None:
    """A plain account is kept beside; whatever is refused changes nothing and is in no history."""
    kept, item = [ADDED], Item.replayed([ADDED])
    state, terms, evidence = ItemState.OPEN, TERMS, dict[UUID, ItemEntry]()
    arrows = {(each.source, each.event): each.target for each in ITEM_TRANSITIONS}
    ever: list[UUID] = []
    for event, what in steps:
        entry = _step(event, what, ever)
        is_withdrawn = state is ItemState.WITHDRAWN
        try:
            item = item.after(entry)
        except StateError:
            refused = {
                ItemEvent.TAKE_OUT: entry.evidence_id not in evidence,
                **dict.fromkeys(MOVES, (state, event) not in arrows),
            }
            assert refused.get(event, is_withdrawn)
            continue
        kept.append(entry)
        if event in MOVES:
            state = arrows[state, event]
        elif event is ItemEvent.CHANGE:
            assert entry.terms
            terms = entry.terms
        elif event is ItemEvent.TAKE_OUT:
            assert entry.evidence_id
            del evidence[entry.evidence_id]
        else:
            evidence[entry.id] = entry
            ever.append(entry.id)
    assert item == Item.replayed(kept)
    assert item == Item(state, terms, tuple(evidence.values()), len(kept))


def _step(event: ItemEvent, what: object, ever: list[UUID]) -> ItemEntry:
    match what:
        case Terms():
            return _entry(event, terms=what)
        case Snapshot():
            return _entry(event, snapshot=what)
        case date():
            return _entry(event, dated_on=what)
        case int():
            return _entry(event, evidence_id=ever[what % len(ever)] if ever else uuid7())
        case _:
            return _entry(event)


def test_a_change_names_its_parts() -> None:
    other = Terms("Other words", Owner(uuid7()), date(2026, 7, 1))
    assert changes(TERMS, TERMS) == []
    assert changes(TERMS, other) == ["the words", "the owner", "the due date"]


@pytest.mark.parametrize(
    ("owner", "field"),
    [
        (Owner(), "owner"),
        (Owner(UUID(int=1), "Head of contact"), "owner_role"),
        (Owner(UUID(int=1)), None),
        (Owner(role="Head of contact"), None),
    ],
)
def test_an_owner_is_a_person_or_a_role(owner: Owner, field: str | None) -> None:
    found = [each.field for each in Terms(WORDS, owner, TODAY).refusals(TODAY)]
    assert found == ([field] if field else [])


def test_everything_that_is_wrong_with_terms_is_told_at_once() -> None:
    found = Terms("Short", Owner(), date(2099, 1, 1)).refusals(TODAY)
    assert [each.field for each in found] == ["words", "owner", "due_on"]


@pytest.mark.parametrize(
    ("day", "is_fine"),
    [
        (date(2013, 12, 31), False),
        (date(2014, 1, 1), True),
        (TODAY, True),
        (date(2036, 3, 1), True),
        (date(2036, 3, 2), False),
        (date(9999, 12, 31), False),
    ],
)
def test_a_due_date_is_within_reach(day: date, is_fine: bool) -> None:
    assert (not list(day_refusals(day, TODAY, field="due_on"))) is is_fine


@pytest.mark.parametrize(
    ("day", "is_fine"),
    [
        (date(2013, 12, 31), False),
        (date(2014, 1, 1), True),
        (TODAY, True),
        (TODAY + timedelta(days=1), False),
    ],
)
def test_nothing_was_published_tomorrow(day: date, is_fine: bool) -> None:
    assert (not list(past_refusals(day, TODAY, field="dated_on"))) is is_fine
    grade = NewGrade(uuid7(), "protecting", GradeWord.GOOD, "PEEL", day, "A report")
    assert all(isinstance(each, InvalidError) for each in grade.refusals(TODAY))
    assert (not list(grade.refusals(TODAY))) is is_fine
