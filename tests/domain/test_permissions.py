"""Who may do what: the promises that the table has to keep."""

from __future__ import annotations

from uuid import UUID

import pytest

from dash_forms.domain.permissions import PERMISSIONS, Actor, Permission, Role, Scope

HOME, AWAY, ME, OTHER = (UUID(int=number) for number in range(1, 5))

OF_PEOPLE = {
    Permission.VIEW_INCIDENTS,
    Permission.RECORD_INCIDENTS,
    Permission.VIEW_ASSESSMENTS,
    Permission.RECORD_ASSESSMENTS,
    Permission.VIEW_COUNTED_RECORDS,
}
READING = {
    Permission.VIEW_INCIDENTS,
    Permission.VIEW_ASSESSMENTS,
    Permission.VIEW_COUNTED_RECORDS,
}


def somebody(role: Role, team_id: UUID | None = HOME) -> Actor:
    return Actor(ME, "Invented", role, team_id)


def test_every_role_has_a_row_and_can_sign_out() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert all(Permission.SIGN_OUT in row for row in PERMISSIONS.values())


@pytest.mark.parametrize("role", [Role.ANALYST, Role.ADMINISTRATOR, Role.AUDITOR])
def test_those_who_count_administer_or_audit_never_see_a_case(role: Role) -> None:
    assert not OF_PEOPLE & set(PERMISSIONS[role])


@pytest.mark.parametrize("role", [Role.SERGEANT, Role.INSPECTOR, Role.SPECIALIST])
def test_those_who_supervise_read_cases_and_do_not_write_them(role: Role) -> None:
    assert OF_PEOPLE & set(PERMISSIONS[role]) == READING


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.MANAGE_ACCOUNTS, {Role.ADMINISTRATOR}),
        (Permission.MANAGE_FEED_TOKENS, {Role.ADMINISTRATOR}),
        (Permission.VIEW_AUDIT, {Role.AUDITOR}),
        (Permission.MANAGE_BASELINES, {Role.INSPECTOR}),
        (Permission.REBASE_CHARTS, {Role.INSPECTOR}),
        (Permission.RECORD_ASSESSMENTS, {Role.OFFICER}),
        (Permission.RECORD_INCIDENTS, {Role.OFFICER}),
    ],
)
def test_what_is_one_roles_alone_stays_so(permission: Permission, roles: set[Role]) -> None:
    assert {role for role in Role if somebody(role).may(permission)} == roles


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SERGEANT])
def test_a_team_role_reaches_its_own_team_and_what_its_person_began(role: Role) -> None:
    actor = somebody(role)
    assert actor.reaches(Permission.VIEW_INCIDENTS, team_id=HOME, author_id=OTHER)
    assert actor.reaches(Permission.VIEW_INCIDENTS, team_id=AWAY, author_id=ME)
    assert not actor.reaches(Permission.VIEW_INCIDENTS, team_id=AWAY, author_id=OTHER)
    assert not actor.reaches(Permission.VIEW_INCIDENTS, team_id=AWAY)


def test_the_specialist_reaches_every_team() -> None:
    actor = somebody(Role.SPECIALIST, team_id=None)
    assert actor.reaches(Permission.VIEW_ASSESSMENTS, team_id=AWAY, author_id=OTHER)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_having_begun_a_record_opens_no_act_that_the_role_lacks(
    role: Role, permission: Permission
) -> None:
    actor = somebody(role)
    reached = actor.reaches(permission, team_id=HOME, author_id=ME)
    assert reached == actor.may(permission)


def test_no_permission_over_people_goes_beyond_the_team_for_those_at_the_door() -> None:
    scopes = {PERMISSIONS[Role.OFFICER].get(each, Scope.TEAM) for each in OF_PEOPLE}
    assert scopes == {Scope.TEAM}
