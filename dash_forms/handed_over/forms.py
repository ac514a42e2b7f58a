"""Forms of this room: the file that a tablet saved, and why something is not to be saved."""

from __future__ import annotations

from wtforms import HiddenField

from dash_forms.web.forms import Form, IncidentNumber, LongText


class FileForm(Form):
    """The file is read by the route; this holds what is wrong with it."""

    file = HiddenField("The file from the tablet")


class NumberForm(Form):
    """The right number of an incident, and how a supervisor knows it."""

    op_id = HiddenField()
    number = IncidentNumber("Incident number (URN)", limit=40)
    why = LongText("How do you know?", limit=500)


class CloseForm(Form):
    """Why what is shown is not to be saved."""

    words = LongText("Why is this not to be saved?", limit=500)
