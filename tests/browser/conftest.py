"""A real Chromium against real processes. Without one on this machine these tests are skipped: ``make setup-browser``
installs it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.acceptance.conftest import world
from tests.acceptance.installation import Installation
from tests.browser.browser_session import FLAGS, Visit
from tests.browser.page_checks import SEEN

__all__ = ["chromium", "seen", "visit", "world"]

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


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Ends with the last of these files in a row: while Playwright's synchronous API is open, no other event loop runs
    in this thread."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: `make setup-browser` (Debian: apt-get install chromium) installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, world: Installation) -> Iterator[New]:
    """Makes a browser of its own for a person, at a width and in a theme; at the end none has complained of
    anything."""
    made: list[Visit] = []
    with ExitStack() as stack:

        def new(width: int = 1280, scheme: str = "light", **options: object) -> Visit:
            context = chromium.new_context(
                viewport={"width": width, "height": 860},
                color_scheme=scheme,
                base_url=world.url,
                **options,
            )  # type: ignore[arg-type]
            stack.callback(context.close)
            page: Page = context.new_page()
            made.append(Visit(page, world.url, scripts=options.get("java_script_enabled") is not False))
            return made[-1]

        yield new
        for each in made:
            each.ends()
