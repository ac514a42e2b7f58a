"""Components: every control is named, described and escaped; none carries style or script."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    TimeField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from dash_forms.domain.disclosure import Rules
from tests.support.gallery import NAVIGATION, PACKAGE, WHO, environment

HOSTILE = "\"'><script>alert(1)</script><b onmouseover=x>&amp;{{ 7 * 7 }}"
JINJA = environment()
TEMPLATES = PACKAGE / "templates"
GALLERY = Path(__file__).resolve().parent.parent / "support" / "gallery_pages"
FRAME = '<!doctype html><title>t</title><h1>h</h1><form autocomplete="off">{}</form>'
CHOICES = [{"value": "a", "text": "First"}, {"value": "b", "text": "Second"}]

# One call per component that draws a control, with its words left open.
CONTROLS: dict[str, dict[str, Any]] = {
    "text_input": {"label": "L"},
    "textarea": {"label": "L"},
    "file_input": {"label": "L"},
    "select": {"label": "L", "items": CHOICES},
    "radios": {"legend": "L", "items": CHOICES},
    "checkboxes": {"legend": "L", "items": CHOICES},
    "checkbox": {"text": "L"},
    "date_input": {"legend": "L"},
    "datetime_input": {"legend": "L"},
}


def draw(component: str, *args: Any, **kwargs: Any) -> str:
    module: Any = JINJA.get_template(f"components/{component}.html").module
    return str(getattr(module, component)(*args, **kwargs))


def parse(html: str) -> Any:
    """The tree of a fragment or page; anything that is not HTML 5 raises."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    if html.lstrip().startswith("<!doctype"):
        return parser.parse(html)
    return parser.parseFragment(html)


def render(template: str, **context: Any) -> str:
    return JINJA.get_template(template).render(**context)


def page(template: str, **context: Any) -> str:
    return render(
        template,
        signed_in=WHO,
        navigation=NAVIGATION,
        settings_demo=True,
        force_name="Northmere Police",
        now=datetime(2026, 3, 27, 21, 40),  # noqa: DTZ001 - what an officer reads off a clock
        **context,
    )


def described(html: str) -> dict[str, set[str]]:
    """The ids that describe each element, and nothing that does not exist."""
    tree = parse(html)
    ids = {element.get("id") for element in tree.iter() if element.get("id")}
    found = {
        element.tag: set(element.get("aria-describedby").split())
        for element in tree.iter()
        if element.get("aria-describedby")
    }
    assert set().union(*found.values(), set()) <= ids
    return found


def check_page(html: str) -> Any:
    """What must hold of every page: valid, one h1, all named, no id twice, no style or script."""
    tree = parse(html)
    elements = list(tree.iter())
    ids = [element.get("id") for element in elements if element.get("id")]
    assert len(ids) == len(set(ids))
    assert len(list(tree.iter("h1"))) == 1
    labels = {element.get("for") for element in tree.iter("label")}
    for element in elements:
        assert element.tag not in {"style", "font"}
        assert "style" not in element.attrib
        assert not [name for name in element.attrib if name.startswith("on")]
        if element.tag == "script":
            assert element.get("src")
        if element.tag in {"input", "select", "textarea"} and element.get("type") != "hidden":
            assert element.get("id") in labels
        if element.tag == "form":
            assert element.get("autocomplete") == "off"
        if element.tag == "fieldset":
            assert element[0].tag == "legend"
    return tree


