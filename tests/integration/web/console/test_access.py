"""Every door of the console, generated from its route table: no secret, no sign-in, no role, another workspace."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute

from core.errors import Unavailable
from tests.integration.web.console.console import PASSWORD, Console, csrf, post
from tests.integration.web.console.rows import FIELDS, Rows, rows_of
from tests.whole_minute import wait_until_the_minute_lasts
from web.console import ROUTERS
from web.console.runs import progress
from web.limits import Limits

ROUTES = sorted(
    {
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
)
POSTS = [path for method, path in ROUTES if method == "POST"]
STRANGERS = {"/join", "/sign-in", "/sign-in/start", "/sign-in/callback", "/set-up", "/theme"}
EVERYBODYS = {
    "/",
    "/account",
    "/account/link",
    "/account/name",
    "/account/password",
    "/account/sign-out",
    "/account/unlink",
    "/approvals",
    "/contracts",
    "/contracts/{name}",
    "/events/types",
    "/events/types/{event_type}",
    "/rules",
    "/rules/new",
    "/rules/{rule_id}",
    "/rules/{rule_id}/delete",
    "/rules/{rule_id}/dry-run",
    "/rules/{rule_id}/edit",
    "/rules/{rule_id}/mode",
    "/rules/instructions",
    "/rules/instructions/new",
    "/rules/instructions/{instruction_id}",
    "/rules/instructions/{instruction_id}/delete",
    "/rules/instructions/{instruction_id}/dry-run",
    "/rules/instructions/{instruction_id}/edit",
    "/rules/instructions/{instruction_id}/mode",
    "/runs",
    "/runs/{run_id}",
    "/runs/{run_id}/answer",
    "/runs/{run_id}/cancel",
    "/runs/{run_id}/confirm",
    "/runs/{run_id}/decide",
    "/runs/{run_id}/edit",
    "/runs/{run_id}/progress",
    "/runs/{run_id}/reject",
    "/sign-out",
}
"""What any member may open; every route that is not named here must be for owners alone."""
OWNERS = [(method, path) for method, path in ROUTES if path not in EVERYBODYS | STRANGERS]
EVALUATORS = [(method, path) for method, path in OWNERS if path == "/evals" or path.startswith("/evals/")]
OF_A_RUN = [(method, path) for method, path in ROUTES if "{run_id}" in path]
AUTHORS = [
    (method, path)
    for method, path in ROUTES
    if path.startswith("/rules/") and path.endswith(("/edit", "/mode", "/dry-run", "/delete"))
]
"""What only the author of a rule and owners may do."""
NO_ROWS = {
    "/history/{seq}",
    "/history/{seq}/case.zip",
    "/events/types/{event_type}",
    "/connectors/{connector}",
    "/connectors/{connector}/connect",
    "/connectors/{connector}/contracts",
    "/connectors/{connector}/credentials",
    "/connectors/{connector}/credentials/test",
}
"""Paths whose parameter is no row's id: another workspace can't own it."""
OF_A_ROW = [(method, path) for method, path in ROUTES if "{" in path and path not in NO_ROWS and "{run_id}" not in path]
NEEDS_SIGN_IN = [(method, path) for method, path in ROUTES if path not in STRANGERS]


def at(path: str, run_id: str = "run_none") -> str:
    return path.replace("{run_id}", run_id).replace("{seq}", "1")


@pytest.fixture
async def mine(console: Console, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setattr(progress, "LONGEST_S", 0.1)  # each page is fetched to its end
    return await rows_of(console, console.owner)


def test_every_route_that_is_named_here_is_there() -> None:
    assert {path for _, path in ROUTES} >= EVERYBODYS | STRANGERS | NO_ROWS
    assert len(OF_A_RUN) == 8


async def test_a_post_without_the_pages_secret_is_refused(console: Console, mine: Rows) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for path in POSTS:
        for data in ({}, {"csrf": "guessed"}):
            answer = await browser.post(mine.at(path), data={**FIELDS, **data})
            assert answer.status_code == 403, (path, answer.text)
            assert "This form is not from a page you have open now" in answer.text, path


async def test_a_post_from_another_site_is_refused_even_with_the_secret(console: Console, mine: Rows) -> None:
    browser = await console.signed_in("olivia@shop.test")
    token = csrf(await browser.get("/"))
    for path in POSTS:
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.test"},
            {"Origin": "null"},
        ):
            answer = await browser.post(mine.at(path), data={**FIELDS, "csrf": token}, headers=headers)
            assert answer.status_code == 403, (path, headers)


async def test_the_secret_of_another_login_opens_nothing(console: Console) -> None:
    olivia, amir = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    token = csrf(await amir.get("/"))
    assert (await olivia.post("/runs", data={"csrf": token, "text": "refund order 7"})).status_code == 403


async def test_without_a_sign_in_every_page_leads_to_it(console: Console, mine: Rows) -> None:
    browser = console.browser()
    for method, path in NEEDS_SIGN_IN:
        answer = await browser.request(method, mine.at(path))
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in"), path
        swapped = await browser.request(method, mine.at(path), headers={"HX-Request": "true"})
        assert swapped.headers["hx-redirect"].startswith("/sign-in"), path
        assert not swapped.content


@pytest.mark.parametrize("email", ["amir@shop.test", "sara@shop.test"])
async def test_who_is_no_owner_is_let_into_nothing_of_owners(console: Console, mine: Rows, email: str) -> None:
    browser = await console.signed_in(email)
    for method, path in OWNERS:
        there = mine.at(path)
        answer = await (browser.get(there) if method == "GET" else post(browser, there, FIELDS))
        assert answer.status_code == 403, (method, path, answer.text)
        assert "Only owners" in answer.text, path


async def test_an_evaluator_is_let_into_the_reports_and_into_nothing_else_of_owners(
    console: Console, mine: Rows
) -> None:
    await console.container.workspace_admin.add_member(
        console.owner, email="eva@shop.test", person="Eva", role="evaluator", password=PASSWORD
    )
    browser = await console.signed_in("eva@shop.test")
    assert len(EVALUATORS) == 5
    for method, path in OWNERS:
        there = mine.at(path)
        answer = await (browser.get(there) if method == "GET" else post(browser, there, FIELDS))
        if (method, path) not in EVALUATORS:
            assert answer.status_code == 403, (method, path, answer.text)
        elif path.endswith("/delete"):
            assert answer.status_code == 403, "an owner kept it"
            assert "Only Olivia" in answer.text
        else:
            assert answer.status_code in (200, 422), (method, path, answer.text)
    assert 'href="/evals"' in (await browser.get("/")).text
    assert 'href="/evals"' not in (await (await console.signed_in("amir@shop.test")).get("/")).text


async def test_who_is_neither_author_nor_owner_changes_no_rule(console: Console, mine: Rows) -> None:
    browser = await console.signed_in("sara@shop.test")
    assert len(AUTHORS) == 10
    for method, path in AUTHORS:
        there = mine.at(path)
        answer = await (browser.get(there) if method == "GET" else post(browser, there, FIELDS))
        assert answer.status_code == 403, (method, path, answer.text)
    for path in ("/rules/{rule_id}", "/rules/instructions/{instruction_id}"):
        page = await browser.get(mine.at(path))
        assert page.status_code == 200
        assert "Delete…" not in page.text
        assert "/dry-run" not in page.text


async def test_another_workspaces_row_is_no_row(console: Console) -> None:
    theirs = await rows_of(console, console.stranger)
    browser = await console.signed_in("olivia@shop.test")
    for method, path in OF_A_ROW:
        there = theirs.at(path)
        answer = await (browser.get(there) if method == "GET" else post(browser, there, FIELDS))
        assert answer.status_code == 404, (method, path, answer.status_code, answer.text)


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


async def test_no_page_is_kept_and_none_runs_anything_inline(console: Console, mine: Rows) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for path in sorted({path for method, path in ROUTES if method == "GET"}):
        answer = await browser.get(mine.at(path))
        absent = ("/join", "/set-up", "/history/{seq}/case.zip", "/sign-in/start", "/sign-in/callback")
        assert answer.status_code in (200, 303) or path in absent, (path, answer.text)
        assert "no-store" in answer.headers["cache-control"], path
        assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"], path
        if answer.headers.get("content-type", "").startswith("text/html"):
            inline = re.search(r"<style|<script(?![^>]* src=)|\son\w+=|\sstyle=|javascript:", answer.text)
            assert not inline, (path, inline)


async def test_what_is_not_there_is_a_page_and_under_v1_a_problem(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get("/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert page.headers["x-request-id"] in page.text
    assert "Go to the front page" in page.text, "who is signed in stays so"
    assert "Go to the sign-in page" in (await console.browser().get("/nowhere")).text
    problem = await browser.get("/v1/nowhere")
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


async def test_an_error_page_says_nothing_of_the_inside_and_carries_every_header(
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
    assert len(assets) >= 5
    for each in assets:
        answer = await browser.get(each)
        assert answer.status_code == 200, each
        assert "immutable" in answer.headers["cache-control"]
    assert (await browser.get("/static/../app.py")).status_code == 404
    assert (await browser.get("/static/%2e%2e/app.py")).status_code == 404


async def test_a_broken_page_offers_to_be_tried_again_and_a_form_does_not(console: Console) -> None:
    @console.app.get("/broken")
    @console.app.post("/broken")
    async def broken() -> None:
        raise RuntimeError("broken")

    @console.app.get("/away")
    async def away() -> None:
        raise Unavailable("The records are away.")

    console.app.add_api_route("//evil.test/broken", broken)
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get(f"{browser.base_url}//evil.test/broken")
    assert (page.status_code, page.url.path) == (500, "//evil.test/broken")
    assert 'href="/">Try again</a>' in page.text
    assert 'href="//' not in page.text
    page = await browser.get("/broken?q=a%26b&start=2")
    assert (page.status_code, page.text.count("Something broke here")) == (500, 2), "the heading, and the window's name"
    assert 'href="/broken?q=a%26b&amp;start=2">Try again</a>' in page.text
    assert "Try again" not in (await browser.post("/broken")).text
    page = await browser.get("/away")
    assert (page.status_code, 'href="/away">Try again</a>' in page.text) == (503, True)
    for path, status in (("/nowhere", 404), ("/runs?before=" + "x" * 99, 400)):
        page = await browser.get(path)
        assert (page.status_code, "Try again" in page.text, "endpoint" in page.text) == (status, False, False)


async def test_a_person_opens_a_bounded_number_of_pages_a_minute_and_slows_nobody_else(console: Console) -> None:
    owner, admin = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    secret = csrf(await owner.get("/"))
    wait_until_the_minute_lasts(10)
    console.app.state.limits = Limits(pages_per_person=2)
    form = {"csrf": secret, "text": "refund order 7"}
    assert (await owner.get("/contracts")).status_code == 200
    assert (await owner.post("/runs", data=form)).status_code == 303  # a form counts once, though it is checked twice
    refused = await owner.get("/contracts")
    assert (refused.status_code, "2 pages a minute" in refused.text) == (429, True)
    assert int(refused.headers["retry-after"]) >= 1
    assert (await owner.post("/runs", data=form)).status_code == 429
    assert (await admin.get("/contracts")).status_code == 200
