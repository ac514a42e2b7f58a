"""The risk grade: a person gives it and says why; the software never does (domain guide §2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dash_forms.domain.errors import InvalidError
from dash_forms.domain.text import letter_count

RATIONALE_AT_LEAST = 20


class Grade(StrEnum):
    """The three grades of risk of serious harm."""

    STANDARD = "standard"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def rank(self) -> int:
        """0 for the lowest."""
        return list(Grade).index(self)

    @property
    def meaning(self) -> str:
        return _MEANINGS[self]


_MEANINGS = {
    Grade.STANDARD: "What is known now does not point to likely serious harm.",
    Grade.MEDIUM: "There are signs of serious harm, but it is unlikely unless something changes.",
    Grade.HIGH: "There are signs of serious harm, and it could happen at any time.",
}


class Stated(StrEnum):
    """A plain question that may also have no answer."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"

    @property
    def label(self) -> str:
        return {"yes": "Yes", "no": "No", "not_known": "Not known"}[self.value]


def rationale_refusal(rationale: str) -> InvalidError | None:
    """What is wrong with a rationale, if anything is: padding does not make one."""
    if len(rationale) >= RATIONALE_AT_LEAST and letter_count(rationale) >= RATIONALE_AT_LEAST // 2:
        return None
    return InvalidError(
        f"Say why in at least {RATIONALE_AT_LEAST} characters: the next officer relies on it",
        field="rationale",
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """A grade with its rationale; one without the other is refused in words."""

    grade: Grade
    rationale: str

    def __post_init__(self) -> None:
        if refusal := rationale_refusal(self.rationale):
            raise refusal
