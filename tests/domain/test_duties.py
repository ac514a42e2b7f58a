"""Only the duties that apply are owed, and each until it is met."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.assessment import Outcome
from dash_forms.domain.duties import (
    ContactNever,
    ContactTime,
    ContactWay,
    Duties,
    NextOffer,
    OnVideo,
    Support,
    System,
    asked_after,
    in_words,
    owed_duties,
    said_last,
)

DONE = Duties(
    systems=(System.PNC,),
    on_video=OnVideo.YES,
    contact_ways=(ContactWay.CALL,),
    contact_times=(ContactTime.MORNING,),
    contact_never=(ContactNever.OTHER_HOME,),
    support=(Support.HELPLINE,),
    next_offer=NextOffer.DAY,
)
EMPTY = Duties()


def some(kind: type[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(kind), unique=True, max_size=3).map(tuple)


ANY_DUTIES = st.builds(
    Duties,
    systems=some(System),
    on_video=st.none() | st.sampled_from(OnVideo),
    contact_ways=some(ContactWay),
    contact_times=some(ContactTime),
    contact_never=some(ContactNever),
    support=some(Support),
    next_offer=st.none() | st.sampled_from(NextOffer),
)


@given(st.sampled_from(Outcome), ANY_DUTIES)
def test_what_is_owed_is_what_applies_and_is_not_met(ended: Outcome, duties: Duties) -> None:
    owed = [each.field for each in owed_duties(duties, ended)]
    assert set(owed) <= set(asked_after(ended))
    assert len(owed) == len(set(owed))
    for name in asked_after(ended):
        of_contact = name in {"contact_times", "contact_never"}
        unreachable = of_contact and ContactWay.NONE in duties.contact_ways
        if not getattr(duties, name) and not unreachable:
            assert name in owed
        answer: dict[str, Any] = {name: () if unreachable else getattr(DONE, name)}
        met = replace(duties, **answer)
        if name != "contact_ways":
            assert name not in [each.field for each in owed_duties(met, ended)]
    assert not list(owed_duties(DONE, ended))


def test_a_full_assessment_owes_none_of_it() -> None:
    assert not list(owed_duties(EMPTY, Outcome.COMPLETED))
    assert in_words(DONE, Outcome.COMPLETED) == {}


def test_what_was_not_refused_needs_no_video_of_the_refusal() -> None:
    assert "on_video" in asked_after(Outcome.DECLINED)
    assert "on_video" not in asked_after(Outcome.UNABLE)
    assert "on_video" not in asked_after(Outcome.NOT_OFFERED)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("systems", (System.NONE, System.PNC)),
        ("contact_ways", (ContactWay.CALL, ContactWay.UNKNOWN)),
        ("contact_times", (ContactTime.MORNING, ContactTime.ASK)),
        ("contact_never", (ContactNever.AT_WORK, ContactNever.UNKNOWN)),
        ("contact_never", (ContactNever.NO_LIMITS, ContactNever.UNKNOWN)),
    ],
)
def test_nothing_stands_beside_none_or_not_known(name: str, values: Any) -> None:
    both: dict[str, Any] = {name: values}
    [refusal] = owed_duties(replace(DONE, **both), Outcome.DECLINED)
    assert refusal.field == name
    assert "cannot stand beside another choice" in refusal.sentence


def test_a_way_that_is_not_known_is_as_little_safe_as_none() -> None:
    unknown = replace(
        DONE,
        contact_ways=(ContactWay.UNKNOWN,),
        contact_times=(ContactTime.ASK,),
        contact_never=(ContactNever.UNKNOWN,),
    )
    assert not list(owed_duties(unknown, Outcome.DECLINED))
    assert unknown.says_unsafe
    assert not replace(unknown, contact_ways=(ContactWay.CALL,)).says_unsafe
    words = in_words(unknown, Outcome.DECLINED)
    assert words["Safe to contact"] == "Way not known; time not known"
    assert words["Never contact"] == "When not to is not known"
    with_never = replace(unknown, contact_ways=(ContactWay.CALL,))
    assert with_never.contact_in_short == "When not to is not known · Safe: phone call"
    assert list(owed_duties(replace(unknown, contact_never=()), Outcome.DECLINED))


@pytest.mark.parametrize(
    ("name", "values", "refused"),
    [
        ("contact_times", (ContactTime.MORNING,), "Mornings"),
        ("contact_times", (ContactTime.ANY,), "Any time"),
        ("contact_times", (ContactTime.ASK,), ""),
        ("contact_times", (), ""),
        ("contact_never", (ContactNever.NO_LIMITS,), "No limits are known"),
        ("contact_never", (ContactNever.AT_WORK,), ""),
        ("contact_never", (ContactNever.UNKNOWN,), ""),
        ("contact_never", (), ""),
    ],
)
def test_where_no_way_is_safe_no_time_is_and_there_are_limits(
    name: str, values: Any, refused: str
) -> None:
    apart = replace(DONE, contact_ways=(ContactWay.NONE,), contact_times=(), contact_never=())
    said: dict[str, Any] = {name: values}
    found = list(owed_duties(replace(apart, **said), Outcome.DECLINED))
    assert [each.field for each in found] == ([name] if refused else [])
    assert all(f"beside “{refused}”" in each.sentence for each in found)


def test_whoever_calls_next_reads_when_not_to() -> None:
    words = in_words(DONE, Outcome.DECLINED)
    assert words["Never contact"] == "When the other person may be home"
    assert words["Safe to contact"] == "Phone call; Mornings"


@given(st.lists(st.tuples(st.sampled_from(Outcome), ANY_DUTIES), max_size=4))
def test_only_what_was_asked_is_what_was_said_last(sent: list[tuple[Outcome, Duties]]) -> None:
    asked = [(ended, each) for ended, each in sent if "contact_ways" in asked_after(ended)]
    last = said_last(sent)
    assert (last is None) is (not asked)
    if last is not None and asked[-1][1].says_unsafe:
        assert last.says_unsafe
    spoken = [each for ended, each in asked if ended is not Outcome.NOT_OFFERED]
    if last is not None and spoken and spoken[-1].says_unsafe:
        assert last.says_unsafe
