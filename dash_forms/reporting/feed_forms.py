"""What is entered about a token of the feed, as it is posted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import SelectField
from wtforms.validators import InputRequired, StopValidation

from dash_forms.domain.feed import Lifetime, Purpose
from dash_forms.reporting.feed_tokens import CALLS, WHOLE_FORCE, NewToken
from dash_forms.web.forms import Form, MadeHere, Radios, Text, options


class FeedTokenForm(Form):
    """A new token."""

    token_id = MadeHere()
    name = Text("What is it for?", validators=[InputRequired("Say which program it is for")])
    team = SelectField("Which figures may it read?", validate_choice=True)
    lifetime = Radios(
        "How long may it be used?", Lifetime, missing="Choose how long it may be used"
    )

    def __init__(self, teams: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        listed = [(str(team_id), f"{name} only") for team_id, name in teams]
        self.team.choices = options(
            [("", "Choose"), ("force", WHOLE_FORCE), *listed, ("calls", CALLS)]
        )

    def validate_team(self, field: SelectField) -> None:
        """Nothing is chosen beforehand, least of all everything."""
        if not field.data:
            raise StopValidation("Choose which figures it may read")

    def command(self) -> NewToken:
        return NewToken(
            id=UUID(self.token_id.data),
            name=self.name.data or "",
            purpose=Purpose.SEND_CALLS if self.team.data == "calls" else Purpose.READ_FIGURES,
            team_id=None if self.team.data in {"force", "calls"} else UUID(self.team.data),
            lifetime=self.lifetime.member,
        )
