"""Whose call it is: two phones of one person, one phone of two, and whoever gives no name."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.domain.callers import (
    MOST_ON_A_PHONE,
    Callers,
    Told,
    Why,
    check_phone,
    groups,
    plain_phone,
)
from dash_forms.domain.errors import InvalidError

ANN, BOB, CAM = (UUID(int=at) for at in (1, 2, 3))


def _told(**given: str) -> Told:
    return Told(**{name: text.encode() for name, text in given.items()})


def _callers(*known: tuple[UUID, Told]) -> Callers:
    callers = Callers()
    for caller, told in known:
        callers.add(caller, told.keys)
    return callers


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("07700 900123", "07700900123"),
        ("+44 (0)7700 900-123", "07700900123"),
        ("0044 7700 900123", "07700900123"),
        ("+33 1 23 45 67 89", "+33123456789"),
        ("07700 900123 ext. 12", "07700900123"),
        ("07700 900123x12", "07700900123"),
        ("Withheld", None),
        ("  ", None),
    ],
)
def test_numbers_are_compared_however_they_are_written(written: str, number: str | None) -> None:
    assert plain_phone(written) == number


@pytest.mark.parametrize("written", ["12", "07700 90012x", "+", "1" * 16, "٠٧٧٠٠٩٠٠١٢٣"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a phone number"):
        plain_phone(written)


@pytest.mark.parametrize(
    "written",
    ["", "none", "0900123", "+44 (0)7700 900-123 extension 1234", "+123456789012345"],
)
def test_what_somebody_can_be_rung_on_is_taken_and_so_is_none(written: str) -> None:
    check_phone(written, "phone")


@pytest.mark.parametrize(
    "written", ["ask her mother", "900123", "07700 ext 1234", "1" * 16, "07700 900123 or 4"]
)
def test_what_nobody_can_be_rung_on_is_refused_at_its_field(written: str) -> None:
    with pytest.raises(InvalidError, match="Enter a phone number") as refused:
        check_phone(written, "phone")
    assert refused.value.field == "phone"


def test_one_person_with_two_phones_is_known_by_name_and_birthday() -> None:
    callers = _callers((ANN, _told(identity="ann 1990", name="ann", phone="1")))
    assert callers.resolve(_told(identity="ann 1990", name="ann", phone="2")).caller == ANN


def test_one_person_with_two_phones_and_no_birthday_is_for_somebody_to_decide() -> None:
    callers = _callers((ANN, _told(name="ann", phone="1", address="x")))
    found = callers.resolve(_told(name="ann", phone="2", address="x"))
    assert found.caller is None
    assert found.doubtful == ((ANN, Why.NAME_AND_ADDRESS),)


def test_two_names_on_one_phone_are_for_somebody_to_decide() -> None:
    callers = _callers((ANN, _told(name="ann", phone="1")))
    found = callers.resolve(_told(name="bob", phone="1"))
    assert (found.caller, found.doubtful) == (None, ((ANN, Why.PHONE),))


def test_a_father_and_a_son_of_one_name_are_told_apart_by_their_birthdays() -> None:
    callers = _callers((ANN, _told(name="sam", phone="1", identity="sam 1960")))
    found = callers.resolve(_told(name="sam", phone="1", identity="sam 1990"))
    assert (found.caller, found.doubtful) == (None, ((ANN, Why.PHONE),))


def test_without_a_name_a_phone_that_one_person_has_is_theirs() -> None:
    callers = _callers((ANN, _told(name="ann", phone="1")))
    assert callers.resolve(_told(phone="1")).caller == ANN
    callers.add(BOB, _told(name="bob", phone="1").keys)
    found = callers.resolve(_told(phone="1"))
    assert found.caller is None
    assert {each for each, _ in found.doubtful} == {ANN, BOB}
    callers.add(CAM, _told(phone="1").keys)
    assert callers.resolve(_told(phone="1")).caller == CAM


def test_a_name_given_later_joins_the_calls_made_without_one() -> None:
    callers = _callers((ANN, _told(phone="1")))
    assert callers.resolve(_told(phone="1", name="ann")).caller == ANN


def test_name_and_address_without_a_phone_are_one_person() -> None:
    callers = _callers((ANN, _told(name="ann", phone="1", address="x")))
    assert callers.resolve(_told(name="ann", address="x")).caller == ANN
    assert callers.resolve(_told(name="ann", address="y")).caller is None


def test_an_address_alone_is_a_place_and_nobody() -> None:
    assert not _told(address="bus station").is_somebody
    assert _told(address="x", name="ann").is_somebody


def test_whoever_left_out_the_birthday_once_is_for_somebody_to_decide() -> None:
    callers = _callers(
        (ANN, _told(identity="ann 1990", name="ann", phone="1")),
        (BOB, _told(name="ann", phone="2")),
    )
    found = callers.resolve(_told(identity="ann 1990", name="ann", phone="2"))
    assert (found.caller, found.doubtful) == (ANN, ((BOB, Why.PHONE),))
    callers.count_as(BOB, ANN)
    assert callers.resolve(_told(identity="ann 1990", name="ann", phone="2")).doubtful == ()


def test_a_phone_of_many_makes_nobody_the_same() -> None:
    many = [UUID(int=at) for at in range(10, 10 + MOST_ON_A_PHONE + 1)]
    callers = _callers(*((each, _told(name=f"n{each.int}", phone="1")) for each in many))
    assert callers.resolve(_told(name="new", phone="1")).doubtful == ()
    assert callers.resolve(_told(phone="1")).caller is None
    assert callers.resolve(_told(name="n10", phone="1")).caller == many[0]


def test_a_name_alone_is_nobody_in_particular() -> None:
    assert not _told(name="ann").is_somebody
    assert _told(phone="1").is_somebody


_KEYS = st.sampled_from(["1", "2"]) | st.none()


@given(
    st.lists(
        st.builds(
            lambda phone, name, address, year: Told(
                identity=f"{name} {year}".encode() if name and year else None,
                phone=phone.encode() if phone else None,
                name=name.encode() if name else None,
                address=address.encode() if address else None,
            ),
            _KEYS, _KEYS, _KEYS, _KEYS,
        ),
        max_size=12,
    )
)  # fmt: skip
def test_no_two_birthdays_ever_become_one_person_by_themselves(calls: list[Told]) -> None:
    callers, born = Callers(), dict[UUID, bytes]()
    for at, told in enumerate(calls):
        if not told.is_somebody:
            continue
        found = callers.resolve(told)
        caller = found.caller or UUID(int=at + 1)
        assert caller not in {each for each, _ in found.doubtful}
        callers.add(caller, told.keys)
        if told.identity is not None:
            assert born.setdefault(caller, told.identity) == told.identity


def test_decisions_put_callers_together_in_any_order() -> None:
    assert groups([ANN, BOB, CAM], [(CAM, BOB), (BOB, ANN)]) == {ANN: ANN, BOB: ANN, CAM: ANN}
    assert groups([ANN, BOB, CAM], [(CAM, BOB)]) == {ANN: ANN, BOB: BOB, CAM: BOB}


def test_a_name_that_two_people_of_one_phone_have_is_neither_s_without_a_birthday() -> None:
    callers = _callers(
        (ANN, _told(name="sam", phone="1", identity="sam 1960")),
        (BOB, _told(name="sam", phone="1", identity="sam 1990")),
    )
    found = callers.resolve(_told(name="sam", phone="1"))
    assert (found.caller, {each for each, _ in found.doubtful}) == (None, {ANN, BOB})
    callers.add(CAM, _told(name="sam", phone="1").keys)
    assert callers.resolve(_told(name="sam", phone="1")).caller == CAM


def test_who_was_put_together_is_one_person_from_then_on() -> None:
    callers = _callers((ANN, _told(name="ann", phone="1")), (BOB, _told(name="bob", phone="1")))
    callers.count_as(BOB, ANN)
    assert callers.resolve(_told(phone="1")).caller in {ANN, BOB}
    assert len(callers.resolve(_told(name="cam", phone="1")).doubtful) == 1
