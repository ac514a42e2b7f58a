"""Two months of calls to the invented force, as the file that its call system would write."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from dash_forms.demo import people
from dash_forms.demo.chance import Chance

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("reference", "called_at", "channel", "phone", "name", "born_on", "address",
           "duplicate_of")  # fmt: skip
TOWN = "Ashmere"
_ONCE = 700
_DAYS = 60


@dataclass(frozen=True, slots=True)
class _Caller:
    """Somebody who calls, and how many hours ago they did."""

    hours_ago: tuple[float, ...]
    gives_birthday: bool = True
    shares_phone_with: int | None = None
    """The place of another in the list, whose phone it is too."""


# Some are over a rule, some are one call away; two share a phone. The last two were flagged long
# enough ago for their plans to have come somewhere.
_OFTEN = (
    _Caller((2, 30, 75, 120, 400, 900)),
    _Caller((9, 26, 50, 130, 131, 160, 300)),
    _Caller((20, 200, 310, 420, 515, 640)),
    _Caller((1, 44, 101)),
    _Caller((5, 70, 166)),
    _Caller((12, 180, 290, 470, 700)),
    _Caller((33, 60, 90, 1_000)),
    _Caller((400, 410, 425, 450, 1_100)),
    _Caller((3, 80), gives_birthday=False),
    _Caller((17, 110), gives_birthday=False, shares_phone_with=8),
    _Caller((1_160, 1_175, 1_200, 1_230, 800, 330)),
    _Caller((520, 540, 565, 610, 300, 60)),
)


def log(now: datetime) -> Iterator[str]:
    """The lines of the file, whatever came last at its end. The same time gives the same ones."""
    chance = Chance(4)  # its own, so that the year stays as it is
    # Each has a number of their own, but for the two who are to share one.
    numbers = chance.sample(people.DRAMA_NUMBERS, len(people.DRAMA_NUMBERS))
    told: list[dict[str, str]] = []
    rows: list[tuple[datetime, dict[str, str]]] = []
    for caller in _OFTEN:
        told.append(_told(chance, numbers.pop(), gives_birthday=caller.gives_birthday))
        if caller.shares_phone_with is not None:
            told[-1]["phone"] = told[caller.shares_phone_with]["phone"]
        rows += [(now - timedelta(hours=ago), told[-1]) for ago in caller.hours_ago]
    for _ in range(_ONCE):
        at = now - timedelta(minutes=chance.randrange(10, _DAYS * 24 * 60))
        rows.append((at, _told(chance, numbers.pop(), gives_birthday=chance.happens(0.3))))
    rows.sort(key=lambda row: row[0])
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    yield file.getvalue()
    for number, (at, row) in enumerate(rows, start=1):
        reference = f"WMC-{number:05}"
        channel = "999" if chance.happens(0.4) else "101"
        written = {
            "reference": reference,
            "called_at": at.isoformat(timespec="seconds"),
            "channel": channel,
            **row,
        }
        logs = [written]
        if chance.happens(0.03):
            # The same contact, logged once more by the next desk.
            again = at + timedelta(minutes=4)
            logs.append(
                {
                    **written,
                    "reference": f"{reference}B",
                    "called_at": min(again, now).isoformat(timespec="seconds"),
                    "duplicate_of": reference,
                }
            )
        for each in logs:
            file.seek(0)
            file.truncate()
            writer.writerow(each)
            yield file.getvalue()


def _told(chance: Chance, number: int, *, gives_birthday: bool) -> dict[str, str]:
    born_on = date(1945 + chance.randrange(60), chance.randint(1, 12), chance.randint(1, 28))
    return {
        "phone": f"07700 {number}" if chance.happens(0.93) else "withheld",
        "name": people.name(chance),
        "born_on": born_on.isoformat() if gives_birthday else "",
        "address": people.address(chance, TOWN),
    }
