"""What a browser could be made to do against its person, over every route there is: framed, redirected away, kept in a session of somebody
else's choosing, made to write by a link, fed markup. Generated from the route table, so that a new route can't be forgotten.

(A form's secret, roles and workspaces: test_console_doors.py. Hostile text that is stored: test_console_hostile.py.)
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import httpx
import pytest
from fastapi.routing import APIRoute
from httpx import AsyncClient, Response

from agent.roster import Roster
from tests.integration.web.console import PASSWORD, Console, csrf, opened_console, post, sign_in
from tests.integration.web.rows import FIELDS, Rows, rows_of
from tests.integration.web.test_console_doors import ROUTES
from tests.integration.web.test_console_hostile import HOSTILE, judged
from tests.integration.web.test_console_statements import counted
from web.console import pages, progress
from web.console.visitor import COOKIE

WRITTEN_BY_READING: Final = {"/history/export.csv", "/history/{seq}/case.zip"}
"""Reading that is an entry of AI History itself, and changes nothing else."""
AWAY: Final = (
    "https://evil.test", "//evil.test", "///evil.test", "////evil.test/%2e%2e", "/\\evil.test", "\\\\evil.test", "/%5cevil.test//..//",
    "https:evil.test", "/\t/evil.test", "/\n/evil.test", "\x00//evil.test", "javascript:alert(1)", "data:text/html,x", "@evil.test",
    "//evil.test@console.test", "https://console.test@evil.test/", "/\u2215/evil.test", "http://[evil.test", " //evil.test",
    "/../\\evil.test",
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
NAMES: Final = sorted(
    {
        name
        for path in pages.TEMPLATES.glob("*.html")
        for name in re.findall(r'<(?:input|textarea|select|button)[^>]* name="([\w.]+)"', path.read_text())
    }
    - {"csrf", "once"}
)
"""Every field that any form of the console has."""


@pytest.fixture
async def mine(console: Console, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setattr(progress, "LONGEST_S", 0.1)  # each page is fetched to its end
    return await rows_of(console, console.owner)


# ── clickjacking ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def every_answer(console: Console, rows: Rows) -> dict[str, Response]:
    """An answer of each route to each method, signed in and not, and of each way that one can go wrong."""

    @console.app.get("/breaks-of-the-tests")
    async def breaks() -> None:
        raise RuntimeError("broken")

    owner, sara, nobody = (
        await console.signed_in("olivia@shop.test"),
        await console.signed_in("sara@shop.test"),
        console.browser(),
    )
    answers: dict[str, Response] = {}
    paths = {route.path for route in console.app.routes if isinstance(route, APIRoute)}
    for path in sorted(paths):
        there = re.sub(r"\{[^}]+\}", "x", path)
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answers[f"{method} {path} nobody"] = await nobody.request(method, there)
    for method, path in ROUTES:
        for name, browser in (("owner", owner), ("sara", sara)):
            answers[f"{method} {path} {name}"] = await browser.request(method, rows.at(path))
    for path in (
        "/static/console.css",
        "/static/none",
        "/openapi.json",
        "/nowhere",
        "/v1/nowhere",
        "/breaks-of-the-tests",
    ):
        answers[path] = await nobody.get(path)
    answers["too large"] = await nobody.post("/sign-in", content=b"x" * 2_000_000)
    return answers


async def test_no_answer_of_any_route_can_be_framed_sniffed_or_given_a_base(console: Console, mine: Rows) -> None:
    answers = await every_answer(console, mine)
    assert {answer.status_code for answer in answers.values()} >= {200, 303, 403, 404, 405, 413, 500}
    for name, answer in answers.items():
        said = answer.headers
        policy = dict(part.strip().split(" ", 1) for part in said["content-security-policy"].split(";"))
        assert policy["frame-ancestors"] == "'none'", name
        assert policy["base-uri"] == policy["default-src"] == "'none'", name
        assert policy["form-action"] == "'self'", name
        assert "unsafe" not in said["content-security-policy"], name
        assert said["x-frame-options"] == "DENY", name
        assert said["x-content-type-options"] == "nosniff", name
        assert len(said.get_list("content-security-policy")) == 1, name


# ── cross-site requests ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_console_writes_by_post_alone_and_every_post_asks_for_the_forms_secret() -> None:
    """What is tested over POST in test_console_doors.py is then tested over every unsafe method."""
    assert {method for method, _ in ROUTES} == {"GET", "POST"}


async def test_no_link_writes_anything(console: Console, mine: Rows) -> None:
    """A picture in a mail, a link in a chat: a GET with the person's own cookie changes no row."""
    browser = await console.signed_in("olivia@shop.test")
    read = 0
    for method, path in ROUTES:
        if method == "GET" and path not in WRITTEN_BY_READING:
            with counted() as said:
                await browser.get(mine.at(path))
            wrote = [
                each for each in said if not each.lstrip("( ").upper().startswith(("SELECT", "WITH", "PRAGMA", "BEGIN"))
            ]
            assert wrote == [], path
            read += 1
    assert read > 25


