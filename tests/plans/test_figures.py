"""C1, C2 and plans in time on their page, and the people behind each number."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select, update

from dash_forms.domain.periods import LONDON, FixedPeriod, Length, london_date
from dash_forms.domain.plan_figures import Part
from dash_forms.store.models import Call, CallerFlag, Plan
from dash_forms.store.work import Store
from tests.support.client import StrictClient, page_of
from tests.support.force import Force
from tests.support.plans import flagged, opened

SignIn = Callable[[str], StrictClient]
PAGE = "/plans/figures"


def _numbers(client: StrictClient, query: str = "") -> list[list[str]]:
    """The rows of the table, without what is only read out."""
    page = client.page(f"{PAGE}{query}")
    rows = [[page.text(cell) for cell in row] for row in page.all("tr")]
    heard = r": repeat callers[a-z, ]*?(?= of (\d|withheld)|$)"
    return [[re.sub(heard, "", cell) for cell in row[1:]] for row in rows[1:]]


@pytest.fixture
def three(store: Store, force: Force, sergeant: StrictClient) -> None:
    """One with a plan in time, one whose plan came late, and one who has none yet."""
    in_time, late = (
        flagged(store, force, (300, 290, 280, 270), "Wren Ashdown"),
        flagged(store, force, (310, 300, 290, 280), "Rowan Birkett", "07700 900002"),
    )
    flagged(store, force, (4, 3, 2, 1), "Linden Carrow", "07700 900003")
    for person in (in_time, late):
        opened(sergeant, force, person)
    with store.work(writes=True) as work:
        plan = work.session.scalars(select(Plan).where(Plan.caller_id == in_time)).one()
        plan.opened_at = work.now - timedelta(hours=200)


@pytest.mark.usefixtures("three")
def test_people_are_counted_and_too_few_have_no_rate(as_: SignIn) -> None:
    assert _numbers(as_("inspector1")) == [
        ["3", "A number, no rate"],
        ["2 of 3", "Too few for a rate"],
        ["1 of 2", "Too few for a rate"],
    ]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("part", "names"),
    [
        (Part.FLAGGED, {"Wren", "Rowan", "Linden"}),
        (Part.PLANNED, {"Wren", "Rowan"}),
        (Part.UNPLANNED, {"Linden"}),
        (Part.DUE, {"Wren", "Rowan"}),
        (Part.IN_TIME, {"Wren"}),
        (Part.LATE, {"Rowan"}),
    ],
)
def test_each_number_leads_to_the_people_that_it_counts(
    as_: SignIn, part: Part, names: set[str]
) -> None:
    inspector = as_("inspector1")
    [address, *_] = inspector.page(PAGE).links(f"of={part.value}&")
    text = inspector.page(address).text()
    assert part.label in text
    assert {name for name in ("Wren", "Rowan", "Linden") if name in text} == names


def _flagged_last_quarter(store: Store) -> FixedPeriod:
    """Move every call and flag into the last quarter that is over."""
    with store.work(writes=True) as work:
        quarter = FixedPeriod.latest(Length.QUARTER, london_date(work.now))
        then = datetime.combine(quarter.start + timedelta(days=9), time(12), LONDON)
        work.connection.execute(update(Call).values(called_at=then))
        work.connection.execute(update(CallerFlag).values(raised_at=then))
    return quarter


@pytest.mark.usefixtures("three")
def test_an_analyst_sees_no_small_number_and_nobody_behind_it(store: Store, as_: SignIn) -> None:
    _flagged_last_quarter(store)
    analyst = as_("analyst1")
    page = analyst.page(PAGE)
    assert "Counts are rounded, and small ones withheld" in page.text()
    assert _numbers(analyst)[0][0] == "withheld"
    assert _numbers(analyst)[1][0] == "withheld of withheld"
    assert page.links("/plans/figures/people") == []
    assert "Wren" not in page.text()
    assert analyst.get(f"{PAGE}/people?of=flagged").status_code == 403


@pytest.mark.usefixtures("three")
def test_the_figures_are_kept_and_leave_under_disclosure_control(
    store: Store, force: Force, as_: SignIn
) -> None:
    for number in range(6):
        flagged(store, force, (4, 3, 2, 1), f"Tansy{number} Ashdown", f"07700 90020{number}")
    sergeant = as_("sergeant1")
    assert [row[0] for row in _numbers(sergeant)] == ["9", "2 of 9", "1 of 2"]
    address = sergeant.submit(PAGE, action="/plans/figures/exports").location
    kept = sergeant.page(address)
    assert kept.link("Plans for repeat callers").startswith(f"{PAGE}?from=")
    response = sergeant.get(f"{address}.json")
    assert 'filename="repeat-callers-' in response.headers["Content-Disposition"]
    document = response.json
    assert document is not None
    assert [each["code"] for each in document["definitions"]] == ["C1", "C2", "C3"]
    [table] = document["tables"]
    told = {each["row"][:2]: (each["number"], each["of"], each["rate"]) for each in table["rows"]}
    assert told == {
        "C1": (10, None, None),
        "C2": ("withheld", 10, None),
        "C3": ("withheld", "withheld", None),
    }
    text = sergeant.get(f"{address}.csv").text
    assert "Compared with" not in text
    assert "Team:" not in text
    assert (
        sergeant.post(
            "/plans/figures/exports?from=2026-02-30",
            data={"csrf_token": kept.form().filled()["csrf_token"]},
        ).location
        == PAGE
    )


def test_whatever_days_an_analyst_asks_for_the_figures_are_of_a_fixed_period(
    store: Store, force: Force, as_: SignIn
) -> None:
    for number in range(6):
        flagged(store, force, (4, 3, 2, 1), f"Wren{number} Ashdown", f"07700 90010{number}")
    quarter = _flagged_last_quarter(store)
    month = FixedPeriod.holding(quarter.start, Length.MONTH)
    analyst, inspector = as_("analyst1"), as_("inspector1")
    asked = {
        f"?from={month.start}&to={month.start}": month,
        f"?from={month.end}&to={month.end}": month,
        f"?period={month.key}": month,
        f"?from={month.end}&to={quarter.end}": quarter,
        f"?period={quarter.key}": quarter,
        "": quarter,
    }
    for query, period in asked.items():
        page = analyst.page(f"{PAGE}{query}")
        assert "You read figures of fixed periods" in page.text()
        assert period.label in page.text()
        assert _numbers(analyst, query)[0][0] == "5"
    assert _numbers(inspector, f"?from={month.start}&to={month.start}")[0][0] == "0"
    assert _numbers(inspector, f"?period={month.key}")[0][0] == "6"
    assert "You read figures of fixed periods" not in inspector.page(PAGE).text()


def test_an_analyst_is_told_of_plans_in_time_once_all_of_a_period_are_due(
    store: Store, force: Force, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told of a part of the flags could be set against all of them later."""
    for number in range(6):
        flagged(store, force, (4, 3, 2, 1), f"Wren{number} Ashdown", f"07700 90010{number}")
    _flagged_last_quarter(store)
    analyst, inspector = as_("analyst1"), as_("inspector1")
    monkeypatch.setattr(store, "clocks", type(store.clocks)(plan=timedelta()))
    assert _numbers(analyst)[2] == ["0 of 5", "Too few for a rate"]
    monkeypatch.setattr(store, "clocks", type(store.clocks)(plan=timedelta(days=200)))
    assert _numbers(analyst)[2] == ["–", "Too early"]
    assert "It is too early for C3" in analyst.page(PAGE).text()
    assert _numbers(inspector)[2][1] != "Too early"
    kept = analyst.submit(PAGE, action="/plans/figures/exports").location
    document = analyst.get(f"{kept}.json").json
    assert document is not None
    assert [row["row"][:2] for row in document["tables"][0]["rows"]] == ["C1", "C2"]


