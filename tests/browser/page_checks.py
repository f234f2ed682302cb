"""What is asked of every page that a test comes to, without being asked: no axe finding and nothing wider than the
window, in both themes and at both widths."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any, Final

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page

from tests.browser.text_styles import STYLE_OF, STYLES

AXE: Final = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST: Final = "color-contrast"
OF_WIDTH: Final = ["target-size", "scrollable-region-focusable"]
"""What can be otherwise in the other theme, and what on a narrow screen."""
ASKED: Final = f"""async (asked) => {{
  const done = await window.axeOfTheTests.run(document, asked);
  const passed = done.passes.filter((rule) => rule.id === "{CONTRAST}").flatMap((rule) => rule.nodes);
  return {{
    found: done.violations.map((rule) => ({{id: rule.id, at: rule.nodes.map((node) => node.html.slice(0, 160))}})),
    passed: asked.elementRef ? [...new Set(passed.map((node) => node.element).map({STYLE_OF}))] : [],
  }};
}}"""
"""What axe finds, and the styles of text whose contrast it passed."""
OTHERS: Final = {"light": "dark", "dark": "light"}
WIDTHS: Final = {1280: 390, 390: 1280}

_STANDS: Final = """() => {
  if (document.readyState !== "complete" || !document.getElementById("main")) return null;
  if (document.querySelector(".moving, .htmx-request, .htmx-swapping, .htmx-settling")) return null;
  const shape = (element) => {
    const inner = [];
    for (const child of element.children) {
      const one = shape(child);
      if (one !== inner.at(-1)) inner.push(one);
    }
    const names = element.getAttributeNames().filter((name) => name !== "style").sort();
    const said = element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    return `${element.localName}#${element.id}.${element.className?.baseVal ?? element.className}[${names}]${said ? "t" : ""}(${inner})`;
  };
  return shape(document.documentElement);
}"""  # noqa: E501
"""The shape of a page that stands still, whatever its words and however many rows alike it has; null while it is being
made."""


class Seen:
    """The shapes that were looked at in this run of the tests, and whether a theme was chosen by hand; what has the
    same shape is the same page. And the styles of text that axe has passed. ``folder`` is shared by the processes that
    run tests: what was clean in one is not judged again in another."""

    folder: Path

    def __contains__(self, shape: str) -> bool:
        return self._mark(shape).exists()

    def add(self, shape: str) -> None:
        self._mark(shape).touch()

    def _mark(self, shape: str) -> Path:
        return self.folder / hashlib.sha256(shape.encode("utf-8", "surrogatepass")).hexdigest()


SEEN: Final = Seen()


class Looks:
    """One browser page's; without ``scripts`` there is no axe. ``passed`` are the addresses it came by, ``looked_at``
    those where it stood still for a look."""

    def __init__(self, page: Page, *, scripts: bool = True) -> None:
        self.page = page
        self._scripts = scripts
        self.passed: dict[str, None] = {}
        self.looked_at: set[str] = set()
        page.on("framenavigated", lambda frame: frame.parent_frame or self.passed.setdefault(frame.url))

    def look(self) -> bool:
        """False: it does not stand still, and will be looked at when it does."""
        try:
            shape = self.page.evaluate(_STANDS) if self.page.url.startswith("http") else None
        except BrowserError as error:
            if "context was destroyed" in str(error) or "navigation" in str(error):
                return False
            raise
        if shape is None:
            return False
        self.looked_at.add(self.page.url)
        self._no_wider()
        width = (self.page.viewport_size or {}).get("width", 0)
        chosen = re.search(r"data-theme", shape[: shape.find("(")])
        as_seen = f"{'own' if chosen else ''} {shape}"
        if self._scripts and as_seen not in SEEN:
            self._judge(width)
            SEEN.add(as_seen)
        return True

    def look_back(self) -> None:
        """At what was passed too quickly."""
        while left := [url for url in self.passed if url.startswith("http") and url not in self.looked_at]:
            for url in left:
                self.looked_at.add(url)
                self.page.goto(url)
                self.look_when_still()

    def look_when_still(self) -> None:
        """Waits for it, asking from outside: the page's own policy forbids a script of text that would wait inside."""
        until = monotonic() + 20
        while not self.look():
            assert monotonic() < until, f"{self.page.url} does not stand still"
            self.page.wait_for_timeout(50)

    def _judge(self, width: int) -> None:
        """As it stands, by every rule; in the other theme; in the other theme at the other width. Then everything is as
        it was, the focus too.

        Contrast takes most of axe's time, and is that of a text's style: it is judged where there is one that axe has
        not passed before."""
        page, height = self.page, (self.page.viewport_size or {}).get("height", 860)
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        own, other = ("dark", "light") if dark else ("light", "dark")
        focused = page.evaluate_handle("document.activeElement")
        if not page.evaluate("'axeOfTheTests' in window"):  # a document keeps it while parts of it change
            page.evaluate(f"() => {{ {AXE.read_text()}; window.axeOfTheTests = axe; }}")
        self._axe(own, {"runOnly": RULES, "rules": {CONTRAST: {"enabled": False}}})
        self._contrast(own)
        page.emulate_media(color_scheme=other)  # type: ignore[arg-type]
        self._contrast(other)
        page.set_viewport_size({"width": WIDTHS.get(width, 390), "height": height})
        self._axe(other, {"runOnly": OF_WIDTH})
        self._contrast(other)
        self._no_wider()
        page.emulate_media(color_scheme=own)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("(was) => { if (was !== document.activeElement && was !== document.body) was.focus(); }", focused)

    def _contrast(self, theme: str) -> None:
        if not all(style in SEEN for style in self.page.evaluate(STYLES)):
            kinds = ["violations", "passes"]
            for style in self._axe(theme, {"runOnly": [CONTRAST], "resultTypes": kinds, "elementRef": True}):
                SEEN.add(style)

    def _axe(self, theme: str, asked: Mapping[str, Any]) -> list[str]:
        """The styles of text that it passed. axe is evaluated by the driver, so the page's policy stays as it is."""
        answer: dict[str, Any] = self.page.evaluate(ASKED, {"resultTypes": ["violations"], **asked})
        assert answer["found"] == [], (self.page.url, theme, self.page.viewport_size, answer["found"])
        passed: list[str] = answer["passed"]
        return passed

    def _no_wider(self) -> None:
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{self.page.url} is {over} px wider than the window ({self.page.viewport_size})"
