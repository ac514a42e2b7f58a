"""Forms of this room: a log to import, and what somebody says of two callers."""

from __future__ import annotations

from wtforms import HiddenField

from dash_forms.domain.callers import MatchDecision, Verdict
from dash_forms.domain.logs import Log
from dash_forms.web.forms import Form, LongText, Radios


class MatchForm(Form):
    """Whether two callers are one person."""

    verdict = Radios("Are they the same person?", Verdict, missing="Choose one of the two")
    reason = LongText("How do you know?", limit=500)

    def command(self) -> MatchDecision:
        return MatchDecision(self.verdict.member, self.reason.data or "")


class LogForm(Form):
    """The file is read by the route; this holds what is wrong with it."""

    log = Radios("What is in it?", Log, missing="Choose what is in the file")
    file = HiddenField("The file")
