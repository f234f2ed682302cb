"""One person at one browser: what they do with the keyboard, and what the browser complained of meanwhile."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import ConsoleMessage, Page, expect

from tests.acceptance.world import PASSWORD

AXE: Final = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
FLAGS: Final = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Visit:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        refused = "Failed to load resource: the server responded with a status of"
        if message.type in ("error", "warning") and not message.text.startswith(refused):
            self.complaints.append(message.text)

    def sign_in(self, name: str) -> Visit:
        self.page.goto("/sign-in")
        self.focus_is_on("#email")
        self.type(f"{name}@test.test")
        self.press("Tab")
        self.type(PASSWORD)
        self.press("Enter")
        expect(self.page.get_by_role("heading", name="What should be done?")).to_be_visible()
        return self

    def ask(self, text: str) -> None:
        """Type into the box that has the focus, and Enter."""
        if self.page.url.split("?")[0].rstrip("/").count("/") > 2:
            self.page.goto("/")
        expect(self.page.locator("#text")).to_be_focused()
        self.type(text)
        self.press("Enter")
        expect(self.page).to_have_url(re.compile("/runs/run_"))

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def sees(self, name: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible(timeout=15_000)

    def focus_is_on(self, selector: str) -> None:
        expect(self.page.locator(selector)).to_be_focused()

    def is_clean(self) -> None:
        """No axe finding, nothing wider than the window. axe is evaluated by the driver, so the page's policy stays as it is."""
        found: list[dict[str, Any]] = self.page.evaluate(
            f"async (rules) => {{ {AXE.read_text()}; const done = await axe.run(document, {{runOnly: rules}});"
            "  return done.violations.map(each => ({id: each.id, at: each.nodes.map(node => node.html.slice(0, 160))})); }",
            _RULES,
        )
        assert found == [], (self.page.url, found)
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{self.page.url} is {over} px wider than the window"
