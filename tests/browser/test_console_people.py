"""Members, invitations, one's own account and a run's waterfall in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.acceptance.installation import PASSWORD
from tests.browser.conftest import New


def test_a_members_page_and_a_runs_waterfall_are_clean(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    page.goto("/members")
    page.get_by_role("link", name="amir").click()
    expect(page.get_by_role("heading", name="amir")).to_be_visible()
    page.get_by_text("Deactivate…").click()
    olivia.is_clean()
    page.goto("/")
    olivia.ask("resend invoice INV-1042")
    olivia.sees("Done")
    page.goto("/history?kind=finished")
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="The run, step by step")).to_be_visible()
    olivia.is_clean()


def test_an_invited_person_joins_and_is_signed_in_and_can_be_signed_out_again(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.goto("/members/new")
    olivia.focus_is_on("#email")
    olivia.type("nora@test.test")
    olivia.page.get_by_label("Role").select_option("support")
    olivia.page.get_by_label("Your password again").fill(PASSWORD)
    olivia.press("Enter")
    olivia.sees("nora@test.test is invited")
    olivia.is_clean()
    link = olivia.page.locator("#link").inner_text()

    nora = visit()
    nora.page.goto(link[link.index("/join") :])
    nora.focus_is_on("#name")
    nora.is_clean()
    nora.type("Nora")
    nora.press("Tab")
    nora.type("a password of her own")
    nora.press("Enter")
    nora.sees("What should be done?")

    olivia.page.goto("/members")
    olivia.page.get_by_role("link", name="Nora").click()
    olivia.page.get_by_role("button", name=re.compile("^Sign out everywhere")).click()
    expect(olivia.page.get_by_role("heading", name="Signed in")).to_have_count(0)
    nora.page.goto("/account")
    nora.sees("Sign in to OpsIQ")
