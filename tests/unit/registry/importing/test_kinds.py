from __future__ import annotations

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
    assert entry["get"] == {"path": "/customers/{customer_id}", "record": "/customer"}
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


def test_what_the_document_does_not_say_is_asked() -> None:
    thing = {each.name: each for each in imported(SHOP).kinds}["thing"]
    assert any("Which field is the id" in each for each in thing.decide)
    assert any("do people name it" in each for each in thing.decide)
