"""Question sets: versioned data that says what is asked, how, and what follows from a yes."""

from dash_forms.domain.instruments.loader import current, instrument, load, published
from dash_forms.domain.instruments.model import (
    AnswerKind,
    FollowUp,
    FollowUpKind,
    Gate,
    Instrument,
    Item,
    NotInInstrumentError,
    Option,
    Section,
    TickSet,
    Trigger,
)
from dash_forms.domain.instruments.problems import InstrumentError, Problem

__all__ = [
    "AnswerKind",
    "FollowUp",
    "FollowUpKind",
    "Gate",
    "Instrument",
    "InstrumentError",
    "Item",
    "NotInInstrumentError",
    "Option",
    "Problem",
    "Section",
    "TickSet",
    "Trigger",
    "current",
    "instrument",
    "load",
    "published",
]