@pytest.mark.parametrize(
    "query",
    ["period=banana", "period=2025-04-02..2025-05-01", "period=2190-04-01..2190-04-30",
     "from=2026-02-31", "from=2026-03-02&to=2026-03-01", "to=9999-12-31"],
)  # fmt: skip
def test_a_period_that_there_is_not_is_said_beside_the_list(as_: SignIn, query: str) -> None:
    response = as_("analyst1").get(f"{PAGE}?{query}")
    assert response.status_code == 422
    assert 'aria-describedby="period-error"' in response.text
    assert 'href="#period"' in response.text


def test_ten_people_have_a_rate_with_its_interval(
    store: Store, force: Force, sergeant: StrictClient, as_: SignIn
) -> None:
    people = [
        flagged(store, force, (4, 3, 2, 1), f"Wren{number} Ashdown", f"07700 90010{number}")
        for number in range(10)
    ]
    opened(sergeant, force, people[0])
    assert _numbers(as_("inspector1"))[1] == ["1 of 10", "10.0% 1.8% to 40.4%"]
    _flagged_last_quarter(store)
    assert _numbers(as_("analyst1"))[1] == ["withheld of 10", "Withheld"]


def test_a_flag_belongs_to_the_london_day_of_its_call(
    store: Store, force: Force, as_: SignIn
) -> None:
    flagged(store, force)
    with store.work(writes=True) as work:
        summer = datetime(work.now.year - 1, 7, 1, 23, 30, tzinfo=UTC)  # 00:30 on the second
        work.connection.execute(update(CallerFlag).values(raised_at=summer))
    reader, year = as_("inspector1"), summer.year
    counts = {
        day: _numbers(reader, f"?from={year}-07-0{day}&to={year}-07-0{day}")[0][0]
        for day in (1, 2, 3)
    }
    assert counts == {1: "0", 2: "1", 3: "0"}


