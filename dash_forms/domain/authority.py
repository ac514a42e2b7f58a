"""A grade lower than what the count means is not one person's decision (domain guide §0.7, (b))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.grading import RATIONALE_AT_LEAST, Grade, rationale_refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dash_forms.domain.prompts import Threshold


def is_below_count(grade: Grade | None, threshold: Threshold | None) -> bool:
    """Whether a grade is lower than what the count means. A count never lowers a grade."""
    met = threshold is not None and threshold.is_met
    return met and grade is not None and grade is not Grade.HIGH


def naming_refusals(
    *, is_named: bool, because: str, field: str, username: str = ""
) -> Iterator[InvalidError]:
    """What is missing where a colleague is to be named; `field` is where the reason is entered.

    `username` is what was typed where no list could be offered.
    """
    if not is_named and username:
        yield InvalidError(
            f"Nobody else with the username “{username}” reviews this team’s assessments. Check it"
            " with them, or grade high",
            field="authoriser",
        )
    elif not is_named:
        yield InvalidError(
            "This grade is lower than what the count means. Say who else stands with it, or grade"
            " high",
            field="authoriser",
        )
    if rationale_refusal(because):
        yield InvalidError(
            f"Say in at least {RATIONALE_AT_LEAST} characters why the grade is lower than what the"
            " count means",
            field=field,
        )


def joining_refusal(words: str) -> InvalidError | None:
    """What is missing where a reviewer joins the officer's grade by agreeing with it."""
    if not rationale_refusal(words):
        return None
    return InvalidError(
        f"The count means high. Say in at least {RATIONALE_AT_LEAST} characters why you stand with"
        " the lower grade",
        field="words",
    )


def lone_refusal(
    grade: Grade, approved: Grade | None, threshold: Threshold | None
) -> InvalidError | None:
    """Why one person cannot give a grade alone. One that two have stood with may be kept."""
    approved = approved or Grade.HIGH
    if not is_below_count(grade, threshold) or grade.rank >= approved.rank:
        return None
    return InvalidError(
        f"The count means high, and {approved.label.lower()} is what two people have stood with."
        " One person alone cannot go below that",
        field="grade",
    )
