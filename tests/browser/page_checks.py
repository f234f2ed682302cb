"""What is asked of every page that a test comes to, without being asked: no axe finding and nothing wider than the
window, in both themes and at both widths."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any, Final

from playwright.sync_api import CDPSession, Page
from playwright.sync_api import Error as BrowserError

from tests.browser.text_styles import STYLE_OF, STYLES

AXE: Final = next((Path(__file__).parent / "vendor").glob("axe-*.min.js"))
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST: Final = "color-contrast"
OF_WIDTH: Final = ["target-size", "scrollable-region-focusable"]
"""What can be otherwise in the other theme, and what on a narrow screen."""
ASKED: Final = f"""async (asked) => {{
  const told = (rules, options, done) => done({{
    found: rules.filter((rule) => rule.violations.length).map((rule) =>
      ({{id: rule.id, at: rule.violations.map(({{node}}) => node.element.outerHTML.slice(0, 160))}})),
    passed: rules.filter((rule) => rule.id === "{CONTRAST}").flatMap((rule) => rule.passes)
      .map(({{node}}) => node.element).map({STYLE_OF}),
  }});
  return window.axeOfTheTests.run(document, {{reporter: told, preload: {{assets: ["media"]}}, ...asked}});
}}"""
"""What axe finds, and the styles of text whose contrast it passed. Read from its own results: what it writes for people
(selectors, pieces of HTML) is costly. Style sheets are loaded again only for rules that are not asked for."""
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
  const root = document.documentElement;
  return [shape(root), root.scrollWidth - root.clientWidth];
}"""  # noqa: E501
"""The shape of a page that stands still, whatever its words and however many rows alike it has, and how many pixels it
is wider than the window; null while it is being made."""

_BEFORE: Final = """() => {
  window.focusOfTheTests = document.activeElement;
  return [matchMedia("(prefers-color-scheme: dark)").matches, "axeOfTheTests" in window];
}"""
_AFTER: Final = """() => {
  const was = window.focusOfTheTests;
  delete window.focusOfTheTests;
  if (was !== document.activeElement && was !== document.body) was?.focus();
}"""
"""What has the focus keeps it, whatever a look does to the page."""


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
        self._inside: CDPSession | None = None
        self.passed: dict[str, None] = {}
        self.looked_at: set[str] = set()
        page.on("framenavigated", lambda frame: frame.parent_frame or self.passed.setdefault(frame.url))

    def look(self) -> bool:
        """False: it does not stand still, and will be looked at when it does."""
        try:
            stands = self.page.evaluate(_STANDS) if self.page.url.startswith("http") else None
        except BrowserError as error:
            if "context was destroyed" in str(error) or "navigation" in str(error):
                return False
            raise
        if stands is None:
            return False
        self.looked_at.add(self.page.url)
        shape, over = stands
        self._fits(over)
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
        dark, brought = page.evaluate(_BEFORE)
        own, other = ("dark", "light") if dark else ("light", "dark")
        if not brought:  # a document keeps it while parts of it change
            self._bring_axe()
        self._axe(own, RULES)
        page.emulate_media(color_scheme=other)  # type: ignore[arg-type]
        self._axe(other, [])
        page.set_viewport_size({"width": WIDTHS.get(width, 390), "height": height})
        self._axe(other, OF_WIDTH)
        self._no_wider()
        page.emulate_media(color_scheme=own)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(_AFTER)

    def _bring_axe(self) -> None:
        """By the browser's own protocol: the page's policy stays as it is, and what this renderer has compiled before
        isn't compiled again."""
        self._inside = self._inside or self.page.context.new_cdp_session(self.page)
        answer = self._inside.send("Runtime.evaluate", {"expression": _axe_as_brought()})
        assert "exceptionDetails" not in answer, answer

    def _axe(self, theme: str, rules: list[str]) -> None:
        """By these, and by contrast where there is a style of text that axe has not passed."""
        unseen = not all(style in SEEN for style in self.page.evaluate(STYLES))
        if not (rules or unseen):
            return
        asked = {"runOnly": [*rules, CONTRAST]} if unseen else {"runOnly": rules}
        if rules == RULES:  # tags, contrast among them
            asked = {"runOnly": rules, "rules": {CONTRAST: {"enabled": unseen}}}
        answer: dict[str, Any] = self.page.evaluate(ASKED, asked)
        assert answer["found"] == [], (self.page.url, theme, self.page.viewport_size, answer["found"])
        for style in set(answer["passed"]):
            SEEN.add(style)

    def _no_wider(self) -> None:
        self._fits(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def _fits(self, over: int) -> None:
        assert over <= 0, f"{self.page.url} is {over} px wider than the window ({self.page.viewport_size})"


@cache
def _axe_as_brought() -> str:
    return f"{AXE.read_text()}; axe.configure({{noHtml: true}}); window.axeOfTheTests = axe; 0"
