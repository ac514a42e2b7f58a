"""Who called: when two calls are one person's without anybody asked, and when somebody has to say.

Names, phones and addresses are compared by keys that tell nothing by themselves. Only what leaves
no reasonable doubt is put together by itself; the rest is a match for a person to decide on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.text import letter_count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from uuid import UUID

_PUNCTUATION = re.compile(r"[\s().\-]+")
_PHONE = re.compile(r"\+?[0-9]{3,15}", re.ASCII)
_EXTENSION = re.compile(r"(?:ext(?:ension)?|x|#)[.:]?\s*[0-9]{1,6}\s*$", re.ASCII | re.IGNORECASE)
_FIGURES = range(7, 16)
"""Of a number that somebody can be rung on: no area code is shorter, and E.164 ends with 15."""
NO_PHONE = frozenset({"withheld", "anonymous", "unknown", "unavailable", "none", "private"})
"""What call logs write where there is no number."""


def plain_phone(text: str) -> str | None:
    """A number as it is compared: figures alone, a British one with its 0; None for none.

    An extension is left out. ValueError for what is no number.
    """
    number = _PUNCTUATION.sub("", _EXTENSION.sub("", text))
    if not number or number.casefold() in NO_PHONE:
        return None
    number = re.sub(r"^00", "+", number)
    number = re.sub(r"^\+44(?:0)?", "0", number)
    if not _PHONE.fullmatch(number):
        raise ValueError("This is not a phone number")
    return number


def check_phone(text: str, field: str) -> None:
    """Refuse what nobody can be rung on, or found by; no number at all is none to refuse."""
    try:
        number = plain_phone(text)
    except ValueError:
        number = ""
    if number is not None and len(number.removeprefix("+")) not in _FIGURES:
        raise InvalidError(
            "Enter a phone number of 7 to 15 figures, such as 07700 900123, or leave it empty",
            field=field,
        )


class Kind(StrEnum):
    """What a key is made of."""

    IDENTITY = "identity"
    """Name and date of birth together."""
    PHONE = "phone"
    NAME = "name"
    ADDRESS = "address"


Key = tuple[Kind, bytes]


class Why(StrEnum):
    """Why two callers may be one person."""

    PHONE = "phone"
    NAME_AND_ADDRESS = "name_and_address"

    @property
    def label(self) -> str:
        """The same in words."""
        return _WHY_LABELS[self]


_WHY_LABELS = {
    Why.PHONE: "They called from the same phone",
    Why.NAME_AND_ADDRESS: "They have the same name and address and different phones",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """In which facts two callers agree, in which they differ, and which are not known of both."""

    agree: tuple[str, ...]
    differ: tuple[str, ...]
    unknown: tuple[str, ...]


def compare(facts: Iterable[tuple[str, Collection[object], Collection[object]]]) -> Compared:
    """Compare what is known of the one and of the other, by the name of each fact.

    Somebody may have several phones: to have one of them in common is to agree.
    """
    found = Compared((), (), ())
    for name, one, other in facts:
        if not one or not other:
            found = replace(found, unknown=(*found.unknown, name))
        elif set(one) & set(other):
            found = replace(found, agree=(*found.agree, name))
        else:
            found = replace(found, differ=(*found.differ, name))
    return found


class Verdict(StrEnum):
    """What somebody decided about a match."""

    SAME = "same"
    DIFFERENT = "different"

    @property
    def label(self) -> str:
        """The same in words."""
        return _VERDICT_LABELS[self]


_VERDICT_LABELS = {Verdict.SAME: "The same person", Verdict.DIFFERENT: "Two people"}


LETTERS_AT_LEAST = 10


@dataclass(frozen=True, slots=True)
class MatchDecision:
    """What somebody says of a match, and why."""

    verdict: Verdict
    reason: str

    def check(self) -> None:
        """Refuse one without a reason: others rely on it, and it may be decided anew."""
        if letter_count(self.reason) < LETTERS_AT_LEAST:
            raise InvalidError(f"Say why in at least {LETTERS_AT_LEAST} letters", field="reason")


@dataclass(frozen=True, slots=True)
class Told:
    """The keys of what one call says of its caller."""

    identity: bytes | None = None
    phone: bytes | None = None
    name: bytes | None = None
    address: bytes | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        """Those that there are."""
        given = (
            (Kind.IDENTITY, self.identity),
            (Kind.PHONE, self.phone),
            (Kind.NAME, self.name),
            (Kind.ADDRESS, self.address),
        )
        return tuple((kind, key) for kind, key in given if key is not None)

    @property
    def is_somebody(self) -> bool:
        """Whether a person can be told by it at all.

        A name alone is nobody in particular, and an address alone is a place: a bus station calls
        nobody.
        """
        if self.phone is not None or self.identity is not None:
            return True
        return self.name is not None and self.address is not None


@dataclass(frozen=True, slots=True)
class Resolved:
    """Whose call it is; None is somebody new. `doubtful` may be the same person, or not."""

    caller: UUID | None
    doubtful: tuple[tuple[UUID, Why], ...] = ()


MOST_ON_A_PHONE = 5
"""Of more people than this a phone is a shared one, as a hostel's: it makes nobody the same."""
SOUGHT_BY = (Kind.IDENTITY, Kind.PHONE, Kind.ADDRESS)
"""The kinds of keys by which a caller is looked for; a name is only compared."""


