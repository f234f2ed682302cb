"""Reviews of drafts: what was decided is in the contract, and what was left open stays as it was drafted."""

from __future__ import annotations

import json
from typing import Any

from registry.importing.decisions import OperationDecision
from registry.importing.review import decide_draft
from registry.importing.tasks import perform

DRAFT: dict[str, Any] = {
    "schema": "opsiq/contract/v2",
    "name": "orders.close",
    "version": 1,
    "title": "Close an order",
    "roles": [],
    "risk": "write",
    "confirmation": {"policy": "always"},
    "preview": "Close order {{ params.order_id }}",
    "parameters": {"properties": {"order_id": {"type": "integer"}}, "required": ["order_id"]},
    "endpoint": {"type": "http", "connection": "shop", "method": "POST", "url": "/orders/{order_id}/close"},
}


def test_what_is_left_open_stays_as_it_was_drafted() -> None:
    made = decide_draft(DRAFT, OperationDecision(), connection="shop")
    assert made == DRAFT
    assert made is not DRAFT
    assert made["endpoint"] is not DRAFT["endpoint"]


def test_what_was_decided_is_in_the_contract() -> None:
    decision = OperationDecision.model_validate(
        {
            "title": "Finish an order",
            "roles": ["support"],
            "risk": "irreversible",
            "confirmation": "once_per_session",
            "examples": ["finish order 7"],
            "parameters": {"order_id": {"record": "order"}, "unknown": {"record": "order"}},
        }
    )
    made = decide_draft(DRAFT, decision, connection="berlin", version=3)
    assert (made["title"], made["version"], made["roles"]) == ("Finish an order", 3, ["support"])
    assert (made["risk"], made["confirmation"]) == ("irreversible", {"policy": "once_per_session"})
    assert (made["examples"], made["endpoint"]["connection"]) == (["finish order 7"], "berlin")
    assert made["annotations"] == {"order_id": {"record": "order"}}
    assert "preview" not in made, "a card tells a record by its label"


def test_an_optional_parameter_that_is_omitted_is_in_no_request() -> None:
    endpoint = {
        **DRAFT["endpoint"],
        "query": {"notify": {"parameter": "notify"}, "v": {"value": 1}},
        "body": {"type": "json", "fields": {"/note": {"parameter": "note"}, "/why": {"parameter": "why"}}},
    }
    names = ("order_id", "notify", "note", "why")
    draft = {
        **DRAFT,
        "annotations": {"note": {"label": "Note"}},
        "parameters": {"properties": {name: {"type": "string"} for name in names}, "required": ["order_id"]},
        "endpoint": endpoint,
    }
    omit = {name: {"omit": True} for name in ("order_id", "notify", "note")}
    made = decide_draft(draft, OperationDecision.model_validate({"parameters": omit}), connection="shop")
    assert list(made["parameters"]["properties"]) == ["order_id", "why"], "what is required stays"
    assert made["endpoint"]["query"] == {"v": {"value": 1}}
    assert made["endpoint"]["body"]["fields"] == {"/why": {"parameter": "why"}}
    assert made["annotations"] == {}


def test_decisions_omit_an_optional_parameter_and_refuse_to_omit_a_needed_one() -> None:
    parameters = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"name": "trace", "in": "query", "schema": {"type": "string"}},
    ]
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/orders/{id}/close": {"post": {"parameters": parameters, "responses": {}}}},
    }
    key = "POST /orders/{id}/close"

    def drafted(omitted: str) -> dict[str, Any]:
        decisions = {"operations": {key: {"parameters": {omitted: {"omit": True}}}}}
        return perform(
            {"do": "draft", "roots": ["d"], "decisions": decisions}, lambda _tree, _name: json.dumps(document).encode()
        )

    (contract,) = drafted("trace")["contracts"]
    assert list(contract["parameters"]["properties"]) == ["id"]
    assert "query" not in contract["endpoint"]
    (refused,) = drafted("id")["report"]["refused"]
    assert refused["reason"] == "The decisions omit id, which every call of it needs."


def test_a_body_that_is_one_omitted_parameter_is_not_sent() -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Shop"},
        "paths": {
            "/orders": {
                "post": {
                    "summary": "Send a list",
                    "requestBody": {
                        "content": {"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}}
                    },
                    "responses": {},
                }
            }
        },
    }
    text = json.dumps(document).encode()
    (draft,) = perform({"do": "draft", "roots": ["a"]}, lambda _, __: text)["contracts"]
    (name,) = draft["parameters"]["properties"]
    assert "body" in draft["endpoint"]
    decision = OperationDecision.model_validate({"parameters": {name: {"omit": True}}})
    assert "body" not in decide_draft(draft, decision, connection="shop")["endpoint"]
