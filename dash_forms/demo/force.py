"""An invented force: ten local policing teams, their people, and who may sign in to look around."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dash_forms.demo import people
from dash_forms.demo.chance import Chance
from dash_forms.domain.permissions import Role
from dash_forms.store.accounts import set_password
from dash_forms.store.models import Account

FORCE_NAME = "Westmarch Police (invented)"
URN_PREFIX = "WM"
URN_EXAMPLE = f"{URN_PREFIX}-20260131-0042"
PASSWORD = "paper-lantern-heron"  # noqa: S105 - invented, printed at the start, opens nothing real
NO_PASSWORD = "!"  # noqa: S105 - not a hash: nobody signs in with it
OFFICERS_PER_TEAM = 6

_SIGN_INS = {
    "officer1": Role.OFFICER,
    "officer2": Role.OFFICER,
    "sergeant1": Role.SERGEANT,
    "inspector1": Role.INSPECTOR,
    "specialist1": Role.SPECIALIST,
    "control1": Role.CONTROL_ROOM,
    "analyst1": Role.ANALYST,
    "admin1": Role.ADMINISTRATOR,
    "auditor1": Role.AUDITOR,
}
ACCOUNTS = tuple((username, role.label) for username, role in _SIGN_INS.items())

# Each team's share of the work, and how far its decline rate lies from the force's.
_TEAMS = {
    "Ashmere": (1.1, +0.02),
    "Brindle Vale": (1.0, -0.03),
    "Cold Harbour": (0.8, +0.07),
    "Dunmarch": (1.2, 0.00),
    "Eastwick Fen": (0.7, -0.06),
    "Foxholt": (1.0, +0.04),
    "Greywater": (1.3, -0.02),
    "Hartsbridge": (1.1, +0.01),
    "Ironford": (1.0, +0.03),
    "Kestrel Moor": (0.8, -0.05),
}
_TITLES = {
    Role.OFFICER: "PC ",
    Role.SERGEANT: "Sgt ",
    Role.INSPECTOR: "Insp ",
    Role.SPECIALIST: "DC ",
}


@dataclass(frozen=True, slots=True)
class Team:
    """A local policing team."""

    id: UUID
    name: str
    share: float
    decline_offset: float


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account."""

    id: UUID
    username: str
    display_name: str
    role: Role
    team: Team | None
    password_hash: str

    @property
    def signs_in(self) -> bool:
        """One of the sign-ins that are handed out, whose own list stays as planned."""
        return self.username in _SIGN_INS


@dataclass(frozen=True, slots=True)
class Force:
    """The teams, everybody in them, and the officers by team."""

    teams: tuple[Team, ...]
    staff: tuple[Colleague, ...]

    def pick_team(self, chance: Chance) -> Team:
        """The team that is called next, busy ones more often."""
        return chance.choices(self.teams, weights=[team.share for team in self.teams])[0]

    def officers_of(self, team: Team) -> tuple[Colleague, ...]:
        """Who attends for a team."""
        return tuple(each for each in self.staff if each.team is team and each.role is Role.OFFICER)

    def sergeant_of(self, team: Team, incident_id: UUID) -> Colleague:
        """Who reviews an incident of a team; where it has two sergeants they share the work."""
        own = [each for each in self.staff if each.team is team and each.role is Role.SERGEANT]
        return own[incident_id.int % len(own)]

    @property
    def specialists(self) -> tuple[Colleague, ...]:
        """The desk of the whole force."""
        return tuple(each for each in self.staff if each.role is Role.SPECIALIST)

    def named(self, username: str) -> Colleague:
        """The colleague with this username."""
        return next(each for each in self.staff if each.username == username)


def muster(chance: Chance, at: datetime, password: str, cost: tuple[int, int]) -> Force:
    """Set up the force. Only the sign-ins get a password; each costs one Argon2 hash."""
    teams = tuple(Team(chance.id_at(at), name, *numbers) for name, numbers in _TEAMS.items())
    places: list[tuple[str, Role, Team | None]] = [
        *_numbered(Role.OFFICER, teams * OFFICERS_PER_TEAM),
        *_numbered(Role.SERGEANT, teams),
        *_numbered(Role.SPECIALIST, (None, None)),
        ("inspector1", Role.INSPECTOR, None),
        ("analyst1", Role.ANALYST, None),
        ("admin1", Role.ADMINISTRATOR, None),
        ("auditor1", Role.AUDITOR, None),
    ]
    joined_later = Chance(1)  # its own, so that the rest of the year stays as it is

    def colleague(chance: Chance, username: str, role: Role, team: Team | None) -> Colleague:
        return Colleague(
            chance.id_at(at),
            username,
            _TITLES.get(role, "") + people.name(chance),
            role,
            team,
            _hashed(username, password, cost) if username in _SIGN_INS else NO_PASSWORD,
        )

    staff = [colleague(chance, *place) for place in places]
    staff.append(colleague(joined_later, "control1", Role.CONTROL_ROOM, None))
    # One team has two sergeants: each can check the closed cases that the other has reviewed.
    staff.append(colleague(joined_later, "sergeant11", Role.SERGEANT, teams[0]))
    return Force(teams, tuple(staff))


def _numbered(role: Role, teams: tuple[Team | None, ...]) -> list[tuple[str, Role, Team | None]]:
    return [(f"{role.value}{number}", role, team) for number, team in enumerate(teams, start=1)]


def _hashed(username: str, password: str, cost: tuple[int, int]) -> str:
    account = Account(username=username)
    set_password(account, password, cost)
    return account.password_hash
