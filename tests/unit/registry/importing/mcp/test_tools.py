"""Drafts of MCP tools: nothing is lost, nothing is trusted, and what can't be a contract is refused with the reason."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from registry.contract import parse
from registry.importing.mcp.tools import RefusedTool, ToolDraft, describe_differences, digest_tool, draft_tools
from registry.linting import linter


def tool(name: str = "getInvoice-v2", properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties or {}, **more.pop("schema", {})}
    return {"name": name, "description": "Reads one.", "inputSchema": schema, **more}


def drafted(*tools: dict[str, Any]) -> list[ToolDraft]:
    made = draft_tools("crm", tools)
    assert not [each for each in made if isinstance(each, RefusedTool)], made
    return [each for each in made if isinstance(each, ToolDraft)]


def test_every_argument_is_a_parameter_and_is_sent_under_its_own_name() -> None:
    names = {
        "invoiceId": "invoice_id",
        "invoice-id": "invoice_id_2",
        "Invoice_ID": "invoice_id_3",
        "$top": "top",
        "1st": "x_1st",
    }
    (draft,) = drafted(
        tool(properties={name: {"type": "string"} for name in names}, schema={"required": ["invoice-id"]})
    )
    assert draft.contract["endpoint"]["arguments"] == {name: {"parameter": word} for name, word in names.items()}
    assert set(draft.contract["parameters"]["properties"]) == set(names.values())
    assert draft.contract["parameters"]["required"] == ["invoice_id_2"]
    assert draft.contract["name"] == "crm.get_invoice_v2"
    parse(draft.contract)


def test_hints_are_noted_and_change_nothing() -> None:
    (plain,) = drafted(tool())
    (hinted,) = drafted(tool(annotations={"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True}))
    for each in ("risk", "confirmation", "roles", "parameters"):
        assert plain.contract[each] == hinted.contract[each]
    assert len(hinted.notes) == len(plain.notes) + 3


def test_nested_arguments_are_kept_whole_and_what_only_the_server_checks_is_named() -> None:
    address = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "oneOf": []}
    (draft,) = drafted(tool(properties={"address": address, "tags": {"type": "array", "items": {"type": "string"}}}))
    kept = draft.contract["parameters"]["properties"]["address"]
    assert kept["properties"]["city"]["type"] == "string"
    assert kept["required"] == ["city"]
    assert "Of 'address', oneOf is checked by the server alone." in draft.notes


def test_what_can_not_be_a_contract_is_refused_with_the_reason() -> None:
    made = draft_tools("crm", [{"name": "a"}, tool("b"), tool("B"), tool("c", schema={"type": "array"})])
    assert [type(each) for each in made] == [RefusedTool, ToolDraft, RefusedTool, RefusedTool]
    assert [each.reason for each in made if isinstance(each, RefusedTool)] == [
        "Its input schema describes no object.",
        "Another tool is called crm.b already.",
        "Its input schema describes no object.",
    ]


def test_schemas_that_are_none_are_no_reason_to_stop() -> None:
    odd = [
        tool("a", properties={"x": {"type": "string"}}, schema={"required": [["x"], 1, "x"]}),
        tool("b", schema={"required": 7}),
        tool("c", schema={"properties": [1]}),
        tool("d", properties={"x": True, "y": None, "z": {"type": ["string", 3]}}),
        tool("e", properties={"x": {"type": "number", "maximum": 10**400}}),
    ]
    made = draft_tools("crm", odd)
    assert len(made) == len(odd)
    assert isinstance(made[0], ToolDraft)
    assert made[0].contract["parameters"]["required"] == ["x"]


def test_a_change_is_told_by_its_arguments() -> None:
    now = tool(properties={"a": {}, "c": {}}, schema={"required": ["c"]})
    assert describe_differences(["a", "b"], now) == "Of its arguments, 'b' is gone, 'c' is new and required."
    assert "description" in describe_differences(["a", "c"], now)
    assert digest_tool(now) != digest_tool({**now, "description": "Another."})


KEYWORDS = ["type", "properties", "items", "enum", "required", "maxLength", "minimum", "$ref", "title", "x"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 100) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=4),
    max_leaves=12,
)
objects = st.fixed_dictionaries(
    {"type": st.just("object"), "properties": st.dictionaries(st.text(max_size=6), json_values)}
)
listed_tools = st.fixed_dictionaries(
    {"name": st.text(max_size=10), "inputSchema": objects | json_values},
    optional={"outputSchema": objects | json_values, "description": json_values, "annotations": json_values},
)


@given(st.lists(listed_tools, max_size=3))
def test_whatever_a_server_lists_becomes_clean_drafts_or_refusals(tools: list[dict[str, Any]]) -> None:
    made = draft_tools("crm", tools)
    assert len(made) == len(tools)
    for each in made:
        if isinstance(each, ToolDraft):
            findings = [f for f in linter.lint({"contracts": [each.contract]}) if not linter.is_advice(f)]
            assert [f for f in findings if not f.pointer.endswith("/roles")] == []
