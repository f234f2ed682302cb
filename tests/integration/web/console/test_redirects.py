"""No parameter of any route leads a browser away from this site. Generated from the route table, so that a new route
can't be forgotten."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from typing import Final
from urllib.parse import quote, unquote, urlencode, urlsplit

import pytest
from httpx import URL, AsyncClient, Response

from tests.integration.web.console.console import PASSWORD, Console, csrf, post, sign_in
from tests.integration.web.console.rows import FIELDS
from tests.integration.web.console.test_access import ROUTES

AWAY: Final = (
    "https://evil.test", "//evil.test", "///evil.test", "////evil.test/%2e%2e", "/\\evil.test", "\\\\evil.test",
    "/%5cevil.test//..//", "https:evil.test", "/\t/evil.test", "/\n/evil.test", "\x00//evil.test",
    "javascript:alert(1)", "data:text/html,x", "@evil.test", "//evil.test@console.test",
    "https://console.test@evil.test/", "/\u2215/evil.test", "http://[evil.test", " //evil.test", "/../\\evil.test",
)  # fmt: skip
"""Where nobody is led: other sites, other schemes, and what one browser or another takes for one."""
LEADING: Final = (
    "next",
    "to",
    "url",
    "href",
    "back",
    "return",
    "return_to",
    "redirect",
    "redirect_uri",
    "continue",
    "path",
    "dest",
    "then",
)


def leads(answer: Response) -> list[str]:
    """Everywhere that an answer sends its reader by itself."""
    found = [
        answer.headers[name]
        for name in ("location", "hx-redirect", "hx-location", "hx-push-url")
        if name in answer.headers
    ]
    found += re.findall(r'http-equiv="refresh" content="[^"]*url=([^"]+)"', answer.text)
    return found


def stays(to: str) -> bool:
    """On this site, as WHATWG's parser reads it: it takes a backslash for a slash, and tabs and newlines for
    nothing."""
    plain = re.sub(r"[\t\n\r]", "", to).strip("\x00\x20").replace("\\", "/")
    try:
        parts = urlsplit(plain)
    except ValueError:
        return False
    return plain.startswith("/") and not plain.startswith("//") and not parts.netloc and not parts.scheme


def test_the_judge_of_addresses_knows_what_leads_away() -> None:
    paths = ["/%5cevil.test//..//", "/\u2215/evil.test", "/../\\evil.test"]
    assert [each for each in AWAY if stays(each)] == paths
    assert all(
        map(stays, ("/", "/runs/run_1?seen=2", "/sign-in?next=%2Fruns", "/sign-in?next=https%3A%2F%2Fevil.test"))
    )


WITNESSES: Final = ("/runs/witness", "https://witness.test/runs")
"""An address of this site and one of another, of which it is seen whether a route leads by what it is given."""
MIXED: Final = tuple(
    {name: AWAY[(start + at) % len(AWAY)] for at, name in enumerate(LEADING)} for start in range(0, len(AWAY), 10)
)
"""Each address in one parameter or another."""


@dataclass(frozen=True)
class Visit:
    """One way to come to a route: who with, and whether HTMX asks."""

    method: str
    path: str
    signed_in: bool
    by_htmx: bool

    async def leads(self, browser: AsyncClient, form: str, given: Mapping[str, str]) -> list[str]:
        """Where it leads to with these parameters, in the address and in the form."""
        current = "".join(each for each in given[LEADING[0]] if each.isascii() and each not in "\x00\n")
        told = {"HX-Request": "true", "HX-Current-URL": f"http://console.test/{current}"} if self.by_htmx else {}
        content = None
        if self.method == "POST":
            told["Content-Type"] = "application/x-www-form-urlencoded"
            content = encoded(tuple({**FIELDS, **given, "csrf": form}.items()))
        there = address(self.path, tuple(given.items()))
        return leads(await browser.request(self.method, there, content=content, headers=told))


@lru_cache(maxsize=64)
def address(path: str, given: tuple[tuple[str, str], ...]) -> URL:
    """A whole address, read once for all who visit it: that is a third of what a visit takes."""
    return URL("http://console.test" + re.sub(r"\{[^}]+\}", "none", path) + "?" + encoded(given))


@cache
def encoded(given: tuple[tuple[str, str], ...]) -> str:
    return urlencode(given, quote_via=quote, safe="")


async def test_no_parameter_of_any_route_leads_away_from_this_site(console: Console) -> None:
    """Every route is given each address in one of its parameters; one that leads by what it is given, in all of
    them."""
    nobody, owner = console.browser(), await console.signed_in("olivia@shop.test")
    form = csrf(await owner.get("/"))
    leading: set[str] = set()
    for method, path in ROUTES:
        for signed_in, by_htmx in product((False, True), (False, True)):
            if path == "/sign-out" and signed_in:
                continue
            visit, browser = Visit(method, path, signed_in, by_htmx), owner if signed_in else nobody
            everywhere = list(MIXED)
            for witness in WITNESSES:
                found = await visit.leads(browser, form, dict.fromkeys(LEADING, witness))
                assert all(map(stays, found)), (visit, found)
                if any("witness" in unquote(to) for to in found):
                    leading.add(path)
                    everywhere = [dict.fromkeys(LEADING, each) for each in AWAY]
            for given in everywhere:
                found = await visit.leads(browser, form, given)
                assert all(map(stays, found)), (visit, given, found)
    assert {"/sign-in", "/theme"} <= leading, "these lead by what they are given"
    assert len(leading) < len(ROUTES)


@pytest.mark.parametrize("away", AWAY)
async def test_after_signing_in_and_after_choosing_a_theme_one_is_on_this_site(console: Console, away: str) -> None:
    browser = console.browser()
    answer = await sign_in(browser, "olivia@shop.test", PASSWORD, next=away)
    if "\x00" in away:
        assert answer.status_code == 400, "a form that holds a NUL is refused as a whole"
        assert leads(answer) == []
        return
    assert answer.status_code == 303
    assert all(map(stays, leads(answer))), leads(answer)
    assert leads(answer)
    for path in (f"/sign-in?next={quote(away, safe='')}",):
        assert all(map(stays, leads(await browser.get(path))))
    chosen = await post(browser, "/theme", {"theme": "dark", "next": away})
    assert chosen.status_code == 303
    assert all(map(stays, leads(chosen))), leads(chosen)


async def test_the_name_in_the_host_header_is_in_no_redirect(console: Console) -> None:
    browser = console.browser()
    for method, path in ROUTES:
        answer = await browser.request(method, re.sub(r"\{[^}]+\}", "none", path), headers={"Host": "evil.test"})
        assert all(map(stays, leads(answer))), (method, path, leads(answer))