async def test_the_cookie_of_a_session_is_for_no_script_and_for_no_other_site(tmp_path: Path) -> None:
    async with opened_console(tmp_path, OPSIQ_BASE_URL="https://console.test") as console:
        browser = console.browser()
        browser.base_url = httpx.URL("https://console.test")
        answer = await sign_in(browser, "olivia@shop.test", PASSWORD)
    (given,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{COOKIE}=")]
    parts = {part.strip().lower() for part in given.split(";")}
    assert {"httponly", "secure", "samesite=lax", "path=/"} <= parts
    assert not [part for part in parts if part.startswith("domain")]


# ── redirects ────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    """On this site, as WHATWG's parser reads it: it takes a backslash for a slash, and tabs and newlines for nothing."""
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


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def lets_in(console: Console, token: str) -> bool:
    browser = console.browser()
    browser.cookies.set(COOKIE, token)
    return (await browser.get("/account")).status_code == 200


def token_of(browser: AsyncClient) -> str:
    return {each.name: each.value or "" for each in browser.cookies.jar}[COOKIE]


async def test_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in(console: Console) -> None:
    planted = "planted" * 6
    browser = console.browser()
    browser.cookies.set(COOKIE, planted, domain="console.test", path="/")
    assert (await sign_in(browser, "olivia@shop.test", PASSWORD)).status_code == 303
    assert token_of(browser) != planted
    assert not await lets_in(console, planted)


async def test_a_form_secret_that_somebody_planted_is_not_the_one_after_signing_in(console: Console) -> None:
    browser = console.browser()
    browser.cookies.set("opsiq_form", "p" * 40, domain="console.test", path="/")
    answer = await browser.post("/sign-in", data={"csrf": "p" * 40, "email": "olivia@shop.test", "password": PASSWORD})
    assert answer.status_code == 303
    refused = await browser.post("/runs", data={"csrf": "p" * 40, "text": "refund order 7"})
    assert refused.status_code == 403


async def test_signing_in_again_makes_another_session_and_ends_the_one_before(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    before = token_of(browser)
    other = console.browser()
    other.cookies.set(COOKIE, before, domain="console.test", path="/")
    form = csrf(await other.get("/"))
    answer = await other.post("/sign-in", data={"csrf": form, "email": "amir@shop.test", "password": PASSWORD})
    assert answer.status_code == 303
    assert token_of(other) != before
    assert not await lets_in(console, before)
    assert await lets_in(console, token_of(other))


async def test_a_change_of_the_password_makes_another_session_here_and_ends_every_other(console: Console) -> None:
    here, there = await console.signed_in("olivia@shop.test"), await console.signed_in("olivia@shop.test")
    before, elsewhere, form = token_of(here), token_of(there), csrf(await here.get("/account"))
    data = {"csrf": form, "password": PASSWORD, "fresh": "another good password"}
    answer = await here.post("/account/password", data=data)
    assert "Your password is changed" in answer.text
    assert token_of(here) != before
    assert await lets_in(console, token_of(here))
    assert not await lets_in(console, before)
    assert not await lets_in(console, elsewhere)
    assert csrf(answer) != form
    assert (await here.post("/account/sign-out", data={"csrf": form})).status_code == 403, "nor does the secret go on"
    assert (await here.post("/account/sign-out", data={"csrf": csrf(answer)})).status_code == 303


async def test_a_password_that_is_refused_changes_no_session(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    before = token_of(browser)
    for data in ({"password": "wrong", "fresh": "another good password"}, {"password": PASSWORD, "fresh": "short"}):
        assert (await post(browser, "/account/password", data)).status_code == 422
    assert token_of(browser) == before
    assert await lets_in(console, before)


async def test_who_is_given_another_role_signs_in_anew(console: Console) -> None:
    olivia, amir = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    before = token_of(amir)
    answer = await post(olivia, f"/members/{console.admin.id}/role", {"role": "support", "password": PASSWORD})
    assert answer.status_code == 303
    assert not await lets_in(console, before)
    assert await lets_in(console, token_of(olivia)), "who gave it goes on"
    again = await console.signed_in("amir@shop.test")
    assert token_of(again) != before


@pytest.mark.parametrize("swapped", [False, True])
async def test_who_gives_themself_another_role_has_another_session_at_once(console: Console, swapped: bool) -> None:
    roster: Roster = console.house.roster
    await roster.change_role(console.owner, console.admin.id, "owner")
    olivia, elsewhere = await console.signed_in("olivia@shop.test"), await console.signed_in("olivia@shop.test")
    before, form = token_of(olivia), csrf(await olivia.get("/account"))
    answer = await olivia.post(
        f"/members/{console.owner.id}/role",
        data={"csrf": form, "role": "admin", "password": PASSWORD},
        headers={"HX-Request": "true"} if swapped else {},
    )
    assert (answer.status_code, answer.headers["hx-redirect" if swapped else "location"]) == (
        200 if swapped else 303,
        "/",
    )
    assert token_of(olivia) != before
    assert await lets_in(console, token_of(olivia))
    assert not await lets_in(console, before)
    assert not await lets_in(console, token_of(elsewhere))
    assert (await olivia.get("/history")).status_code == 403, "and it is one of the new role"


async def test_who_signs_out_leaves_a_session_that_lets_nobody_in(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    before = token_of(browser)
    assert (await post(browser, "/sign-out")).status_code == 303
    assert not await lets_in(console, before)


async def test_a_session_is_stored_as_a_digest_and_is_on_no_page(console: Console, mine: Rows) -> None:
    browser = await console.signed_in("olivia@shop.test")
    token = token_of(browser)
    for method, path in ROUTES:
        if method == "GET":
            answer = await browser.get(mine.at(path))
            assert token not in answer.text, path
            assert token not in str(answer.headers), path
    assert token.encode() not in b"".join(
        each.read_bytes() for each in console.house.settings.data_dir.glob("opsiq.db*")
    )


# ── markup ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_hostile_text_in_every_field_of_every_form_comes_back_as_text(console: Console, mine: Rows) -> None:
    """Whatever a POST answers with, signed in or not, to a form whose every field is hostile, and to one that is well but for one."""
    assert len(NAMES) > 60
    owner, nobody = await console.signed_in("olivia@shop.test"), console.browser()
    strangers = csrf(await nobody.get("/sign-in"))
    all_hostile = dict.fromkeys(NAMES, HOSTILE[:95])
    answered = 0
    for method, path in ROUTES:
        if method != "POST" or path in ("/sign-out", "/account/password"):
            continue
        for fields in (all_hostile, {**all_hostile, **FIELDS}, {**all_hostile, "csrf": "wrong"}):
            answer = await owner.post(
                mine.at(path), data={"csrf": csrf(await owner.get("/account")), "once": path, **fields}
            )
            assert answer.status_code < 500, (path, answer.text)
            judged(path, answer.text)
            answered += 1
        judged(path, (await nobody.post(mine.at(path), data={**all_hostile, "csrf": strangers})).text)
    assert answered > 90


async def test_hostile_text_in_every_place_of_an_address_comes_back_as_text(console: Console) -> None:
    owner, nobody = await console.signed_in("olivia@shop.test"), console.browser()
    text = quote(HOSTILE, safe="")
    query = "&".join(f"{name}={text}" for name in (*NAMES, *LEADING))
    for method, path in ROUTES:
        if method == "GET":
            for there in (re.sub(r"\{[^}]+\}", text, path), re.sub(r"\{[^}]+\}", "x", path) + "?" + query):
                for browser in (owner, nobody):
                    answer = await browser.get(there)
                    assert answer.status_code < 500, (there, answer.text)
                    if answer.headers.get("content-type", "").startswith("text/html"):
                        judged(path, answer.text)
