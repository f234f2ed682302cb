"""The list of tools: what it holds, and that it does not grow."""

from __future__ import annotations

import json

from registry.contract import Contract, parse
from web.mcp.access import SCOPES
from web.mcp.tools import GENERAL, MOST_DIRECT, list_direct_tools, make_tools


def contract(at: int, *, risk: str = "write", description: str = "Does it.") -> Contract:
    return parse(
        {
            "schema": "opsiq/contract/v1",
            "name": f"shop.act_{at}",
            "title": f"Act {at}",
            "description": description,
            "roles": ["owner"],
            "surfaces": ["admin"],
            "risk": risk,
            "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}},
            "endpoint": {"url": "https://shop.example/act"},
        }
    )


def size(count: int) -> int:
    direct = list_direct_tools([contract(at) for at in range(count)])
    tools = make_tools(frozenset(SCOPES), direct, anything=True)
    return len(json.dumps([each.model_dump(mode="json", by_alias=True, exclude_none=True) for each in tools]))


def test_few_actions_are_tools_of_their_own_by_names_that_models_take() -> None:
    direct = list_direct_tools([contract(1, risk="irreversible"), contract(2, risk="read")])
    assert list(direct) == ["shop__act_1", "shop__act_2"]
    first, second = list(make_tools(frozenset(SCOPES), direct, anything=True))[-2:]
    assert first.annotations
    assert first.annotations.destructive_hint
    assert not first.annotations.read_only_hint
    assert second.annotations
    assert second.annotations.read_only_hint
    assert first.input_schema == {"type": "object", "properties": {"n": {"type": "integer"}}}


def test_the_list_is_as_long_at_ten_thousand_contracts_as_at_twenty_one() -> None:
    assert size(MOST_DIRECT) > size(MOST_DIRECT + 1) == size(10_000) < 10_000


def test_a_few_actions_with_large_schemas_are_no_tools_of_their_own() -> None:
    assert list_direct_tools([contract(at, description="d" * 2000) for at in range(MOST_DIRECT)])
    large = [contract(at).model_copy(update={"parameters": {"x": "y" * 60_000}}) for at in range(2)]
    assert list_direct_tools(large) == {}


def test_no_tool_confirms() -> None:
    assert not [name for name in GENERAL if "confirm" in name or "approve" in name]
    assert "runs:confirm" not in {scope for scope, _ in GENERAL.values()}
