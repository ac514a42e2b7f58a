"""A fetched page, parsed: its forms, its words, and the house rules every page keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

FRAME = {"/sign-out", "/cover"}
"""Where the forms lead that every page has."""
_NEEDS_LABEL = {"input", "select", "textarea"}
_UNLABELLED_TYPES = {"hidden", "submit", "button"}


@dataclass(frozen=True)
class HtmlForm:
    """A form as a browser would send it untouched."""

    action: str
    method: str
    fields: dict[str, list[str]]

    def filled(self, **values: Any) -> dict[str, Any]:
        """The fields with some of them filled in; None takes one away."""
        merged: dict[str, Any] = dict(self.fields)
        for name, value in values.items():
            if value is None:
                merged.pop(name, None)
            else:
                merged[name] = value
        return merged


class Page:
    """An HTML document. Parsing is strict: a parse error is an AssertionError."""

    def __init__(self, html: str) -> None:
        parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
        self.root: Element = parser.parse(html)
        self.parse_errors = [(code, position) for position, code, _ in parser.errors]

    def all(self, tag: str) -> Iterator[Element]:
        return self.root.iter(tag)

    def text(self, element: Element | None = None) -> str:
        return " ".join("".join((self.root if element is None else element).itertext()).split())

    @property
    def heading(self) -> str:
        return self.text(next(self.all("h1")))

    @property
    def errors(self) -> list[str]:
        """The sentences beside fields, without the hidden prefix."""
        found = [p for p in self.all("p") if "govuk-error-message" in p.get("class", "")]
        return [self.text(p).removeprefix("Error:").strip() for p in found]

    @property
    def summary(self) -> list[str]:
        """The sentences of the error summary."""
        boxes = [e for e in self.all("div") if e.get("class", "") == "govuk-error-summary"]
        return [self.text(item) for box in boxes for item in box.iter("li")]

    def form(self, action: str = "") -> HtmlForm:
        """The first form whose action contains `action`; the page's own form where that is empty.

        The header's is left aside.
        """
        for form in sorted(
            self.all("form"), key=lambda each: not action and "action" in each.attrib
        ):
            target = form.get("action", "")
            if target not in FRAME and action in target:
                return HtmlForm(target, form.get("method", "get"), dict(_fields(form)))
        raise AssertionError(f"no form with action {action!r}")

    def link(self, words: str) -> str:
        """Where the link with these words goes."""
        for link in self.all("a"):
            if self.text(link) == words:
                return link.get("href", "")
        raise AssertionError(f"no link {words!r}")

    def links(self, containing: str) -> list[str]:
        """Where every link leads whose address contains these words."""
        addresses = [link.get("href", "") for link in self.all("a")]
        return [address for address in addresses if containing in address]

    def check_house_rules(self) -> None:
        """Valid HTML, one heading that is the title, labels, unique ids, nothing inline."""
        assert not self.parse_errors, self.parse_errors
        headings = [self._titled(h1) for h1 in self.all("h1")]
        assert len(headings) == 1, headings
        title = self.text(next(self.all("title")))
        is_neutral = "data-neutral" in self.root.attrib
        self._check_refusal(title.startswith("Error: "))
        told = title.removeprefix("Error: ")
        assert told == ("Forms" if is_neutral else f"{headings[0]} – Dash forms")
        ids = Counter(e.get("id") for e in self.root.iter() if e.get("id"))
        repeated = [name for name, count in ids.items() if count > 1]
        assert not repeated, f"duplicate ids: {repeated}"
        for element in self.root.iter():
            assert "style" not in element.attrib, f"inline style on {element.tag}"
            assert not [a for a in element.attrib if a.startswith("on")], "inline handler"
        assert not list(self.all("style")), "inline style sheet"
        assert all(script.get("src") for script in self.all("script")), "inline script"
        self._check_labels(set(ids))
        for form in self.all("form"):
            assert form.get("autocomplete") == "off", "a form lets the browser keep what is typed"

    def _titled(self, heading: Element) -> str:
        """What the title is to say of a heading: of a person's name only what the page is."""
        what = heading.get("aria-describedby")
        return next((self.text(e) for e in self.all("p") if what and e.get("id") == what), "") or (
            self.text(heading)
        )

    def _check_refusal(self, is_titled: bool) -> None:
        """A page that says what is wrong says so in its title, and the focus goes there."""
        assert is_titled == bool(self.summary), "the title and the error summary disagree"
        boxes = [e for e in self.all("div") if e.get("class", "") == "govuk-error-summary"]
        assert all("autofocus" in box.attrib for box in boxes), "the focus is elsewhere"

    def _check_labels(self, ids: set[str | None]) -> None:
        labelled = {label.get("for") for label in self.all("label")}
        assert labelled <= ids, f"labels for nothing: {labelled - ids}"
        for element in self.root.iter():
            if element.tag in _NEEDS_LABEL and element.get("type") not in _UNLABELLED_TYPES:
                named = element.get("id") in labelled or element.get("aria-label")
                assert named, f"{element.tag} {element.get('name')} has no label"
        for reference in ("aria-describedby", "aria-labelledby"):
            for element in self.root.iter():
                for target in element.get(reference, "").split():
                    assert target in ids, f"{reference} points at nothing: {target}"


def _fields(form: Element) -> Iterator[tuple[str, list[str]]]:
    fields: dict[str, list[str]] = {}
    for element in form.iter():
        name = element.get("name")
        if not name:
            continue
        if element.tag == "input":
            kind = element.get("type", "text")
            if kind in {"radio", "checkbox"} and "checked" not in element.attrib:
                continue
            if kind != "submit":
                fields.setdefault(name, []).append(element.get("value", ""))
        elif element.tag == "textarea":
            fields.setdefault(name, []).append("".join(element.itertext()))
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [o for o in options if "selected" in o.attrib] or options[:1]
            fields.setdefault(name, []).extend(o.get("value", "") for o in chosen)
    yield from fields.items()
