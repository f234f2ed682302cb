"""An owner's first day with nothing there: from the empty server to the first refund that they confirmed, by keyboard
alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.acceptance.installation import PASSWORD, TOKEN, Installation
from tests.browser.conftest import New


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A platform, and a server that nobody has founded anything on."""
    made = Installation(tmp_path_factory.mktemp("world"))
    try:
        made.start_platform()
        made.start_server()
        yield made
    finally:
        made.stop()


def test_an_owner_founds_connects_signs_asks_and_confirms_the_first_refund(world: Installation, visit: New) -> None:
    owner = visit()
    owner.page.goto("/")
    owner.sees("Set up OpsIQ")
    owner.focus_is_on("#name")
    for text in ("Northbeam", "Olivia Duarte", "olivia@test.test"):
        owner.type(text)
        owner.press("Tab")
    owner.type("short")
    owner.press("Enter")
    assert owner.page.locator("#password").evaluate("(field) => field.validity.tooShort"), "the browser says so itself"
    owner.press("Control+a")
    owner.type(PASSWORD)
    owner.press("Enter")
    owner.sees("What should be done?")
    expect(owner.page.get_by_text("Nothing yet")).to_be_visible()
    expect(owner.page.get_by_role("link", name="Connect your platform")).to_have_css("display", "inline-flex")
    expect(owner.page.get_by_role("link", name="draft an action")).to_have_css("display", "inline")

    owner.tab_to("text=Connect your platform")
    owner.press("Enter")
    owner.sees("Connectors")
    owner.tab_to("main a[href='/connectors/saas']")
    owner.press("Enter")
    owner.tab_to("main a[href='/connectors/saas/connect']")
    owner.press("Enter")
    owner.focus_is_on("#base_url")
    owner.type(world.platform_url)
    owner.press("Tab")
    owner.type(TOKEN)
    owner.press("Tab")
    owner.type(world.secret)
    owner.tab_to("#password")
    owner.type(PASSWORD)
    owner.press("Enter")
    owner.sees(re.compile("^Actions proposed by"))
    owner.focus_is_on("h1")
    assert owner.page.evaluate("scrollY") == 0, "what is to be signed is seen before the password is asked for"
    expect(owner.page.locator("input[name=contract]:not(:checked)")).to_have_count(0)
    owner.tab_to("#password")
    owner.type("not my password")
    owner.press("Enter")
    expect(owner.page.locator("#trouble")).to_contain_text("This is not your password")
    expect(owner.page.locator("#trouble")).to_be_in_viewport(ratio=1)
    owner.tab_to("#password")
    owner.type(PASSWORD)
    owner.press("Enter")
    expect(owner.page.locator("h1 .badge", has_text="connected")).to_be_visible()
    expect(owner.page.locator(".badge", has_text="not registered")).to_have_count(0)

    owner.page.keyboard.press("Home")
    owner.tab_to("#nav a[href='/'], nav a[href='/']")
    owner.press("Enter")
    owner.sees("What should be done?")
    owner.ask("refund Adam's last invoice")
    owner.sees(re.compile("Two customers"))
    owner.press("1")
    owner.focus_is_on("#card-title")
    owner.press("c", "y")
    owner.sees("Done")
    call_id = owner.page.locator(".came dd.mono").last.text_content() or ""
    (received,) = world.received(call_id)
    assert received["params"] == {"amount": 4900, "currency": "EUR", "invoice_id": 1042}

    owner.page.goto("/history")
    for kind in ("workspace created", "connection configured", "contract registered", "confirmed", "call finished"):
        expect(owner.page.locator("tbody tr", has_text=kind).first).to_be_visible()
    owner.page.get_by_role("link", name="Verify chain").press("Enter")
    owner.sees("The chain is unbroken")
    owner.page.goto("/set-up")
    owner.sees("What should be done?")