@dataclass(slots=True)
class Callers:
    """The callers that some calls could be from, by their keys."""

    _holders: dict[Key, dict[UUID, None]] = field(default_factory=dict)
    _keys: dict[UUID, set[Key]] = field(default_factory=dict)
    _counted_as: dict[UUID, UUID] = field(default_factory=dict)

    def count_as(self, caller: UUID, other: UUID) -> None:
        """Note that somebody decided the two to be one person, who is counted as the other."""
        self._counted_as[caller] = other

    def add(self, caller: UUID, keys: Iterable[Key]) -> list[Key]:
        """Note keys of a caller; returns those that are new."""
        held = self._keys.setdefault(caller, set())
        new = [key for key in keys if key not in held]
        held.update(new)
        for key in new:
            self._holders.setdefault(key, {})[caller] = None
        return new

    def resolve(self, told: Told) -> Resolved:
        """Whose call it is, by the first rule that applies."""
        if told.identity is not None and (known := self._holding(Kind.IDENTITY, told.identity)):
            return Resolved(known[0], tuple(self._left_apart(known[0], told)))
        if told.phone is not None:
            return self._by_phone(told.phone, told)
        if told.name is None or told.address is None:
            return Resolved(None)
        there = self._holding(Kind.ADDRESS, told.address)
        return self._one_of(self._named(there, told), Why.NAME_AND_ADDRESS)

    def _left_apart(self, caller: UUID, told: Told) -> Iterator[tuple[UUID, Why]]:
        """Who called from the phone under the same name, and had not said the birthday then."""
        if told.phone is None:
            return
        for other in self._named(self._holding(Kind.PHONE, told.phone), told):
            if self._counted_as.get(other, other) != self._counted_as.get(caller, caller):
                yield other, Why.PHONE

    def _by_phone(self, phone: bytes, told: Told) -> Resolved:
        holders = self._holding(Kind.PHONE, phone)
        nameless = [each for each in holders if not self._has(each, Kind.NAME)]
        if told.name is None:
            is_shared = len(self._people(holders)) > MOST_ON_A_PHONE
            return self._one_of(nameless or ([] if is_shared else holders), Why.PHONE)
        if named := self._named(holders, told):
            return self._one_of(named, Why.PHONE)
        if nameless and len(holders) == 1:
            return Resolved(nameless[0])
        if len(self._people(holders)) > MOST_ON_A_PHONE:
            return Resolved(None)
        if holders or told.address is None:
            return self._doubtful(holders, Why.PHONE)
        there = self._named(self._holding(Kind.ADDRESS, told.address), told)
        return self._doubtful(there, Why.NAME_AND_ADDRESS)

    def _one_of(self, callers: list[UUID], why: Why) -> Resolved:
        """The only one, or the only one without a birthday; among more somebody has to choose."""
        unborn = [each for each in callers if not self._has(each, Kind.IDENTITY)]
        for sure in (self._people(callers), self._people(unborn)):
            if len(sure) == 1:
                return Resolved(sure[0])
        return self._doubtful(callers, why)

    def _doubtful(self, callers: list[UUID], why: Why) -> Resolved:
        return Resolved(None, tuple((each, why) for each in self._people(callers)))

    def _people(self, callers: list[UUID]) -> list[UUID]:
        """One caller for each person among them."""
        return list({self._counted_as.get(each, each): each for each in callers}.values())

    def _named(self, callers: list[UUID], told: Told) -> list[UUID]:
        """Those with the name, but for who has another date of birth than the one told."""
        return [
            each
            for each in callers
            if (Kind.NAME, told.name) in self._keys[each]
            and (told.identity is None or not self._has(each, Kind.IDENTITY))
        ]

    def _holding(self, kind: Kind, key: bytes) -> list[UUID]:
        return list(self._holders.get((kind, key), ()))

    def _has(self, caller: UUID, *kinds: Kind) -> bool:
        return any(each in kinds for each, _ in self._keys[caller])


def groups(callers: Iterable[UUID], same: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """For each caller the first of those that were decided to be one person with it."""
    first = {each: each for each in callers}

    def found(caller: UUID) -> UUID:
        while first[caller] != caller:
            caller = first[caller]
        return caller

    for one, other in same:
        low, high = sorted((found(one), found(other)))
        first[high] = low
    return {each: found(each) for each in first}
