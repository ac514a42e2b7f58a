"""Invented people: fixed lists of names, streets that are nowhere, and telephones that never ring.

Surnames are made-up compounds, postcodes lie in an area that does not exist, and numbers come from
the range that Ofcom keeps for drama (07700 900000 to 900999).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from dash_forms.demo.chance import Chance

FIRST_NAMES = (
    "Aaliyah", "Abigail", "Adaeze", "Aidan", "Amara", "Anil", "Anwen", "Arjun", "Bethan", "Bilal",
    "Callum", "Carys", "Chidi", "Chloe", "Connor", "Dafydd", "Deepa", "Dominik", "Eilidh", "Elena",
    "Emeka", "Eva", "Farah", "Fergus", "Gareth", "Grace", "Hamza", "Hannah", "Imran", "Iona",
    "Jasmine", "Jordan", "Kasia", "Keiran", "Kwame", "Leah", "Liam", "Lucia", "Magda", "Marcus",
    "Megan", "Mihai", "Nadia", "Niamh", "Olena", "Owen", "Priya", "Rhys", "Rosa", "Ruth",
    "Samir", "Sian", "Sofia", "Tariq", "Tomasz", "Uma", "Victor", "Wei", "Yasmin", "Zofia",
)  # fmt: skip
SURNAME_STARTS = (
    "Amber", "Bracken", "Candle", "Clover", "Dapple", "Ember", "Feather", "Fiddle", "Glimmer",
    "Hobnob", "Inkle", "Juniper", "Lantern", "Marzi", "Nettle", "Pebble", "Quill", "Saffron",
    "Thimble", "Whistle",
)  # fmt: skip
SURNAME_ENDS = (
    "bottom", "brook", "button", "dale", "down", "fern", "foot", "gate", "grove", "pin",
    "thorpe", "wick", "wright", "wyn",
)  # fmt: skip
STREETS = (
    "Anagram Avenue", "Ballad Close", "Cardboard Court", "Example Road", "Fable Lane",
    "Figment Street", "Invention Way", "Limerick Drive", "Mock Terrace", "Parable Place",
    "Placeholder Crescent", "Rehearsal Row", "Sketch Gardens", "Specimen Street", "Storybook Walk",
)  # fmt: skip
DRAMA_NUMBERS = range(900_000, 901_000)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    id: UUID
    name: str
    born_on: date | None
    phone: str
    address: str


def name(chance: Chance) -> str:
    """A first name and a surname that nobody bears."""
    surname = chance.choice(SURNAME_STARTS) + chance.choice(SURNAME_ENDS)
    return f"{chance.choice(FIRST_NAMES)} {surname}"


def surname_of(full_name: str) -> str:
    """What the children are called too."""
    return full_name.rpartition(" ")[2]


def child_name(chance: Chance, parent: str) -> str:
    """A child with its parent's surname."""
    return f"{chance.choice(FIRST_NAMES)} {surname_of(parent)}"


def phone(chance: Chance) -> str:
    """A mobile number that Ofcom gives to nobody."""
    return f"07700 {chance.choice(DRAMA_NUMBERS)}"


def address(chance: Chance, town: str) -> str:
    """A home in a street of that name, which there is not, with a postcode that cannot be."""
    number, district = chance.randint(1, 180), chance.randint(1, 9)
    return f"{number} {chance.choice(STREETS)}, {town}, ZZ{district} {chance.randint(1, 9)}ZZ"


def birthday(chance: Chance, age: int, on: date) -> date:
    """A date of birth that makes somebody this old on a day, give or take the leap days."""
    return on - timedelta(days=int(age * 365.25) + chance.randint(5, 355))
