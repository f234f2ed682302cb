"""Contracts at a browser: rehearsed, drafted with the linter beside, signed from the keyboard."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.acceptance.installation import PASSWORD
from tests.browser.conftest import New


def test_a_request_is_rehearsed(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.goto("/rehearse")
    olivia.focus_is_on("#text")
    olivia.type("give Hugo Bernard 60 EUR credit")
    olivia.press("Enter")
    expect(olivia.page.get_by_text("A person would have to confirm this.")).to_be_visible(timeout=15_000)
    olivia.is_clean()


def test_an_owner_drafts_a_version_sees_its_faults_go_and_signs_it(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.goto("/contracts/saas.apply_credit")
    olivia.page.get_by_role("link", name="Make a new version").press("Enter")
    raw = olivia.page.locator("#raw")
    expect(raw).to_have_value(re.compile('"version": 2'))
    draft = json.loads(raw.input_value())
    raw.fill(json.dumps(draft | {"title": ""}))
    expect(olivia.page.locator("#checked")).to_contain_text("Not yet", timeout=10_000)
    raw.fill(json.dumps(draft | {"title": "Give credit kindly"}, indent=2))
    expect(olivia.page.locator("#checked")).to_contain_text("It could be signed as it is.", timeout=10_000)
    expect(olivia.page.locator("#checked")).to_contain_text("Give credit kindly")
    olivia.page.get_by_role("button", name="Replay past requests").press("Enter")
    expect(olivia.page.get_by_role("heading", name="What it would have changed")).to_be_visible()
    olivia.is_clean()
    olivia.page.locator("#password").focus()
    olivia.type(PASSWORD)
    olivia.press("Enter")
    olivia.sees("Give credit kindly")
    expect(olivia.page.get_by_text("Changed since version 1")).to_be_visible()
    olivia.is_clean()


def test_without_a_script_a_draft_is_checked_tried_and_replayed_with_what_is_written(visit: New) -> None:
    plain = visit(java_script_enabled=False)
    plain.page.goto("/sign-in")
    plain.sign_in("olivia")
    page = plain.page
    page.goto("/draft?of=saas.update_email")
    draft = json.loads(page.locator("#raw").input_value())
    page.locator("#raw").fill(json.dumps(draft | {"title": ""}))
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("#checked")).to_contain_text("Not yet")
    page.locator("#raw").fill(json.dumps(draft | {"title": "Write it down anew"}))
    page.locator("#text").fill("what does the moon weigh")
    page.locator("#text").press("Enter")
    expect(page.get_by_role("heading", name="It would not act")).to_be_visible()
    expect(page.locator("#raw")).to_have_value(re.compile("Write it down anew"))
    expect(page.locator("#text")).to_have_value("what does the moon weigh")
    page.get_by_role("button", name="Replay past requests").click()
    expect(page.get_by_role("heading", name="What it would have changed")).to_be_visible()
    expect(page.locator("#raw")).to_have_value(re.compile("Write it down anew"))
    # Enter in the password field of a browser without a script keeps nothing and signs nothing.
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Type what is to be done")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Sign and register").click()
    plain.sees("Write it down anew")
