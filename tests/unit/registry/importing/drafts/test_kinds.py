from __future__ import annotations

from registry.declarative.lint import lint_value
from registry.importing.tasks import write_connector
from registry.linting.linter import is_advice
from tests.unit.registry.importing.samples import api, imported

SHOP = api(
    """
/customers:
  get:
    parameters:
      - {name: q, in: query, schema: {type: string}}
      - {name: page, in: query, schema: {type: integer}}
      - {name: per_page, in: query, schema: {type: integer, maximum: 100}}
    responses:
      "200": {content: {application/json: {schema: {type: object, properties: {customers: {type: array, items: {$ref: "#/components/schemas/C"}}, meta: {type: object}}}}}}
/customers/{customer_id}:
  parameters: [{name: customer_id, in: path, required: true, schema: {type: integer}}]
  get:
    responses:
      "200": {content: {application/json: {schema: {type: object, properties: {customer: {$ref: "#/components/schemas/C"}}}}}}
/customers/{customer_id}/block:
  parameters: [{name: customer_id, in: path, required: true, schema: {type: integer}}]
  post: {}
/things:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object, properties: {slug: {type: string}}}}}}}}
/things/{x}:
  get:
    parameters: [{name: x, in: path, required: true, schema: {type: string}}]
    responses: {"200": {content: {application/json: {schema: {type: object, properties: {colour: {type: string}}}}}}}
""",
    more="""
components:
  schemas:
    C:
      type: object
      properties:
        id: {type: integer}
        name: {type: string}
        email: {type: string, format: email}
        balance: {type: integer, description: In minor units.}
        currency: {type: string}
        state: {type: string, enum: [active, blocked]}
        created_at: {type: string, format: date-time}
        api_token: {type: string}
        address: {type: object, properties: {city: {type: string}}}
""",
)  # fmt: skip


def test_what_can_be_listed_and_fetched_becomes_a_kind() -> None:
    kinds = {each.name: each for each in imported(SHOP).kinds}
    entry = kinds["customer"].entry
    assert entry["nouns"] == ["customer", "customers"]
    assert entry["id"] == "id"
    assert entry["label"] == "{name}"
    assert entry["get"] == {"path": "/customers/{id}", "record": "/customer"}
    assert entry["list"] == {
        "path": "/customers",
        "records": "/customers",
        "text": {"query": "q"},
        "pagination": {"type": "page", "place": {"query": "page"}, "size": {"query": "per_page"}, "max_size": 100},
    }
    assert entry["fields"]["email"] == {"at": "/email", "type": "email", "search": "email"}
    assert entry["fields"]["balance"] == {"at": "/balance", "type": "money_minor", "currency_field": "currency"}
    assert entry["fields"]["state"]["values"] == ["active", "blocked"]
    assert "api_token" not in entry["fields"]  # nothing that may be a secret is proposed to be read


def test_the_kinds_are_what_a_connector_may_hold() -> None:
    assert [each for each in lint_value(write_connector(imported(SHOP))) if not is_advice(each)] == []
    within = """
/{x}/{y}/deep: &list
  get: {responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: string}}}}}}}}}
/{x}/{y}/deep/{id}: &one
  get: {responses: {"200": {content: {application/json: {schema: {type: object, properties: {id: {type: string}, name: {type: string}}}}}}}}
/orders: *list
/orders/{order_id}: *one
/orders/{order}/actions: *list
/orders/{order}/actions/{id}: *one
/actions: *list
/actions/{id}: *one
"""
    made = imported(api(within))
    kinds = {each.name: each.entry for each in made.kinds}
    assert sorted(kinds) == ["action", "order", "order_action"]
    assert kinds["order_action"]["scope"] == {"order": "order"}
    assert kinds["order_action"]["nouns"] == ["order action", "order actions"]
    assert [each for each in lint_value(write_connector(made)) if not is_advice(each)] == []


def test_what_the_document_does_not_say_is_asked() -> None:
    thing = {each.name: each for each in imported(SHOP).kinds}["thing"]
    assert any("Which field is the id" in each for each in thing.decide)
    assert any("do people name it" in each for each in thing.decide)
