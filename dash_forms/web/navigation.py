"""Which pages the header links to, by what the person's role permits."""

from __future__ import annotations

from collections.abc import Mapping

from dash_forms.domain.permissions import Actor, Permission

_LINKS = (
    (Permission.VIEW_INCIDENTS, "Incidents", "/incidents"),
    (Permission.FIND, "Find", "/find"),
    (Permission.VIEW_REOFFERS, "Offers", "/reoffers"),
    (Permission.RECORD_ASSESSMENTS, "This tablet", "/tablet"),
    (Permission.REVIEW_ASSESSMENTS, "Reviews", "/reviews"),
    (Permission.WORK_DESK, "Desk", "/desk"),
    (Permission.VIEW_CALLERS, "Callers", "/callers"),
    (Permission.IMPORT_CALLS, "101 calls", "/reports/101-calls"),
    (Permission.VIEW_PLANS, "Plans", "/plans"),
    (Permission.VIEW_OFFENDERS, "Alleged perpetrators", "/alleged-perpetrators"),
    (Permission.VIEW_REPORTS, "Reports", "/reports"),
    (Permission.VIEW_INSPECTION, "Inspection", "/inspection"),
    (Permission.VIEW_OWN_FIGURES, "Your figures", "/own-figures"),
    (Permission.MANAGE_ACCOUNTS, "Accounts", "/accounts"),
    (Permission.MANAGE_FEED_TOKENS, "Feed", "/feed/tokens"),
    (Permission.VIEW_AUDIT, "Audit log", "/audit"),
)

_BEHIND = {"/callers": "/plans", "/inspection": "/reports"}
"""Pages to which another leads with a link; they leave the header of whoever has many."""
MOST = 6
"""More links than these do not stand on one line beside a name, on a tablet held across."""

# Where work begins, the first that the role permits.
_FIRST_PAGES = (
    (Permission.RECORD_INCIDENTS, "/incidents"),
    (Permission.REVIEW_ASSESSMENTS, "/reviews"),
    (Permission.VIEW_REOFFERS, "/reoffers"),
    (Permission.WORK_DESK, "/desk"),
    (Permission.IMPORT_CALLS, "/callers"),
    (Permission.VIEW_REPORTS, "/reports"),
    (Permission.MANAGE_ACCOUNTS, "/accounts"),
    (Permission.VIEW_AUDIT, "/audit"),
)


def navigation_for(
    actor: Actor, path: str, waiting: Mapping[Permission, int | None] | None = None
) -> list[dict[str, object]]:
    """The header's links as {text, href, current, count}; `waiting` is what waits behind each.

    Where that is None a link is of no use to the person, and left out.
    """
    counts = waiting or {}
    links = {
        href: (text, counts.get(permission, 0))
        for permission, text, href in _LINKS
        if actor.may(permission) and counts.get(permission, 0) is not None
    }
    home = first_page(actor)
    behind = {
        href: front
        for href, front in _BEHIND.items()
        if len(links) > MOST and front in links and href != home
    }
    front = next((front for href, front in behind.items() if path.startswith(href)), path)
    return [
        {"text": text, "href": href, "current": front.startswith(href), "count": count}
        for href, (text, count) in links.items()
        if href not in behind
    ]


def first_page(actor: Actor) -> str:
    """Where a person lands after signing in."""
    return next(href for permission, href in _FIRST_PAGES if actor.may(permission))
