"""Loading: what a sound file gives, and that an unsound one is refused with every problem named."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_forms.domain import instruments
from dash_forms.domain.answers import AnswerValue
from dash_forms.domain.instruments import (
    HOW_OFTEN,
    AnswerKind,
    AskedFor,
    FollowUp,
    FollowUpKind,
    Gate,
    InstrumentError,
    Item,
    NotInInstrumentError,
    Option,
    Section,
    SetRole,
    TickSet,
    Trigger,
    load,
    loader,
)

GOLDEN = Path(__file__).with_name("published.json")
SMALL = """\
id = "small"
version = 2
title = "A small set"
attribution = "Us"
licence_note = "Ours"

[[sections]]
id = "now"
title = "Now"

[[items]]
number = 1
section = "now"
prompt = "Are you hurt?"
how_to_ask = "Look as well."
high_risk = true
kind = "yes_no"
triggers = ["medical"]

[[items.follow_ups]]
id = "where"
label = "Where"
kind = "choices"
options = [
  { value = "head", label = "Head" },
  { value = "elsewhere", label = "Elsewhere" },
]
when = ["yes", "dont_know"]

[[items]]
number = 2
section = "now"
prompt = "Are you safe here?"
how_to_ask = "Ask alone."
high_risk = false
kind = "yes_no"
skippable = false

[[items.follow_ups]]
id = "why"
label = "Why"
kind = "text"

[[gates]]
id = "unhurt"
label = "Nobody was hurt"
undo_label = "Somebody was hurt"
items = [1]
sets = "not_applicable"

