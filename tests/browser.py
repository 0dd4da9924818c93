"""A real browser for tests: Debian's Chromium without a window, which may speak to this machine only."""

from __future__ import annotations

import http.server
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from .servers import REQUIRED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

_OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
_OURS = ("http://127.0.0.1:", "file:///", "blob:", "data:")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, until the block ends."""
    program = shutil.which("chromium")
    if program is None and REQUIRED:
        pytest.fail("chromium is missing, and CARTKG_REQUIRE_SERVERS=1 says that it is needed")
    if program is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*_OPTIONS])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def looking(browser: Browser, **how: object) -> Iterator[Page]:
    """A page; whatever it complains of, asks a visitor, or asks of other machines, fails the test."""
    wrong: list[str] = []
    context = browser.new_context(**how)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda said: wrong.append(f"{said.type}: {said.text}") if said.type != "log" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: wrong.append(f"asks: {dialog.message}"))
    page.on("request", lambda asked: None if asked.url.startswith(_OURS) else wrong.append(f"asks for {asked.url}"))
    try:
        yield page
    finally:
        context.close()
    assert wrong == []


def complete(page: Page) -> str:
    """The query that comes of typing half of it into the editor, and of taking what that offers first."""
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+a")
    for typed, completed in (
        ("SELECT * { ?s a study", True),
        (" ; ck:yea", True),
        (" ?y . ?s rdfs:label ?l }", False),
    ):
        page.keyboard.type(typed)
        if completed:
            page.keyboard.press("Control+Space")
            page.locator(".CodeMirror-hint-active").wait_for()
            page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#query').value.includes('PREFIX rdfs:')")
    return page.locator("#query").evaluate("field => field.value")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def web_space(folder: Path) -> Iterator[str]:
    """The address of a folder on a web server that knows nothing of it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
