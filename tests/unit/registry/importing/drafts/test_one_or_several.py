"""Requests that take one of something or a list of such, where a person speaks of one."""

from __future__ import annotations

from tests.unit.registry.importing.samples import api, drafted

ROWING = api(
    """
/boats:
  post:
    summary: Create Boat
    requestBody:
      content:
        application/json:
          schema:
            oneOf:
            - {type: array, items: {$ref: "#/components/schemas/Boat"}}
            - {$ref: "#/components/schemas/Boat"}
    responses: {"200": {}}
  patch:
    summary: Update Boats
    requestBody:
      content:
        application/json:
          schema:
            oneOf:
            - {type: array, items: {$ref: "#/components/schemas/Boat"}}
            - {$ref: "#/components/schemas/Boat"}
    responses: {"200": {}}
/boats/mixed:
  post:
    requestBody:
      content: {application/json: {schema: {oneOf: [{type: array, items: {type: integer}}, {$ref: "#/components/schemas/Boat"}]}}}
    responses: {"200": {}}
""",
    more="""
components:
  schemas:
    Oar: {type: object, required: [length], properties: {length: {type: integer}}}
    Boat:
      type: object
      required: [name]
      properties:
        name: {type: string}
        seats: {type: integer}
        oar: {anyOf: [{$ref: "#/components/schemas/Oar"}, {type: array, items: {$ref: "#/components/schemas/Oar"}}]}
        crews: {anyOf: [{type: string}, {type: array, items: {type: string}}]}
""",
)


def test_a_body_of_one_or_several_has_the_fields_of_one_and_says_so() -> None:
    made = drafted(ROWING, "POST /boats")
    fields = {"/name": {"parameter": "name"}, "/seats": {"parameter": "seats"}, "/crews": {"parameter": "crews"}}
    assert made.contract["endpoint"]["body"]["fields"].items() >= fields.items()
    assert any("takes several at body" in each for each in made.notes)


def test_a_property_of_one_or_several_objects_is_taken_apart() -> None:
    made = drafted(ROWING, "POST /boats").contract
    assert made["endpoint"]["body"]["fields"]["/oar/length"] == {"parameter": "oar_length"}


def test_one_or_several_texts_are_a_list_which_loses_none() -> None:
    made = drafted(ROWING, "POST /boats").contract["parameters"]["properties"]["crews"]
    assert (made["type"], made["items"]["type"]) == ("array", "string")


def test_a_list_of_something_else_is_kept_whole() -> None:
    made = drafted(ROWING, "POST /boats/mixed").contract
    assert list(made["endpoint"]["body"]["fields"]) == [""]


def test_a_change_of_no_record_in_particular_is_kept_whole() -> None:
    made = drafted(ROWING, "PATCH /boats").contract
    assert list(made["endpoint"]["body"]["fields"]) == [""]
