"""What a browser could be made to do against its person, over every route there is: framed, made to write by a link,
fed markup. Generated from the route table, so that a new route can't be forgotten.

(A form's secret, roles and workspaces: test_console_doors.py. Sessions: test_console_sessions.py. Redirects:
test_console_redirects.py. Hostile text that is stored: test_console_hostile.py.)
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from fastapi.routing import APIRoute
from httpx import URL, Response

from tests.integration.web.console.console import Console, csrf
from tests.integration.web.console.rows import FIELDS, Rows
from tests.integration.web.console.test_access import ROUTES
from tests.integration.web.console.test_hostile_text import HOSTILE, judged
from tests.integration.web.console.test_redirects import LEADING
from tests.integration.web.console.test_statements import counted
from web.console import pages

WRITTEN_BY_READING: Final = {"/history/export.csv", "/history/{seq}/case.zip"}
"""Reading that is an entry of AI History itself, and changes nothing else."""
NAMES: Final = sorted(
    {
        name
        for folder in pages.TEMPLATES
        for path in folder.glob("*.html")
        for name in re.findall(r'<(?:input|textarea|select|button)[^>]* name="([\w.]+)"', path.read_text())
    }
    - {"csrf", "once"}
)
"""Every field that any form of the console has."""


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


# ── markup ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_hostile_text_in_every_field_of_every_form_comes_back_as_text(console: Console, mine: Rows) -> None:
    """Whatever a POST answers with, signed in or not, to a form whose every field is hostile, and to one that is well
    but for one."""
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
                address = URL("http://console.test" + there)  # read once: it is twenty kilobytes long
                for browser in (owner, nobody):
                    answer = await browser.get(address)
                    assert answer.status_code < 500, (there, answer.text)
                    if answer.headers.get("content-type", "").startswith("text/html"):
                        judged(path, answer.text)
