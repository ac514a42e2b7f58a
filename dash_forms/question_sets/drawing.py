"""Draws the routing of a question set as SVG: what is asked, in which order, and what a yes opens.

The same set always gives the same text, so that a committed picture can be compared. Every style is
a presentation attribute, because some programs that print ignore style sheets inside SVG.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from dash_forms.domain.add_ons import calls_for
from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.instruments import HOW_OFTEN, AnswerKind, SetRole, current_sets
from dash_forms.question_sets.words import how_answered, named, numbered, summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dash_forms.domain.instruments import Gate, Instrument, Item, Section

_WIDTH = 1240
_MARGIN = 32
_LANE = 16
_CARD, _CARD_WIDTH = 64, 480
_FOLLOW, _FOLLOW_WIDTH = 608, 320
_NEXT, _NEXT_WIDTH = 968, 236

_INK, _GREY, _RULE, _PANEL, _PAPER = "#16202c", "#566472", "#c9d1d9", "#f3f5f7", "#ffffff"
_BLUE, _RED, _GATE = "#1d5b8f", "#b3261e", "#6b4f00"


class _Tint(NamedTuple):
    fill: str
    ink: str


_TINTS = (
    _Tint("#fbeccb", "#6b4300"),
    _Tint("#d9f0ec", "#0a554e"),
    _Tint("#ece4fa", "#53299a"),
    _Tint("#fce3ec", "#8f1549"),
    _Tint("#dfeafb", "#174a8c"),
)


def drawn(question_set: Instrument) -> str:
    """The picture of one set as an SVG document."""
    sheet = _Sheet()
    _heading(sheet, question_set)
    for section in question_set.sections:
        _section(sheet, question_set, section)
    _ending(sheet, question_set)
    return sheet.document(question_set)


@dataclass(slots=True)
class _Sheet:
    """A page that grows downwards: `y` is where the next thing goes."""

    y: int = _MARGIN
    marks: list[str] = field(default_factory=list)

    def text(
        self,
        x: int,
        y: int,
        words: str,
        size: int = 14,
        fill: str = _INK,
        *,
        bold: bool = False,
        anchor: str = "start",
    ) -> None:
        weight = ' font-weight="700"' if bold else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.marks.append(
            f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}"{weight}{place}>'
            f"{escape(words)}</text>"
        )

    def box(
        self,
        x: int,
        y: int,
        width: int,
        height: int,
        fill: str,
        *,
        stroke: str = "",
        radius: int = 6,
    ) -> None:
        edge = f' stroke="{stroke}"' if stroke else ""
        self.marks.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"'
            f' fill="{fill}"{edge}/>'
        )

    def path(self, d: str, stroke: str, width: int = 1, *, fill: str = "none") -> None:
        self.marks.append(f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"/>')

    def arrow(self, x: int, to: int, y: int, label: str = "") -> None:
        self.path(f"M{x} {y}H{to - 6}", _BLUE)
        self.path(f"M{to - 7} {y - 4}L{to} {y}L{to - 7} {y + 4}Z", _BLUE, fill=_BLUE)
        if label:
            self.text((x + to) // 2 - 3, y - 6, label, 12, _BLUE, bold=True, anchor="middle")

    def document(self, question_set: Instrument) -> str:
        height = self.y + _MARGIN
        name = escape(f"Routing of {question_set.key}: {question_set.title}")
        opening = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"'
            f' viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="title"'
            ' font-family="Verdana, DejaVu Sans, sans-serif">'
        )
        paper = f'<rect width="{_WIDTH}" height="{height}" fill="{_PAPER}"/>'
        title = f'<title id="title">{name}</title>'
        return "\n".join([opening, title, paper, *self.marks, "</svg>\n"])


def _heading(sheet: _Sheet, question_set: Instrument) -> None:
    sheet.text(_MARGIN, sheet.y + 24, question_set.title, 26, bold=True)
    sheet.text(_MARGIN, sheet.y + 50, f"{question_set.id} · {summary(question_set)}", 15, _GREY)
    sheet.y += 68
    for line in _offered_where(question_set):
        sheet.text(_MARGIN, sheet.y + 12, line, 15)
        sheet.y += 22
    _legend(sheet, question_set)


def _offered_where(question_set: Instrument) -> Iterable[str]:
    """When an add-on is offered, main set by main set."""
    if question_set.role is SetRole.MAIN:
        return
    for main in current_sets(SetRole.MAIN):
        items = tuple(item.number for item in main.items if calls_for(item, question_set))
        if items:
            yield f"Offered on a yes in {main.id} to {numbered(items)}"
    if question_set.offered_for_children:
        yield "Offered wherever a child is linked to the incident, whatever was answered"


def _legend(sheet: _Sheet, question_set: Instrument) -> None:
    y = sheet.y + 24
    x = _MARGIN
    sheet.box(x, y - 12, 5, 16, _RED, radius=0)
    x = _legend_text(sheet, x + 13, y, "high-risk topic")
    sheet.arrow(x, x + 40, y - 4, "yes")
    x = _legend_text(sheet, x + 48, y, "asked then")
    if question_set.gates:
        sheet.path(f"M{x + 8} {y - 13}H{x}V{y + 5}H{x + 8}", _GATE, 2)
        x = _legend_text(sheet, x + 16, y, "one tap answers all of these")
    if any(_offers(item) for item in question_set.items) and question_set.role is SetRole.MAIN:
        sheet.box(x, y - 14, 58, 20, _TINTS[1].fill, radius=10)
        sheet.text(x + 29, y, "add-on", 12, _TINTS[1].ink, bold=True, anchor="middle")
        x = _legend_text(sheet, x + 66, y, "offered after a yes")
    sheet.text(x, y, "in grey at the end: what else a yes sets off", 13, _GREY)
    sheet.y = y + 24


def _legend_text(sheet: _Sheet, x: int, y: int, words: str) -> int:
    sheet.text(x, y, words, 13, _GREY)
    return x + _width(words, 13) + 32


def _section(sheet: _Sheet, question_set: Instrument, section: Section) -> None:
    rows = [_Row.of(item, question_set) for item in question_set.items_in(section.id)]
    opening = {
        row.item.number: [gate for gate in question_set.gates if _opens(gate, row.item.number)]
        for row in rows
    }
    gate_lines = sum(map(len, opening.values()))
    height = 46 + sum(row.height + 10 for row in rows) + 26 * gate_lines + 4
    sheet.box(_MARGIN - 16, sheet.y, _WIDTH - 2 * (_MARGIN - 16), height, _PANEL, radius=10)
    sheet.text(_MARGIN, sheet.y + 30, section.title, 18, _BLUE, bold=True)
    y = sheet.y + 46
    for row in rows:
        for gate in opening[row.item.number]:
            sheet.text(_CARD, y + 15, _gate_words(gate), 13, _GATE, bold=True)
            y += 26
        _brackets(sheet, question_set, row, y, len(opening[row.item.number]))
        row.draw(sheet, y)
        y += row.height + 10
    sheet.y += height + 16


def _opens(gate: Gate, number: int) -> bool:
    return number in gate.items and number - 1 not in gate.items


def _gate_words(gate: Gate) -> str:
    return f"One tap, “{gate.label}”, makes {numbered(gate.items)} {named((gate.sets,))}"


def _brackets(sheet: _Sheet, question_set: Instrument, row: _Row, y: int, opened: int) -> None:
    """The part of each gate's bracket that stands beside this row; each gate has its own lane."""
    for lane, gate in enumerate(question_set.gates):
        if row.item.number not in gate.items:
            continue
        x = _CARD - 12 - lane * _LANE // 2
        last = row.item.number + 1 not in gate.items
        top = y - 16 if opened and _opens(gate, row.item.number) else y
        bottom = y + row.height + (0 if last else 10)
        start = f"M{_CARD - 4} {top}H{x}" if _opens(gate, row.item.number) else f"M{x} {top}"
        end = f"V{bottom}H{_CARD - 4}" if last else f"V{bottom}"
        sheet.path(start + end, _GATE, 2)