[[tick_sets]]
id = "both"
title = "Both"
items = [1, 2]
threshold = 2
"""
ANSWERS = "(answers: yes, no, dont_know, declined, not_asked, not_applicable)"


def problems_of(text: str) -> list[str]:
    with pytest.raises(InstrumentError) as caught:
        load(text)
    return str(caught.value).splitlines()


def test_a_sound_file_gives_the_whole_set() -> None:
    small = load(SMALL)
    assert (small.key, small.title) == ("small.v2", "A small set")
    assert (small.attribution, small.licence_note) == ("Us", "Ours")
    assert small.sections == (Section("now", "Now"),)
    assert small.items == (
        Item(
            number=1,
            section="now",
            prompt="Are you hurt?",
            how_to_ask="Look as well.",
            high_risk=True,
            kind=AnswerKind.YES_NO,
            follow_ups=(
                FollowUp(
                    id="where",
                    label="Where",
                    kind=FollowUpKind.CHOICES,
                    options=(Option("head", "Head"), Option("elsewhere", "Elsewhere")),
                    when=(AnswerValue.YES, AnswerValue.DONT_KNOW),
                ),
            ),
            triggers=(Trigger.MEDICAL,),
            skippable=True,
        ),
        Item(
            number=2,
            section="now",
            prompt="Are you safe here?",
            how_to_ask="Ask alone.",
            high_risk=False,
            kind=AnswerKind.YES_NO,
            follow_ups=(FollowUp("why", "Why", FollowUpKind.TEXT, (), (AnswerValue.YES,)),),
            triggers=(),
            skippable=False,
        ),
    )
    assert small.gates == (
        Gate("unhurt", "Nobody was hurt", "Somebody was hurt", (1,), AnswerValue.NOT_APPLICABLE),
    )
    assert small.tick_sets == (TickSet("both", "Both", (1, 2), 2),)
    assert (small.role, small.asked_for) == (SetRole.MAIN, AskedFor.VICTIM)
    assert (small.offered_on, small.offered_for_children) == ((), False)


UP_TO_TICKS = SMALL[: SMALL.index("[[tick_sets]]")]


def as_add_on(*lines: str) -> str:
    return SMALL.replace("version = 2", "\n".join(["version = 2", 'role = "add_on"', *lines]))


def test_a_set_need_not_count_anything() -> None:
    assert load(UP_TO_TICKS).tick_sets == ()


def test_an_add_on_says_when_it_is_offered_and_whom_it_is_about() -> None:
    add_on = load(
        as_add_on(
            'asked_for = "each_child"',
            'offered_on = ["child_block", "child_referral"]',
            "offered_for_children = true",
        )
    )
    assert (add_on.role, add_on.asked_for) == (SetRole.ADD_ON, AskedFor.EACH_CHILD)
    assert add_on.offered_on == (Trigger.CHILD_BLOCK, Trigger.CHILD_REFERRAL)
    assert add_on.offered_for_children


def test_an_add_on_that_nothing_offers_is_refused() -> None:
    for never in ((), ("offered_for_children = false",)):
        assert problems_of(as_add_on(*never)) == [
            "<text>:3: question set: an add-on needs offered_on or offered_for_children"
        ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("asked_for", '"victim"'),
        ("offered_on", '["medical"]'),
        ("offered_for_children", "false"),
    ],
)
def test_a_main_set_is_used_and_not_offered(key: str, value: str) -> None:
    text = SMALL.replace("version = 2", f"version = 2\n{key} = {value}")
    assert problems_of(text) == [
        f"<text>:3: question set: {key} belongs to an add-on, and this is a main set"
    ]


def test_a_frequency_item_keeps_its_scale_in_the_first_follow_up() -> None:
    often = load(UP_TO_TICKS.replace('kind = "yes_no"', 'kind = "frequency"', 1)).item(1)
    assert often.kind is AnswerKind.FREQUENCY
    assert [each.id for each in often.follow_ups] == ["frequency", "where"]
    assert often.follow_ups[0] is HOW_OFTEN


def test_a_frequency_item_cannot_be_counted_nor_its_scale_be_written_anew() -> None:
    text = SMALL.replace('kind = "yes_no"', 'kind = "frequency"', 1).replace(
        'id = "where"', 'id = "frequency"'
    )
    assert problems_of(text) == [
        '<text>:20: item 1: the follow-up "frequency" is the scale itself',
        '<text>:54: tick set both: item 1 has a scale, and no "yes" to count',
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('section = "now"', 'section = "nwo"', '13: item 1: unknown section "nwo" (sections: now)'),
        ("version = 2\n", "", "1: question set: version is missing"),
        (
            "version = 2",
            'version = 2\nrole = "extra"',
            '3: question set: unknown role "extra" (roles: main, add_on)',
        ),
        (
            "version = 2",
            'version = "2"',
            "2: question set: version must be a whole number, not text",
        ),
        (
            "version = 2",
            "version = true",
            "2: question set: version must be a whole number, not true or false",
        ),
        ("version = 2", "version = 0", "2: question set: version must be between 1 and 9999"),
        (
            'id = "small"',
            'id = "../up"',
            '1: question set: id "../up" may have a-z, 0-9, _ and -, and begins with a-z',
        ),
        ('title = "Now"', 'title = " "', "9: section now: title is empty"),
        (
            'title = "Now"',
            "title = 1979-05-27",
            "9: section now: title must be text, not a date or time",
        ),
        ('title = "Now"', 'titel = "Now"', "7: section now: title is missing"),
        (
            'title = "Now"',
            'title = "Now"\nicon = "x"',
            '10: section now: unknown key "icon" (keys: id, title)',
        ),
        (
            'prompt = "Are you hurt?"',
            f'prompt = "{"x" * 201}"',
            "14: item 1: prompt has 201 characters, 200 is the most",
        ),
        (
            "high_risk = true",
            "high_risk = 1",
            "16: item 1: high_risk must be true or false, not a whole number",
        ),
        (
            'kind = "yes_no"',
            'kind = "often"',
            '17: item 1: unknown kind "often" (kinds: yes_no, frequency)',
        ),
        (
            '["medical"]',
            '["medical", "medical"]',
            '18: item 1: trigger "medical" comes twice in triggers',
        ),
        ('["medical"]', "[]", "18: item 1: triggers is empty"),
        (
            'kind = "choices"',
            'kind = "text"',
            "24: item 1: follow-up where: a text follow-up has no options",
        ),
        (
            'kind = "text"',
            'kind = "choice"',
            "42: item 2: follow-up why: a choice follow-up needs options",
        ),
        (
            'value = "elsewhere"',
            'value = "head"',
            "24: item 1: follow-up where: option head: another option has this value",
        ),
        (
            '{ value = "head", label = "Head" }',
            "3",
            "24: item 1: follow-up where: options must hold tables",
        ),
        (
            '"dont_know"]',
            '"maybe"]',
            '28: item 1: follow-up where: unknown answer "maybe" ' + ANSWERS,
        ),
        ("number = 2", "number = 1", "31: item 1: another item has this number"),
        ("number = 2", "number = 3", "31: question set: item 3 stands where 2 belongs"),
        ("number = 1", "number = 4", "12: question set: item 4 stands where 1 belongs"),
        ("number = 1\n", "", "11: item in place 1: number is missing"),
        ("items = [1]", "items = [1, 9]", '48: gate unhurt: unknown item "9" (items: 1 to 2)'),
        ("items = [1]", "items = [true]", '48: gate unhurt: unknown item "True" (items: 1 to 2)'),
        ("items = [1]", "items = [1, 2]", "48: gate unhurt: item 2 must always be asked"),
        (
            'sets = "not_applicable"',
            'sets = "n/a"',
            '49: gate unhurt: unknown answer "n/a" ' + ANSWERS,
        ),
        ("items = [1, 2]", "items = [1, 7]", '54: tick set both: unknown item "7" (items: 1 to 2)'),
        ("threshold = 2", "threshold = 3", "55: tick set both: threshold must be between 1 and 2"),
        ("[[tick_sets]]", "[tick_sets]", "51: question set: tick_sets must be a list, not a table"),
    ],
)
def test_each_rule_is_told_with_its_line_and_place(old: str, new: str, expected: str) -> None:
    assert old in SMALL
    assert f"<text>:{expected}" in problems_of(SMALL.replace(old, new, 1))


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    broken = (
        SMALL.replace('title = "A small set"\n', "")
        .replace('label = "Where"', 'label = ""')
        .replace("items = [1, 2]", "items = [3]")
    )
    assert (
        problems_of(broken)
        == [
            "<text>:1: question set: title is missing",
            "<text>:21: item 1: follow-up where: label is empty",
            '<text>:53: tick set both: unknown item "3" (items: 1 to 2)',
            "<text>:54: tick set both: threshold must be between 1 and 200",
        ][: len(problems_of(broken))]
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SMALL.replace("number = 2", "number 2"), 31),
        (SMALL + 'x = "unclosed', 56),
        (SMALL + "x = [", 56),
        (SMALL.replace("version = 2", f"version = {'9' * 5000}"), None),
        ("x = " + "[" * 5000, None),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(text: str, line: int | None) -> None:
    (problem,) = problems_of(text)
    assert ": not TOML: " in problem
    assert line is None or problem.startswith(f"<text>:{line}: ")


def test_the_file_is_named_after_the_set_and_the_version(tmp_path: Path) -> None:
    (tmp_path / "small.v2.toml").write_text(SMALL, encoding="utf-8")
    assert load(tmp_path / "small.v2.toml") == load(SMALL)
    (tmp_path / "small.v3.toml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(InstrumentError) as caught:
        load(tmp_path / "small.v3.toml")
    assert str(caught.value) == (
        "small.v3.toml:1: question set: the file must be called small.v2.toml"
    )


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "small.v2.toml"
    file.write_bytes(SMALL.replace("Look as", "Schau’ as").encode("cp1252"))
    with pytest.raises(InstrumentError) as caught:
        load(file)
    assert str(caught.value) == "small.v2.toml:15: not TOML: this is not UTF-8 text"


def test_the_digest_is_of_the_content_and_not_of_the_layout() -> None:
    digest = load(SMALL).digest
    spaced = SMALL.replace(" = ", "   =   ").replace("[[items]]", "\n# a remark\n[[items]]")
    assert load(spaced).digest == digest
    assert load(SMALL.replace("\n", "\r\n")).digest == digest
    assert load(SMALL.replace("Ask alone.", "Ask alone!")).digest != digest


# ------------------------------------------------------------------ any single slip

_KEY_LINE = re.compile(r"(\w+) = (.+)")
_OPTIONAL = {"triggers", "skippable", "when", "threshold", "options"}
_WRONG = {
    '"': ["7", "true", "[]", "{}", "1.5", "1979-05-27", '""', '" "', f'"{"x" * 2000}"'],
    "t": ['"true"', "1", "[]"],
    "f": ['"false"', "0", "[]"],
    "[": ["7", '"yes"', "[]", "[[]]", '["zzz"]', "[99]", "[1.0]", "[true]", "{}"],
}
_WRONG_NUMBERS = ['"1"', "true", "1.0", "0", "-1", "[1]", "100000"]


def dash_27() -> list[str]:
    file = Path(instruments.__file__).with_name("dash-27.v1.toml")
    return file.read_text("utf-8").splitlines()


LINES = dash_27()
KEY_LINES = [
    (at, match[1], match[2])
    for at, line in enumerate(LINES)
    if (match := _KEY_LINE.fullmatch(line)) and match[2] != "["
]


def owner_of(at: int) -> tuple[int, str]:
    """The line number of the table that line index `at` is in, and the name it goes by."""
    header = next((i for i in range(at, -1, -1) if LINES[i].startswith("[[")), None)
    if header is None:
        return 1, "question set"
    kind = LINES[header].strip("[]").split(".")[0]
    place = sum(line == f"[[{kind}]]" for line in LINES[: header + 1])
    return header + 1, f"item {place}" if kind == "items" else kind.rstrip("s").replace("_", " ")


@settings(max_examples=150)
@given(st.sampled_from([each for each in KEY_LINES if each[1] not in _OPTIONAL]))
def test_any_required_key_left_out_is_missed_by_name_and_line(slip: tuple[int, str, str]) -> None:
    at, key, _ = slip
    line, owner = owner_of(at)
    with pytest.raises(InstrumentError) as caught:
        load("\n".join(LINES[:at] + LINES[at + 1 :]))
    told = [p for p in caught.value.problems if p.message == f"{key} is missing"]
    assert [problem.line for problem in told] == [line]
    assert told[0].where.replace("in place ", "").startswith(owner)


@settings(max_examples=200)
@given(st.sampled_from(KEY_LINES), st.data())
def test_any_wrong_value_is_told_at_its_own_line(
    slip: tuple[int, str, str], data: st.DataObject
) -> None:
    at, key, value = slip
    wrong = data.draw(st.sampled_from(_WRONG.get(value[0], _WRONG_NUMBERS)))
    with pytest.raises(InstrumentError) as caught:
        load("\n".join([*LINES[:at], f"{key} = {wrong}", *LINES[at + 1 :]]))
    told = [problem for problem in caught.value.problems if problem.line == at + 1]
    assert told
    if owner_of(at)[1].startswith("item ") and key != "number":
        assert told[0].where.startswith(owner_of(at)[1])


@settings(max_examples=100)
@given(st.integers(0, len(SMALL)), st.integers(0, 60), st.text(max_size=8))
def test_any_damage_is_refused_or_harmless_and_never_a_crash(
    start: int, length: int, instead: str
) -> None:
    with contextlib.suppress(InstrumentError):
        load(SMALL[:start] + instead + SMALL[start + length :])


# ------------------------------------------------------------------ published versions


def test_every_published_version_is_as_it_was_published() -> None:
    golden: dict[str, str] = json.loads(GOLDEN.read_text("utf-8"))
    digests = {each.key: each.digest for each in instruments.published().values()}
    for key, digest in golden.items():
        assert key in digests, (
            f"{key} was published and its file is gone. Records hold answers to it: put it back."
        )
        assert digests[key] == digest, (
            f"{key} is published and frozen, but its content has changed. Take the change back, and"
            " make it in a copy with the next version number, so that an old record still shows"
            " what was asked."
        )
    new = digests.keys() - golden.keys()
    assert not new, (
        f"Not yet in {GOLDEN.name}: { {key: digests[key] for key in sorted(new)} }. Add it there"
        " once the wording is agreed; from then on that version is frozen."
    )


def test_published_versions_are_found_by_id_and_version() -> None:
    dash = instruments.instrument("dash-27", 1)
    assert instruments.published()["dash-27", 1] is dash
    assert instruments.current("dash-27").version == max(
        version for each, version in instruments.published() if each == "dash-27"
    )


@pytest.mark.parametrize(("name", "version"), [("dash-27", 0), ("dash-28", 1)])
def test_an_unpublished_version_is_refused_by_name(name: str, version: int) -> None:
    with pytest.raises(NotInInstrumentError, match=rf"no question set {name}.v{version}"):
        instruments.instrument(name, version)


def test_the_newest_of_an_unknown_set_is_refused_by_name() -> None:
    with pytest.raises(NotInInstrumentError, match="no question set dash-28"):
        instruments.current("dash-28")


def write_own(folder: Path, text: str) -> Path:
    key = load(text).key
    (folder / f"{key}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def own_sets(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    instruments.use_own_sets(tmp_path / "none")


def test_a_force_s_own_sets_are_published_beside_the_packaged_ones(own_sets: Path) -> None:
    packaged = set(instruments.published())
    instruments.use_own_sets(write_own(own_sets, SMALL))
    assert set(instruments.published()) == packaged | {("small", 2)}
    assert instruments.current("small") == load(SMALL)
    instruments.use_own_sets(own_sets / "none")
    assert set(instruments.published()) == packaged


def test_new_assessments_use_the_force_s_newest_and_old_records_keep_theirs(own_sets: Path) -> None:
    packaged = instruments.instrument("stalking-11", 1)
    for version in (2, 3):
        text = as_add_on('offered_on = ["s_dash_offer"]').replace('"small"', '"stalking-11"')
        write_own(own_sets, text.replace("version = 2", f"version = {version}"))
    instruments.use_own_sets(own_sets)
    assert instruments.current("stalking-11").key == "stalking-11.v3"
    assert instruments.instrument("stalking-11", 1) == packaged
    assert instruments.instrument("stalking-11", 2).title == "A small set"
    add_ons = [each.key for each in instruments.current_sets(SetRole.ADD_ON)]
    assert add_ons == ["animal-block.v1", "child-block.v1", "honour-10.v1", "stalking-11.v3"]


def test_a_later_release_never_puts_a_force_s_wording_aside(
    own_sets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_sets / "force").mkdir()
    (own_sets / "package").mkdir()
    licensed = SMALL.replace("Are you hurt?", "The licensed words?")
    instruments.use_own_sets(write_own(own_sets / "force", licensed))
    for version in (2, 3):
        later = SMALL.replace("version = 2", f"version = {version}")
        write_own(own_sets / "package", later)
    monkeypatch.setattr(loader, "__file__", str(own_sets / "package" / "loader.py"))
    instruments.published.cache_clear()
    assert instruments.instrument("small", 3).item(1).prompt == "Are you hurt?"
    assert instruments.instrument("small", 2) == load(licensed) == instruments.current("small")


def test_an_own_set_that_cannot_be_used_is_told_and_changes_nothing(own_sets: Path) -> None:
    instruments.use_own_sets(write_own(own_sets, SMALL))
    (own_sets / "broken.v1.toml").write_text("id = 3", encoding="utf-8")
    with pytest.raises(InstrumentError, match=r"broken\.v1\.toml:1: question set: id must be text"):
        instruments.use_own_sets(own_sets)
    assert instruments.current("small") == load(SMALL)


def test_all_published_sets_load_in_under_50_milliseconds() -> None:
    def seconds() -> float:
        instruments.published.cache_clear()
        began = time.process_time()
        instruments.published()
        return time.process_time() - began

    assert min(seconds() for _ in range(5)) < 0.05
