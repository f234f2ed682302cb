"""The browser's own browsers: contexts, kept for whoever comes next to the same server.

A context of its own costs a renderer process, which reads and compiles every script anew: half of what a short visit
takes. So one is emptied of all that a person leaves in it (pages, cookies, storage) and given to the next. What stays
is nobody's: the console's files, which are kept by their version, and a blank page, so that the process does.
"""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

FLAGS: Final = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # for each context, and none in stock
]


def forget_files(page: Page) -> None:
    """As who comes for the first time."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


class Contexts:
    """Those of one server; who is there at the same time has one each."""

    def __init__(self, browser: Browser, base: str) -> None:
        self._browser = browser
        self._base = base
        self._free: dict[tuple[int, str], list[BrowserContext]] = {}
        self._taken: list[tuple[tuple[int, str], BrowserContext]] = []
        self._inside: dict[BrowserContext, CDPSession] = {}

    def take(self, width: int, scheme: str, **options: Any) -> BrowserContext:
        """With ``options`` it is made for this one visit."""
        kind = width, scheme
        context = self._free[kind].pop() if self._free.get(kind) and not options else self._make(kind, **options)
        self._taken.append((kind, context))
        return context

    def give_back(self) -> None:
        """All that are taken."""
        while self._taken:
            kind, context = self._taken.pop()
            if inside := self._inside.get(context):
                _, *left = context.pages
                for page in left:
                    page.close()
                inside.send("Network.clearBrowserCookies")
                inside.send("Storage.clearDataForOrigin", {"origin": self._base, "storageTypes": "all"})
                self._free.setdefault(kind, []).append(context)
            else:
                context.close()

    def close(self) -> None:
        for context in self._inside:
            context.close()

    def _make(self, kind: tuple[int, str], **options: Any) -> BrowserContext:
        width, scheme = kind
        context = self._browser.new_context(
            viewport={"width": width, "height": 860},
            color_scheme=scheme,  # type: ignore[arg-type]
            base_url=self._base,
            **options,
        )
        if not options:
            self._inside[context] = context.new_cdp_session(context.new_page())
        return context
