"""What the tools do: as the REST API's routes, under the same rights, once for an idempotency key."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError

from tests.integration.web.api.shop import Shop
from tests.integration.web.mcp.client import ERAS, connected, post_as, read_text, told


@pytest.mark.parametrize("mode", ERAS)
async def test_actions_are_found_described_and_run_by_name(shop: Shop, mode: str) -> None:
    async with connected(shop, mode=mode) as client:
        found = told(await client.call_tool("find_action", {"query": "refund an invoice"}))
        assert found["actions"][0]["name"] == "saas.refund_invoice"
        assert "invoice_id" in found["actions"][0]["parameters"]["properties"]
        held = told(
            await client.call_tool("run_action", {"action": "saas.refund_invoice", "params": {"invoice_id": 1042}})
        )
        assert held["state"] == "held", held
        again = told(await client.call_tool("run_status", {"run_id": held["run_id"]}))
        assert again == held
    history = (await shop.call("GET", "/v1/history", query=f"run_id={held['run_id']}")).json()["data"]
    assert {each["data"].get("via") for each in history} == {"mcp"}


async def test_what_is_wrong_with_the_arguments_is_a_result_that_says_where(shop: Shop) -> None:
    async with connected(shop) as client:
        for tool, arguments, code in (
            ("ask", {}, "invalid_request"),
            ("ask", {"text": "x" * 4001}, "invalid_request"),
            ("ask", {"text": "a\x00b"}, "invalid_request"),
            ("ask", {"text": "refund it", "confirm": True}, "invalid_request"),
            ("run_action", {"action": "no.such"}, "not_found"),
            ("run_action", {"action": "saas.refund_invoice", "params": {"": 1}}, "invalid_request"),
            ("run_status", {"run_id": "run_" + "0" * 26}, "not_found"),
            ("run_status", {"run_id": "../runs"}, "invalid_request"),
            ("no_such_tool", {}, "not_found"),
        ):
            result = await client.call_tool(tool, arguments)
            assert result.is_error, (tool, arguments)
            assert told(result)["error"] == code, (tool, arguments, told(result))
        refused = await client.call_tool("run_action", {"action": "saas.refund_invoice", "params": {"invoice_id": "x"}})
        assert refused.is_error
        assert told(refused)["state"] == "refused"
        (fault,) = told(refused)["errors"]
        assert (fault["pointer"], fault["code"]) == ("/params/invoice_id", "record_not_found")
        assert f"/params/invoice_id: {fault['detail']}" in read_text(refused)


async def test_a_value_that_breaks_the_schema_is_named_with_what_is_allowed(shop: Shop) -> None:
    async with connected(shop) as client:
        params = {"customer_id": 421, "amount": "12"}
        refused = await client.call_tool("run_action", {"action": "saas.apply_credit", "params": params})
        text = read_text(refused)
        assert text.startswith("What was given for “Amount” won't do for"), text
        assert [each["pointer"] for each in told(refused)["errors"]] == ["/params/amount"], told(refused)


async def test_a_role_runs_only_what_its_contracts_allow(shop: Shop) -> None:
    async with connected(shop, "sara") as client:
        refused = told(
            await client.call_tool("run_action", {"action": "saas.refund_invoice", "params": {"invoice_id": 1042}})
        )
        assert (refused["state"], refused["error"]) == ("refused", "forbidden")
        found = told(await client.call_tool("find_action", {"query": "refund an invoice", "limit": 20}))
        assert "saas.refund_invoice" not in {each["name"] for each in found["actions"]}
        with pytest.raises(MCPError) as absent:
            await client.read_resource("opsiq://contracts/saas.refund_invoice")
        assert absent.value.error.data["code"] == "not_found"


async def test_another_workspace_finds_nothing(shop: Shop) -> None:
    async with connected(shop) as client:
        held = told(
            await client.call_tool("run_action", {"action": "saas.refund_invoice", "params": {"invoice_id": 1042}})
        )
        card = json.loads((await client.read_resource(f"opsiq://runs/{held['run_id']}")).contents[0].text)  # type: ignore[union-attr]
        assert card["card"]["calls"][0]["action"] == "saas.refund_invoice"
        assert held["run_id"] in {each.name for each in (await client.list_resources()).resources}
    async with connected(shop, "eve") as client:
        assert (await client.list_resources()).resources == []
        for result in (
            await client.call_tool("run_status", {"run_id": held["run_id"]}),
            await client.call_tool("answer_question", {"run_id": held["run_id"], "text": "yes"}),
            await client.call_tool("run_action", {"action": "saas.refund_invoice", "params": {"invoice_id": 1042}}),
        ):
            assert told(result)["error"] == "not_found"
        for uri in (f"opsiq://runs/{held['run_id']}", "opsiq://contracts/saas.refund_invoice", "file:///etc/passwd"):
            with pytest.raises(MCPError) as absent:
                await client.read_resource(uri)
            assert absent.value.error.data["code"] == "not_found"


async def test_an_idempotency_key_acts_once_and_is_the_callers_own(shop: Shop) -> None:
    def given(key: str, **more: Any) -> dict[str, Any]:
        return {"action": "saas.refund_invoice", "params": {"invoice_id": 1042}, "idempotency_key": key, **more}

    async with connected(shop) as client:
        first = told(await client.call_tool("run_action", given("k-1")))
        assert told(await client.call_tool("run_action", given("k-1")))["run_id"] == first["run_id"]
        assert told(await client.call_tool("run_action", given("k-2")))["run_id"] != first["run_id"]
        reused = told(await client.call_tool("run_action", given("k-1", params={"invoice_id": 12})))
        assert reused["error"] == "idempotency_key_reused"
        assert told(await client.call_tool("ask", {"text": "x", "idempotency_key": "k-1"}))["error"] == (
            "idempotency_key_reused"
        )
    other = await shop.key_of("olivia", name="other")
    async with connected(shop, other) as client:
        assert told(await client.call_tool("run_action", given("k-1")))["run_id"] != first["run_id"]


async def test_a_surface_is_part_of_the_address(shop: Shop) -> None:
    async with connected(shop, query="?surface=customer") as client:
        refused = told(
            await client.call_tool("run_action", {"action": "saas.refund_invoice", "params": {"invoice_id": 1042}})
        )
        assert (refused["state"], refused["error"]) == ("refused", "wrong_surface")


async def test_a_test_keys_run_is_marked_and_sends_nothing(shop: Shop) -> None:
    key = await shop.key_of("olivia", mode="test")
    async with connected(shop, key) as client:
        held = told(
            await client.call_tool("run_action", {"action": "saas.refund_invoice", "params": {"invoice_id": 1042}})
        )
    assert held["test"] is True


async def test_unknown_methods_and_malformed_messages_are_json_rpc_errors(shop: Shop) -> None:
    for raw in (b"{}", b"[]", b"1", b'{"jsonrpc": "2.0", "id": 1, "method": "no/such", "params": {}}'):
        answer = await post_as(shop, "olivia", "", raw=raw)
        assert answer.status_code in (200, 400, 404), raw
        assert "Traceback" not in answer.text
