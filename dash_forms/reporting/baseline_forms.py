"""What is entered about baselines and rebases, as it is posted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from wtforms import SelectField
from wtforms.validators import StopValidation

from dash_forms.domain import baselines as rules
from dash_forms.domain.baselines import Origin, Rate
from dash_forms.domain.errors import InvalidError
from dash_forms.domain.periods import Month, Period, PeriodError
from dash_forms.domain.rebasing import WHY_REBASED
from dash_forms.reporting.baselines import NewBaseline, NewRebase
from dash_forms.web.forms import Day, Form, LongText, MadeHere, Radios, Text, id_or_none, options

Read = TypeVar("Read")
_NUMBERS = {
    rules.Known.COUNTS: ("declined", "cases"),
    rules.Known.PERCENT_OF: ("percent", "percent_cases"),
    rules.Known.PERCENT: ("bare_percent",),
}
"""Which boxes belong to which form of a rate."""


class _Signed(Form):
    """A form that is signed with a reason, which is asked for together with all the rest."""

    why: ClassVar[str]

    def validate_reason(self, field: LongText) -> None:
        """Refuse words that say nothing."""
        for refusal in rules.reason_refusals(field.data or "", why=self.why):
            raise StopValidation(refusal.sentence)


class BaselineForm(_Signed):
    """A rate to compare with; its numbers are in the boxes under the form that was chosen."""

    why = rules.WHY_FAIR
    baseline_id = MadeHere()
    origin = Radios("Whose rate is it?", Origin, missing="Choose whose rate it is")
    how = Radios("What do you know of it?", rules.Known, missing="Choose what you know of it")
    declined = Text("Declined", limit=20)
    cases = Text("Of so many cases", limit=20)
    percent = Text("Percentage who declined", limit=20)
    percent_cases = Text("Number of cases", limit=20)
    bare_percent = Text("Percentage who declined", limit=20)
    source = Text("Source", limit=200)
    from_ = Day("First day", name="from", id="from")
    to = Day("Last day")
    reason = LongText("Why is it a fair comparison?", limit=500)

    def validate(self, extra_validators: object = None) -> bool:
        """Read the numbers too, so that all that is wrong is told at once."""
        sound = bool(super().validate(extra_validators))
        self.rate = self._rate()
        self.period = self._period()
        return sound and self.rate is not None and self.period is not None

    def validate_source(self, field: Text) -> None:
        """Refuse a source of spaces alone."""
        if not field.data:
            raise StopValidation("Enter the source, so that others can look it up")

    def validate_from_(self, field: Day) -> None:
        """Ask for the first day; a day that is none has its own sentence."""
        if field.data is None and not field.process_errors:
            raise StopValidation("Enter the first day")

    def validate_to(self, field: Day) -> None:
        """Ask for the last day."""
        if field.data is None and not field.process_errors:
            raise StopValidation("Enter the last day")

    def command(self) -> NewBaseline:
        assert self.rate is not None  # noqa: S101 - `validate` has seen to it
        assert self.period is not None  # noqa: S101
        return NewBaseline(
            id=UUID(self.baseline_id.data),
            origin=self.origin.member,
            rate=self.rate,
            source=self.source.data or "",
            period=self.period,
            reason=self.reason.data or "",
        )

    def _rate(self) -> Rate | None:
        names = _NUMBERS.get(self.how.member, ())
        if not names or any(self[name].errors for name in names):
            return None
        refusals: list[InvalidError] = []
        rate = None
        if names == ("declined", "cases"):
            declined = self._read("declined", rules.read_count, refusals)
            cases = self._read("cases", rules.read_count, refusals)
            if declined is not None and cases is not None:
                refusals += rules.counts_refusals(declined, cases)
                rate = None if refusals else Rate(declined / cases, cases, declined)
        else:
            percent = self._read(names[0], rules.read_percent, refusals)
            cases = self._read(names[1], rules.read_count, refusals) if names[1:] else None
            if cases is not None:
                refusals += rules.cases_refusals(cases, field="percent_cases")
            if percent is not None and not refusals:
                rate = rules.rate_of_percent(percent, cases)
        for each in refusals:
            self.refuse(each)
        return rate

    def _read(
        self, name: str, read: Callable[..., Read], refusals: list[InvalidError]
    ) -> Read | None:
        try:
            return read(self[name].data or "", field=name)
        except InvalidError as error:
            refusals.append(error)
            return None

    def _period(self) -> Period | None:
        if not self.from_.data or not self.to.data:
            return None
        try:
            return Period(self.from_.data, self.to.data)
        except PeriodError as error:
            self.refuse(error)
            return None


class WithdrawForm(_Signed):
    """Why a baseline is wrong."""

    why = rules.WHY_WRONG
    reason = LongText("What is wrong with it?", limit=500)


class RebaseForm(_Signed):
    """Which chart's limits begin anew, from when, and why."""

    why = WHY_REBASED
    rebase_id = MadeHere()
    chart = SelectField("Which chart")
    first_month = SelectField("First month of the new limits")
    reason = LongText("What changed?", limit=500)

    def __init__(
        self, charts: Iterable[tuple[str, str]], months: Sequence[Month], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.chart.choices = options([("", "Choose"), *charts])
        listed = [(month.key, month.label) for month in months]
        self.first_month.choices = options([("", "Choose"), *listed])
        self.months = {month.key: month for month in months}

    def validate_chart(self, field: SelectField) -> None:
        """Ask for a chart: none is chosen beforehand."""
        if not field.data:
            raise StopValidation("Choose a chart")

    def validate_first_month(self, field: SelectField) -> None:
        """Ask for a month."""
        if not field.data:
            raise StopValidation("Choose the first month of the new limits")

    def command(self) -> NewRebase:
        return NewRebase(
            id=UUID(self.rebase_id.data),
            team_id=id_or_none(self.chart.data),
            first_month=self.months[self.first_month.data],
            reason=self.reason.data or "",
        )
