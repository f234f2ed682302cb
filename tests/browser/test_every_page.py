"""Every page that the console has, generated from its routes, so that a new one can't be forgotten: it stands still
while it comes, nothing is complained of, and it is clean in both themes and at both widths
(``tests.browser.page_checks`` sees to that for whatever is visited)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.installation import Installation
from tests.browser.browser_contexts import Contexts, forget_files
from tests.browser.browser_session import Visit
from tests.browser.conftest import New
from tests.browser.sample_data import LONG, member_id, things
from tests.integration.web.console.samples.evals import entry, with_entries
from web.console import ROUTERS

NO_PAGES = {
    "/history/export.csv",
    "/history/{seq}/case.zip",
    "/runs/{run_id}/progress",
    "/sign-in/start",
    "/sign-in/callback",
}
"""Files, streams, and steps on the way elsewhere."""
PAGES = sorted(
    {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods and route.path not in NO_PAGES
    }
)
BESIDES = (
    "/history?q=nothing+like+it", "/contracts?q=nothing+like+it", "/events?type=no.such",
    "/events/types?q=nothing+like+it", "/events/fire?type=invoice.paid", "/rules/new?event=invoice.paid",
    "/rules/instructions/new?event=invoice.paid", "/webhooks/{endpoint_id}?event=no.such",
    "/webhooks/deliveries/dlv_none", "/draft?of=saas.apply_credit", "/history/2", "/history?kind=prompt",
    "/runs/run_none", "/nowhere", f"/?say={LONG}", "/contracts/saas.apply_credit", "/join?invitation=unknown",
    "/evals/compare?of={report_before}&of={report_id}", "/evals/{report_id}?all=1",
)  # fmt: skip
"""The same pages with nothing on them, with something chosen, and where there is nothing."""
ANSWERS_NO = re.compile("/run_none|dlv_none|nowhere|/join")
SHIFTS = (
    "window.movedOfTests = 0; new PerformanceObserver((list) => list.getEntries().forEach((each) =>"
    " { if (!each.hadRecentInput) window.movedOfTests += each.value; })).observe({type: 'layout-shift', buffered: "
    "true});"
)


@pytest.fixture(scope="module")
def there(world: Installation, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The things to look at, and olivia signed in once for all pages."""
    ids: dict[str, Any] = things(world)
    context = chromium.new_context(base_url=world.url)
    olivia = Visit(context.new_page(), world.url).sign_in("olivia")
    for at, title in enumerate(("the older", "the newer")):
        kept = tmp_path_factory.mktemp("report") / "report.json"
        kept.write_bytes(with_entries([entry(case, right=case % 2 == at) for case in range(12)], title=title))
        olivia.page.goto("/evals")
        olivia.page.get_by_label("Add a report").set_input_files(kept)
        olivia.page.get_by_role("button", name="Add", exact=True).click()
        olivia.sees(re.compile(title))
        ids["report_before"], ids["report_id"] = ids.get("report_id", ""), olivia.page.url.rsplit("/", 1)[1]
    olivia.page.goto("/members")
    ids["member_id"] = member_id(olivia.page, "amir")
    ids["signed_in"] = context.cookies()
    context.close()
    return ids


@pytest.mark.parametrize("path", [*PAGES, *BESIDES])
def test_a_page_is_clean_and_nothing_on_it_moves_while_it_comes(visit: New, there: dict[str, Any], path: str) -> None:
    olivia = visit()
    page = olivia.looks.page
    page.context.add_cookies(there["signed_in"])
    forget_files(page)
    page.add_init_script(SHIFTS)
    answer = page.goto(path.format(**there))
    assert answer is not None
    assert answer.status == 404 if ANSWERS_NO.search(path) else answer.status == 200
    expect(page.locator("h1").first).to_be_visible()
    moved = page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.movedOfTests))))"
    )
    assert moved == 0, f"{path} moves while it comes: {moved}"
    olivia.is_clean()


@pytest.mark.parametrize("path", ["/sign-in", "/set-up", "/join?invitation=unknown", "/nowhere"])
def test_what_is_shown_to_strangers_is_clean_too(visit: New, there: dict[str, Any], path: str) -> None:
    nobody = visit()
    nobody.page.goto(path)
    expect(nobody.page.locator("h1").first).to_be_visible()
    nobody.is_clean()


def test_what_a_visit_leaves_is_not_there_for_the_next(contexts: Contexts) -> None:
    def sign_in_page() -> Page:
        page = contexts.take(1280, "light").new_page()
        page.goto("/sign-in")
        return page

    left = sign_in_page()
    left.evaluate(
        "localStorage.left = sessionStorage.left = 1; document.cookie = 'left=1';"
        "new Promise((done) => (indexedDB.open('left').onsuccess = () => done()))"
    )
    found = """async () => ["left" in localStorage, "left" in sessionStorage, document.cookie.includes("left"),
      (await indexedDB.databases()).length > 0]"""
    assert left.evaluate(found) == [True] * 4
    contexts.give_back()
    page = sign_in_page()
    assert page.context is left.context
    assert page.evaluate(found) == [False] * 4
    contexts.give_back()


def test_a_look_is_one_that_sees(visit: New) -> None:
    """What it is for: a page that axe, or a ruler, has something to say about is not walked past."""
    olivia = visit().sign_in("olivia")
    page = olivia.looks.page
    page.evaluate("document.querySelector('h1').style.color = '#bbb', document.querySelector('h1').id = 'pale'")
    with pytest.raises(AssertionError, match="color-contrast"):
        olivia.page.title()
    page.reload()
    page.evaluate(
        "document.querySelector('#text').setAttribute('aria-label', ''), "
        "document.querySelector('label[for=text]').remove()"
    )
    with pytest.raises(AssertionError, match="label"):
        olivia.page.title()
    page.reload()
    page.evaluate("document.querySelector('h1').style.minWidth = '1500px'")
    with pytest.raises(AssertionError, match="wider than the window"):
        olivia.page.title()
    page.reload()
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    expect(page.locator("h1")).to_be_visible()
    assert any("CSP" in each for each in olivia.complaints)
    assert page.evaluate("window.ran") is None
    olivia.complaints.clear()


DARK = "(prefers-color-scheme: dark)"
NARROW = "(max-width: 500px)"


@pytest.mark.parametrize(
    ("where", "rule", "found"),
    [
        (DARK, "h1 { color: #333 !important; }", "color-contrast"),
        (DARK, "h1 { background: #bbb !important; }", "color-contrast"),
        (DARK, "main { opacity: 0.3; }", "color-contrast"),
        (f"{DARK} and {NARROW}", "h1 { color: #444 !important; }", "color-contrast"),
        (NARROW, ".planted button { all: unset !important; width: 9px !important; }", "target-size"),
        (NARROW, "h1 { min-width: 700px; }", "wider than the window"),
    ],
)
def test_a_look_sees_what_is_wrong_in_the_other_theme_or_at_the_other_width_alone(
    visit: New, where: str, rule: str, found: str
) -> None:
    """Where the same page has been looked at without it, and every style of its texts has passed."""
    nobody = visit()
    page = nobody.looks.page
    page.goto("/sign-in")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', "
        "'<p class=planted><button>A</button><button>B</button></p>')"
    )
    nobody.is_clean()
    page.evaluate(
        "([id, rule]) => { document.styleSheets[0].insertRule(rule); document.querySelector('h1').id = id; }",
        [f"p{hash((where, rule))}", f"@media {where} {{ {rule} }}"],
    )
    with pytest.raises(AssertionError, match=found):
        nobody.page.title()
    page.goto("/sign-in")
