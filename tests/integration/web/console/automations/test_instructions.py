"""Instructions in plain words in the console: worded, tried, saved, and who may let one write alone."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from core.actor import Actor
from events.automations.service import InstructionForm
from tests.integration.web.console.console import CONTRACT, Console
from tests.integration.web.console.keys.test_keys import made, submit
from tests.integration.web.console.rule_building import TOLD, built, fire, instructions, picked, told
from tests.whole_minute import wait_until_the_minute_lasts
from web.limits import Limits


async def test_an_instruction_is_worded_tried_saved_switched_and_deleted(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    event = await fire(console, 7)
    page = await told(browser, "try")
    assert page.status_code == 200
    assert event in page.text
    assert "would wait for a yes" in page.text
    assert "is always confirmed" in page.text
    assert not await instructions(console)
    assert not await console.container.runs.list_runs(console.owner)
    answer = await told(browser, "save")
    (row,) = await instructions(console)
    mine = f"/rules/instructions/{row.id}"
    assert answer.headers["location"] == mine
    assert (row.text, row.contracts, row.unattended_by) == (TOLD["text"], "shop.refund", "")
    shown = (await browser.get(mine)).text
    assert "Refund order {data.amount}" in shown
    assert "A person confirms what it proposes." in shown
    again = await submit(browser, mine, f"{mine}/dry-run")
    assert "would wait for a yes" in again.text
    await submit(browser, mine, f"{mine}/mode", mode="on")
    assert (await instructions(console))[0].mode == "on"
    await submit(browser, mine, f"{mine}/edit", **{**TOLD, "do": "save", "revision": "2", "text": "Refund order {id}"})
    assert (await instructions(console))[0].text == "Refund order {id}"
    await submit(browser, mine, f"{mine}/delete")
    assert not await instructions(console)


async def test_what_is_tried_counts_as_a_text(console: Console) -> None:
    """Each try is read once for every event."""
    console.app.state.limits = Limits(texts_per_person=2)
    browser = await console.signed_in("amir@shop.test")
    await fire(console, 7)
    wait_until_the_minute_lasts(3)
    assert [(await told(browser, "try")).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": ""}, "Say what it should do"),
        ({"text": "Close {ticket}"}, "is no field of an event"),
        ({"action": []}, "Tick 1 to 20 actions"),
        ({"action": ["no.such"]}, "no.such"),
        ({"event": ""}, "Pick the event"),
    ],
)
async def test_what_can_not_be_an_instruction_is_said(console: Console, given: dict[str, Any], said: str) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await told(browser, "save", **given)
    assert answer.status_code == 422, answer.text
    assert said in html.unescape(answer.text)
    assert not await instructions(console)


async def test_only_an_owner_lets_an_instruction_write_alone(console: Console) -> None:
    amir, olivia = await console.signed_in("amir@shop.test"), await console.signed_in("olivia@shop.test")
    assert 'name="unattended"' not in (await amir.get("/rules/instructions/new")).text
    forced = await told(amir, "save", unattended="yes")
    assert forced.status_code == 422
    assert "Only an owner lets an instruction write without a card." in forced.text
    assert (await told(olivia, "save", unattended="yes")).status_code == 303
    (row,) = await instructions(console)
    assert row.unattended_by
    assert "without a person&#39;s yes" in (await olivia.get(f"/rules/instructions/{row.id}")).text.replace(
        "'", "&#39;"
    )


async def test_many_actions_are_searched_and_what_is_ticked_stays(console: Console) -> None:
    many = [
        {
            **CONTRACT,
            "name": f"shop.act_{at}",
            "title": f"Act number {at}",
            "description": "Does it.",
            "examples": [f"act {at}"],
        }
        for at in range(60)
    ]
    many.append(
        {
            **CONTRACT,
            "name": "shop.paint",
            "title": "Paint a wall",
            "description": "Paints.",
            "examples": ["paint the wall"],
        }
    )
    await console.container.contract_admin.register(console.owner, many)
    browser = await console.signed_in("olivia@shop.test")
    page = await told(browser, "find", find="paint")
    assert "Paint a wall" in page.text
    assert re.search(r'value="shop.refund" checked', page.text), "what is ticked is not lost by searching"
    assert len(re.findall(r'name="action"', page.text)) <= 41
    rule = await built(browser, "find", find="paint")
    assert picked(rule, "action") == ["shop.refund"]
    assert "Paint a wall" in rule.text


async def test_its_page_says_when_whoever_let_it_act_alone_no_longer_may(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    key = await made(console, browser, role="owner")
    author = Actor(key.workspace, key.id, "key", key.name, key.role, key.person)
    form = InstructionForm(
        name="n", event="order.paid", text="Refund it", actions=["shop.refund"], allow_unattended=True
    )
    row = await console.container.events.automation_service.add_instruction(author, form)
    page = f"/rules/instructions/{row.id}"
    assert "It may write without a person" in (await browser.get(page)).text
    await submit(browser, f"/keys/{key.id}", f"/keys/{key.id}/revoke")
    after = (await browser.get(page)).text
    assert "It may write without a person" not in after
    assert "Whoever let it act alone is no owner now: a person confirms what it proposes." in after
    assert "It does nothing. It acts as a key. The key “shop backend” is revoked." in after
