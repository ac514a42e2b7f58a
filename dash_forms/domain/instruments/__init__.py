"""Question sets: versioned data that says what is asked, how, and what follows from a yes."""

from dash_forms.domain.instruments.loader import (
    current,
    current_sets,
    instrument,
    load,
    published,
    use_own_sets,
)
from dash_forms.domain.instruments.model import (
    HOW_OFTEN,
    AnswerKind,
    AskedFor,
    Choice,
    FollowUp,
    FollowUpKind,
    Gate,
    Instrument,
    Item,
    NotInInstrumentError,
    Option,
    Section,
    SetRole,
    TickSet,
    Trigger,
)
from dash_forms.domain.instruments.problems import InstrumentError, Problem

__all__ = [
    "HOW_OFTEN",
    "AnswerKind",
    "AskedFor",
    "Choice",
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
    "SetRole",
    "TickSet",
    "Trigger",
    "current",
    "current_sets",
    "instrument",
    "load",
    "published",
    "use_own_sets",
]
