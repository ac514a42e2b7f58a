"""Fourteen months of calls to the invented force’s 101, as its telephone system writes them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.demo.chance import Chance
from dash_forms.domain.answering import Result
from dash_forms.domain.periods import LONDON, Month, london_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_CALLS = 17_000
_DAYS = 428
# By the hour of the day: how likely it is that the menu, and then the queue, loses a caller.
_BUSY = range(16, 23)
_MONTHS_SINCE_MORE_STAFF = 2
"""So many whole months ago the force put more people on the late shift, and fewer give up since."""


def log(now: datetime) -> Iterator[str]:
    """The lines of the file. The same time gives the same ones."""
    chance = Chance(5)  # its own, so that the year stays as it is
    better_since = Month.of(london_date(now)).back(_MONTHS_SINCE_MORE_STAFF).first
    yield "reference,offered_at,result,wait_s\r\n"
    for number in range(1, _CALLS + 1):
        # Twice as many by day as by night.
        at = now - timedelta(minutes=chance.randrange(1, _DAYS * 24 * 60))
        if at.astimezone(LONDON).hour < 7 and chance.happens(0.6):
            at -= timedelta(hours=9)
        is_busy = at.astimezone(LONDON).hour in _BUSY
        is_better = london_date(at) >= better_since
        wait = int(chance.expovariate(1 / (150 if is_busy and not is_better else 60)))
        result = Result.ANSWERED
        if chance.happens(0.07):
            result, wait = Result.ABANDONED_IN_MENU, 0
        elif wait > chance.expovariate(1 / 550):
            result = Result.ABANDONED_IN_QUEUE
        yield f"WM101-{number:06},{at.isoformat(timespec='seconds')},{result},{wait}\r\n"
