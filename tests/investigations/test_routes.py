"""Drawing closed cases, checking them, passing one over, and who may do and see what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from dash_forms.domain.audit_events import Name
from dash_forms.domain.ids import uuid7
from dash_forms.domain.investigations import in_order
from dash_forms.domain.periods import LONDON, FixedPeriod, Length
from dash_forms.store.models import (
    Assessment,
    AuditEvent,
    InvestigationAnswer,
    InvestigationCase,
    InvestigationCheck,
    InvestigationSample,
)
from dash_forms.store.work import Store
from tests.support.cases import approve, id_of, submitted
from tests.support.client import StrictClient, page_of
from tests.support.force import Force
from tests.support.investigations import (
    CHECKLIST,
    answers,
    cases_of,
    closed_case,
    draw,
    last_month,
)

SignIn = Callable[[str], StrictClient]
BOARD = "/reviews/investigations"
RESULTS = "/reports/investigations"


@pytest.fixture
def inspector(as_: SignIn) -> StrictClient:
    return as_("inspector1")


def path_of(case: InvestigationCase) -> str:
    return f"{BOARD}/cases/{case.id}"


def events(store: Store, name: Name) -> int:
    with store.work(writes=False) as work:
        found = work.session.scalars(select(AuditEvent.seq).where(AuditEvent.name == name.value))
        return len(found.all())


def test_closing_notes_the_moment(
    officer: StrictClient, sergeant: StrictClient, store: Store
) -> None:
    before = datetime.now(UTC)
    assessment = id_of(approve(sergeant, submitted(officer)))
    waits = id_of(submitted(officer))
    with store.work(writes=False) as work:
        closed = work.session.get_one(Assessment, assessment).closed_at
        assert closed is not None
        assert before <= closed <= datetime.now(UTC)
        assert work.session.get_one(Assessment, waits).closed_at is None


def test_a_month_is_drawn_once_from_what_was_closed_in_it(
    officer: StrictClient, sergeant: StrictClient, inspector: StrictClient, store: Store
) -> None:
    month = last_month()
    starts = datetime.combine(month.first, time(), LONDON)
    ends = datetime.combine(month.last + timedelta(days=1), time(), LONDON)
    inside = {
        closed_case(officer, sergeant, store),
        closed_case(officer, sergeant, store, at=starts),
        closed_case(officer, sergeant, store, at=ends - timedelta(seconds=1)),
    }
    closed_case(officer, sergeant, store, at=starts - timedelta(seconds=1))
    closed_case(officer, sergeant, store, at=ends)
    submitted(officer)
    page = f"{BOARD}/draw"
    response = inspector.submit(page, month=month.key)
    assert "The cases are drawn" in page_of(inspector.get(response.location)).text()
    with store.work(writes=False) as work:
        [sample] = work.session.scalars(select(InvestigationSample))
    assert (sample.frame_count, sample.size, sample.month_on) == (3, 5, month.first)
    assert [each.incident_id for each in cases_of(store, sample.id)] == in_order(
        sample.seed, inside
    )
    again = page_of(inspector.submit(page, month=month.key, expect=422))
    assert again.errors == [f"No case of a team that was not drawn yet was closed in {month.label}"]
    team = inspector.submit(page, month=month.key, team=str(sample.team_id), expect=422)
    assert "drawn already" in page_of(team).errors[0]
    assert events(store, Name.SAMPLE_DRAWN) == 1


def test_a_case_with_anything_open_is_in_no_frame(
    officer: StrictClient, sergeant: StrictClient, store: Store, force: Force
) -> None:
    closed_case(officer, sergeant, store)
    half = closed_case(officer, sergeant, store)
    officer.submit(f"/incidents/{half}/victims/new", victim_name="Second Invented")
    with store.work(writes=False) as work:
        [sample] = [work.session.get_one(InvestigationSample, each) for each in draw(store, force)]
    assert sample.frame_count == 1


def test_a_month_that_is_not_over_or_where_nothing_was_closed_is_refused(
    inspector: StrictClient,
) -> None:
    page = f"{BOARD}/draw"
    for month, told in (("", "Choose"), ("2020-01", "Choose"), (last_month().key, "No case")):
        values = inspector.page(page).form().filled(month=last_month().key) | {"month": month}
        answer = inspector.post(page, data=values)
        assert answer.status_code == 422
        assert page_of(answer).errors[0].startswith(told)


def test_nobody_but_an_inspector_draws(sergeant: StrictClient, officer: StrictClient) -> None:
    for client in (sergeant, officer):
        assert client.get(f"{BOARD}/draw").status_code == 403
    assert officer.get(BOARD).status_code == 403
    assert "Draw a sample" not in sergeant.get(BOARD).text


def test_a_case_is_checked_and_corrected_and_every_version_stays(
    officer: StrictClient,
    sergeant: StrictClient,
    inspector: StrictClient,
    store: Store,
    force: Force,
) -> None:
    closed_case(officer, inspector, store)
    [sample] = draw(store, force)
    [case] = cases_of(store, sample)
    path = path_of(case)
    assert path in sergeant.page(BOARD).link(sergeant_urn(sergeant))
    assert sergeant.get(path).location == f"{path}/check"
    sergeant.submit(f"{path}/check", **answers(children_seen="no", video_reviewed="not_applicable"))
    shown = sergeant.page(path).text()
    assert "Nothing in the record." in shown
    assert "Not applicable" in shown
    refused = page_of(sergeant.submit(f"{path}/check", **answers(), expect=422))
    assert refused.errors == ["Say why the answers are corrected"]
    sergeant.submit(f"{path}/check", **answers(), reason="The video was found after all.")
    shown = sergeant.page(path).text()
    assert "Corrected by" in shown
    assert "The video was found after all." in shown
    assert "Nothing in the record." in shown
    with store.work(writes=False) as work:
        versions = work.session.scalars(
            select(InvestigationCheck.version).order_by(InvestigationCheck.version)
        ).all()
        notes = work.session.scalars(select(InvestigationAnswer.note_sealed)).all()
    assert versions == [1, 2]
    assert not any(each and b"Nothing" in each for each in notes)
    assert events(store, Name.INVESTIGATION_CHECKED) == 1
    assert events(store, Name.INVESTIGATION_CORRECTED) == 1


def sergeant_urn(sergeant: StrictClient) -> str:
    """What the first case to check is called."""
    [link, *_] = [
        each for each in sergeant.page(BOARD).all("a") if "/check" in each.get("href", "")
    ]
    return "".join(link.itertext())


def test_all_that_is_missing_is_said_beside_its_field_and_kept(
    officer: StrictClient,
    sergeant: StrictClient,
    inspector: StrictClient,
    store: Store,
    force: Force,
) -> None:
    closed_case(officer, inspector, store)
    [case] = cases_of(store, draw(store, force)[0])
    filled = answers()
    first, second, *_ = CHECKLIST.questions
    filled[f"answer_{first.id}"] = ""
    filled[f"answer_{second.id}"] = "no"
    filled[f"note_{first.id}"] = "Typed already."
    page = page_of(sergeant.submit(f"{path_of(case)}/check", **filled, expect=422))
    assert page.errors == [
        "Answer question 1: yes, no or not applicable",
        "Say what was missing (question 2)",
    ]
    assert page.form().fields[f"note_{first.id}"] == ["Typed already."]


def test_the_same_form_twice_is_one_check_and_a_later_one_of_another_is_told(
    officer: StrictClient,
    sergeant: StrictClient,
    inspector: StrictClient,
    store: Store,
    force: Force,
) -> None:
    for _ in range(2):
        closed_case(officer, inspector, store)
    one, two = cases_of(store, draw(store, force)[0])
    form = sergeant.page(f"{path_of(one)}/check").form().filled(**answers())
    assert sergeant.post(f"{path_of(one)}/check", data=form).status_code == 303
    assert sergeant.post(f"{path_of(one)}/check", data=form).status_code == 303
    assert sergeant.post(f"{path_of(two)}/check", data=form).status_code == 409
    assert events(store, Name.INVESTIGATION_CHECKED) == 1
    late = sergeant.post(f"{path_of(one)}/check", data=form | {"check_id": str(uuid7())})
    assert late.status_code == 422
    assert "Somebody else has answered meanwhile" in page_of(late).summary[0]


def test_whoever_took_part_leaves_it_to_somebody_else(
    officer: StrictClient,
    sergeant: StrictClient,
    inspector: StrictClient,
    store: Store,
    force: Force,
) -> None:
    closed_case(officer, sergeant, store)
    [case] = cases_of(store, draw(store, force)[0])
    path = path_of(case)
    assert "For somebody else" in sergeant.page(BOARD).text()
    assert "Not for you to check" in sergeant.page(path).text()
    assert sergeant.get(f"{path}/check").location == path
    assert sergeant.get(f"{path}/skip").location == path
    form = sergeant.page("/reports").form("/reports/exports")
    token = {"csrf_token": form.fields["csrf_token"][0]}
    filled = token | answers() | {"check_id": str(uuid7()), "version": "0"}
    assert sergeant.post(f"{path}/check", data=filled).status_code == 409
    words = {"reason": "other", "words": "I would rather not."}
    assert sergeant.post(f"{path}/skip", data=token | words).status_code == 409
    inspector.submit(f"{path}/check", **answers())
    assert "Checked by Inspector inspector1" in sergeant.page(path).text()


@pytest.mark.parametrize("does", ["check", "skip"])
def test_where_everybody_took_part_an_inspector_checks_it_or_passes_it_over(
    officer: StrictClient, as_: SignIn, store: Store, force: Force, does: str
) -> None:
    sergeant, inspector = as_("sergeant1"), as_("inspector1")
    closed_case(officer, sergeant, store)
    with store.work(writes=True) as work:
        written = update(Assessment).values(author_id=force.actors["inspector1"].id)
        work.connection.execute(written)
    [case] = cases_of(store, draw(store, force)[0])
    path = path_of(case)
    assert "Not for you to check" in sergeant.page(path).text()
    assert path in " ".join(inspector.page(BOARD).links(f"{path}/check"))
    assert "You took part in this case" in inspector.page(f"{path}/check").text()
    if does == "check":
        inspector.submit(f"{path}/check", **answers())
        assert "who has a part of their own in the case" in sergeant.page(path).text()
    else:
        inspector.submit(f"{path}/skip", reason="took_part", words="All of us were at the scene.")
        assert "I took part in the investigation" in sergeant.page(path).text()


def test_a_case_that_is_passed_over_gives_way_to_the_next_of_the_order(
    officer: StrictClient,
    sergeant: StrictClient,
    inspector: StrictClient,
    store: Store,
    force: Force,
) -> None:
    frame = {closed_case(officer, inspector, store) for _ in range(3)}
    [sample_id] = draw(store, force)
    first, _ = cases_of(store, sample_id)
    skip = f"{path_of(first)}/skip"
    refused = page_of(sergeant.submit(skip, reason="not_domestic_abuse", expect=422))
    assert refused.errors == ["Say why: it stands in the record of the sample"]
    refused = page_of(sergeant.submit(skip, words="Two neighbours.", expect=422))
    assert refused.errors == ["Choose why it is not checked"]
    sergeant.submit(skip, reason="not_domestic_abuse", words="Two neighbours.")
    found = cases_of(store, sample_id)
    with store.work(writes=False) as work:
        seed = work.session.get_one(InvestigationSample, sample_id).seed
    assert [each.incident_id for each in found] == in_order(seed, frame)
    drawn = sergeant.page(f"{BOARD}/samples/{sample_id}").text()
    assert "Two neighbours." in drawn
    assert seed in drawn
    assert "Of 3 closed cases, 2 were drawn at random; 1 more was drawn and passed over." in drawn
    assert "Two neighbours." in sergeant.page(path_of(first)).text()
    form = sergeant.page(f"{path_of(found[1])}/check").form().filled(**answers())
    assert sergeant.post(f"{path_of(first)}/check", data=form).status_code == 409
    for case in found[1:]:  # the frame has no fourth to take a place
        sergeant.submit(f"{path_of(case)}/skip", reason="not_available", words="It is restricted.")
    assert len(cases_of(store, sample_id)) == 3
    assert events(store, Name.INVESTIGATION_SKIPPED) == 3


def test_a_checked_case_stays_in_the_sample(
    officer: StrictClient,
    sergeant: StrictClient,
    inspector: StrictClient,
    store: Store,
    force: Force,
) -> None:
    closed_case(officer, inspector, store)
    [case] = cases_of(store, draw(store, force)[0])
    skip = sergeant.page(f"{path_of(case)}/skip").form()
    sergeant.submit(f"{path_of(case)}/check", **answers("no"))
    filled = skip.filled(reason="other", words="It looks bad.")
    assert sergeant.post(f"{path_of(case)}/skip", data=filled).status_code == 409
    assert sergeant.get(f"{path_of(case)}/skip").location == path_of(case)


def test_another_teams_samples_look_like_none(
    as_: SignIn, sergeant: StrictClient, inspector: StrictClient, store: Store, force: Force
) -> None:
    closed_case(as_("officer2"), inspector, store)
    [sample] = draw(store, force)
    [case] = cases_of(store, sample)
    for path in (f"{BOARD}/samples/{sample}", path_of(case), f"{path_of(case)}/check"):
        assert sergeant.get(path).status_code == 404
        assert sergeant.get(path.rpartition("/")[0] + f"/{uuid4()}").status_code == 404
    assert str(case.id) not in sergeant.get(BOARD).text
    assert inspector.get(f"{BOARD}/samples/{sample}").status_code == 200


def test_results_count_the_current_version_and_give_no_rate_of_a_few(
    officer: StrictClient,
    sergeant: StrictClient,
    inspector: StrictClient,
    store: Store,
    force: Force,
) -> None:
    assert "Nothing was drawn for this choice." in inspector.page(RESULTS).text()
    for _ in range(3):
        closed_case(officer, inspector, store)
    one, two = cases_of(store, draw(store, force)[0])
    assert "None of them is checked yet." in sergeant.page(RESULTS).text()
    sergeant.submit(f"{path_of(one)}/check", **answers("no"))
    sergeant.submit(f"{path_of(one)}/check", **answers(), reason="Looked up once more.")
    text = sergeant.page(RESULTS).text()
    assert "Of 3 closed, 2 were drawn at random. Checked so far: 1; not yet: 1; passed over" in text
    assert "1 of 1" in text
    assert "Too few" in text
    sergeant.submit(f"{path_of(two)}/check", **answers("not_applicable"))
    assert "1 of 1" in sergeant.page(RESULTS).text()
    query = f"?month={last_month().key}&team={force.teams['south']}"
    assert "Nothing was drawn for this choice." in sergeant.page(RESULTS + query).text()


def test_with_ten_answers_there_is_a_rate_with_its_interval(
    as_: SignIn, store: Store, force: Force
) -> None:
    incident = closed_case(as_("officer1"), as_("inspector1"), store)
    _ten_checked(store, force, incident, yes=7)
    text = as_("sergeant1").page(RESULTS).text()
    assert "7 of 10" in text
    assert "70% (40% to 89%)" in text
    text = as_("analyst1").page(RESULTS).text()
    assert "Counts are rounded" in text
    assert "7 of 10" not in text
    assert "70% (" not in text
    assert as_("analyst1").get(f"{RESULTS}?month={last_month().key}").status_code == 200


def test_a_link_to_a_fixed_period_shows_others_its_cases(
    as_: SignIn, store: Store, force: Force
) -> None:
    incident = closed_case(as_("officer1"), as_("inspector1"), store)
    _ten_checked(store, force, incident, yes=7)
    month = FixedPeriod.holding(last_month().last, Length.MONTH)
    text = as_("inspector1").page(f"{RESULTS}?period={month.key}").text()
    assert f"Cases closed from {month.label}, which the link names." in text
    assert "Of 1 closed, 1 were drawn" in text  # of ten, each closed in a month of its own
    long_ago = FixedPeriod.holding(date(2020, 5, 1), Length.YEAR)
    before = as_("inspector1").page(f"{RESULTS}?period={long_ago.key}").text()
    assert "Nothing was drawn for this choice." in before
    assert as_("inspector1").get(f"{RESULTS}?period=x").status_code == 422


def test_results_are_kept_and_leave_under_disclosure_control(
    as_: SignIn, store: Store, force: Force
) -> None:
    incident = closed_case(as_("officer1"), as_("inspector1"), store)
    _ten_checked(store, force, incident, yes=7)
    quarter = FixedPeriod.latest(Length.QUARTER, last_month().last + timedelta(days=1))
    year = FixedPeriod.holding(last_month().last, Length.YEAR)
    for role, query, number in (
        ("sergeant1", "", 10),
        ("analyst1", "", "withheld"),
        ("analyst1", f"?month={last_month().key}", "withheld"),
    ):
        reader = as_(role)
        address = reader.submit(f"{RESULTS}{query}", action=f"{RESULTS}/exports").location
        assert reader.page(address).link("Standard of investigations").startswith(RESULTS)
        response = reader.get(f"{address}.json")
        assert 'filename="investigations-' in response.headers["Content-Disposition"]
        document = response.json
        assert document is not None
        told = {each["name"]: each["rows"] for each in document["tables"]}
        assert [each["number"] for each in told["Cases"]] == [number, number, number, 0, 0]
        if role == "analyst1":
            wanted = quarter if not query else FixedPeriod.holding(last_month().last, Length.MONTH)
            days = (document["filter"]["from"], document["filter"]["to"])
            assert days == (wanted.start.isoformat(), wanted.end.isoformat())
            assert wanted.short_name in reader.page(f"{RESULTS}{query}").text()
            continue
        answers = told[f"{CHECKLIST.name}: yes, of yes and no"]
        assert (answers[0]["number"], answers[0]["of"], answers[0]["rate"]) == (
            "withheld",
            10,
            None,
        )
        months = told[f"{CHECKLIST.name}, by month: {CHECKLIST.questions[0].text}"]
        assert {each["of"] for each in months} == {"withheld"}
        assert "Team: all" in reader.get(f"{address}.csv").text
    assert as_("officer1").get(RESULTS).status_code == 403
    for query in (f"?period={year.key}", "?period=2020-01-02..2020-02-01", "?month=2020-13"):
        response = as_("analyst1").get(f"{RESULTS}{query}")
        is_over = query.endswith(year.key) and year.end < last_month().back(-1).first
        assert response.status_code == (200 if is_over else 422)


def test_results_stand_month_by_month_without_a_rate_of_a_few(
    as_: SignIn, store: Store, force: Force
) -> None:
    incident = closed_case(as_("officer1"), as_("inspector1"), store)
    _ten_checked(store, force, incident, yes=7)
    page = as_("sergeant1").page(RESULTS)
    tables = [each for each in page.all("table") if "Month by month" in page.text(each)]
    assert len(tables) == len(CHECKLIST.questions)
    rows = [page.text(each) for each in page.all("tr") if "Too few" in page.text(each)][:10]
    assert rows[0] == f"{last_month().back(9).label}0 of 1Too few"
    assert rows[-1] == f"{last_month().label}1 of 1Too few"
    analyst = as_("analyst1").page(RESULTS).text()
    assert "0 of 1" not in analyst
    assert "1 of 1" not in analyst
    one = as_("sergeant1").page(f"{RESULTS}?month={last_month().key}")
    assert "Month by month" not in one.text()


def _ten_checked(store: Store, force: Force, incident: UUID, *, yes: int) -> None:
    """Ten samples of earlier months, each of the one case, checked; so many with yes."""
    who = force.actors["inspector1"].id
    with store.work(writes=True, actor=force.actors["inspector1"]) as work:
        for number in range(10):
            month = last_month().back(number)
            sample_id, case_id, check_id = uuid7(), uuid7(), uuid7()
            work.session.add(
                InvestigationSample(
                    id=sample_id,
                    team_id=force.teams["north"],
                    month_on=month.first,
                    size=1,
                    seed="0" * 64,
                    frame_count=1,
                    frame_digest="0" * 64,
                    checklist=CHECKLIST.as_text(),
                    drawn_by_id=who,
                    drawn_at=work.now,
                )
            )
            work.session.flush()
            work.session.add(
                InvestigationCase(
                    id=case_id, sample_id=sample_id, incident_id=incident, place=1, version=1
                )
            )
            work.session.flush()
            work.session.add(
                InvestigationCheck(
                    id=check_id, case_id=case_id, version=1, checked_by_id=who, checked_at=work.now
                )
            )
            work.session.flush()
            finding = "yes" if number < yes else "no"
            work.session.add_all(
                InvestigationAnswer(
                    check_id=check_id, question=each.id, finding=finding, note_sealed=b"-"
                )
                for each in CHECKLIST.questions
            )


def test_an_address_of_no_month_is_refused_in_words(sergeant: StrictClient) -> None:
    for query in ("month=2020-01", "month=x", "team=nobody"):
        answer = sergeant.get(f"{RESULTS}?{query}")
        assert answer.status_code == 422
        assert page_of(answer).errors == ["Choose one from the list"]
    assert sergeant.get(f"{RESULTS}?month=&team=").status_code == 200
