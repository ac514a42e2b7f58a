"""WebKitGTK with its profile in a folder, to be driven by its WebDriver; a program of its own.

The MiniBrowser that comes with WebKitGTK is private as soon as it is driven: it keeps everything in
memory. A tablet does not. So this opens the same engine's windows on a folder, in a few calls:

    python webkit_window.py LIBRARY FOLDER [--without-scripts] [--share-of-disk SHARE]
"""

from __future__ import annotations

import ctypes
from argparse import ArgumentParser
from ctypes import CDLL, CFUNCTYPE, c_double, c_int, c_void_p
from pathlib import Path
from typing import Any

_SESSION_BEGINS = CFUNCTYPE(None, c_void_p, c_void_p, c_void_p)
_VIEW_IS_WANTED = CFUNCTYPE(c_void_p, c_void_p, c_void_p)
_VIEW_CLOSES = CFUNCTYPE(None, c_void_p, c_void_p)


class Windows:
    """What opens windows while a driver asks for them; the pages share one profile."""

    def __init__(self, library: str, folder: Path, *, scripts: bool, share: float) -> None:
        self._gtk = _loaded("libgtk-3.so.0")
        self._gobject = _loaded("libgobject-2.0.so.0")
        self._webkit = _loaded(library)
        self._gtk.gtk_init(None, None)
        manager = self._webkit.webkit_website_data_manager_new(
            *(b"base-data-directory", bytes(folder / "data")),
            *(b"base-cache-directory", bytes(folder / "cache")),
            *(b"origin-storage-ratio", c_double(share)),
            None,
        )
        new_context = self._webkit.webkit_web_context_new_with_website_data_manager
        self._context = c_void_p(new_context(c_void_p(manager)))
        self._webkit.webkit_web_context_set_automation_allowed(self._context, 1)
        self._settings = c_void_p(self._webkit.webkit_settings_new())
        self._webkit.webkit_settings_set_enable_javascript(self._settings, int(scripts))
        # A page that was left and is kept asleep for the way back can hold up the store of all the
        # others. Our headers forbid that it is kept (no-store), which WebKit heeds over https only.
        self._webkit.webkit_settings_set_enable_page_cache(self._settings, 0)
        # What C calls must not be swept up before the program ends.
        self._begin = _SESSION_BEGINS(self._begin_session)
        self._view = _VIEW_IS_WANTED(self._new_view)
        self._close = _VIEW_CLOSES(self._close_window)
        self._connect(self._context, "automation-started", self._begin)

    def run(self) -> None:
        self._gtk.gtk_main()

    def _connect(self, source: c_void_p, signal: str, act: Any) -> None:
        self._gobject.g_signal_connect_data(source, signal.encode(), act, None, None, 0)

    def _begin_session(self, _context: int, session: int, _data: int) -> None:
        name = c_void_p(self._webkit.webkit_application_info_new())
        self._webkit.webkit_application_info_set_name(name, b"MiniBrowser")
        self._webkit.webkit_automation_session_set_application_info(c_void_p(session), name)
        self._connect(c_void_p(session), "create-web-view", self._view)

    def _new_view(self, _session: int, _data: int) -> int:
        kind = self._webkit.webkit_web_view_get_type
        kind.restype = ctypes.c_size_t
        view: int = self._gobject.g_object_new(
            ctypes.c_size_t(kind()),
            *(b"web-context", self._context),
            *(b"settings", self._settings),
            *(b"is-controlled-by-automation", c_int(1)),
            None,
        )
        window = c_void_p(self._gtk.gtk_window_new(0))
        self._gtk.gtk_container_add(window, c_void_p(view))
        self._gtk.gtk_widget_show_all(window)
        self._connect(c_void_p(view), "close", self._close)
        return view

    def _close_window(self, view: int, _data: int) -> None:
        top = c_void_p(self._gtk.gtk_widget_get_toplevel(c_void_p(view)))
        self._gtk.gtk_widget_destroy(top)


def _loaded(name: str) -> CDLL:
    """A C library whose functions give pointers unless told otherwise."""
    library = CDLL(name)

    class Function(library._FuncPtr):  # type: ignore[name-defined,misc]
        _flags_ = library._FuncPtr._flags_
        _restype_ = c_void_p

    library._FuncPtr = Function
    return library


if __name__ == "__main__":
    asked = ArgumentParser()
    asked.add_argument("library")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--without-scripts", dest="scripts", action="store_false")
    asked.add_argument("--share-of-disk", dest="share", type=float, default=-1.0)
    Windows(**vars(asked.parse_args())).run()
