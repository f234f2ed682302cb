"""Every door of the console, generated from its route table: no secret, no sign-in, no role, another workspace."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute

from tests.integration.web.console import Console, csrf, post
from web.console import asking, entry, history, runs

ROUTES = [
    (method, route.path)
    for router in (entry.router, asking.router, runs.router, history.router)
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]
POSTS = [path for method, path in ROUTES if method == "POST"]
STRANGERS = {"/sign-in", "/set-up", "/theme"}
OWNERS = [path for method, path in ROUTES if path.startswith("/history")]
OF_A_RUN = [(method, path) for method, path in ROUTES if "{run_id}" in path]
NEEDS_SIGN_IN = [(method, path) for method, path in ROUTES if path not in STRANGERS]


def at(path: str, run_id: str = "run_none") -> str:
    return path.replace("{run_id}", run_id).replace("{seq}", "1")


def test_the_route_table_is_the_one_these_tests_know() -> None:
    assert len(POSTS) == 10
    assert len(OF_A_RUN) == 6
    assert len(OWNERS) == 4


@pytest.mark.parametrize("path", POSTS)
async def test_a_post_without_the_pages_secret_is_refused(console: Console, path: str) -> None:
    run = await console.run_of(console.owner)
    browser = await console.signed_in("olivia@shop.test")
    for data in ({}, {"csrf": "guessed"}):
        answer = await browser.post(at(path, run.id), data=data)
        assert answer.status_code == 403, answer.text
        assert "This form is not from a page you have open now" in answer.text


@pytest.mark.parametrize("path", POSTS)
async def test_a_post_from_another_site_is_refused_even_with_the_secret(console: Console, path: str) -> None:
    run = await console.run_of(console.owner)
    browser = await console.signed_in("olivia@shop.test")
    token = csrf(await browser.get("/"))
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
    ):
        answer = await browser.post(at(path, run.id), data={"csrf": token}, headers=headers)
        assert answer.status_code == 403, headers


async def test_the_secret_of_another_login_opens_nothing(console: Console) -> None:
    olivia, amir = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    token = csrf(await amir.get("/"))
    assert (await olivia.post("/runs", data={"csrf": token, "text": "refund order 7"})).status_code == 403


@pytest.mark.parametrize(("method", "path"), NEEDS_SIGN_IN)
async def test_without_a_sign_in_every_page_leads_to_it(console: Console, method: str, path: str) -> None:
    answer = await console.browser().request(method, at(path))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    swapped = await console.browser().request(method, at(path), headers={"HX-Request": "true"})
    assert swapped.headers["hx-redirect"].startswith("/sign-in")
    assert not swapped.content


@pytest.mark.parametrize("path", OWNERS)
@pytest.mark.parametrize("email", ["amir@shop.test", "sara@shop.test"])
async def test_who_is_no_owner_reads_no_history(console: Console, path: str, email: str) -> None:
    answer = await (await console.signed_in(email)).get(at(path))
    assert answer.status_code == 403
    assert "Only owners" in answer.text


@pytest.mark.parametrize(("method", "path"), OF_A_RUN)
async def test_another_workspaces_run_is_no_run(console: Console, method: str, path: str) -> None:
    theirs = await console.run_of(console.stranger)
    browser = await console.signed_in("olivia@shop.test")
    forms = {"slot": "action", "text": "x", "words": "x", "verdict": "happened", "digest": "x"}
    path = at(path, theirs.id)
    answer = await browser.get(path) if method == "GET" else await post(browser, path, forms)
    assert answer.status_code == 404, answer.text
    assert theirs.text not in answer.text


@pytest.mark.parametrize(("method", "path"), [each for each in OF_A_RUN if not each[1].endswith("/decide")])
async def test_a_colleagues_run_is_no_run_for_who_is_no_owner(console: Console, method: str, path: str) -> None:
    theirs = await console.run_of(console.owner)
    browser = await console.signed_in("sara@shop.test")
    forms = {"slot": "action", "text": "x", "words": "x", "digest": "x"}
    path = at(path, theirs.id)
    answer = await browser.get(path) if method == "GET" else await post(browser, path, forms)
    assert answer.status_code == 404, answer.text


async def test_only_an_owner_decides_what_is_unknown(console: Console) -> None:
    mine = await console.run_of(console.admin)
    browser = await console.signed_in("amir@shop.test")
    assert (await post(browser, f"/runs/{mine.id}/decide", {"verdict": "happened"})).status_code == 403


@pytest.mark.parametrize("path", sorted({path for method, path in ROUTES if method == "GET"}))
async def test_no_page_is_kept_and_none_runs_anything_inline(console: Console, path: str) -> None:
    run = await console.run_of(console.owner)
    answer = await (await console.signed_in("olivia@shop.test")).get(at(path, run.id))
    assert "no-store" in answer.headers["cache-control"]
    assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert not re.search(r"<style|<script(?![^>]* src=)|\son\w+=|\sstyle=|javascript:", answer.text)


async def test_what_is_not_there_is_a_page_and_under_v1_a_problem(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get("/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert page.headers["x-request-id"] in page.text
    problem = await browser.get("/v1/nowhere")
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


async def test_what_breaks_is_a_page_that_says_nothing_of_the_inside_and_still_carries_every_header(
    console: Console,
) -> None:
    @console.app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret of the inside")

    answer = await console.browser().get("/broken")
    assert answer.status_code == 500
    assert "secret of the inside" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_static_files_are_kept_by_their_content_and_nothing_else_is_served(console: Console) -> None:
    browser = console.browser()
    page = (await browser.get("/sign-in")).text
    assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(assets) == 4
    for each in assets:
        answer = await browser.get(each)
        assert answer.status_code == 200, each
        assert "immutable" in answer.headers["cache-control"]
    assert (await browser.get("/static/../app.py")).status_code == 404
    assert (await browser.get("/static/%2e%2e/app.py")).status_code == 404
