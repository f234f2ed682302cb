"""Every state of a run's page, hostile data on it, themes, and the way in by keyboard. What is visited is looked at in
both themes and at both widths (``tests.browser.page_checks``); pages are walked through by ``test_every_page.py``."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import New


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_state_of_a_run_is_clean(visit: New, width: int, scheme: str) -> None:
    olivia = visit(width, scheme)
    olivia.page.goto("/sign-in")
    olivia.is_clean()
    olivia.sign_in("olivia")
    olivia.is_clean()
    olivia.ask("refund Adam's last invoice")
    olivia.sees(re.compile("Two customers"))
    olivia.is_clean()
    olivia.press("2")
    olivia.focus_is_on("#card-title")
    olivia.press("c")
    olivia.is_clean()
    olivia.page.locator(".edit summary").first.press("Enter")
    olivia.page.locator(".reject summary").press("Enter")
    olivia.is_clean()
    olivia.type("only looking")
    olivia.press("Enter")
    olivia.sees("Rejected. Nothing was sent.")
    olivia.is_clean()
    olivia.ask("what's the weather in Prague tomorrow?")
    olivia.sees("No action here does that")
    olivia.is_clean()
    olivia.ask("resend invoice INV-1042")
    olivia.sees("Done")
    olivia.is_clean()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "text",
    ["give customer 488 75 EUR credit", "refund invoice INV-1065", "give Marta Kowalska 10 PLN credit"],
    ids=["a name of 300 characters", "orders in an invoice's note", "lookalike customers"],
)
def test_hostile_data_stays_inside_its_box(visit: New, width: int, text: str) -> None:
    olivia = visit(width).sign_in("olivia")
    olivia.ask(text)
    expect(olivia.page.locator("#card-title, #question").first).to_be_visible()
    olivia.is_clean()


def test_the_chosen_theme_wins_over_what_the_machine_prefers(visit: New) -> None:
    olivia = visit(scheme="light").sign_in("olivia")

    def background() -> str:
        colour: str = olivia.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return colour

    light = background()
    olivia.page.get_by_role("button", name="Dark").click()
    expect(olivia.page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert background() != light
    olivia.is_clean()
    olivia.page.get_by_role("button", name="Auto").click()
    expect(olivia.page.get_by_role("button", name="Auto")).to_have_attribute("aria-pressed", "true")
    assert background() == light


def test_the_skip_link_is_first_and_leads_to_the_content(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.goto("/runs")
    olivia.press("Tab")
    expect(olivia.page.get_by_role("link", name="Skip to content")).to_be_focused()
    olivia.press("Enter")
    olivia.focus_is_on("#main")


def test_where_one_is_stays_in_sight_in_the_navigation_of_a_window_made_narrow(visit: New) -> None:
    olivia = visit(1280).sign_in("olivia")
    olivia.page.goto("/keys")
    olivia.is_clean()
    olivia.page.set_viewport_size({"width": 390, "height": 844})
    expect(olivia.page.locator("#nav [aria-current]")).to_be_in_viewport(ratio=1)
