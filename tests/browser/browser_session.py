"""One person at one browser: what they do with the keyboard, and what the browser complained of meanwhile.

``Visit.page`` is the page *as it is looked at*: whoever takes hold of it to do the next thing has first looked at what
stands there (``tests.browser.page_checks``), so that no page can be walked through that isn't clean. What went by too
quickly is gone back to at the end.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response, expect

from tests.acceptance.installation import PASSWORD
from tests.browser.page_checks import Looks
from web.console.session import COOKIE

_NO_FAULT: Final = "Failed to load resource: the server responded with a status of"
"""A page that says no; ``_answered`` looks at the others."""
_PAGES: Final = ("document", "fetch", "xhr")
_VIOLATIONS: Final = (
    "document.addEventListener('securitypolicyviolation',"
    " (event) => console.error('CSP', event.violatedDirective, event.blockedURI));"
)
_KEPT: Final[dict[tuple[str, str], list[Any]]] = {}
"""The sessions of who signed in, by server and name."""


class Visit:
    def __init__(self, page: Page, base: str, *, scripts: bool = True) -> None:
        self.complaints: list[str] = []
        self.looks = Looks(page, scripts=scripts)
        self._page = page
        self._scripts = scripts
        self._base = urlsplit(base).netloc
        if scripts:
            page.add_init_script(_VIOLATIONS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)
        page.on("response", self._answered)

    @property
    def page(self) -> Page:
        self.looks.look()
        return self._page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_NO_FAULT):
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self._base:
            self.complaints.append(f"asked another site: {request.url}")

    def _answered(self, response: Response) -> None:
        """A page may say no; a part of one must be there, and nothing may break."""
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type not in _PAGES):
            self.complaints.append(f"{response.status} for {response.url}")

    def sign_in(self, name: str, password: str = PASSWORD) -> Visit:
        """By keyboard. Who has come so before, to the same server, comes with the cookie of then; not where scripts are
        off, nor from a page that is open."""
        who = self._base, name
        if who in _KEPT and self._scripts and self._page.url == "about:blank":
            self._page.context.add_cookies(_KEPT[who])
            self._page.goto("/")
            if urlsplit(self._page.url).path == "/":  # not signed out meanwhile
                expect(self._page.get_by_role("heading", name="What should be done?")).to_be_visible()
                return self
        self.page.goto("/sign-in")
        self.focus_is_on("#email")
        self.type(f"{name}@test.test")
        self.press("Tab")
        self.type(password)
        self.press("Enter")
        expect(self._page.get_by_role("heading", name="What should be done?")).to_be_visible()
        _KEPT[who] = [each for each in self._page.context.cookies() if each.get("name", "").endswith(COOKIE)]
        return self

    def ask(self, text: str) -> None:
        """Type into the box that has the focus, and Enter."""
        if self.page.url.split("?")[0].rstrip("/").count("/") > 2:
            self.page.goto("/")
        expect(self.page.locator("#text")).to_be_focused()
        self.type(text)
        self.press("Enter")
        expect(self._page).to_have_url(re.compile("/runs/run_"))

    def type(self, text: str) -> None:
        self._page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, selector: str, *, most: int = 60) -> None:
        """By the Tab key alone, as who has no mouse gets there."""
        wanted = self.page.locator(selector).first
        expect(wanted).to_be_visible()
        for _ in range(most):
            if wanted.evaluate("(element) => element === document.activeElement"):
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"{selector} can't be reached with {most} Tabs at {self._page.url}")

    def sees(self, name: str | re.Pattern[str]) -> None:
        expect(self._page.get_by_role("heading", name=name).first).to_be_visible(timeout=15_000)
        self.looks.look()

    def focus_is_on(self, selector: str) -> None:
        expect(self._page.locator(selector)).to_be_focused()

    def is_clean(self) -> None:
        """As it stands now, in this very state."""
        self._page.wait_for_load_state()
        self.looks.look_when_still()

    def ends(self) -> None:
        self.looks.look()
        self.looks.look_back()
        assert not self.complaints, self.complaints
