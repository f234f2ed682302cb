"""A real Chromium against real processes. Without one on this machine these tests are skipped: ``make setup-browser``
installs it."""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio.events import _set_running_loop
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.acceptance.conftest import world
from tests.acceptance.installation import Installation
from tests.browser.browser_contexts import FLAGS, Contexts
from tests.browser.browser_session import Visit
from tests.browser.page_checks import SEEN

__all__ = ["chromium", "contexts", "seen", "visit", "world"]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
"""The shell has the same engine without the browser's own windows around it, for half of the work."""

New = Callable[..., Visit]
expect.set_options(timeout=20_000)
"""How long something may take to appear where many run at once; what is there is seen at once."""


@pytest.fixture(scope="session", autouse=True)
def seen(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One memory of pages for all processes that run these tests."""
    base = tmp_path_factory.getbasetemp()
    SEEN.folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "seen"
    SEEN.folder.mkdir(exist_ok=True)


@pytest.fixture(scope="session")
def launched() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """One browser for all of these files, and the event loop of Playwright's synchronous API, which is switched to."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: `make setup-browser` (Debian: apt-get install chromium) installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        loop = asyncio.get_running_loop()
        _set_running_loop(None)
        yield browser, loop
        _set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="package")
def chromium(launched: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """While it is used, no other event loop runs in this thread; other files between these have their own."""
    browser, loop = launched
    _set_running_loop(loop)
    yield browser
    _set_running_loop(None)


@pytest.fixture(scope="module")
def contexts(chromium: Browser, world: Installation) -> Iterator[Contexts]:
    kept = Contexts(chromium, world.url)
    yield kept
    kept.close()


@pytest.fixture
def visit(contexts: Contexts, world: Installation) -> Iterator[New]:
    """Makes a browser of its own for a person, at a width and in a theme; at the end none has complained of
    anything."""
    made: list[Visit] = []

    def new(width: int = 1280, scheme: str = "light", **options: object) -> Visit:
        page = contexts.take(width, scheme, **options).new_page()
        made.append(Visit(page, world.url, scripts=options.get("java_script_enabled") is not False))
        return made[-1]

    try:
        yield new
        for each in made:
            each.ends()
    finally:
        contexts.give_back()