class TestControls:
    @pytest.mark.parametrize("component", CONTROLS)
    def test_without_hint_or_error_nothing_is_described(self, component: str) -> None:
        html = draw(component, "x", **CONTROLS[component])
        assert described(html) == {}
        assert "--error" not in html
        assert "aria-invalid" not in html

    @pytest.mark.parametrize("component", CONTROLS)
    def test_hint_and_error_describe_the_control_in_that_order(self, component: str) -> None:
        html = draw(component, "x", hint="Hint", error="Wrong", **CONTROLS[component])
        assert {"x-hint", "x-error"} in described(html).values()
        assert 'aria-describedby="x-hint x-error"' in html
        assert "Error:</span> Wrong" in html
        assert "govuk-form-group--error" in html

    @pytest.mark.parametrize("component", CONTROLS)
    def test_an_error_link_reaches_the_first_control(self, component: str) -> None:
        tree = parse(draw(component, "when", id="the-field", **CONTROLS[component]))
        target = next(element for element in tree.iter() if element.get("id") == "the-field")
        assert target.tag in {"input", "select", "textarea"}

    @pytest.mark.parametrize("component", CONTROLS)
    def test_hostile_words_stay_words(self, component: str) -> None:
        words = {
            key: HOSTILE if isinstance(value, str) else [{"value": HOSTILE, "text": HOSTILE}]
            for key, value in CONTROLS[component].items()
        }
        html = draw(component, HOSTILE, id="x", hint=HOSTILE, error=HOSTILE, **words)
        tags = {element.tag for element in parse(html).iter()}
        assert not tags & {"script", "b"}
        assert "49" not in html

    def test_values_come_back_escaped(self) -> None:
        for component in ("text_input", "textarea"):
            tree = parse(draw(component, "x", "L", value=HOSTILE))
            control = next(e for e in tree.iter() if e.get("id") == "x")
            assert (control.get("value") or control.text) == HOSTILE

    def test_a_text_area_keeps_its_first_line_break(self) -> None:
        tree = parse(draw("textarea", "x", "L", value="\nsecond line"))
        assert next(tree.iter("textarea")).text == "\nsecond line"

    def test_nothing_is_chosen_beforehand(self) -> None:
        for component in ("radios", "checkboxes", "checkbox"):
            assert "checked" not in draw(component, "x", **CONTROLS[component])
        assert "selected" not in draw("select", "x", "L", CHOICES, empty="Choose")

    def test_the_choice_made_is_marked_and_only_it(self) -> None:
        html = draw("radios", "x", "L", CHOICES, value="b")
        assert re.findall(r'value="(\w)" checked', html) == ["b"]
        html = draw("checkboxes", "x", "L", CHOICES, values=["a"])
        assert re.findall(r'value="(\w)" checked', html) == ["a"]
        assert 'value="b" selected' in draw("select", "x", "L", CHOICES, value="b")

    def test_a_choice_with_a_hint_is_described_by_it(self) -> None:
        html = draw("radios", "x", "L", [{"value": "a", "text": "A", "hint": "H"}])
        assert described(html) == {"input": {"x-1-hint"}}

    @pytest.mark.parametrize("component", ["radios", "checkboxes"])
    def test_hints_of_question_and_choice_are_two(self, component: str) -> None:
        html = draw(component, "x", "L", [{"value": "a", "text": "A", "hint": "H"}], hint="Q")
        check_page(FRAME.format(html))
        assert described(html) == {"fieldset": {"x-hint"}, "input": {"x-1-hint"}}

    def test_what_belongs_to_a_choice_follows_it(self) -> None:
        inner = Markup('<p class="inner">Which?</p>')
        html = draw("radios", "x", "L", [CHOICES[0] | {"conditional": inner}, CHOICES[1]])
        assert '</div><div class="govuk-radios__conditional"><p class="inner">' in html

    def test_a_limit_is_told_and_described(self) -> None:
        html = draw("textarea", "x", "L", maxlength=2000, count=True)
        assert described(html) == {"textarea": {"x-limit"}}
        assert "Up to 2,000 characters" in html

    def test_a_label_can_be_the_heading_of_the_page(self) -> None:
        for component in ("text_input", "textarea", "select", "radios", "checkboxes"):
            html = draw(component, "x", heading=True, **CONTROLS[component])
            assert html.count("<h1") == 1

    def test_dates_show_the_date_or_what_was_typed(self) -> None:
        typed = draw("date_input", "x", "L", value=None, parts=["31", "2", ""])
        assert re.findall(r' value="([^"]*)"', typed) == ["31", "2", ""]
        real = draw("date_input", "x", "L", value=date(1990, 3, 7))
        assert re.findall(r' value="([^"]*)"', real) == ["7", "3", "1990"]
        moment = datetime(2026, 3, 27, 21, 5)  # noqa: DTZ001 - what an officer reads off a clock
        html = draw("datetime_input", "x", "L", value=moment)
        assert re.findall(r' value="([^"]*)"', html) == ["2026-03-27", "21:05"]


