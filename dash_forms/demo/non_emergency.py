"""Three months of calls to the invented force’s 101, as its telephone system writes them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dash_forms.demo.chance import Chance
from dash_forms.domain.answering import Result
from dash_forms.domain.periods import LONDON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_CALLS = 6_000
_DAYS = 92
# By the hour of the day: how likely it is that the menu, and then the queue, loses a caller.
_BUSY = range(16, 23)


def log(now: datetime) -> Iterator[str]:
    """The lines of the file. The same time gives the same ones."""
    chance = Chance(5)  # its own, so that the year stays as it is
    yield "reference,offered_at,result,wait_s\r\n"
    for number in range(1, _CALLS + 1):
        # Twice as many by day as by night.
        at = now - timedelta(minutes=chance.randrange(1, _DAYS * 24 * 60))
        if at.astimezone(LONDON).hour < 7 and chance.happens(0.6):
            at -= timedelta(hours=9)
        is_busy = at.astimezone(LONDON).hour in _BUSY
        months_ago = (now - at).days / 30
        wait = int(chance.expovariate(1 / (150 if is_busy else 60)))
        result = Result.ANSWERED
        if chance.happens(0.07):
            result, wait = Result.ABANDONED_IN_MENU, 0
        elif wait > chance.expovariate(1 / (700 if months_ago < 2 else 500)):
            result = Result.ABANDONED_IN_QUEUE
        yield f"WM101-{number:06},{at.isoformat(timespec='seconds')},{result},{wait}\r\n"