def test_midnight_begins_the_day(store: Store, force: Force, as_: SignIn) -> None:
    flagged(store, force)
    with store.work(writes=True) as work:
        day = london_date(work.now) - timedelta(days=20)
        midnight = datetime.combine(day, time(), LONDON)
        work.connection.execute(update(CallerFlag).values(raised_at=midnight))
    reader, before = as_("inspector1"), day - timedelta(days=1)
    assert _numbers(reader, f"?from={day}&to={day}")[0][0] == "1"
    assert _numbers(reader, f"?from={before}&to={before}")[0][0] == "0"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=2026-02-31", "Enter a real date"),
        ("from=2026-03-02&to=2026-03-01", "before it starts"),
        ("from=2000-01-01&to=2026-01-01", "at most 10 years"),
        ("to=9999-12-31", "before 2200"),
        ("from=1&from=2&from=3&from=4", "Enter a real date"),
    ],
)
def test_a_period_that_cannot_be_says_why_beside_its_field(
    as_: SignIn, query: str, words: str
) -> None:
    answer = as_("analyst1").get(f"{PAGE}?{query}")
    assert answer.status_code == 422
    assert words in " ".join(page_of(answer).errors)


def test_an_unknown_number_or_period_of_people_is_not_found(as_: SignIn) -> None:
    inspector = as_("inspector1")
    for query in ("", "?of=nobody", "?of=flagged&from=x", "?of=flagged&to=9999-12-31"):
        assert inspector.get(f"{PAGE}/people{query}").status_code == 404


def test_the_page_defines_what_it_counts(as_: SignIn) -> None:
    page = as_("analyst1").page(PAGE)
    assert set(page.links("#c")) >= {"#c1", "#c2", "#c3"}
    assert {"c1", "c2", "c3"} <= {each.get("id") for each in page.all("h3")}
    assert page.links("/reports/definitions")
