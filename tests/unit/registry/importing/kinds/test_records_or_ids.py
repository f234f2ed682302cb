"""Properties that take a record or its id: the id is sent, and the record's schema says of which kind."""

from __future__ import annotations

from typing import Any

from registry.importing.decisions import SCHEMA
from registry.importing.decisions_template import propose_decisions
from tests.unit.registry.importing.samples import api, drafted, imported

APIARY = api(
    """
/keepers:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object, $ref: "#/components/schemas/Keeper"}}}}}}
/keepers/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
  delete: {summary: Delete Keeper, responses: {"204": {}}}
/hives:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Hive"}}}}}}
  post:
    summary: Create Hive
    requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Hive"}}}}
    responses: {"200": {}}
/hives/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
  get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Hive"}}}}}}
  put:
    summary: Update Hive
    requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Hive"}}}}
    responses: {"200": {}}
/swarms:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Swarm"}}}}}}
/swarms/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
  delete: {summary: Delete Swarm, responses: {"204": {}}}
""",
    more="""
components:
  schemas:
    Keeper: {type: object, properties: {id: {type: string, format: uuid}, name: {type: string}}}
    Frame: {type: object, properties: {depth: {type: integer}}}
    Swarm:
      type: object
      properties:
        id: {type: integer}
        name: {type: string}
        came_from: {anyOf: [{type: integer}, {$ref: "#/components/schemas/Hive"}]}
        frame: {anyOf: [{type: integer}, {$ref: "#/components/schemas/Frame"}]}
    Hive:
      type: object
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string}
        tended_by: {nullable: true, oneOf: [{type: string, format: uuid}, {$ref: "#/components/schemas/Keeper"}]}
        split_from: {anyOf: [{type: integer}, {$ref: "#/components/schemas/Hive"}]}
        frame: {anyOf: [{type: integer}, {$ref: "#/components/schemas/Frame"}]}
        colour: {anyOf: [{type: string, enum: [""]}, {$ref: "#/components/schemas/Keeper"}]}
""",
)


def suggested() -> dict[str, Any]:
    said = propose_decisions(imported(APIARY))["operations"]["POST /hives"]["parameters"]
    return {name: each["suggested"] for name, each in said.items()}


def test_a_record_or_its_id_is_the_id_of_that_kind_whatever_its_name() -> None:
    made = drafted(APIARY, "POST /hives").contract
    assert made["parameters"]["properties"]["tended_by"]["type"] == "string"
    assert made["endpoint"]["body"]["fields"]["/tended_by"] == {"parameter": "tended_by"}
    assert suggested()["tended_by"] == "keeper"


def test_what_is_made_may_refer_to_another_of_its_kind() -> None:
    assert suggested() == {"tended_by": "keeper", "split_from": "hive"}


def test_a_number_beside_an_object_without_such_an_id_is_no_relation() -> None:
    whole = {each.name for each in drafted(APIARY, "POST /hives").slots if each.whole}
    assert whole == {"frame", "colour"}


def test_a_put_keeps_the_id_that_the_record_has() -> None:
    given = {"PUT /hives/{id}": {"parameters": {"id": {"record": "hive"}}}}
    made = drafted(APIARY, "PUT /hives/{id}", {"schema": SCHEMA, "operations": given}).contract
    assert made["annotations"]["tended_by"]["derive"] == {"parameter": "id", "field": "tended_by"}


def test_a_field_that_holds_a_record_or_its_id_is_a_relation() -> None:
    swarm = next(each for each in imported(APIARY).kinds if each.name == "swarm").entry
    assert swarm["relations"] == [{"kind": "hive", "via": "came_from"}]
    assert swarm["fields"]["came_from"] == {"at": "/came_from", "type": "id", "lenient": True}
    assert "frame" not in swarm["fields"]
