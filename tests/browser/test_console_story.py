"""The whole story of a request in a real browser, by keyboard alone."""

from __future__ import annotations

import csv
import re

from playwright.sync_api import expect

from tests.acceptance.installation import Installation
from tests.browser.conftest import New


def test_a_refund_by_keyboard_alone_from_words_to_the_platforms_ledger(world: Installation, visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.ask("refund Adam's last invoice")
    olivia.sees(re.compile("Two customers"))
    olivia.focus_is_on("#question")
    olivia.press("1")
    olivia.sees("Refund an invoice")
    olivia.focus_is_on("#card-title")
    page = olivia.page
    expect(page).to_have_title(re.compile("^To confirm: refund Adam's last invoice"))
    expect(page.locator("#card .value").get_by_text("49.00 EUR", exact=True)).to_be_visible()
    for shown in ("amount = 4900", "invoice_id = 1042"):
        expect(page.locator("#card").get_by_text(shown, exact=True)).to_be_visible()
    expect(page.locator("[data-value$=amount] .source")).to_have_text("refundable of this invoice")
    expect(page.locator("[data-value$=invoice_id] .source")).to_contain_text("of customer Adam Novak")
    expect(page.locator("mark").first).to_have_text("Adam")

    olivia.press("Control+Enter")
    expect(page.locator("#card-title")).to_be_visible()
    olivia.press("y")
    expect(page.get_by_role("button", name="Yes: confirm and send")).to_be_hidden()
    olivia.press("c")
    expect(page.get_by_role("button", name="Yes: confirm and send")).to_be_focused()
    olivia.press("y")
    olivia.sees("Done")
    olivia.focus_is_on("#outcome-title")
    page.get_by_text("The platform's answer").press("Enter")
    call_id = page.locator(".came dd.mono").last.text_content() or ""
    (received,) = world.received(call_id)
    assert received["times_received"] == 1
    assert received["params"] == {"amount": 4900, "currency": "EUR", "invoice_id": 1042}
    assert world.verify()["ok"]


def test_a_changeable_action_is_confirmed_by_control_and_enter(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.ask("give Hugo Bernard 75 EUR credit")
    olivia.focus_is_on("#card-title")
    olivia.press("Control+Enter")
    olivia.sees("Done")
    olivia.focus_is_on("#outcome-title")
    olivia.page.get_by_role("link", name="Undo this…").press("Enter")
    expect(olivia.page.locator("#text")).to_have_value(re.compile("credit"))
    olivia.page.goto("/history?kind=finished")
    olivia.page.locator("tbody th a").first.press("Enter")
    expect(olivia.page.locator(".badge", has_text="verified")).to_be_visible()
    olivia.page.get_by_role("link", name="Undo this…").press("Enter")
    expect(olivia.page.locator("#text")).to_have_value(re.compile("credit"))


def test_what_was_done_is_asked_for_and_leads_to_its_run_and_to_the_history(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    for _ in range(2):
        olivia.ask("give Emma Fischer 11 EUR credit")
        olivia.sees("Done")
    expect(olivia.page.get_by_text(re.compile("The same was done .* ago"))).to_be_visible()
    olivia.ask("who gave Emma credit")
    olivia.sees(re.compile("2 were done, by olivia"))
    olivia.page.get_by_role("link", name="What was done, in AI History").press("Enter")
    expect(olivia.page).to_have_url(re.compile("kind=call_settled"))
    olivia.page.go_back()
    olivia.page.locator(".found a").first.press("Enter")
    olivia.sees("Done")


def test_the_list_of_keys_opens_by_its_key_and_by_its_button(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    keys = olivia.page.get_by_role("dialog", name="Keys")
    olivia.tab_to("#text")
    olivia.press("?")
    expect(olivia.page.locator("#text")).to_have_value("?")
    expect(keys).to_be_hidden()

    olivia.press("Backspace")
    olivia.tab_to(".account > summary")
    olivia.press("?")
    expect(keys).to_be_visible()
    expect(keys.get_by_role("button", name="Close")).to_be_focused()
    olivia.is_clean()
    olivia.press("Escape")
    expect(keys).to_be_hidden()
    olivia.focus_is_on(".account > summary")

    olivia.press("Enter")
    olivia.tab_to("[data-keys-list]")
    olivia.press("Enter")
    expect(keys).to_be_visible()
    olivia.tab_to("#keys input")
    olivia.press("Space")
    olivia.tab_to("#keys button")
    olivia.press("Enter")
    expect(keys).to_be_hidden()
    olivia.tab_to(".brand")
    olivia.press("?")
    expect(keys).to_be_hidden()


def test_a_key_typed_into_a_field_confirms_nothing(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.ask("give Hugo Bernard 76 EUR credit")
    olivia.focus_is_on("#card-title")
    olivia.page.get_by_text("Reject…").click()
    olivia.focus_is_on("#reason")
    olivia.type("cyc")
    olivia.press("Control+Enter")
    expect(olivia.page.locator("#card-title, .ended h1").first).to_be_visible()
    expect(olivia.page.get_by_role("heading", name="Done")).to_have_count(0)


def test_words_can_answer_and_a_value_lights_the_words_it_came_from(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.ask("refund Adam's last invoice")
    olivia.sees(re.compile("Two customers"))
    olivia.page.locator("#answer").focus()
    olivia.type("Adam Novak")
    olivia.press("Enter")
    olivia.focus_is_on("#card-title")
    marks = olivia.page.locator("mark", has_text="Adam")  # in the request, and in the answer
    expect(marks).to_have_text(["Adam", "Adam Novak"])
    expect(olivia.page.locator("mark.lit")).to_have_count(0)
    olivia.page.locator("[data-value$=invoice_id] .value").focus()
    expect(marks.locator("visible=true").and_(olivia.page.locator(".lit"))).to_have_count(2)
    record = olivia.page.locator("[data-value$=invoice_id] .record")
    expect(record.locator("dl")).to_be_hidden()
    record.locator("summary").press("Enter")
    expect(record.locator("dl")).to_contain_text("paid at")
    olivia.is_clean()


def test_an_edit_makes_a_new_card_with_another_digest(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.ask("give Nora Lindqvist 90 EUR credit")
    olivia.focus_is_on("#card-title")
    card = olivia.page.locator("#card")
    before = card.locator(".digest summary").inner_text()
    card.get_by_label("Edit Amount").press("Enter")
    olivia.type("60 euros")
    olivia.press("Enter")
    expect(card.get_by_text("60.00 EUR", exact=True)).to_be_visible()
    assert card.locator(".digest summary").inner_text() != before
    expect(card).to_contain_text("you said “60 euros”")
    card.locator("[data-left]").evaluate("(each) => (each.dataset.left = 0)")
    again = card.get_by_role("link", name="See what happened")
    expect(again).to_be_focused()  # nothing to press in vain
    confirm = card.get_by_role("button", name="Confirm and send")
    expect(confirm).to_have_count(0)
    again.press("Enter")
    expect(confirm).to_be_visible()  # the server says that it still stands


def test_a_browser_whose_clock_is_ahead_leaves_a_live_card_open(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.add_init_script("const now = Date.now; Date.now = () => now() + 90 * 864e5;")
    olivia.page.reload()
    olivia.ask("give Nora Lindqvist 90 EUR credit")
    olivia.focus_is_on("#card-title")
    card = olivia.page.locator("#card")
    expect(card.locator(".countdown")).to_contain_text("left")
    expect(card.get_by_role("button", name="Confirm and send")).to_be_visible()
    expect(card.get_by_role("link", name="See what happened")).to_have_count(0)


def test_a_text_of_several_lines_is_read_and_edited_in_its_lines(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.locator("#text").fill('reply to ticket 5519: "Hello Adam,\n\nthe lock is new.\nOlivia"')
    olivia.press("Enter")
    olivia.focus_is_on("#card-title")
    message = olivia.page.locator("[data-value$=message]")
    expect(message.locator(".value")).to_have_text(re.compile("Hello Adam,\n\nthe lock is new.\nOlivia"))
    message.get_by_label("Edit Message").press("Enter")
    field = message.locator("textarea")
    expect(field).to_be_focused()
    expect(field).to_have_value("Hello Adam,\n\nthe lock is new.\nOlivia")
    olivia.is_clean()
    olivia.page.keyboard.press("End")
    olivia.type(" Brandt")
    message.get_by_role("button", name="Save").press("Enter")
    expect(message.locator(".value")).to_have_text(re.compile("the lock is new.\nOlivia Brandt"))


def test_a_rejection_keeps_its_reason_and_sends_nothing(world: Installation, visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.ask("refund invoice INV-1050")
    olivia.focus_is_on("#card-title")
    olivia.page.locator(".reject summary").press("Enter")
    olivia.type("asked by mistake")
    olivia.press("Enter")
    olivia.sees("Rejected. Nothing was sent.")
    expect(olivia.page.get_by_text("Reason: asked by mistake")).to_be_visible()
    run = world.clients["olivia"].get(f"/v1/runs/{olivia.page.url.rsplit('/', 1)[1]}")
    assert not world.received(run["card"]["calls"][0]["call_id"])


def test_an_edit_that_can_not_be_read_says_why_beside_the_value_and_the_card_stays(visit: New) -> None:
    olivia = visit(390)
    olivia.sign_in("olivia")
    olivia.ask("give Hugo Bernard 80 EUR credit")
    olivia.focus_is_on("#card-title")
    digest = olivia.page.locator(".digest summary").text_content()
    olivia.page.get_by_label("Edit Amount").press("Enter")
    olivia.page.locator("#edit-v0-amount").fill("a handful")
    olivia.press("Enter")
    expect(olivia.page.get_by_role("alert")).to_contain_text("I can't read ‘a handful’")
    olivia.focus_is_on("#edit-v0-amount")
    expect(olivia.page.locator("#edit-v0-amount")).to_have_value("a handful")
    expect(olivia.page.locator(".digest summary")).to_have_text(digest or "no digest")
    olivia.is_clean()
    olivia.page.locator("#edit-v0-amount").fill("81 EUR")
    olivia.press("Enter")
    olivia.focus_is_on("#card-title")
    olivia.sees("Give Hugo Bernard 81.00 EUR of credit.")


def test_two_people_approve_from_two_browsers(visit: New) -> None:
    amir, oscar = visit().sign_in("amir"), visit().sign_in("oscar")
    amir.ask("suspend Brightwater")
    amir.sees("Why should the account be suspended?")
    amir.focus_is_on("#answer")
    amir.type("unpaid bills")
    amir.press("Enter")
    amir.focus_is_on("#card-title")
    run_page = amir.page.url
    expect(amir.page.locator("#card")).to_contain_text("0 of 2")
    amir.press("c")
    expect(amir.page.get_by_text("You have approved this.")).to_be_visible()
    expect(amir.page.get_by_role("button", name=re.compile("Confirm|Approve"))).to_have_count(0)

    oscar.page.get_by_role("link", name="Approvals").press("Enter")
    waiting = oscar.page.locator("li", has_text="amir (admin)")
    expect(waiting).to_contain_text("1 of 2")
    waiting.get_by_role("link").press("Enter")
    expect(oscar.page).to_have_url(run_page)
    oscar.focus_is_on("#card-title")
    oscar.press("c")
    oscar.sees("Done")
    amir.sees("Done")


def test_the_arrow_up_recalls_what_was_asked_before(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.ask("resend invoice INV-1042")
    olivia.sees("Done")
    olivia.page.goto("/")
    olivia.focus_is_on("#text")
    olivia.type("half a th")
    olivia.press("ArrowUp")
    expect(olivia.page.locator("#text")).to_have_value("resend invoice INV-1042")
    olivia.press("ArrowDown")
    expect(olivia.page.locator("#text")).to_have_value("half a th")


def test_back_leads_to_the_page_before_and_asks_nothing_again(world: Installation, visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.ask("what's the weather in Prague tomorrow?")
    olivia.sees("Nothing was done")
    before = len(world.clients["olivia"].get("/v1/runs")["data"])
    olivia.page.go_back()
    olivia.sees("What should be done?")
    olivia.page.go_forward()
    olivia.sees("Nothing was done")
    assert len(world.clients["olivia"].get("/v1/runs")["data"]) == before


def test_a_request_that_is_too_long_stays_whole_and_is_told_of(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    box, at = page.locator("#text"), page.url
    long = "resend invoice INV-1042, " * 200 + "no, don't"
    page.keyboard.insert_text(long)
    expect(box).to_have_value(long)
    told = "This has 5,009 characters; at most 4,000 are taken."
    assert box.evaluate("(box) => box.validationMessage") == told
    olivia.press("Enter")
    assert page.url == at
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("resend invoice INV-1042")
    olivia.press("Enter")
    olivia.sees("Done")


def test_an_example_fills_the_box(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.get_by_role("link", name=re.compile("^Send an invoice again")).press("Enter")
    olivia.focus_is_on("#text")
    expect(olivia.page.locator("#text")).to_have_value("resend invoice INV-1042")


def test_history_is_filtered_and_leaves_as_csv(world: Installation, visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.ask("resend invoice INV-1042")
    olivia.sees("Done")
    run_id = olivia.page.url.rsplit("/", 1)[1]
    olivia.page.get_by_role("link", name="History").press("Enter")
    olivia.page.get_by_label("Kind").select_option("call_settled")
    olivia.page.get_by_label("Contract").fill("saas.resend_invoice")
    olivia.page.get_by_role("button", name="Filter").press("Enter")
    expect(olivia.page.locator("tbody tr").first).to_contain_text("call finished")
    expect(olivia.page.locator("tbody td:nth-child(2)", has_text="request")).to_have_count(0)
    with olivia.page.expect_download() as download:
        olivia.page.get_by_role("link", name="Export CSV").press("Enter")
    with open(download.value.path(), newline="", encoding="utf-8") as file:  # noqa: PTH123  (a path of Playwright's)
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} == {"call_settled"}
    assert run_id in {row["run_id"] for row in rows}
    olivia.page.get_by_role("link", name="Verify chain").press("Enter")
    olivia.sees("The chain is unbroken")


def test_without_javascript_the_whole_story_works_too(world: Installation, visit: New) -> None:
    plain = visit(java_script_enabled=False)
    plain.page.goto("/sign-in")
    plain.sign_in("olivia")
    plain.page.locator("#text").fill("give Emma Fischer 77 EUR credit")
    plain.page.get_by_role("button", name="Ask").click()
    plain.sees("Give a customer credit")
    plain.page.get_by_role("button", name="Confirm and send").click()
    plain.sees("Done")


def test_a_long_request_is_read_to_its_end_by_keyboard(visit: New) -> None:
    olivia = visit(390)
    olivia.sign_in("olivia")
    olivia.page.locator("#text").fill("\n".join(f"what does the moon weigh, line {line}" for line in range(30)))
    olivia.press("Enter")
    olivia.sees("Nothing was done")
    olivia.is_clean()  # stands still: what came last has been given the focus
    words = olivia.page.get_by_role("group", name="You asked, in full")
    words.focus()
    olivia.press("End")
    expect(words).to_be_focused()
    for _ in range(100):
        if words.evaluate("(element) => element.scrollTop > 0"):
            break
        olivia.page.wait_for_timeout(50)
    else:
        raise AssertionError("End does not lead to the end")
    olivia.is_clean()
