"""Contracts in the console: who sees which, what changed, and a draft from its first fault to its signature."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from httpx import AsyncClient, Response

import store.contracts
import store.runs.runs
from tests.integration.web.console.console import CONTRACT, PASSWORD, Console, csrf
from tests.integration.web.console.keys.test_keys import ticket
from web.console.contracts import contracts


def written(**changes: Any) -> str:
    return json.dumps(CONTRACT | changes)


async def drafted(browser: AsyncClient, path: str, raw: str, **fields: str) -> Response:
    page = await browser.get("/draft")
    return await browser.post(path, data={"csrf": csrf(page), "once": ticket(page), "raw": raw, **fields})


async def in_force(console: Console) -> Mapping[str, int]:
    async with console.container.database.read() as session:
        return {row.name: row.version for row in await store.contracts.active(session, console.owner.workspace)}


async def test_people_see_the_contracts_of_their_role_and_owners_all(console: Console) -> None:
    await console.container.contract_admin.register(
        console.owner, [CONTRACT | {"name": "shop.audit", "title": "Audit", "roles": ["owner"]}]
    )
    olivia, amir = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    assert "shop.audit" in (await olivia.get("/contracts")).text
    assert "shop.audit" not in (await amir.get("/contracts")).text
    assert (await amir.get("/contracts/shop.audit")).status_code == 404
    shown = (await amir.get("/contracts/shop.refund")).text
    assert "As signed" not in shown
    assert "Retire" not in shown
    assert "Audit" not in (await olivia.get("/contracts?q=money+refund")).text


async def test_a_suspended_contract_says_why_and_comes_back_with_the_owners_password(console: Console) -> None:
    reason = {"operation": "POST /refunds", "change": "incompatible", "details": ["the field /<note> is gone"]}
    await console.container.contract_admin.suspend(console.owner, "shop.refund", 1, reason)
    assert await in_force(console) == {}
    olivia, amir = await console.signed_in("olivia@shop.test"), await console.signed_in("amir@shop.test")
    assert "POST /refunds takes other values than were signed" in (await olivia.get("/contracts")).text
    page = await olivia.get("/contracts/shop.refund")
    assert "the field /&lt;note&gt; is gone" in page.text
    assert "Suspended" not in (await amir.get("/contracts")).text
    assert (await amir.get("/contracts/shop.refund")).status_code == 404
    wrong = await olivia.post("/contracts/shop.refund/reinstate", data={"csrf": csrf(page), "password": "no"})
    assert wrong.status_code == 422
    assert await in_force(console) == {}
    mine = await amir.get("/contracts")
    assert (await amir.post("/contracts/shop.refund/reinstate", data={"csrf": csrf(mine)})).status_code == 403
    back = await olivia.post("/contracts/shop.refund/reinstate", data={"csrf": csrf(page), "password": PASSWORD})
    assert (back.status_code, back.headers["location"]) == (303, "/contracts/shop.refund")
    assert await in_force(console) == {"shop.refund": 1}


async def test_another_workspaces_contract_is_none(console: Console) -> None:
    await console.container.contract_admin.register(console.stranger, [CONTRACT | {"name": "shop.theirs"}])
    olivia = await console.signed_in("olivia@shop.test")
    assert (await olivia.get("/contracts/shop.theirs")).status_code == 404


async def test_a_new_version_shows_what_changed_and_the_old_one_stays(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    answer = await drafted(olivia, "/draft", written(version=2, roles=["owner"]), password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/contracts/shop.refund")
    assert await in_force(console) == {"shop.refund": 2}
    shown = (await olivia.get("/contracts/shop.refund")).text
    assert "Changed since version 1" in shown
    assert '<div class="minus"><span class="sr">removed</span>-    &#34;admin&#34;' in shown
    assert "This is version 1." in (await olivia.get("/contracts/shop.refund?version=1")).text


async def test_a_draft_is_linted_while_it_is_written_and_a_faulty_one_is_not_signed(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    for raw, told in (
        ("{", "<code></code> This is not JSON: Expecting property name"),
        ("[]", "One contract is written here"),
        (written(title=""), "/title"),
        (written(x=1), "/x"),
        (written(name="shop.refund", roles=[]), "role"),
    ):
        answer = await drafted(olivia, "/draft/check", raw)
        assert (answer.status_code, told in answer.text) == (200, True), (raw, answer.text)
        answer = await drafted(olivia, "/draft", raw, password=PASSWORD)
        if "Not yet" in answer.text:
            assert answer.status_code == 422
    assert await in_force(console) == {"shop.refund": 1}


async def test_a_draft_that_would_cost_too_much_is_told_so_wherever_it_is_looked_at(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    doubling = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n - 1}"}] * 3} for n in range(1, 21)}
    closed = {"type": "object", "additionalProperties": False}
    for changes, told in (
        ({"preview": "{% set a = 'aaaa' %}" + "{% set a = a ~ a %}" * 30 + "{{ a }}"}, "it sets a name"),
        ({"preview": "{{ 5 | round(999999999, &#39;ceil&#39;) }}".replace("&#39;", "'")}, "is given too much"),
        (
            {"parameters": closed | {"properties": {"a": {"$ref": "#/$defs/d20"}}, "$defs": doubling | {"d0": {}}}},
            "more than a billion parts",
        ),
        ({"parameters": closed | {"properties": {"a": {"type": "string", "pattern": "^(?=a)b"}}}}, "linear time"),
        ({"examples": ["x" * 190] * 400}, "at most 65536 bytes"),
    ):
        raw = json.dumps({key: each for key, each in CONTRACT.items() if key != "annotations"} | changes)
        for path in ("/draft/check", "/draft/try", "/draft/replay", "/draft"):
            answer = await drafted(olivia, path, raw, text="refund 5", password=PASSWORD)
            assert answer.status_code in (200, 422), (path, raw[:80])
            assert told in answer.text, (path, raw[:80])
    assert await in_force(console) == {"shop.refund": 1}


async def test_signing_needs_the_password_once_more_and_a_version_that_is_new(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    answer = await drafted(olivia, "/draft", written(version=2), password="a wrong password")
    assert (answer.status_code, "not your password" in answer.text) == (422, True)
    answer = await drafted(olivia, "/draft", written(title="Refund it otherwise"), password=PASSWORD)
    assert answer.status_code == 422
    assert await in_force(console) == {"shop.refund": 1}


async def test_a_new_address_gets_a_secret_that_is_shown_once(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    raw = written(name="shop.pack", endpoint={"url": "https://other.example/pack"})
    answer = await drafted(olivia, "/draft", raw, password=PASSWORD)
    assert (answer.status_code, "whsec_" in answer.text) == (201, True)
    assert "whsec_" not in (await olivia.get("/contracts/shop.pack")).text


async def test_a_draft_replayed_over_past_requests_says_what_would_be_held_sent_or_blocked(console: Console) -> None:
    olivia, container = await console.signed_in("olivia@shop.test"), console.container
    for actor in (console.owner, console.admin):
        run = await console.run_of(actor, "refund order 7")
        await container.simulations.planner.plan(run.workspace, run.id)
    answer = await drafted(
        olivia, "/draft/replay", written(version=2, roles=["owner"], risk="write", confirmation={"policy": "never"})
    )
    assert "2 of 2 calls would have gone differently" in answer.text
    assert "The role admin may not run it." in answer.text
    assert "sent at once" in answer.text
    properties = {"order": {"type": "integer", "maximum": 5}}
    answer = await drafted(
        olivia, "/draft/replay", written(version=2, parameters=CONTRACT["parameters"] | {"properties": properties})
    )  # type: ignore[operator]
    assert "order: 7 is greater than the maximum of 5" in answer.text
    answer = await drafted(olivia, "/draft/replay", written(version=2))
    assert "0 of 2 calls would have gone differently" in answer.text
    two = {"policy": "always", "approvals": 2}
    answer = await drafted(olivia, "/draft/replay", written(version=2, confirmation=two))
    assert "2 of 2 calls would have gone differently" in answer.text, "a second person is a change"
    assert "held for 2 people" in answer.text
    answer = await drafted(
        olivia, "/draft/replay", written(version=2, confirmation={"policy": "always", "by": "anyone"})
    )
    assert "2 of 2 calls would have gone differently" in answer.text, "so is that a key may say yes"


async def test_a_request_that_is_tried_leaves_nothing_behind(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    page = await olivia.get("/rehearse")
    answer = await olivia.post("/rehearse", data={"csrf": csrf(page), "text": "refund order 7"})
    assert "A person would have to confirm this." in answer.text
    assert "/confirm" not in answer.text
    never = written(version=2, risk="write", confirmation={"policy": "never"})
    tried = (await drafted(olivia, "/draft/try", never, text="refund order 7")).text
    assert "This would be sent at once." in tried, tried[-3000:]
    other = written(version=2, title="Paint a wall", description="Paints.", examples=["paint the wall 3"], aliases=[])
    assert "It would not act" in (await drafted(olivia, "/draft/try", other, text="what is the weather")).text
    again = await olivia.post("/rehearse", data={"csrf": csrf(page), "text": "refund order 7"})
    assert "A person would have to confirm this." in again.text
    async with console.container.database.read() as session:
        assert await store.runs.runs.listed(session, console.owner.workspace) == []


async def test_a_retired_contract_is_offered_no_more(console: Console) -> None:
    olivia = await console.signed_in("olivia@shop.test")
    page = await olivia.get("/contracts/shop.refund")
    answer = await olivia.post("/contracts/shop.refund/retire", data={"csrf": csrf(page)})
    assert answer.status_code == 303
    assert await in_force(console) == {}
    assert "No contract is registered" in (await olivia.get("/contracts")).text


async def test_a_tool_of_a_server_is_called_that_and_shows_what_it_is_pinned_to(console: Console) -> None:
    digest = "sha256:" + "5e" * 32
    endpoint = {
        "type": "mcp",
        "connection": "shelf",
        "tool": "restock",
        "schema_digest": digest,
        "arguments": {"order": {"parameter": "order"}},
    }
    tool = CONTRACT | {"schema": "opsiq/contract/v2", "name": "shelf.restock", "endpoint": endpoint}
    await console.container.contract_admin.register(console.owner, [tool])
    reason = {"operation": "restock", "change": "tool", "details": ["Its arguments have the same names."]}
    await console.container.contract_admin.suspend(console.owner, "shelf.restock", 1, reason)
    olivia = await console.signed_in("olivia@shop.test")
    page = (await olivia.get("/contracts/shelf.restock")).text
    assert '<dd class="mono">restock, a tool of the MCP server shelf</dd>' in page
    assert f"<code>{digest}</code>" in page
    assert "Suspended: what it calls has changed" in page
    assert "The tool, as signed" not in (await olivia.get("/contracts/shop.refund")).text
    checked = await drafted(olivia, "/draft/check", json.dumps(tool))
    assert "restock, a tool of the MCP server shelf" in checked.text


def test_a_parameter_is_described_as_people_write_it() -> None:
    described = contracts._parameters(
        {
            "parameters": {"properties": {"amount": {"type": "integer", "minimum": 1, "maximum": 100_000_000}}},
            "annotations": {"amount": {"derive": {"parameter": "invoice_id", "field": "net_total"}}},
        }
    )
    assert [(each.kind, each.meaning) for each in described] == [
        ("whole number, from 1, to 100,000,000", "“net total” of the invoice")
    ]
    assert contracts._kind({"type": "integer", "maximum": "many"}) == "whole number, to many"