@dataclass(frozen=True, slots=True)
class _Row:
    """One item with its follow-ups and what a yes offers, measured before it is drawn."""

    item: Item
    prompt: tuple[str, ...]
    notes: tuple[str, ...]
    follow_ups: tuple[tuple[tuple[str, ...], str], ...]
    offers: tuple[tuple[tuple[str, ...], _Tint], ...]
    prompts: tuple[str, ...]

    @classmethod
    def of(cls, item: Item, question_set: Instrument) -> _Row:
        is_main = question_set.role is SetRole.MAIN
        triggers = ", ".join(trigger.label for trigger in item.triggers if not trigger.is_offer)
        return cls(
            item=item,
            prompt=_wrapped(item.prompt, 14, _CARD_WIDTH - 66),
            notes=tuple(_notes(item)),
            follow_ups=tuple(
                (_wrapped(_asked_then(each.label, each.when), 12, _FOLLOW_WIDTH - 88), how)
                for each in item.follow_ups
                if each is not HOW_OFTEN
                for how in (how_answered(each),)
            ),
            offers=tuple(
                (_wrapped(each.title.split(":")[0], 12, _NEXT_WIDTH - 40), tint)
                for each, tint in (_offers(item) if is_main else ())
            ),
            prompts=_wrapped(triggers, 12, _NEXT_WIDTH) if triggers else (),
        )

    @property
    def height(self) -> int:
        return max(self._card_height, self._follow_height, self._next_height)

    @property
    def _card_height(self) -> int:
        return 26 + 20 * len(self.prompt) + 18 * len(self.notes)

    @property
    def _follow_height(self) -> int:
        return 14 + sum(17 * len(lines) + 6 for lines, _ in self.follow_ups)

    @property
    def _next_height(self) -> int:
        pills = sum(15 * len(lines) + 16 for lines, _ in self.offers)
        return 8 + pills + 16 * len(self.prompts)

    def draw(self, sheet: _Sheet, top: int) -> None:
        middle = top + self.height // 2
        self._draw_card(sheet, top, middle)
        edge = _CARD + _CARD_WIDTH
        label = "if ever" if self.item.kind is AnswerKind.FREQUENCY else "yes"
        if self.follow_ups:
            is_after_yes = bool(self.item.applying(AnswerValue.YES))
            sheet.arrow(edge, _FOLLOW - 8, middle, label if is_after_yes else "")
            self._draw_follow_ups(sheet, middle)
            edge, label = _FOLLOW + _FOLLOW_WIDTH, ""
        if self.offers or self.prompts:
            sheet.arrow(edge, _NEXT - 8, middle, label)
            self._draw_next(sheet, middle)

    def _draw_card(self, sheet: _Sheet, top: int, middle: int) -> None:
        sheet.box(_CARD, top, _CARD_WIDTH, self.height, _PAPER, stroke=_RULE)
        if self.item.high_risk:
            sheet.box(_CARD, top, 6, self.height, _RED, radius=3)
        sheet.text(
            _CARD + 40, middle + 6, str(self.item.number), 18, _BLUE, bold=True, anchor="end"
        )
        y = middle - self._card_height // 2 + 28
        for line in self.prompt:
            sheet.text(_CARD + 54, y, line, 14)
            y += 20
        for line in self.notes:
            sheet.text(_CARD + 54, y - 1, line, 12, _GREY)
            y += 18

    def _draw_follow_ups(self, sheet: _Sheet, middle: int) -> None:
        top = middle - self._follow_height // 2
        sheet.box(_FOLLOW, top, _FOLLOW_WIDTH, self._follow_height, _PAPER, stroke=_RULE)
        y = top + 24
        for lines, how in self.follow_ups:
            sheet.text(_FOLLOW + _FOLLOW_WIDTH - 10, y, how, 11, _GREY, anchor="end")
            for line in lines:
                sheet.text(_FOLLOW + 12, y, line, 12)
                y += 17
            y += 6

    def _draw_next(self, sheet: _Sheet, middle: int) -> None:
        y = middle - self._next_height // 2 + 4
        for lines, tint in self.offers:
            height = 15 * len(lines) + 10
            sheet.box(_NEXT, y, _NEXT_WIDTH, height, tint.fill, radius=12)
            for at, line in enumerate(lines):
                sheet.text(_NEXT + 12, y + 17 + 15 * at, line, 12, tint.ink, bold=True)
            y += height + 6
        for at, line in enumerate(self.prompts):
            sheet.text(_NEXT, y + 12 + 16 * at, line, 12, _GREY)


