"""Events in the console: the catalogue, what was fired and who reacted, and one fired by hand."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from httpx import AsyncClient

import store.automations
import store.events.events
from core.actor import Actor
from events.automations.service import RuleForm
from registry.events import event_catalogue
from store.automations import FiringRow
from store.events.events import EventRow, ReactionRow
from tests.integration.web.console.console import Console
from tests.integration.web.console.keys.test_keys import submit


async def fired(
    console: Console, name: str = "parcel.lost", data: dict[str, Any] | None = None, actor: Actor | None = None
) -> str:
    return (await console.container.events.publisher.publish(actor or console.owner, name, data or {"parcel": 7})).id


async def listed(console: Console) -> list[EventRow]:
    async with console.container.database.read() as session:
        return await store.events.events.listed(session, console.owner.workspace)


async def reacted(console: Console, event_id: str, *rows: tuple[str, int, str, str]) -> None:
    async with console.container.database.begin() as session:
        await store.events.events.plan_reactions(
            session,
            [
                ReactionRow(
                    event_id=event_id,
                    subscriber=name,
                    workspace=console.owner.workspace,
                    priority=priority,
                    state=state,
                    error=error,
                    attempts=2,
                )
                for name, priority, state, error in rows
            ],
        )
        await store.events.events.finish(session, console.owner.workspace, event_id, console.clock())


async def lines(browser: AsyncClient, **query: str) -> list[str]:
    page = (await browser.get("/events", params=query)).text
    return re.findall(r'class="mono" href="/events/(evt_[^"]+)"', page)


async def test_the_catalogue_is_searched_by_name_description_and_field(console: Console) -> None:
    browser = await console.signed_in("sara@shop.test")
    everything = (await browser.get("/events/types")).text
    assert all(f"/events/types/{name}" in everything for name in event_catalogue.load_event_types())
    found = (await browser.get("/events/types", params={"q": "tracking"})).text
    assert re.findall(r'href="/events/types/([a-z_.]+)"', found) == ["order.shipped"]
    none = (await browser.get("/events/types", params={"q": "<img src=x>"})).text
    assert "No event in the catalogue matches that." in none
    assert "<img src=x>" not in none


async def test_a_type_shows_its_fields_schema_and_sample_and_only_owners_are_led_to_firing(console: Console) -> None:
    sara, olivia = await console.signed_in("sara@shop.test"), await console.signed_in("olivia@shop.test")
    page = (await sara.get("/events/types/invoice.paid")).text
    for told in ("invoice_id", "integer or string", "always", "maybe", "&#34;INV-1042&#34;"):
        assert told in page, told
    assert "/events/fire" not in page
    assert "/events/fire?type=invoice.paid" in (await olivia.get("/events/types/invoice.paid")).text
    assert (await olivia.get("/events/types/no.such")).status_code == 404


async def test_a_sample_is_taken_from_the_catalogue_and_fired_once(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    page = await browser.get("/events/fire", params={"type": "invoice.paid"})
    assert "&#34;INV-1042&#34;" in page.text
    sample = json.dumps(dict(event_catalogue.load_event_types()["invoice.paid"].sample))
    answer = await submit(browser, "/events/fire?type=invoice.paid", "/events", name="invoice.paid", data=sample)
    (row,) = await listed(console)
    assert answer.headers["location"] == f"/events/{row.id}"
    assert json.loads(row.data) == json.loads(sample)
    assert row.origin == f"member:{console.owner.id}"
    assert "by Olivia" in (await browser.get(f"/events/{row.id}")).text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("invoice.paid", "{}", "does not fit the schema of invoice.paid"),
        ("invoice.paid", '{"amount": "much"}', "/data/amount"),
        ("Nonsense!", "{}", "two to four lower-case words"),
        ("parcel.lost", "[1]", "is a JSON object"),
        ("parcel.lost", "{", ""),
        ("parcel.lost", '{"a": 1, "a": 2}', ""),
    ],
)
async def test_what_can_not_be_fired_is_said_and_stays_in_the_form(
    console: Console, name: str, data: str, said: str
) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await submit(browser, "/events/fire", "/events", name=name, data=data)
    assert answer.status_code == 422, answer.text
    assert said in answer.text
    assert 'id="trouble"' in answer.text
    assert f'value="{name}"' in answer.text
    assert not await listed(console)


async def test_events_are_filtered_by_type_time_and_status_and_paged(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    old = await fired(console, "parcel.found")
    await reacted(console, old, ("crm", 30, "done", ""))
    console.clock.advance(days=2)
    browser = await console.signed_in("olivia@shop.test")
    bad = await fired(console)
    await reacted(console, bad, ("crm", 30, "failed", "It broke."), ("mail", 31, "done", ""))
    fresh = await fired(console)
    assert await lines(browser) == [fresh, bad, old]
    assert await lines(browser, type="parcel.found") == [old]
    assert await lines(browser, until="2026-11-24") == [old]
    assert await lines(browser, since="2026-11-25") == [fresh, bad]
    assert await lines(browser, standing="troubled") == [bad]
    assert await lines(browser, standing="done") == [old]
    assert await lines(browser, standing="firing") == [fresh]
    assert "1 of 2 well" in (await browser.get("/events")).text
    assert "No event fits this filter." in (await browser.get("/events?type=no.such")).text
    for _ in range(50):
        await fired(console)
    page = (await browser.get("/events?type=parcel.lost")).text
    older = re.search(r'href="(/events\?type=parcel.lost&amp;before=[^"]+)"', page)
    assert older
    assert (await browser.get(older[1].replace("&amp;", "&"))).text.count("/events/evt_") == 2


async def test_an_event_shows_who_reacted_in_order_and_what_came_of_it(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    run = await console.run_of(console.owner)
    form = {
        "name": "Tell <b>us</b>",
        "event": "parcel.*",
        "action": "shop.refund",
        "parameters": {"order": {"value": 7}},
    }
    rule = await console.container.events.automation_service.add_rule(console.owner, RuleForm.model_validate(form))
    endpoint = await console.container.webhooks.endpoints.create(console.owner, "https://hooks.example/in", ["*"])
    event = await fired(console, data={"note": "<script>alert(1)</script>\u202e"})
    await reacted(
        console,
        event,
        (rule.id, 20, "done", ""),
        ("webhooks", 40, "done", ""),
        ("rul_gone", 21, "skipped", "Not there any more."),
        ("mirror:desk", 22, "done", ""),
        ("connector:crm:mirror", 30, "failed", "It <i>broke</i>."),
    )
    async with console.container.database.begin() as session:
        firing = FiringRow(
            source=rule.id,
            event_id=event,
            workspace=console.owner.workspace,
            at=console.clock(),
            verdict="run",
            run_id=run.id,
        )
        await store.automations.insert_firing(session, firing)
    page = (await browser.get(f"/events/{event}")).text
    order = [page.index(each) for each in (f'href="/rules/{rule.id}"', "rul_gone", "mirror", "Webhook endpoints")]
    assert order == sorted(order)
    assert "Tell &lt;b&gt;us&lt;/b&gt;" in page
    assert f"/runs/{run.id}" in page
    assert 'href="/connectors/crm"' in page
    assert re.search(r'href="/connectors/desk"[^>]*>Records kept here</a>', page)
    assert "It &lt;i&gt;broke&lt;/i&gt;." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;‹U+202E›" in page
    assert "in trouble" in page
    assert endpoint.shown.row.id not in page, "it has no delivery of this event"


async def test_an_event_page_looks_again_while_the_event_is_on_its_way_and_not_for_ever(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    event = await fired(console)
    page = (await browser.get(f"/events/{event}")).text
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every', page)
    assert found
    look = found[1].replace("&amp;", "&")
    assert (await browser.get(look, headers={"HX-Request": "true"})).status_code == 204
    await reacted(console, event, ("crm", 30, "done", ""))
    news = await browser.get(look, headers={"HX-Request": "true"})
    assert news.status_code == 200
    assert "hx-trigger" not in news.text
    other = await fired(console)
    console.clock.advance(minutes=3)
    assert "hx-trigger" not in (await browser.get(f"/events/{other}")).text


async def test_the_list_says_who_fired_an_event(console: Console) -> None:
    await fired(console)
    key, _ = await console.container.key_admin.create_key(console.owner, "till", scopes={"events:write"})
    await fired(console, actor=Actor(console.owner.workspace, key.id, "key", key.name, key.role, key.person))
    page = (await (await console.signed_in("olivia@shop.test")).get("/events")).text
    who = re.findall(r'<span class="lbl">by</span>(?:<[^>]+>)*([^<]+)', page)
    assert who == ["API key", console.owner.name]
