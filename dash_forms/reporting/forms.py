"""The filter of a report, read from the address: which days, which team, and which question set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import StopValidation

from dash_forms.domain.baselines import REPORTED_DECLINE_RATE, Baseline, chosen
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.periods import Period, PeriodError, rolling_three_months
from dash_forms.reporting.figures import DeclineFilter, TeamChoice
from dash_forms.web.fixed_periods import EARLIEST, LATEST, PeriodChoice, PeriodFields

LONGEST_YEARS = 10
_SPELLINGS = ("%Y-%m-%d", "%d/%m/%Y", "%d %m %Y")


class FilterDay(StringField):
    """A day as somebody typed it, which stays on the screen; `day` is the date, or None."""

    day: date | None = None
    is_dated = True

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 - WTForms passes it
        if typed := (self.data or "").strip():
            self.day = _day(typed)
            if self.day is None:
                raise StopValidation("Enter a real date, such as 31/01/2026")


class DeclineFilterForm(PeriodFields):
    """From, to, team, question set and baseline; or a fixed period in place of the days.

    Left out: three months up to today (with a `choice` of fixed periods its usual one), all teams
    and sets, and the baseline that ships.
    """

    from_ = FilterDay("From", name="from", id="from")
    to = FilterDay("To")
    team = StringField("Team")
    set_ = StringField("Question set", name="set", id="set")
    baseline = StringField("Compared with")

    def __init__(
        self,
        given: MultiDict[str, str],
        *,
        teams: tuple[TeamChoice, ...],
        sets: tuple[str, ...],
        today: date,
        baselines: Sequence[Baseline] = (REPORTED_DECLINE_RATE,),
        choice: PeriodChoice | None = None,
    ) -> None:
        super().__init__(given, choice)
        self.sets = sets
        self.given = given
        self.teams = teams
        self.today = today
        self.baselines = baselines

    def filter(self) -> DeclineFilter | None:
        """Return what was asked for, or None with the reason beside each field."""
        if not self.validate():
            return None
        try:
            period = self.asked_period()
        except PeriodError as error:
            self.refuse(error)
            return None
        return DeclineFilter(
            period,
            self.chosen_team(),
            (self.set_.data or "").strip() or None,
            chosen(self.baselines, self.baseline.data or ""),
        )

    def problems(self) -> list[dict[str, str]]:
        """Return each refused parameter by its name in the address, with the reason.

        A program gets no guess: a misspelt or doubled parameter would change what is counted.
        """
        found = {field.name: field.errors[0] for field in self if field.errors}
        known = {field.name for field in self}
        for name, values in self.given.lists():
            if name not in known:
                found[name] = "This report has no such parameter"
            elif len(values) > 1:
                found.setdefault(name, "Give this once")
        return [{"parameter": name, "detail": detail} for name, detail in found.items()]

    def validate_team(self, field: StringField) -> None:
        """Refuse a team that does not exist."""
        if field.data and self.chosen_team() is None:
            raise StopValidation("Choose a team from the list")

    def validate_set_(self, field: StringField) -> None:
        """Refuse a question set that nobody was asked with."""
        wanted = (field.data or "").strip()
        if wanted and wanted not in self.sets:
            raise StopValidation("Choose a question set from the list")

    def validate_baseline(self, field: StringField) -> None:
        """Refuse a baseline that does not exist or was withdrawn."""
        try:
            chosen(self.baselines, field.data or "")
        except InvalidError as error:
            raise StopValidation(error.sentence) from None

    def chosen_team(self) -> TeamChoice | None:
        """Return the team that was named, by its id or its name."""
        wanted = (self.team.data or "").strip().casefold()
        return next(
            (team for team in self.teams if wanted in {str(team.id), team.name.casefold()}), None
        )

    def asked_days(self) -> Period:
        """Those from and to; without a first day, three months; without a last, up to today."""
        end = self.to.day or max(self.today, self.from_.day or self.today)
        start = self.from_.day or rolling_three_months(end).start
        period = Period(start, end)
        if end.year - start.year > LONGEST_YEARS:
            raise PeriodError(f"Choose a period of at most {LONGEST_YEARS} years", field="from_")
        return period


def _day(typed: str) -> date | None:
    for spelling in _SPELLINGS:
        try:
            day = datetime.strptime(typed, spelling).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        return day if EARLIEST <= day <= LATEST else None
    return None