def _notes(item: Item) -> Iterable[str]:
    if item.kind is AnswerKind.FREQUENCY:
        scale = (choice.label.lower() for choice in item.choices if choice.frequency)
        yield " · ".join(scale)
    if not item.skippable:
        yield "Always asked: no tap can skip it"


def _asked_then(label: str, when: tuple[AnswerValue, ...]) -> str:
    return label if when == (AnswerValue.YES,) else f"{label} (after {named(when)})"


def _offers(item: Item) -> list[tuple[Instrument, _Tint]]:
    """The add-on sets that a yes offers, each in the colour it has in every picture."""
    return [
        (add_on, _TINTS[at % len(_TINTS)])
        for at, add_on in enumerate(current_sets(SetRole.ADD_ON))
        if calls_for(item, add_on)
    ]


def _ending(sheet: _Sheet, question_set: Instrument) -> None:
    for ticks in question_set.tick_sets:
        limit = f", {ticks.threshold} or more matter" if ticks.threshold else ", no threshold"
        sheet.text(_MARGIN, sheet.y + 12, f"Counted: {ticks.title}{limit}", 14)
        sheet.y += 22
    for line in _wrapped(question_set.licence_note, 13, _WIDTH - 2 * _MARGIN):
        sheet.text(_MARGIN, sheet.y + 12, line, 13, _GREY)
        sheet.y += 18
    sheet.y -= 10


# ------------------------------------------------------------------ measuring

_WIDTHS = {
    **dict.fromkeys("ijlI", 30),
    **dict.fromkeys(" .,:;’‘'·/", 34),
    **dict.fromkeys("ftr()-", 41),
    **dict.fromkeys("csz“”–?", 54),
    **dict.fromkeys("kvxy", 59),
    **dict.fromkeys("ABKPRSTVXYZ", 69),
    **dict.fromkeys("CDGHNOQUw", 79),
    **dict.fromkeys("mMW", 98),
}


def _width(words: str, size: int) -> int:
    """About how wide text is in Verdana or DejaVu Sans; in most other fonts it is narrower."""
    return sum(_WIDTHS.get(letter, 64) for letter in words) * size // 100


def _wrapped(words: str, size: int, width: int) -> tuple[str, ...]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if _width(longer, size) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
