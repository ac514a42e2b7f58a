"""The parts of the report, each a page of its own under one filter."""

from __future__ import annotations

from enum import StrEnum

from dash_forms.reporting.figures import Part, Wanted
from dash_forms.reporting.overview import COMPARED, STRIP


class Tab(StrEnum):
    """A part of the report; the value names its template."""

    OVERVIEW = "overview"
    TREND = "trend"
    TEAMS = "teams"
    REASONS = "reasons"
    PLACES = "places"
    AFTER = "after"
    REVIEW = "review"
    CAMERAS = "cameras"
    RESPONSE = "response"

    @property
    def path(self) -> str:
        """Where it is; the filter stands behind a question mark."""
        return _PATHS[self]

    @property
    def label(self) -> str:
        """What the link to it says."""
        return _WORDS[self][0]

    @property
    def heading(self) -> str:
        """What the page says of itself."""
        return _WORDS[self][1]

    @property
    def lead(self) -> str:
        """What the page shows, in a sentence."""
        return _WORDS[self][2]

    @property
    def shows(self) -> Wanted:
        """What the page takes of the figures."""
        return _SHOWS[self]


_PATHS = {
    Tab.OVERVIEW: "/reports",
    Tab.TREND: "/reports/trend",
    Tab.TEAMS: "/reports/teams",
    Tab.REASONS: "/reports/reasons",
    Tab.PLACES: "/reports/when-and-where",
    Tab.AFTER: "/reports/after-a-decline",
    Tab.REVIEW: "/reports/review",
    Tab.CAMERAS: "/reports/body-worn-video",
    Tab.RESPONSE: "/reports/response",
}
_WORDS = {
    Tab.OVERVIEW: (
        "Overview",
        "Decline rate",
        "Of the victims who were assessed, even in part, or who declined, the share who declined.",
    ),
    Tab.TREND: (
        "Trend",
        "Decline rate by month",
        "Whether the rate has changed, or only moves as such rates do.",
    ),
    Tab.TEAMS: (
        "Teams",
        "Decline rate by team",
        "Whether a team differs by more than chance. No league table: the order is the alphabet’s.",
    ),
    Tab.REASONS: (
        "Reasons",
        "Reasons for declining",
        "The primary reason of each decline, as the victim gave it or as the officer inferred it.",
    ),
    Tab.PLACES: (
        "When and where",
        "When and where victims decline",
        "The same rate by hour, weekday, wait, kind of incident, children and how it was asked.",
    ),
    Tab.AFTER: (
        "After a decline",
        "After a decline",
        "How many are assessed after all, and how soon. A decline still counts as one.",
    ),
    Tab.REVIEW: (
        "Review",
        "Review and grades",
        "Whether reviews, offers and schools are in time, and whether those who grade agree.",
    ),
    Tab.CAMERAS: (
        "Body-worn video",
        "Body-worn video at first contact",
        "Of the attended incidents with a camera issued, the share in which one was recording.",
    ),
    Tab.RESPONSE: (
        "Response",
        "How long victims wait for the police",
        "From report to arrival, by grade of the call, and whether waits go with declines.",
    ),
}
_SHOWS = {
    Tab.OVERVIEW: Wanted.only(Part.BEFORE, measures=(*dict.fromkeys((*STRIP, *COMPARED)), "D5")),
    Tab.TREND: Wanted.only(Part.MONTHS, Part.HISTORY),
    Tab.TEAMS: Wanted.only(Part.TEAMS),
    Tab.REASONS: Wanted.only(Part.REASONS, measures=("B5",)),
    Tab.PLACES: Wanted.only(Part.PLACES),
    Tab.AFTER: Wanted.only(Part.SURVIVAL, measures=("D4", "D5", "D6", "D7", "R3")),
    Tab.REVIEW: Wanted.only(Part.GRADES, measures=("R1", "R2", "R3", "R4", "R5")),
    Tab.CAMERAS: Wanted.only(measures=("V1", "V2", "V3")),
    Tab.RESPONSE: Wanted.only(measures=("T1", "T2", "T3")),
}