class TestOtherComponents:
    def test_a_button_sends_and_a_link_goes(self) -> None:
        assert draw("button", "Save") == '<button class="govuk-button" type="submit">Save</button>'
        assert draw("button", "Go", href="/x?a=1&b=2", variant="secondary") == (
            '<a class="govuk-button govuk-button--secondary" href="/x?a=1&amp;b=2">Go</a>'
        )

    def test_hostile_words_stay_words_everywhere(self) -> None:
        drawn = [
            draw("button", HOSTILE, href=HOSTILE, attributes={"data-x": HOSTILE}),
            draw("button", HOSTILE, name=HOSTILE, value=HOSTILE),
            draw("tag", HOSTILE),
            draw("notice", HOSTILE, title=HOSTILE),
            draw("details", HOSTILE, HOSTILE),
            draw("back_link", HOSTILE, HOSTILE),
            draw("error_summary", errors=[(HOSTILE, HOSTILE)], title=HOSTILE),
            draw(
                "summary_list",
                [
                    {
                        "key": HOSTILE,
                        "value": HOSTILE,
                        "actions": [{"href": HOSTILE, "text": HOSTILE, "about": HOSTILE}],
                    }
                ],
            ),
            draw("table", HOSTILE, [HOSTILE], [[HOSTILE], [HOSTILE]]),
            draw(
                "pagination",
                [{"number": HOSTILE, "href": HOSTILE}],
                previous=HOSTILE,
                next=HOSTILE,
            ),
            draw("progress", 1, 2, label=HOSTILE),
            draw("hidden_input", HOSTILE, HOSTILE),
        ]
        for html in drawn:
            assert not {element.tag for element in parse(html).iter()} & {"script", "b"}
            assert "<script" not in html

    def test_an_error_summary_without_errors_draws_nothing(self) -> None:
        assert draw("error_summary", errors=[]).strip() == ""

    def test_a_table_names_its_box_and_its_rows(self) -> None:
        html = draw("table", "Declines", ["Team", "Rate"], [["East", "35%"]], numeric=[1])
        tree = parse(f"<div>{html}</div>")
        assert next(tree.iter("caption")).text == "Declines"
        assert [e.get("scope") for e in tree.iter("th")] == ["col", "col", "row"]
        assert 'tabindex="0"' in html
        assert 'aria-label="Declines"' in html

    def test_several_actions_of_a_row_are_told_apart(self) -> None:
        actions = [{"href": "/a", "text": "Change"}, {"href": "/b", "text": "See"}]
        html = draw("summary_list", [{"key": "Grade", "value": "High", "actions": actions}])
        assert html.count('<span class="govuk-visually-hidden"> Grade</span>') == 2

    def test_the_current_page_is_said(self) -> None:
        items = [{"number": 1, "href": "/1"}, {"number": 2, "href": "/2", "current": True}]
        html = draw("pagination", items, previous="/1")
        assert html.count('aria-current="page"') == 1
        assert 'rel="prev"' in html
        assert 'rel="next"' not in html
        assert draw("pagination").strip() == ""


class Sample(Form):
    """One field of every kind that `field` must draw."""

    name = StringField("Name", [InputRequired("Enter a name")], description="As it is spelt")
    why = TextAreaField("Why")
    mode = RadioField("Mode", choices=[SelectChoice("a", "A"), SelectChoice("b", "B")])
    place = SelectField("Place", choices=[SelectChoice("a", "A"), SelectChoice("b", "B")])
    reasons = SelectMultipleField("Reasons", choices=[SelectChoice("a", "A")])
    video = BooleanField("Video")
    born = DateField("Born", format="%d %m %Y")
    at = DateTimeLocalField("At", format="%Y-%m-%d %H:%M")
    clock = TimeField("Clock")
    password = PasswordField("Password")
    revision = HiddenField()
    children = IntegerField("Children")
    send = SubmitField("Send")


@pytest.mark.parametrize(
    ("control", "is_there"), [(None, True), (Rules(fewest_for_a_rate=10), True), (Rules(), False)]
)
def test_a_key_leaves_out_the_low_numbers_that_have_no_rate(
    control: Rules | None, is_there: bool
) -> None:
    module: Any = JINJA.get_template("components/charts/key.html").module
    html = str(module.key([("dot", "A team"), ("hollow", "10 to 29 cases")], control))
    assert "A team" in html
    assert ("10 to 29 cases" in html) is is_there


def draw_form(form: Form, **kwargs: Any) -> str:
    return "".join(draw("field", field, **kwargs) for field in form)


