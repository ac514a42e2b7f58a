"""Sealed fields open only where they belong; the key file is private and made once."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from dash_forms.store.crypto import KeyFileError, SealError, Vault, load_secret, load_vault

ONE, OTHER = UUID(int=1), UUID(int=2)
OLD, NEW = AESGCM(b"o" * 32), AESGCM(b"n" * 32)
VAULT = Vault("k1", {"k1": OLD})


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_again(text: str) -> None:
    assert VAULT.open(ONE, "note", VAULT.seal(ONE, "note", text)) == text


def test_an_empty_text_is_no_value_and_opens_as_empty() -> None:
    assert VAULT.seal_text(ONE, "note", "") is None
    assert VAULT.open_text(ONE, "note", None) == ""


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert VAULT.seal(ONE, "note", "fear") != VAULT.seal(ONE, "note", "fear")


@pytest.mark.parametrize(("record", "field"), [(OTHER, "note"), (ONE, "rationale")])
def test_a_value_moved_to_another_record_or_field_does_not_open(record: UUID, field: str) -> None:
    sealed = VAULT.seal(ONE, "note", "fear")
    with pytest.raises(SealError, match=field):
        VAULT.open(record, field, sealed)


def test_no_single_altered_byte_goes_unnoticed() -> None:
    sealed = VAULT.seal(ONE, "note", "fear")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealError):
            VAULT.open(ONE, "note", bytes(altered))


def test_no_cut_value_opens() -> None:
    sealed = VAULT.seal(ONE, "note", "fear")
    for length in range(len(sealed)):
        with pytest.raises(SealError):
            VAULT.open(ONE, "note", sealed[:length])


def test_a_value_of_an_unknown_key_does_not_open() -> None:
    sealed = Vault("k9", {"k9": NEW}).seal(ONE, "note", "fear")
    with pytest.raises(SealError, match="any known key"):
        VAULT.open(ONE, "note", sealed)


def test_after_rotation_old_values_open_and_new_ones_use_the_active_key() -> None:
    old = VAULT.seal(ONE, "note", "before")
    rotated = Vault("k2", {"k1": OLD, "k2": NEW})
    new = rotated.seal(ONE, "note", "after")
    assert rotated.open(ONE, "note", old) == "before"
    assert Vault("k2", {"k2": NEW}).open(ONE, "note", new) == "after"
    with pytest.raises(SealError):
        VAULT.open(ONE, "note", new)


def test_the_error_says_nothing_of_what_was_sealed() -> None:
    sealed = VAULT.seal(ONE, "note", "a secret word")
    with pytest.raises(SealError) as caught:
        VAULT.open(OTHER, "note", sealed)
    assert "secret" not in str(caught.value)


def test_the_key_file_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    sealed = load_vault(path).seal(ONE, "note", "fear")
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_vault(path).open(ONE, "note", sealed) == "fear"
    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_can_read_is_refused_with_the_remedy(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "keys.json"
    load_vault(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_vault(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"active": "k1", "keys": {}}',
        '{"active": "k1", "keys": {"k1": "c2hvcnQ="}}',
        '{"active": "k1", "keys": []}',
    ],
)
def test_a_broken_key_file_is_refused_and_never_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="is not a key file"):
        load_vault(path)
    assert path.read_text() == text


def test_what_a_crash_left_behind_does_not_stop_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container the process has the same number at every start."""
    path = tmp_path / "keys.json"
    with monkeypatch.context() as power_cut:
        power_cut.setattr("os.link", _fail)
        power_cut.setattr(Path, "unlink", _fail)
        with pytest.raises(OSError, match="power"):
            load_vault(path)
    assert not path.exists()
    load_vault(path)


def _fail(*_arguments: object, **_named: object) -> None:
    raise OSError("power cut")


