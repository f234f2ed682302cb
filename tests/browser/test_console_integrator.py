"""An integrator's day, and an owner's rule, in a real browser against real processes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from cli.client import Client, Refused
from tests.acceptance.installation import PASSWORD, Installation
from tests.browser.browser_session import Visit
from tests.browser.conftest import New
from tests.browser.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.stop()


def secret_of(visit: Visit) -> str:
    return visit.page.locator("#secret").inner_text()


def endpoint_of(visit: Visit, receiver: Receiver, patterns: str, description: str) -> str:
    """Made through its form; leads to its page. The receiver knows the secret from then on."""
    page = visit.page
    page.goto("/webhooks/new")
    visit.focus_is_on("#url")
    visit.type(receiver.url)
    page.get_by_label("Events it receives").fill(patterns)
    page.get_by_label("Description").fill(description)
    page.get_by_role("button", name="Make the endpoint").press("Enter")
    visit.sees("Endpoint created")
    receiver.secret = secret_of(visit)
    page.get_by_role("link", name="Go to the endpoint").press("Enter")
    expect(page).to_have_url(re.compile("/webhooks/whe_"))
    return page.url


def test_a_key_is_made_copied_used_rotated_and_revoked(world: Installation, visit: New) -> None:
    olivia = visit(permissions=["clipboard-read", "clipboard-write"]).sign_in("olivia")
    page = olivia.page
    page.get_by_role("link", name="API keys").press("Enter")
    page.get_by_role("link", name="New key").press("Enter")
    olivia.focus_is_on("#name")
    olivia.type("shop backend")
    page.get_by_label("Role", exact=True).select_option("owner")
    page.get_by_label("Your password again").fill("wrong")
    olivia.press("Enter")
    expect(page.locator("#trouble")).to_contain_text("This is not your password")
    expect(page.locator("#name")).to_have_value("shop backend")
    olivia.is_clean()
    page.get_by_label("Your password again").fill(PASSWORD)
    olivia.press("Enter")
    olivia.sees("Key created")
    olivia.focus_is_on("#made")
    olivia.is_clean()
    public, secret = page.locator("#public").inner_text(), secret_of(olivia)
    page.get_by_role("button", name="Copy secret").press("Enter")
    expect(page.get_by_role("button", name="Copied secret")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret

    client = Client(world.clients["olivia"].url, public, secret)
    fired = client.post("/v1/events/fire", {"event": "parcel.weighed", "data": {"grams": 1200}})
    with pytest.raises(Refused):
        client.get("/v1/history")

    page.reload()
    expect(page.locator("body")).not_to_contain_text(secret)
    page.goto("/keys")
    page.get_by_role("link", name="shop backend").press("Enter")
    olivia.sees("shop backend")
    olivia.is_clean()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Rotate", exact=True).press("Enter")
    olivia.sees("The key has a new secret")
    fresh = Client(client.url, public, secret_of(olivia))
    for each in (client, fresh):
        assert each.post("/v1/events/fire", {"event": "parcel.weighed", "data": {}})["id"] != fired["id"]
    page.get_by_role("link", name="Go to the key").press("Enter")
    expect(page.get_by_text("It has two secrets now")).to_be_visible()
    page.get_by_text("Revoke…").press("Enter")
    page.get_by_role("button", name="Revoke this key").press("Enter")
    expect(page.locator(".badge", has_text="revoked")).to_be_visible()
    for each in (client, fresh):
        with pytest.raises(Refused):
            each.post("/v1/events/fire", {"event": "parcel.weighed", "data": {}})


def test_an_endpoint_is_tested_fails_and_is_sent_again(visit: New, receiver: Receiver) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    endpoint = endpoint_of(olivia, receiver, "parcel.*", "The ledger")
    olivia.is_clean()
    page.get_by_label("Send a test").select_option("order.shipped")
    page.get_by_role("button", name="Send", exact=True).press("Enter")
    expect(page.locator("h1 .badge", has_text="delivered")).to_be_visible(timeout=15_000)
    expect(page.locator(".attempt")).to_have_count(1)
    assert [each["type"] for each in receiver.taken] == ["order.shipped"]
    assert receiver.refused == 0
    olivia.is_clean()

    receiver.answers = 500
    page.goto("/events/fire")
    page.get_by_label("Event", exact=True).fill("parcel.lost")
    page.get_by_label("Data").fill('{"parcel": 7, "note": "<img src=x onerror=alert(1)>"}')
    page.get_by_role("button", name="Fire it").press("Enter")
    olivia.sees(re.compile("parcel.lost"))
    delivery = page.locator(".steps a[href^='/webhooks/deliveries/']", has_text=receiver.url)
    expect(delivery).to_contain_text("retrying", timeout=15_000)
    olivia.is_clean()
    delivery.press("Enter")
    expect(page.locator(".attempt").first).to_contain_text("500")
    expect(page.locator(".attempt").first).to_contain_text("the ledger is <b>locked</b>")
    expect(page.locator("#body")).to_contain_text("<img src=x onerror=alert(1)>")
    olivia.is_clean()

    receiver.answers = 204
    page.get_by_role("button", name="Send again").press("Enter")
    expect(page.locator("h1 .badge", has_text="delivered")).to_be_visible(timeout=15_000)
    expect(page.locator(".attempt").first).to_contain_text("by hand")
    # Where its own retry comes meanwhile too, the receiver knows it by its id.
    taken = {of: each["type"] for of, each in zip(receiver.ids, receiver.taken, strict=True)}
    assert list(taken.values()) == ["order.shipped", "parcel.lost"]
    assert len(receiver.taken) <= 3

    page.goto(endpoint)
    page.get_by_label("State").select_option("succeeded")
    page.get_by_role("button", name="Filter").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.get_by_text("its deliveries wait")).to_be_visible()
    page.get_by_role("button", name="Resume").press("Enter")
    expect(page.get_by_text("its deliveries wait")).to_have_count(0)
    page.get_by_role("button", name="Rotate", exact=True).press("Enter")
    olivia.sees("The endpoint has a new secret")
    assert secret_of(olivia) != receiver.secret


def test_a_rule_is_built_tried_switched_on_and_acts(world: Installation, visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    high = {"ticket_id": 5522, "subject": "Team export is empty", "priority": "high"}
    client = world.clients["olivia"]
    client.post("/v1/events/fire", {"event": "ticket.created", "data": high})
    client.post("/v1/events/fire", {"event": "ticket.created", "data": {**high, "priority": "low"}})

    page.get_by_role("link", name="Rules").press("Enter")
    page.get_by_role("link", name="New rule").press("Enter")
    page.get_by_label("When this happens").select_option("ticket.created")
    page.get_by_role("button", name="Add a condition").press("Enter")
    olivia.focus_is_on("#row-0-path")
    page.locator("#row-0-path").select_option("data.priority")
    expect(page.locator("#row-0-op option[value=contains]")).to_have_count(1)
    page.locator("#row-0-value").fill("high")
    expect(page.locator("#cel")).to_contain_text("event.data.priority == 'high'")
    page.get_by_label("Action", exact=True).select_option("saas.set_ticket_priority")
    expect(page.locator("#from-ticket_id")).to_have_value("/data/ticket_id")
    page.locator("#from-priority").select_option("=")
    page.locator("#value-priority").select_option("urgent")
    page.get_by_label("Name", exact=True).fill("High is urgent")
    olivia.is_clean()

    page.get_by_role("button", name="Try on past events").press("Enter")
    tried = page.locator(".tried")
    expect(tried).to_be_focused(timeout=15_000)
    expect(tried.locator("tbody tr")).to_have_count(2)
    expect(tried.locator("tbody tr").first).to_contain_text("condition not met")
    expect(tried.locator("tbody tr").nth(1)).to_contain_text("would run")
    expect(page.get_by_label("Name", exact=True)).to_have_value("High is urgent")
    olivia.is_clean()

    page.get_by_role("button", name="Save the rule").press("Enter")
    olivia.sees(re.compile("High is urgent"))
    rule = page.url
    olivia.is_clean()
    page.get_by_role("button", name="On", exact=True).press("Enter")
    expect(page.get_by_role("button", name="On", exact=True)).to_have_attribute("aria-pressed", "true")

    page.goto("/events/fire?type=ticket.created")
    page.get_by_label("Data").fill('{"ticket_id": 5522, "priority": "high"}')
    page.get_by_role("button", name="Fire it").press("Enter")
    reaction = page.locator(".steps li", has_text="High is urgent")
    expect(reaction).to_contain_text("done", timeout=15_000)
    reaction.get_by_role("link", name="Look at the run").press("Enter")
    olivia.sees("Done")
    call_id = page.locator(".came dd.mono").last.text_content() or ""
    (received,) = world.received(call_id)
    assert received["params"] == {"priority": "urgent", "ticket_id": 5522}
    page.goto(rule)
    expect(page.locator("tbody tr").first).to_contain_text("made a run")
    olivia.is_clean()


def test_an_instruction_is_worded_with_fields_set_in(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    page.goto("/rules/instructions/new?event=ticket.created")
    page.get_by_label("In plain words").fill("Close ticket ")
    page.get_by_role("button", name="data.ticket_id").press("Enter")
    expect(page.get_by_label("In plain words")).to_have_value("Close ticket {data.ticket_id}")
    olivia.focus_is_on("#text-of")
    page.get_by_label(re.compile("^Close a ticket")).check()
    page.get_by_label("Name", exact=True).fill("Close them")
    page.get_by_role("button", name="Save the instruction").press("Enter")
    olivia.sees(re.compile("Close them"))
    expect(page.get_by_text("A person confirms what it proposes.")).to_be_visible()
    olivia.is_clean()
