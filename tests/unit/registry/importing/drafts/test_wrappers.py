"""Bodies that wrap the record that they write."""

from __future__ import annotations

import pytest

from tests.unit.registry.importing.samples import api, imported

LOOM = api(
    """
/rugs:
  get:
    responses: {"200": {content: {application/json: {schema: {type: object, properties: {data: {type: array, items: {$ref: "#/components/schemas/Rug"}}}}}}}}
  delete: {responses: {"204": {}}}
/rugs/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
  get: {responses: {"200": {content: {application/json: {schema: {type: object, properties: {data: {$ref: "#/components/schemas/Rug"}}}}}}}}
  put:
    summary: Update a rug
    requestBody: {content: {application/json: {schema: {type: object, required: [data], properties: {data: {$ref: "#/components/schemas/Rug"}, rights: {type: object, properties: {read: {type: array, items: {type: string}}}}}}}}}
    responses: {"200": {}}
/looms:
  get:
    responses: {"200": {content: {application/vnd.api+json: {schema: {type: object, properties: {data: {type: array, items: {$ref: "#/components/schemas/Loom"}}}}}}}}
/looms/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: string}}]
  get: {responses: {"200": {content: {application/vnd.api+json: {schema: {type: object, properties: {data: {$ref: "#/components/schemas/Loom"}}}}}}}}
  patch:
    summary: Update a loom
    requestBody: {content: {application/vnd.api+json: {schema: {type: object, required: [data], properties: {data: {$ref: "#/components/schemas/Loom"}}}}}}
    responses: {"200": {}}
""",
    more="""
components:
  schemas:
    Rug:
      type: object
      required: [name]
      properties: {id: {type: integer, readOnly: true}, name: {type: string}, dyes: {type: array, items: {type: string}}}
    Loom:
      type: object
      required: [attributes]
      properties:
        id: {type: string}
        attributes: {type: object, required: [name], properties: {name: {type: string}, width: {type: integer}}}
""",
)


def contract(operation: str, kind: str = "") -> dict[str, object]:
    parameters = {"id": {"record": kind}} if kind else {}
    made = imported(LOOM, {"operations": {operation: {"parameters": parameters}}})
    return next(each.contract for each in made.drafts if each.operation.key == operation)


def test_what_a_wrapper_holds_is_called_by_its_own_name_and_sent_where_it_lies() -> None:
    made = contract("PUT /rugs/{id}")
    assert made["parameters"]["properties"].keys() == {"id", "name", "dyes", "rights_read"}  # type: ignore[index]
    assert made["endpoint"]["body"]["fields"]["/data/name"] == {"parameter": "name"}  # type: ignore[index]


@pytest.mark.parametrize("name", ["name", "dyes"])
def test_a_wrapped_record_is_kept_as_it_is(name: str) -> None:
    made = contract("PUT /rugs/{id}", "rug")
    assert made["annotations"][name]["derive"] == {"parameter": "id", "field": name}  # type: ignore[index]


def test_attributes_of_a_resource_are_what_is_spoken_of() -> None:
    made = contract("PATCH /looms/{id}", "loom")
    assert {"name", "width"} <= made["parameters"]["properties"].keys()  # type: ignore[index]
    assert made["endpoint"]["body"]["fields"]["/data/attributes/width"] == {"parameter": "width"}  # type: ignore[index]
    assert made["annotations"]["name"]["derive"] == {"parameter": "id", "field": "name"}  # type: ignore[index]


def test_what_deletes_a_whole_collection_is_not_called_after_one_record() -> None:
    assert contract("DELETE /rugs")["title"] == "Delete all rugs"