class TestFields:
    def test_every_kind_of_field_has_its_component(self) -> None:
        html = draw_form(Sample())
        tree = check_page(FRAME.format(html))
        kinds = {e.get("name"): e.get("type") or e.tag for e in tree.iter() if e.get("name")}
        assert kinds == {
            "name": "text",
            "why": "textarea",
            "mode": "radio",
            "place": "select",
            "reasons": "checkbox",
            "video": "checkbox",
            "born": "text",
            "at": "time",
            "clock": "time",
            "password": "password",
            "revision": "hidden",
            "children": "text",
            "send": "submit",
        }

    def test_what_was_sent_comes_back_except_a_password(self) -> None:
        sent = [("name", "Ann"), ("why", "So"), ("mode", "b"), ("place", "b"), ("reasons", "a")]
        sent += [("video", "y"), ("born", "31"), ("born", "2"), ("born", "1990")]
        sent += [("at", "2026-01-02"), ("at", "03:04"), ("password", "secret"), ("children", "x")]
        form = Sample(MultiDict(sent))
        form.validate()
        html = draw_form(form)
        values = re.findall(r' name="(\w+)"[^>]* value="([^"]*)"(?: (?:checked|selected))?', html)
        assert [value for name, value in values if name == "born"] == ["31", "2", "1990"]
        assert [value for name, value in values if name == "at"] == ["2026-01-02", "03:04"]
        assert ("name", "Ann") in values
        assert ("children", "x") in values
        assert "secret" not in html
        assert html.count(" checked") == 3
        assert html.count(" selected") == 1

    def test_errors_link_to_their_fields(self) -> None:
        form = Sample(MultiDict([("place", "nowhere"), ("mode", "a")]))
        form.validate()
        form.form_errors.append("Nothing was saved")
        html = draw("error_summary", form) + draw_form(form)
        assert '<a href="#name">Enter a name</a>' in html
        assert '<a href="#place">' in html
        assert "<li>Nothing was saved</li>" in html
        check_page(FRAME.format(html))

    def test_a_description_is_the_hint_unless_another_is_given(self) -> None:
        form = Sample()
        assert "As it is spelt" in draw("field", form["name"])
        assert "As it is spelt" not in draw("field", form["name"], hint="Another")

    def test_a_list_can_be_drawn_as_radios_with_hints(self) -> None:
        html = draw("field", Sample()["place"], as_="radios", item_hints={"b": "Rarely"})
        assert html.count('type="radio"') == 2
        assert "Rarely" in html

    def test_a_date_can_be_one_native_box(self) -> None:
        assert 'type="date"' in draw("field", Sample()["born"], as_="native")

    def test_a_keyword_that_no_component_knows_is_refused(self) -> None:
        with pytest.raises(TypeError, match="colour"):
            draw("field", Sample()["name"], colour="red")


class TestPages:
    @pytest.mark.parametrize("name", sorted(path.name for path in GALLERY.glob("*.html")))
    def test_every_page_of_the_gallery_holds(self, name: str) -> None:
        tree = check_page(page(name, status=503))
        assert next(tree.iter("title")).text.removesuffix(" – Dash forms") == "".join(
            next(tree.iter("h1")).itertext()
        )

    @pytest.mark.parametrize("name", sorted(path.name for path in GALLERY.glob("*.html")))
    def test_the_marking_stands_at_the_top_and_at_the_foot(self, name: str) -> None:
        words = [e.text for e in check_page(page(name, status=503)).iter("p")]
        assert words.count("OFFICIAL-SENSITIVE") == 2
        assert words.count("Demonstration – invented people only") == 1

    def test_a_name_in_the_header_is_escaped(self) -> None:
        who = SimpleNamespace(id=HOSTILE, display_name=HOSTILE, role_label=HOSTILE)
        html = render(
            "base.html",
            signed_in=who,
            navigation=[{"text": HOSTILE, "href": HOSTILE, "current": True}],
            force_name=HOSTILE,
        )
        assert HOSTILE not in html
        assert "<b " not in html

    def test_only_a_demonstration_says_that_it_is_one(self) -> None:
        assert "Demonstration" not in render("base.html")

    @pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503, 418])
    def test_an_error_page_needs_nothing_but_its_status(self, status: int) -> None:
        tree = check_page(render("errors/error.html", status=status))
        assert not list(tree.iter("form"))
        assert "What to do" in [e.text for e in tree.iter("h2")]

    def test_an_error_page_says_what_it_was_told(self) -> None:
        html = render(
            "errors/error.html",
            status=409,
            heading=HOSTILE,
            what_happened="The grade was changed by PC 1",
            reference="0199-abc",
        )
        assert HOSTILE not in html
        assert "The grade was changed by PC 1" in html
        assert "0199-abc" in html


class TestSources:
    @pytest.mark.parametrize(
        "path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
    )
    def test_no_template_bypasses_escaping_or_the_content_policy(self, path: Path) -> None:
        source = path.read_text("utf-8")
        assert "|safe" not in source.replace(" ", "")
        assert "autoescape" not in source
        assert not re.search(
            r"<style|\sstyle=|<script(?!( type=\"module\")? src=)|\son\w+=", source
        )
