"""A rule is put together by picking, tried on past events and saved; what it can not be is said."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from tests.integration.web.console.console import CONTRACT, Console, csrf
from tests.integration.web.console.keys.test_keys import submit, ticket
from tests.integration.web.console.rule_building import BUILT, CEL, add, built, fire, picked, rules, shown_cel


async def test_a_rule_is_put_together_by_picking_and_stored_as_it_says(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await built(browser, "save")
    (row,) = await rules(console)
    assert answer.headers["location"] == f"/rules/{row.id}"
    assert (row.name, row.pattern, row.condition, row.contract) == ("Big ones", "order.paid", CEL, "shop.refund")
    assert json.loads(row.parameters) == {"order": {"from": "/data/amount"}}
    assert (row.mode, row.max_per_hour) == ("shadow", 5)
    page = (await browser.get(f"/rules/{row.id}")).text
    for told in ("data.amount", "≥", "100000", "Refund an order", "of the event", "all of"):
        assert told in page, told
    assert html.escape(CEL).replace("&#x27;", "&#39;") in page


async def test_the_builder_shows_the_condition_as_it_grows_and_stores_nothing(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    assert shown_cel(await browser.get("/rules/new?event=order.paid")) == "(always)"
    assert shown_cel(await built(browser, "look")) == CEL
    assert shown_cel(await built(browser, "look", join="any")) == CEL.replace("&&", "||")
    more = await built(browser, "add")
    assert len(re.findall(r'name="row_value"', more.text)) == 3
    assert "autofocus" in more.text
    less = await built(browser, "remove:0")
    assert shown_cel(less) == "event.data.currency == 'EUR'"
    wrong = await built(browser, "look", row_value=["a lot", "EUR"])
    assert "is compared with a number" in wrong.text
    assert 'value="a lot"' in wrong.text
    assert not await rules(console)


async def test_fields_operators_and_sources_come_from_the_event_that_is_picked(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await built(browser, "look", row_path=["data.amount"], row_other=[""], row_op=["contains"], row_value=["1"])
    assert picked(page, "row_op") == ["eq"], "a number contains nothing: the first that fits takes its place"
    assert '<option value="contains"' not in page.text
    assert '<option value="/data/currency">data.currency</option>' in page.text
    other = await built(
        browser,
        "look",
        event="ticket.created",
        row_path=["data.priority"],
        row_other=[""],
        row_op=["is"],
        row_value=["x"],
    )
    assert '<option value="contains"' in other.text
    assert "data.currency" not in other.text


async def test_fields_seen_in_custom_events_can_be_picked_and_a_field_can_be_written(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    await console.container.events.publisher.publish(
        console.owner, "parcel.lost", {"parcel": {"weight_g": 5, "note": "secret of a customer"}}
    )
    page = await browser.get("/rules/new?event=parcel.lost")
    assert "data.parcel.weight_g" in page.text
    assert "secret of a customer" not in page.text
    assert picked(page, "event") == ["parcel.lost"]
    written = await built(
        browser,
        "save",
        event="?",
        own_event="parcel.*",
        row_path=["?"],
        row_other=["data.depot.name"],
        row_op=["is"],
        row_value=["North"],
        **{"from.order": "=", "value.order": "7"},
    )
    assert written.status_code == 303, written.text
    (row,) = await rules(console)
    assert (row.pattern, row.condition) == ("parcel.*", "event.data.depot.name == 'North'")
    assert json.loads(row.parameters) == {"order": {"value": 7}}


async def test_a_parameter_is_guessed_from_the_field_of_its_name_or_warned_of(
    console: Console,
) -> None:
    browser = await console.signed_in("olivia@shop.test")
    await console.container.events.publisher.publish(console.owner, "parcel.lost", {"order": 7})
    fields = {key: value for key, value in BUILT.items() if not key.startswith(("from.", "value.", "row_"))}
    guessed = await submit(browser, "/rules/new", "/rules", **{**fields, "event": "parcel.lost", "do": "look"})
    assert picked(guessed, "from.order") == ["/data/order"]
    bare = await built(browser, "look", **{"from.order": ""})
    assert picked(bare, "from.order") == [""]
    assert "each run would be refused" in bare.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "Give it a name"),
        ({"event": ""}, "Pick the event"),
        ({"event": "?", "own_event": "Nonsense!"}, "A pattern is"),
        ({"action": ""}, "Pick the action"),
        ({"per_hour": "many"}, "The ceiling is a whole number"),
        ({"row_value": ["x", "EUR"]}, "is compared with a number"),
        ({"row_path": ["data.a) || (true", "name"]}, "is no field of an event"),
        ({"by_hand": "yes", "cel": "params.amount > 5"}, "reads 'event' only"),
        ({"by_hand": "yes", "cel": "event.data.amount >"}, "This is no CEL expression"),
        ({"by_hand": "yes", "cel": "1+1"}, "A condition is true or false"),
        ({"by_hand": "yes", "cel": "event.name == '" + "x" * 200 + "'"}, "too long"),
        ({"from.order": "=", "value.order": "seven"}, "The constant for order is a whole number"),
        ({"from.order": "=", "value.order": ""}, "The constant for order is a whole number"),
        ({"from.order": "/etc/passwd"}, "Parameters"),
    ],
)
async def test_what_can_not_be_a_rule_is_said_and_what_was_filled_in_stays(
    console: Console, given: dict[str, Any], said: str
) -> None:
    browser = await console.signed_in("olivia@shop.test")
    for do in ("save", "try"):
        answer = await built(browser, do, **given)
        assert answer.status_code == 422, answer.text
        assert said in html.unescape(answer.text), do
        assert 'id="trouble"' in answer.text
    assert not await rules(console)


async def test_a_dry_run_of_what_is_not_saved_tells_of_each_past_event_and_stores_nothing(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    big, small = await fire(console, 250_000), await fire(console, 5)
    other = await console.container.events.publisher.publish(console.owner, "parcel.lost", {})
    page = await built(browser, "try")
    assert page.status_code == 200
    rows = re.findall(r'href="/events/(evt_[^"]+)".*?<span class="badge \w+">([^<]+)<', page.text, flags=re.S)
    assert rows == [(small, "condition not met"), (big, "would wait for a yes")]
    assert other.id not in page.text
    assert "is always confirmed" in html.unescape(page.text)
    assert not await rules(console)
    assert not await console.container.runs.list_runs(console.owner)
    lacking = await built(
        browser, "try", row_path=["data.nothing"], row_other=[""], row_op=["is"], row_value=["x"], event="order.paid"
    )
    assert lacking.text.count("can&#39;t be told") == 3, "both events, and the tally"
    none = await built(browser, "try", event="order.returned", row_path=[], row_other=[], row_op=[], row_value=[])
    assert "No event that has come in fits this pattern yet." in none.text


async def test_an_admin_builds_what_an_admin_may_run_and_sees_no_links_to_events(console: Console) -> None:
    await console.container.contract_admin.register(
        console.owner, [{**CONTRACT, "name": "shop.close", "title": "Close the shop", "roles": ["owner"]}]
    )
    await fire(console, 250_000)
    browser = await console.signed_in("amir@shop.test")
    page = await built(browser, "try")
    assert "Refund an order" in page.text
    assert "Close the shop" not in page.text
    assert "would wait for a yes" in page.text
    assert 'href="/events/evt_' not in page.text
    forced = await built(browser, "save", action="shop.close")
    assert forced.status_code == 422
    assert not await rules(console)
    assert (await built(browser, "save")).status_code == 303
    (row,) = await rules(console)
    assert json.loads(row.author)["id"] == console.admin.id
    assert (await browser.post(f"/rules/{row.id}/mode", data={"csrf": "x", "mode": "on"})).status_code == 403
    assert (await submit(browser, "/rules/new", f"/rules/{row.id}/mode", mode="on")).status_code == 303
    assert (await rules(console))[0].mode == "on"


async def test_a_rule_is_saved_once_however_often_the_form_is_sent(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get("/rules/new")
    data = {**BUILT, "do": "save", "csrf": csrf(page), "once": ticket(page)}
    assert (await browser.post("/rules", data=data)).status_code == 303
    assert (await browser.post("/rules", data=data)).status_code == 409
    assert len(await rules(console)) == 1


async def test_a_rule_that_stands_is_read_back_into_the_builder_and_changed(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    row = await add(console, condition=CEL, parameters={"order": {"value": 7}}, note="why")
    page = await browser.get(f"/rules/{row.id}/edit")
    assert shown_cel(page) == CEL
    assert picked(page, "row_path") == ["data.amount", "data.currency"]
    assert picked(page, "from.order") == ["="]
    assert 'name="value.order" autocomplete="off" inputmode="decimal" value="7"' in page.text
    path = f"/rules/{row.id}/edit"
    changed = await built(browser, "save", path, path, revision=str(row.revision), name="Renamed")
    assert changed.headers["location"] == f"/rules/{row.id}"
    (now,) = await rules(console)
    assert (now.name, now.revision) == ("Renamed", row.revision + 1)
    stale = await built(browser, "save", path, path, revision=str(row.revision), name="Too late")
    assert stale.status_code == 422
    assert "Somebody changed it while you did" in stale.text
    assert 'value="Too late"' in stale.text
    assert (await rules(console))[0].name == "Renamed"


async def test_a_condition_that_rows_can_not_say_is_kept_and_edited_by_hand(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    cel = "size(event.data.items) > 2"
    row = await add(console, condition=cel)
    page = await browser.get(f"/rules/{row.id}/edit")
    assert 'name="by_hand" value="yes"' in page.text
    assert f">\n{cel.replace('>', '&gt;')}</textarea>" in page.text
    assert "size(event.data.items) &gt; 2" in (await browser.get(f"/rules/{row.id}")).text
    still = await built(browser, "by-rows", by_hand="yes", cel=cel)
    assert 'name="by_hand" value="yes"' in still.text, "no rows can say it"
    back = await built(browser, "by-rows", by_hand="yes", cel=CEL)
    assert picked(back, "row_path") == ["data.amount", "data.currency"]
    signed_client = await built(browser, "by-hand")
    assert html.escape(CEL, quote=False).replace("'", "&#39;") in signed_client.text.split("<textarea")[1]
