"""No parameter of any route leads a browser away from this site. Generated from the route table, so that a new route
can't be forgotten."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

import pytest
from httpx import Response

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


@pytest.mark.parametrize("away", AWAY)
async def test_no_parameter_of_any_route_leads_away_from_this_site(console: Console, away: str) -> None:
    nobody, owner = console.browser(), await console.signed_in("olivia@shop.test")
    query = "&".join(f"{name}={quote(away, safe='')}" for name in LEADING)
    fields = {**FIELDS, **dict.fromkeys(LEADING, away)}
    told = {
        "HX-Request": "true",
        "HX-Current-URL": f"http://console.test/{away}".encode("ascii", "ignore")
        .decode()
        .replace("\x00", "")
        .replace("\n", ""),
    }
    form = csrf(await owner.get("/"))
    for method, path in ROUTES:
        there = re.sub(r"\{[^}]+\}", "none", path) + "?" + query
        for browser in (nobody, owner):
            if path == "/sign-out" and browser is owner:
                continue
            for headers in ({}, told):
                data = {**fields, "csrf": form} if method == "POST" else None
                answer = await browser.request(method, there, data=data, headers=headers)
                gone = [to for to in leads(answer) if not stays(to)]
                assert gone == [], (method, path)


@pytest.mark.parametrize("away", AWAY)
async def test_after_signing_in_and_after_choosing_a_theme_one_is_on_this_site(console: Console, away: str) -> None:
    browser = console.browser()
    answer = await sign_in(browser, "olivia@shop.test", PASSWORD, next=away)
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
