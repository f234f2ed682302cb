"""The builder of rules, which the server makes anew after each pick and press: nothing done meanwhile is lost."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import New

AS_IT_COMES: Final = """() => {
  const main = document.getElementById("main"), old = document.getElementById("builder");
  new MutationObserver((_, watcher) => {
    const builder = document.getElementById("builder");
    if (!builder || builder === old) return;
    watcher.disconnect();
    %s;
  }).observe(main, {childList: true, subtree: true});
}"""
"""Does something to the new builder at a moment after it stands in the page."""
ADD: Final = "document.querySelector('#builder [name=do][value=add]').click()"
PICK: Final = """document.getElementById("from-priority").value = "=",
    document.getElementById("from-priority").dispatchEvent(new Event("change", {bubbles: true}))"""
MOMENTS: Final = {
    "at the swap": "%s",
    "a task later": "setTimeout(() => {%s})",
    "a frame later": "requestAnimationFrame(() => {%s})",
    "5 ms later": "setTimeout(() => {%s}, 5)",
    "20 ms later": "setTimeout(() => {%s}, 20)",
}


def hold(page: Page, press: str = "") -> list[Route]:
    """The answer to the next ``press`` of the builder, held back until it is let go on; any next one without. The
    condition is also written along by itself, which is no press."""
    held: list[Route] = []

    def take(route: Route) -> None:
        if held or press not in (route.request.post_data or ""):
            route.continue_()
        else:
            held.append(route)

    page.route("**/rules", take)
    return held


def has_one_condition_on_the_event(page: Page) -> None:
    expect(page.locator("#row-0-path")).to_be_focused()
    expect(page.locator("#row-0-path option[value='data.priority']")).to_have_count(1)
    expect(page.get_by_label("When this happens")).to_have_value("ticket.created")
    expect(page.locator(".condition")).to_have_count(1)


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=list(MOMENTS))
def test_a_press_the_moment_a_builder_is_made_anew_is_taken(visit: New, moment: str) -> None:
    page = visit().sign_in("olivia").page
    page.goto("/rules/new")
    page.evaluate(AS_IT_COMES % (moment % ADD))
    page.get_by_label("When this happens").select_option("ticket.created")
    has_one_condition_on_the_event(page)


def test_the_keyboard_stays_where_it_was_while_a_builder_is_made_anew(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    page.goto("/rules/new")
    held = hold(page)
    with page.expect_request("**/rules"):
        page.get_by_label("When this happens").select_option("ticket.created")
    page.get_by_role("button", name="Add a condition").focus()
    held[0].continue_()
    expect(page.locator("details.known")).to_contain_text("priority")
    expect(page.get_by_role("button", name="Add a condition")).to_be_focused()
    page.keyboard.press("Enter")
    has_one_condition_on_the_event(page)
    page.get_by_role("button", name="Take condition 1 away").press("Enter")
    expect(page.locator(".condition")).to_have_count(0)
    expect(page.get_by_role("button", name="Add a condition")).to_be_focused()
    page.get_by_role("button", name="Write it by hand").press("Enter")
    expect(page.get_by_label("Condition in CEL")).to_be_focused()
    page.get_by_role("button", name="In rows instead").press("Enter")
    expect(page.get_by_role("button", name="Add a condition")).to_be_focused()


def test_a_press_in_the_same_moment_as_a_pick_is_taken_after_it(visit: New) -> None:
    page = visit().sign_in("olivia").page
    page.goto("/rules/new")
    page.evaluate(
        """() => {
          const select = document.getElementById("event");
          select.value = "ticket.created";
          select.dispatchEvent(new Event("change", {bubbles: true}));
          document.querySelector("#builder [name=do][value=add]").click();
        }"""
    )
    has_one_condition_on_the_event(page)


def test_presses_while_a_builder_is_on_its_way_are_taken_in_order(visit: New) -> None:
    page = visit().sign_in("olivia").page
    page.goto("/rules/new?event=ticket.created")
    held = hold(page, "do=add")
    with page.expect_request("**/rules"):
        page.get_by_role("button", name="Add a condition").click()
    for _ in range(2):
        page.get_by_role("button", name="Add a condition").click()
    held[0].continue_()
    expect(page.locator(".condition")).to_have_count(3)
    page.locator("#row-1-path").select_option("data.priority")
    expect(page.locator("#row-1-op option[value=contains]")).to_have_count(1)
    page.locator("#row-2-path").select_option("data.subject")
    expect(page.locator("#row-2-path")).to_have_value("data.subject")
    # The builder that this pick makes has come: a press that begins on one builder and ends on the next is on neither.
    expect(page.locator("#row-2-op option[value=contains]")).to_have_count(1)
    held = hold(page, "do=remove")
    with page.expect_request(lambda request: "do=remove" in (request.post_data or "")):
        page.get_by_role("button", name="Take condition 1 away").click()
    page.get_by_role("button", name="Take condition 3 away").click()
    held[0].continue_()
    expect(page.locator(".condition")).to_have_count(1)
    expect(page.locator("#row-0-path")).to_have_value("data.priority")


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=list(MOMENTS))
def test_a_pick_made_the_moment_a_builder_is_made_anew_is_taken(visit: New, moment: str) -> None:
    page = visit().sign_in("olivia").page
    page.goto("/rules/new?event=ticket.created")
    page.evaluate(AS_IT_COMES % (moment % PICK))
    page.get_by_label("Action", exact=True).select_option("saas.set_ticket_priority")
    expect(page.locator("#value-priority")).to_be_visible()


def test_what_is_filled_in_while_a_builder_waits_for_its_server_is_kept(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    page.goto("/rules/new?event=ticket.created")
    for _ in range(2):
        page.get_by_role("button", name="Add a condition").click()
        expect(page.locator(".condition").last.locator("select").first).to_be_focused()
    page.locator("#row-1-path").select_option("data.priority")
    expect(page.locator("#row-1-op option[value=contains]")).to_have_count(1)
    olivia.is_clean()  # nothing is under way any more
    held = hold(page, "do=remove")
    with page.expect_request(lambda request: "do=remove" in (request.post_data or "")):
        page.get_by_role("button", name="Take condition 1 away").click()
    page.locator("#row-1-value").fill("high")
    page.locator("[name=mode][value=off]").check(force=True)
    page.get_by_label("Name", exact=True).fill("Kept")
    page.get_by_label("Action", exact=True).select_option("saas.close_ticket")
    page.get_by_role("button", name="Save the rule").click()
    held[0].continue_()
    olivia.sees(re.compile("Kept"))
    expect(page.locator("h1")).to_contain_text("off")
    expect(page.locator("main")).to_contain_text("event.data.priority == 'high'")
    expect(page.locator("main")).to_contain_text("saas.close_ticket")


def test_a_builder_goes_on_after_a_request_that_failed(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    page.goto("/rules/new?event=ticket.created")
    page.route("**/rules", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Add a condition").click()
    page.unroute("**/rules")
    page.get_by_role("button", name="Add a condition").click()
    expect(page.locator("#row-0-path")).to_be_focused()
    assert any("htmx:sendError" in each for each in olivia.complaints)
    olivia.complaints.clear()


def test_a_rule_is_built_without_javascript_too(visit: New) -> None:
    plain = visit(java_script_enabled=False)
    page = plain.page
    plain.sign_in("olivia")
    page.goto("/rules/new")
    page.get_by_label("When this happens").select_option("invoice.paid")
    page.get_by_role("button", name="Apply").first.click()
    page.get_by_role("button", name="Add a condition").click()
    page.locator("#row-0-path").select_option("data.amount")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_role("button", name="Take condition 2 away").click()
    page.locator("#row-0-op").select_option("ge")
    page.locator("#row-0-value").fill("100000")
    page.get_by_label("Action", exact=True).select_option("saas.apply_credit")
    page.get_by_role("button", name="Apply").nth(1).click()
    expect(page.locator("#cel")).to_contain_text("event.data.amount >= 100000")
    page.get_by_label("Name", exact=True).fill("Thank them")
    page.get_by_role("button", name="Save the rule").click()
    plain.sees(re.compile("Thank them"))
