"""Publishes a version of a question set for one force."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from dash_forms.domain.errors import StateError
from dash_forms.domain.instruments import current, load, published, use_own_sets

if TYPE_CHECKING:
    from dash_forms.domain.instruments import Instrument


def publish(source: Path, folder: Path) -> Instrument:
    """Copy a sound, newer version into the force's folder, whole or not at all, for its owner only.

    InstrumentError if it is not sound; StateError if that version cannot be published here. What is
    judged is the copy itself, so nothing else can be published by a change made meanwhile.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".import-") as name:
        copy = Path(name) / source.name
        shutil.copyfile(source, copy)
        copy.chmod(0o400)  # published means frozen
        question_set = load(copy)
        if refusal := refusal_to_publish(question_set):
            raise refusal
        _flush(copy)
        try:
            os.link(copy, folder / copy.name)  # unlike a rename, it never replaces a file
        except FileExistsError:
            raise _published_already(question_set) from None
    _flush(folder)
    use_own_sets(folder)
    return question_set


def refusal_to_publish(question_set: Instrument) -> StateError | None:
    """Why this version cannot be published beside those that are, if anything speaks against it."""
    if (question_set.id, question_set.version) in published():
        return _published_already(question_set)
    versions = [version for each, version in published() if each == question_set.id]
    if not versions:
        return None
    if question_set.version < max(versions):
        return StateError(
            f"{question_set.key} is older than {question_set.id}.v{max(versions)}, which is"
            f" published. Number it {max(versions) + 1} or higher."
        )
    known = current(question_set.id)
    if question_set.role is not known.role:
        return StateError(
            f"{question_set.key} is {_with_article(question_set)}, and {known.key} is"
            f" {_with_article(known)}: another role needs another id."
        )
    return None


def _published_already(question_set: Instrument) -> StateError:
    return StateError(
        f"{question_set.key} is published and frozen, for records may hold answers to it."
        " Give the change the next version number."
    )


def _with_article(question_set: Instrument) -> str:
    label = question_set.role.label
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


def _flush(path: Path) -> None:
    """See a file, or the names in a folder, safely to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
