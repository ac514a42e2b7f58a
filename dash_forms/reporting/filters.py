"""What a request says of a report: the filter in its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from dash_forms.domain.periods import london_date
from dash_forms.domain.report_counts import FORCE
from dash_forms.reporting.baselines import baselines, recording_began
from dash_forms.reporting.disclosed import baseline_for_reader, is_controlled
from dash_forms.reporting.forms import DeclineFilterForm
from dash_forms.reporting.queries import sets_to_choose, teams_to_choose
from dash_forms.web.disclosure import rules_in_force
from dash_forms.web.fixed_periods import PeriodChoice

if TYPE_CHECKING:
    from dash_forms.store.work import Work


def filter_form(work: Work) -> DeclineFilterForm:
    """The form of this request's address; of fixed periods for whoever is under control."""
    return _form(work, is_fixed=is_controlled(work.by))


def any_days_form(work: Work) -> DeclineFilterForm:
    """The same of any days, for figures that are exact for everybody who may see them."""
    return _form(work, is_fixed=False)


def _form(work: Work, *, is_fixed: bool) -> DeclineFilterForm:
    today = london_date(work.now)
    return DeclineFilterForm(
        request.args,
        teams=teams_to_choose(work),
        sets=sets_to_choose(work),
        baselines=[
            shown
            for each in baselines(work)
            if (shown := baseline_for_reader(work.by, each, rules_in_force()))
        ],
        today=today,
        choice=PeriodChoice(today, recording_began(work, FORCE)) if is_fixed else None,
    )
