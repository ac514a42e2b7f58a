"""How far away something is said to be, whatever the time of day at which the tests run."""

from datetime import timedelta

from dash_forms.domain.periods import apart
from dash_forms.store.work import Store


def distance(store: Store, hours: float) -> str:
    """How far away a moment so many hours from now is said to be."""
    with store.work(writes=False) as work:
        return apart(work.now, work.now + timedelta(hours=hours))
