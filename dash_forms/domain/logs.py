"""The logs that can be imported: what each is for, its layout, and how a row of it is read."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from dash_forms.domain import answering, call_log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dash_forms.domain.answering import OfferedCall
    from dash_forms.domain.call_log import LoggedCall
    from dash_forms.domain.log_layout import Layout


class Log(StrEnum):
    """A kind of log."""

    CALLS = "calls"
    ANSWERING = "answering"

    @property
    def label(self) -> str:
        """The same in words."""
        return _LABELS[self]

    @property
    def layout(self) -> Layout:
        """Its columns."""
        return call_log.LAYOUT if self is Log.CALLS else answering.LAYOUT

    def read(self, row: Mapping[str, str], now: datetime) -> LoggedCall | OfferedCall:
        """A row of it, or InvalidError with each column that is wrong, and what is wrong there."""
        read = call_log.read_call if self is Log.CALLS else answering.read_offered
        return read(row, now)


_LABELS = {
    Log.CALLS: "Calls and who made them, for repeat callers",
    Log.ANSWERING: "Calls to 101 and how they were answered",
}
