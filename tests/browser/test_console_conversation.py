"""A conversation in a real browser, by keyboard alone: an answer, a follow-up, a card corrected in words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.acceptance.installation import Installation, running_installation
from tests.acceptance.scripted_model import find, scripted_model
from tests.browser.browser_session import Visit
from tests.browser.conftest import New

pytestmark = pytest.mark.timeout(400)
EMAIL = "what is Hugo Bernard's email?"
CREDIT = "give him 75 EUR credit"
LESS = "make that 60 EUR"
SOME = "and a bit more on top"
SHOTS = os.environ.get("SHOTS_OF_TESTS", "")


def credit(amount: int, quote: str, replaces: list[str], note: str | None = None) -> dict[str, Any]:
    money = {"number": amount, "unit": "EUR", "quote": quote}
    words = {"value": note, "quote": None} if note else None
    step = {"action": "apply_credit", "customer_id": {"handle": "@customer1"}, "amount": money, "note": words}
    return {"type": "plan", "steps": [step], "replaces": replaces}


ANSWERS = {
    EMAIL: {"type": "answer", "answer": {"records": find("customer", "Hugo Bernard"), "fields": ["email"]}},
    CREDIT: credit(75, "75 EUR", []),
    LESS: credit(60, "60 EUR", ["@call1"]),
    SOME: credit(20, "a bit", []),
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with scripted_model(ANSWERS) as model:
        asks = {"OPSIQ_MODEL": "openai/told", "OPSIQ_MODEL_URL": model.url, "OPSIQ_MODEL_KEY": "local"}
        with running_installation(tmp_path_factory.mktemp("conversation"), **asks) as made:
            yield made


def goes_on(visit: Visit, text: str) -> None:
    was = visit.page.url
    visit.tab_to("#text")
    visit.type(text)
    visit.press("Enter")
    expect(visit.page).not_to_have_url(was)


def shot(visit: Visit, name: str) -> None:
    if SHOTS:
        visit.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_conversation_by_keyboard_alone(world: Installation, visit: New, width: int) -> None:
    olivia = visit(width).sign_in("olivia")
    olivia.ask(EMAIL)
    olivia.sees(re.compile("hugo.bernard@"))
    olivia.focus_is_on("#answered")
    olivia.is_clean()
    shot(olivia, f"answer-{width}")
    olivia.tab_to("a[data-fill]")
    olivia.press("Enter")
    olivia.focus_is_on("#text")
    expect(olivia.page.locator("#text")).to_have_value(re.compile("Hugo Bernard"))
    olivia.page.locator("#text").fill("")
    olivia.type(CREDIT)
    olivia.press("Enter")
    olivia.focus_is_on("#card-title")
    expect(olivia.page.get_by_role("region", name="Earlier in this conversation")).to_contain_text(EMAIL)
    first = olivia.page.url
    goes_on(olivia, LESS)
    olivia.focus_is_on("#card-title")
    expect(olivia.page.locator("#card")).to_contain_text("takes the place of an earlier card")
    olivia.is_clean()
    shot(olivia, f"corrected-{width}")
    goes_on(olivia, SOME)
    olivia.focus_is_on("#card-title")
    doubt = olivia.page.locator(".param.doubt")
    expect(doubt).to_contain_text("read from your words")
    expect(doubt).to_contain_text("20.00 EUR")
    olivia.is_clean()
    shot(olivia, f"read-{width}")
    olivia.page.goto(first)
    olivia.sees("Replaced. Nothing was sent.")
    expect(olivia.page.locator(".ended")).to_contain_text(f"Corrected: {LESS}")
    expect(olivia.page.get_by_role("region", name="Later in this conversation")).to_contain_text(SOME)
    olivia.is_clean()
    shot(olivia, f"later-{width}")
    olivia.tab_to(".follow a")
    olivia.press("Enter")
    olivia.sees("What should be done?")


def test_a_request_typed_when_the_sign_in_had_ended_is_in_the_box_again(world: Installation, visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    page.context.clear_cookies()
    page.locator("#text").fill(CREDIT)
    olivia.press("Enter")
    expect(page.locator("#trouble")).to_contain_text("was not taken")
    olivia.sign_in("olivia")
    expect(page.locator("#text")).to_have_value(CREDIT)
    page.context.clear_cookies()
    olivia.press("Enter")
    expect(page.locator("#trouble")).to_contain_text("was not taken")
    olivia.sign_in("sara")
    expect(page.locator("#text")).to_have_value("")


def test_it_works_without_a_script(world: Installation, visit: New) -> None:
    olivia = visit(java_script_enabled=False).sign_in("olivia")
    page = olivia.page
    page.locator("#text").fill(EMAIL)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", name=re.compile("hugo.bernard@"))).to_be_visible(timeout=60_000)
    page.locator(".answer-of a.button").first.click()
    olivia.sees("What next?")
    expect(page.locator("#text")).to_have_value(re.compile("Hugo Bernard"))
    page.locator("#text").fill(CREDIT)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("#card")).to_contain_text("75.00 EUR", timeout=60_000)
