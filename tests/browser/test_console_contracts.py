"""Contracts at a browser: rehearsed, drafted with the linter beside, signed from the keyboard."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.acceptance.world import PASSWORD
from tests.browser.conftest import New


def test_a_request_is_rehearsed(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.goto("/rehearse")
    olivia.focus_is_on("#text")
    olivia.type("refund Adam Novak's last invoice")
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
    olivia.page.get_by_role("button", name="Replay over what was asked").press("Enter")
    expect(olivia.page.get_by_role("heading", name="What it would have changed")).to_be_visible()
    olivia.is_clean()
    olivia.page.locator("#password").focus()
    olivia.type(PASSWORD)
    olivia.press("Enter")
    olivia.sees("Give credit kindly")
    expect(olivia.page.get_by_text("Changed since version 1")).to_be_visible()
    olivia.is_clean()
