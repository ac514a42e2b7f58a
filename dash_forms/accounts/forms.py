"""Forms of the accounts room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from wtforms import HiddenField, PasswordField, SelectField
from wtforms.validators import InputRequired, Length

from dash_forms.accounts.commands import NewAccount, SignIn
from dash_forms.domain.permissions import Role
from dash_forms.web.forms import Form, Radios, Text, options


class SignInForm(Form):
    """Username and password."""

    username = Text("Username", validators=[InputRequired("Enter your username")])
    password = PasswordField(
        "Password",
        validators=[InputRequired("Enter your password"), Length(max=200, message="Too long")],
    )

    def command(self, address: str) -> SignIn:
        return SignIn(self.username.data or "", self.password.data or "", address)


class CoverForm(Form):
    """The password of the person whose page is covered."""

    account = HiddenField()
    password = PasswordField(
        "Password",
        validators=[InputRequired("Enter your password"), Length(max=200, message="Too long")],
    )

    def command(self, username: str, address: str) -> SignIn:
        return SignIn(username, self.password.data or "", address)


class AccountForm(Form):
    """A new account."""

    username = Text("Username", validators=[InputRequired("Enter a username")])
    display_name = Text(
        "Name and collar number", validators=[InputRequired("Enter the name colleagues will see")]
    )
    role = Radios("Role", Role, missing="Choose a role")
    team = SelectField("Team", validate_choice=True)
    password = PasswordField("First password", validators=[InputRequired("Enter a password")])

    def __init__(self, teams: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        listed = [(str(team_id), name) for team_id, name in teams]
        self.team.choices = options([("", "No team"), *listed])

    def command(self) -> NewAccount:
        return NewAccount(
            username=self.username.data or "",
            display_name=self.display_name.data or "",
            role=self.role.member,
            team_id=UUID(self.team.data) if self.team.data else None,
            password=self.password.data or "",
        )


class PasswordForm(Form):
    """A new password for somebody's account."""

    password = PasswordField("New password", validators=[InputRequired("Enter a password")])
