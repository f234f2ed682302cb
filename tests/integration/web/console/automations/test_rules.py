"""Rules as they stand in the console: listed, switched, deleted, and what they have done."""

from __future__ import annotations

import json
import re

import store.automations
from core.actor import Actor
from events.automations.service import InstructionForm, RuleForm
from store.automations import FiringRow
from tests.integration.web.console.console import Console
from tests.integration.web.console.keys.test_keys import made, submit
from tests.integration.web.console.rule_building import add, fire, rules


async def test_the_switch_and_deleting(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    row = await add(console)
    told = {
        "on": "",
        "off": "It is off and does nothing until it is switched on.",
        "shadow": "In shadow it sends nothing",
    }
    for mode in ("on", "off", "shadow"):
        await submit(browser, "/rules/new", f"/rules/{row.id}/mode", mode=mode)
        assert (await rules(console))[0].mode == mode
        page = (await browser.get(f"/rules/{row.id}")).text
        assert f'value="{mode}" aria-pressed="true"' in page
        assert [each for each in told.values() if each and each in page] == [each for each in [told[mode]] if each]
    assert (await submit(browser, "/rules/new", f"/rules/{row.id}/mode", mode="wild")).status_code == 400
    assert (await submit(browser, "/rules/new", f"/rules/{row.id}/delete")).headers["location"] == "/rules"
    assert not await rules(console)


async def test_what_a_rule_did_is_listed_and_shadow_is_told_only_to_who_may_see_inside(console: Console) -> None:
    row = await add(console, name="<b>ours</b>")
    call = {
        "contract": {"name": "shop.refund"},
        "sentence": "Refund the <order>.",
        "payload": json.dumps({"params": {"order": 987654321}}),
    }
    for at in range(33):
        event = await fire(console, at)
        async with console.container.database.begin() as session:
            await store.automations.insert_firing(
                session,
                FiringRow(
                    source=row.id,
                    event_id=event,
                    workspace=row.workspace,
                    at=console.clock(),
                    verdict="shadow",
                    detail="Would have been held",
                    document=json.dumps({"calls": [call]}),
                ),
            )
        console.clock.advance(seconds=1)
    olivia, sara = await console.signed_in("olivia@shop.test"), await console.signed_in("sara@shop.test")
    page = (await olivia.get(f"/rules/{row.id}")).text
    assert page.count("only noted") == 30
    assert "<p>Refund the &lt;order&gt;.</p>" in page
    assert "shop.refund {&#34;order&#34;: 987654321}" in page
    older = re.search(r'href="(/rules/rul_[^"]+before=[^"]+)"', page)
    assert older
    assert (await olivia.get(older[1])).text.count("only noted") == 3
    theirs = (await sara.get(f"/rules/{row.id}")).text
    assert "only noted" in theirs
    assert "987654321" not in theirs
    assert "Refund the" not in theirs
    assert "Would have been held" not in theirs
    listed = (await sara.get("/rules")).text
    assert "&lt;b&gt;ours&lt;/b&gt;" in listed
    assert "24 Nov 2026, 12:00:32 UTC" in listed


async def test_what_acts_as_a_key_is_named_at_the_key_and_says_when_it_does_nothing(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    key = await made(console, browser, role="owner")
    author = Actor(key.workspace, key.id, "key", key.name, key.role, key.person)
    form = RuleForm.model_validate(
        {"name": "<b>Thanks</b>", "event": "order.paid", "action": "shop.refund", "mode": "on"}
        | {"parameters": {"order": {"from": "/data/amount"}}}
    )
    rule = await console.container.events.automation_service.add_rule(author, form)
    assert "does nothing" not in (await browser.get("/rules")).text
    assert "These act as it: “&lt;b&gt;Thanks&lt;/b&gt;”" in (await browser.get(f"/keys/{key.id}")).text
    await submit(browser, f"/keys/{key.id}", f"/keys/{key.id}/revoke")
    assert "does nothing</span>" in (await browser.get("/rules")).text
    page = (await browser.get(f"/rules/{rule.id}")).text
    assert "It does nothing. It acts as a key. The key “shop backend” is revoked." in page
    assert "so they do nothing: “&lt;b&gt;Thanks&lt;/b&gt;”" in (await browser.get(f"/keys/{key.id}")).text


async def test_a_dry_run_of_a_rule_that_stands(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    row = await add(console)
    event = await fire(console, 7)
    page = await submit(browser, f"/rules/{row.id}", f"/rules/{row.id}/dry-run")
    assert page.status_code == 200
    assert event in page.text
    assert "would wait for a yes" in page.text
    assert not await console.container.runs.list_runs(console.owner)


async def test_the_list_shows_rules_and_instructions_with_their_author(console: Console) -> None:
    browser = await console.signed_in("sara@shop.test")
    empty = (await browser.get("/rules")).text
    assert "There is no rule yet." in empty
    assert "There is no instruction yet." in empty
    await add(console)
    form = InstructionForm(name="told", event="order.*", text="Refund order {data.amount}", actions=["shop.refund"])
    await console.container.events.automation_service.add_instruction(console.owner, form)
    page = (await browser.get("/rules")).text
    assert page.count(">Olivia<") == 2
    assert page.count(">never<") == 2
