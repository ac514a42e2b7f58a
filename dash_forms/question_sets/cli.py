"""The command line for question sets: `dash-forms instrument COMMAND`."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dash_forms.config import SettingsError, from_environment
from dash_forms.domain.errors import DomainError
from dash_forms.domain.instruments import (
    InstrumentError,
    current,
    instrument,
    load,
    published,
    use_own_sets,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dash_forms.config import Settings
    from dash_forms.domain.instruments import Instrument

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _told_in_words(command: Callable[..., None]) -> Callable[..., None]:
    """Give the command the settings and the force's sets, and tell in words what is refused."""

    @functools.wraps(command)
    def told(*args: Any, **kwargs: Any) -> None:
        try:
            settings = from_environment()
            use_own_sets(settings.instruments)
            command(settings, *args, **kwargs)
        except (SettingsError, DomainError) as error:
            raise click.ClickException(str(error)) from error
        except InstrumentError as error:
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(1) from error

    return told


@click.group("instrument")
def instruments() -> None:
    """Check, show, compare, draw and import question sets."""


@instruments.command()
@click.argument("file", type=_FILE)
@_told_in_words
def check(_settings: Settings, file: Path) -> None:
    """Say whether FILE is a sound question set, or everything that is wrong, with its line."""
    from dash_forms.question_sets.commands import refusal_to_publish
    from dash_forms.question_sets.words import summary

    question_set = load(file)
    click.echo(f"{question_set.key} is sound: {summary(question_set)}.")
    if refusal := refusal_to_publish(question_set):
        click.echo(f"It cannot be imported here. {refusal.sentence}")


@instruments.command()
@click.argument("name", metavar="[ID]", required=False)
@click.option("--version", type=int, help="The current one if not given.")
@_told_in_words
def show(_settings: Settings, name: str | None, version: int | None) -> None:
    """Print a question set readably; without an ID, what there is."""
    from dash_forms.question_sets.words import in_words, summary

    if name:
        click.echo(in_words(instrument(name, version) if version else current(name)))
        return
    for each_id, each_version in sorted(published()):
        each = instrument(each_id, each_version)
        mark = "" if each == current(each_id) else " (kept for old records)"
        click.echo(f"{each_id:<16} {summary(each)}{mark}")


@instruments.command()
@click.argument("old")
@click.argument("new")
@_told_in_words
def diff(_settings: Settings, old: str, new: str) -> None:
    """Say what changed from OLD to NEW, each a file or a name such as dash-27.v1."""
    from dash_forms.domain.instruments.differences import differences

    changes = differences(_named(old), _named(new))
    for change in changes:
        click.echo(str(change))
    if not changes:
        click.echo("They say the same.")


@instruments.command("import")
@click.argument("file", type=_FILE)
@_told_in_words
def import_(settings: Settings, file: Path) -> None:
    """Publish FILE, a newer version of a set, in this force's own words."""
    from dash_forms.question_sets.commands import publish

    question_set = publish(file, settings.instruments)
    click.echo(
        f"{question_set.key} is published in {settings.instruments}. Restart the servers: new"
        " assessments then use it, and those already begun keep the version they began with."
    )


@instruments.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder for the pictures.",
)
@_told_in_words
def draw(_settings: Settings, names: tuple[str, ...], into: Path) -> None:
    """Draw the routing of each set as ID.svg; all sets if none is named."""
    from dash_forms.question_sets.drawing import drawn

    into.mkdir(parents=True, exist_ok=True)
    for name in names or sorted({each_id for each_id, _ in published()}):
        (into / f"{name}.svg").write_text(drawn(current(name)), encoding="utf-8")
        click.echo(f"{into / name}.svg")


def _named(text: str) -> Instrument:
    """A set by its file, or by its name and version."""
    if Path(text).is_file():
        return load(Path(text))
    name, _, version = text.rpartition(".v")
    if not name or not version.isdecimal():
        raise click.BadParameter(f"{text} is neither a file nor a name such as dash-27.v1")
    return instrument(name, int(version))
