"""The state machine as a picture: Mermaid text, drawn from the one table of transitions."""

from __future__ import annotations

from dash_forms.domain.assessment import TRANSITIONS, By, Event, State, Transition

_TITLE = """# The life of an assessment

Drawn from the one table in `dash_forms/domain/assessment.py` by `dash-forms states`; a test holds
the two together. An arrow without a name in brackets is the officer's own act.
"""
# Arrows from many states to one would bury the rest; each is said in words below the picture.
_EVERYWHERE = {Event.VOID}
_PICTURES: tuple[tuple[str, frozenset[State]], ...] = (
    (
        "An attempt, until it is sent",
        frozenset(
            {
                State.REQUIRED,
                State.EXEMPT_PENDING,
                State.EXEMPT,
                State.NOT_OFFERED,
                State.OFFERED,
                State.DRAFT,
                State.DECLINING,
                State.UNABLE,
                State.READY_PARTIAL,
                State.READY_COMPLETE,
                State.SUBMITTED,
            }
        ),
    ),
    (
        "From the review to the end",
        frozenset({State.SUBMITTED, State.IN_REVIEW, State.RETURNED, State.APPROVED, State.CLOSED}),
    ),
    (
        "Offering again",
        frozenset(
            {
                State.APPROVED,
                State.REOFFER_DUE,
                State.REOFFER_OVERDUE,
                State.REOFFERED,
                State.REOFFER_CLOSED,
            }
        ),
    ),
    (
        "The second assessment",
        frozenset({State.APPROVED, State.SECONDARY_DUE, State.SECONDARY_DONE}),
    ),
)


def pictures() -> str:
    """The page docs/states.md: every picture and the whole table, as Markdown."""
    parts = [_TITLE, *(_picture(title, states) for title, states in _PICTURES)]
    return "\n".join([*parts, _table()])


def _picture(title: str, states: frozenset[State]) -> str:
    arrows = [
        arrow
        for arrow in TRANSITIONS
        if arrow.source in states
        and arrow.target in states
        and arrow.source is not arrow.target
        and arrow.event not in _EVERYWHERE
    ]
    lines = [f"## {title}", "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {state.value}: {state.label}" for state in State if state in states]
    lines += [f"    {each.source.value} --> {each.target.value}: {_said(each)}" for each in arrows]
    return "\n".join([*lines, "```", ""])


def _said(arrow: Transition) -> str:
    words = arrow.event.value.replace("_", " ")
    return words if arrow.by is By.OFFICER else f"{words} ({arrow.by.value})"


def _table() -> str:
    rows = [
        "## The whole table",
        "",
        "| from | event | to | who | needs |",
        "|---|---|---|---|---|",
    ]
    rows += [
        f"| {each.source.label} | {each.event.value.replace('_', ' ')} | {each.target.label}"
        f" | {each.by.value} | {each.needs or '–'} |"
        for each in TRANSITIONS
    ]
    return "\n".join([*rows, ""])
