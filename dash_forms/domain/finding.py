"""Searching for a record: exact details only, and why somebody looks across the force.

Every search is logged, and opening a record outside one's own team asks for a justification
(domain guide §5; whether one is asked for is the force's to set).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import product
from string import ascii_uppercase

from dash_forms.domain.callers import plain_phone
from dash_forms.domain.errors import InvalidError, require_none
from dash_forms.domain.identity import plain_name
from dash_forms.domain.text import letter_count

WORDS_LENGTH = 300
LETTERS_AT_LEAST = 10
FIGURES_AT_LEAST = 3
KEPT_FOR = timedelta(hours=12)
"""So long what a search found can be looked at again; it is looked up anew each time."""
OPEN_FOR = timedelta(hours=1)
"""So long a record of another team stays open to whoever said why."""
PER = timedelta(hours=1)
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_FEW_LETTERS = 2
_WILD = re.compile("[*?%]")
_IN_FULL = "Enter it in full: * and ? stand for nothing here"


class SearchKind(StrEnum):
    """What is searched by."""

    REFERENCE = "reference"
    PERSON = "person"


class Purpose(StrEnum):
    """Why somebody searches for a person, or opens another team's record."""

    ATTENDING = "attending"
    CONTACT = "contact"
    INVESTIGATING = "investigating"
    SAFEGUARDING = "safeguarding"
    SUPERVISING = "supervising"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The same in words."""
        return _PURPOSES[self]


_PURPOSES = {
    Purpose.ATTENDING: "I am going to an incident, or am at one",
    Purpose.CONTACT: "They are in contact with us now, or somebody is about them",
    Purpose.INVESTIGATING: "I am investigating an offence",
    Purpose.SAFEGUARDING: "To protect somebody, or for a partner agency’s enquiry",
    Purpose.SUPERVISING: "I am supervising or checking this work",
    Purpose.OTHER: "Something else",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a force can set about searching."""

    asks_why: bool = True
    an_hour: int = 30
    """So many searches for people and records of other teams opened, by one account."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why something is looked at; None where the force does not ask."""

    purpose: Purpose | None = None
    words: str = ""

    def refusals(self, terms: Terms) -> Iterator[InvalidError]:
        """What is missing of it."""
        if terms.asks_why and self.purpose is None:
            yield InvalidError("Choose why you need this", field="purpose")
        if self.purpose is Purpose.OTHER and letter_count(self.words) < LETTERS_AT_LEAST:
            yield InvalidError(f"Say why in at least {LETTERS_AT_LEAST} letters", field="words")

    def check(self, terms: Terms) -> None:
        """Refuse what says nothing of why."""
        require_none(self.refusals(terms))


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody searches for: a reference, or a person by exact details."""

    reference: str = ""
    given_name: str = ""
    surname: str = ""
    born_on: date | None = None
    phone: str = ""

    @property
    def kind(self) -> SearchKind:
        """What it is searched by."""
        return SearchKind.REFERENCE if self.reference else SearchKind.PERSON

    @property
    def has_name(self) -> bool:
        """Whether it has anything of a name with a birthday."""
        return bool(self.given_name or self.surname or self.born_on)

    @property
    def names(self) -> tuple[str, str]:
        """The whole name as people write it, and as lists have it."""
        return f"{self.given_name} {self.surname}", f"{self.surname} {self.given_name}"

    def check(self, example: str, today: date) -> None:
        """Refuse what is too vague to find one record or one person."""
        if self.kind is SearchKind.REFERENCE:
            _check_reference(self.reference, example)
        else:
            require_none(self._refusals(today))

    def _refusals(self, today: date) -> Iterator[InvalidError]:
        if not self.has_name and not self.phone:
            yield InvalidError(
                "Enter a whole name with a date of birth, or a phone number", field="given_name"
            )
        if self.has_name:
            yield from self._refusals_of_name(today)
        if self.phone and not _is_phone(self.phone):
            yield InvalidError("Enter a phone number, such as 07700 900123", field="phone")

    def _refusals_of_name(self, today: date) -> Iterator[InvalidError]:
        for field, name, missing in (
            ("given_name", self.given_name, "Enter the given name, too"),
            ("surname", self.surname, "Enter the surname, too"),
        ):
            if _WILD.search(name):
                yield InvalidError(_IN_FULL, field=field)
            elif not plain_name(name):
                yield InvalidError(missing, field=field)
        if self.born_on is None:
            yield InvalidError("Enter the date of birth: no name is found alone", field="born_on")
        elif self.born_on > today:
            yield InvalidError("Enter a date of birth that is not in the future", field="born_on")


def _check_reference(reference: str, example: str) -> None:
    if _WILD.search(reference):
        raise InvalidError(_IN_FULL, field="reference")
    if not any(each.isdigit() for each in reference):
        raise InvalidError(
            f"Enter a reference with its figures, such as {example}; people are found below",
            field="reference",
        )
    if _is_whole_phone(reference) and not with_prefix(reference, example):
        raise InvalidError(
            f"Enter the whole reference, such as {example}; a phone number is found below, under"
            " “A person”",
            field="reference",
        )
    if letter_count(reference) < FIGURES_AT_LEAST:
        raise InvalidError(f"Enter the whole reference, such as {example}", field="reference")


def _is_whole_phone(text: str) -> bool:
    return _is_phone(text) and letter_count(text) >= len("07700900123")


def _is_phone(text: str) -> bool:
    try:
        return plain_phone(text) is not None
    except ValueError:
        return False


def plain_reference(reference: str) -> str:
    """A reference as it is compared in the log: its letters, in capitals, and its figures."""
    return "".join(each for each in reference.upper() if each.isalnum())


def spellings(reference: str, example: str) -> tuple[str, ...]:
    """What a reference may be kept as: as typed, in capitals, or in the form of the example.

    Case, spaces and dashes are people's; letters and figures, and their order, are the reference.
    """
    typed = _DASHES.sub("-", reference.strip())
    capitals = "".join(typed.upper().split())
    bare = plain_reference(reference)
    return tuple(dict.fromkeys((typed, capitals, bare, _in_form(bare, example) or bare)))


def with_prefix(reference: str, example: str) -> tuple[str, ...]:
    """The numbers that one typed without the letters at its beginning may be.

    These are the force's own, as the example has them, and any others where they are few.
    """
    letters = next((at for at, each in enumerate(example) if not each.isalpha()), 0)
    bare = plain_reference(reference)
    # A phone may have as many figures, with the country or without.
    if reference.lstrip().startswith("+") or bare.startswith(("0", "440", "447")):
        return ()
    if not letters or not _in_form(example[:letters] + bare, example):
        return ()
    any_letters = product(ascii_uppercase, repeat=letters) if letters <= _FEW_LETTERS else ()
    prefixes = (example[:letters], *map("".join, any_letters))
    return tuple(dict.fromkeys(_in_form(each + bare, example) for each in prefixes))


def _in_form(bare: str, example: str) -> str:
    """The letters and figures with the dashes of the example; empty if they have another form."""
    places = [at for at, each in enumerate(example) if each.isalnum()]
    if len(places) != len(bare) or any(
        example[at].isdigit() != each.isdigit() for at, each in zip(places, bare, strict=True)
    ):
        return ""
    shaped = list(example)
    for at, each in zip(places, bare, strict=True):
        shaped[at] = each
    return "".join(shaped)


class Part(StrEnum):
    """What somebody was in an incident."""

    VICTIM = "victim"
    PERPETRATOR = "perpetrator"
    CHILD = "child"

    @property
    def label(self) -> str:
        """The same in words."""
        return _PARTS[self]


_PARTS = {
    Part.VICTIM: "As the victim",
    Part.PERPETRATOR: "As the alleged perpetrator",
    Part.CHILD: "As a child or dependant",
}