def test_processes_that_start_at_once_agree_on_one_key_and_one_secret(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, time;"
        "from dash_forms.store.crypto import load_secret, load_vault;"
        "sys.stdout.write('ready\\n'); sys.stdout.flush(); sys.stdin.readline();"
        "from uuid import UUID; home = pathlib.Path(sys.argv[1]);"
        "sealed = load_vault(home / 'keys.json').seal(UUID(int=1), 'note', 'fear');"
        "print(sealed.hex(), load_secret(home / 'secret'))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for each in started:
        assert each.stdout
        each.stdout.readline()
    for each in started:
        assert each.stdin
        each.stdin.write("\n")
        each.stdin.flush()
    lines = [each.communicate(timeout=30)[0].split() for each in started]
    vault = load_vault(tmp_path / "keys.json")
    assert [vault.open(ONE, "note", bytes.fromhex(sealed)) for sealed, _ in lines] == ["fear"] * 4
    assert {secret for _, secret in lines} == {load_secret(tmp_path / "secret")}
    assert {each.name for each in tmp_path.iterdir()} == {"keys.json", "secret"}


def test_the_key_is_256_bits_of_chance(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "two"):
        load_vault(tmp_path / name)
        keys.add(json.loads((tmp_path / name).read_text())["keys"]["k1"])
    assert len(keys) == 2
    assert {len(key) for key in keys} == {44}


def test_the_cookie_secret_is_private_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "cookie-secret"
    first = load_secret(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(first) >= 43
    assert load_secret(path) == first


BORN = date(1990, 2, 1)
INDEXED = Vault("k1", {"k1": OLD}, b"i" * 32)


def test_the_same_person_has_the_same_index_and_another_has_another() -> None:
    index = INDEXED.identity_index("Zoë O’Hara-Łuk", BORN)
    assert index == INDEXED.identity_index("  ZOE  ohara Luk ", BORN)
    assert index != INDEXED.identity_index("Zoë O’Hara-Łuk", date(1990, 1, 2))
    assert index != INDEXED.identity_index("Zoë O’Hara", BORN)
    assert index is not None
    assert len(index) == 32


@pytest.mark.parametrize(
    ("name", "born_on"), [("Ashdown", None), ("", BORN), ("?!", BORN), ("Name not given", BORN)]
)
def test_nobody_is_indexed_by_a_name_or_a_birthday_alone(name: str, born_on: date | None) -> None:
    assert INDEXED.identity_index(name, born_on) is None


def test_the_index_depends_on_its_own_key_and_not_on_the_field_key() -> None:
    same = Vault("k2", {"k2": NEW}, b"i" * 32)
    other = Vault("k1", {"k1": OLD}, b"j" * 32)
    assert INDEXED.identity_index("A", BORN) == same.identity_index("A", BORN)
    assert INDEXED.identity_index("A", BORN) != other.identity_index("A", BORN)
    with pytest.raises(KeyFileError, match="no index key"):
        VAULT.identity_index("A", BORN)


def _older(path: Path) -> str:
    """A key file from before there was an index, or envelopes; gives its field key."""
    load_vault(path)
    stored = json.loads(path.read_text())
    del stored["index"], stored["envelope"]
    path.write_text(json.dumps(stored))
    return str(stored["keys"]["k1"])


def test_an_older_key_file_is_given_what_it_lacks_once_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    field_key = _older(path)
    first = load_vault(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["keys"]["k1"] == field_key
    again = load_vault(path)
    assert (again.index_key, again.envelope_point) == (first.index_key, first.envelope_point)
    assert (len(first.index_key), len(first.envelope_point)) == (32, 65)
    assert [each.name for each in tmp_path.iterdir()] == ["keys.json"]


def test_an_older_key_file_behind_a_link_stays_behind_it(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    _older(tmp_path / "secrets" / "keys.json")
    (tmp_path / "keys.json").symlink_to(tmp_path / "secrets" / "keys.json")
    assert load_vault(tmp_path / "keys.json").index_key
    assert (tmp_path / "keys.json").is_symlink()


def test_an_older_key_file_that_cannot_be_changed_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keys.json"
    _older(path)
    before = path.read_text()
    monkeypatch.setattr("tempfile.mkstemp", _fail)
    with pytest.raises(KeyFileError, match="start once where it can be written"):
        load_vault(path)
    assert path.read_text() == before


def test_a_broken_index_key_is_refused_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    load_vault(path)
    broken = json.dumps(json.loads(path.read_text()) | {"index": "c2hvcnQ="})
    path.write_text(broken)
    with pytest.raises(KeyFileError, match="is not a key file"):
        load_vault(path)
    assert path.read_text() == broken


def test_processes_that_start_at_once_agree_on_the_index_key_of_an_older_file(
    tmp_path: Path,
) -> None:
    _older(tmp_path / "keys.json")
    script = (
        "import sys, pathlib;from dash_forms.store.crypto import load_vault;"
        "sys.stdout.write('ready\\n'); sys.stdout.flush(); sys.stdin.readline();"
        "print(load_vault(pathlib.Path(sys.argv[1]) / 'keys.json').index_key.hex())"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for each in started:
        assert each.stdout
        each.stdout.readline()
    found = {each.communicate("\n", timeout=30)[0].strip() for each in started}
    assert found == {load_vault(tmp_path / "keys.json").index_key.hex()}
