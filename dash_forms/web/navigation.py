"""Which pages the header links to, by what the person's role permits."""

from __future__ import annotations

from dash_forms.domain.permissions import Actor, Permission

_LINKS = (
    (Permission.VIEW_INCIDENTS, "Incidents", "/incidents"),
    (Permission.REVIEW_ASSESSMENTS, "Reviews", "/reviews"),
    (Permission.WORK_DESK, "Desk", "/desk"),
    (Permission.VIEW_REPORTS, "Decline rate", "/reports/declines"),
    (Permission.MANAGE_ACCOUNTS, "Accounts", "/accounts"),
    (Permission.VIEW_AUDIT, "Audit log", "/audit"),
)

# Where work begins, the first that the role permits.
_FIRST_PAGES = (
    (Permission.RECORD_INCIDENTS, "/incidents"),
    (Permission.REVIEW_ASSESSMENTS, "/reviews"),
    (Permission.WORK_DESK, "/desk"),
    (Permission.VIEW_REPORTS, "/reports/declines"),
    (Permission.MANAGE_ACCOUNTS, "/accounts"),
    (Permission.VIEW_AUDIT, "/audit"),
)


def navigation_for(actor: Actor, path: str) -> list[dict[str, object]]:
    """The header's links as {text, href, current}."""
    return [
        {"text": text, "href": href, "current": path.startswith(href)}
        for permission, text, href in _LINKS
        if actor.may(permission)
    ]


def first_page(actor: Actor) -> str:
    """Where a person lands after signing in."""
    return next(href for permission, href in _FIRST_PAGES if actor.may(permission))
