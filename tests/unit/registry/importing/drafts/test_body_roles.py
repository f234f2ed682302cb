from __future__ import annotations

from typing import Any

from registry.importing.decisions_template import propose_decisions
from registry.importing.importer import SPARE, Import
from tests.unit.registry.importing.samples import api, imported

PLANT = "{$ref: '#/components/schemas/Plant'}"
NURSERY = api(
    """
/sites:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Site"}}}}}}
/sites/{site}:
  parameters: [{name: site, in: path, required: true, schema: {type: string}}]
  delete: {summary: Delete Site, responses: {"204": {}}}
/sites/{site}/plants:
  parameters: [{name: site, in: path, required: true, schema: {type: string}}]
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Plant"}}}}}}
  post: &write
    summary: Create Plant
    requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Plant"}}}}
    responses: {"201": {content: {application/json: {schema: {$ref: "#/components/schemas/Plant"}}}}}
/sites/{site}/plants/{label}:
  parameters:
  - {name: label, in: path, required: true, schema: {type: string}}
  - {name: site, in: path, required: true, schema: {type: string}}
  get:
    summary: Show Plant
    responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Plant"}}}}}
  put: {<<: *write, summary: Update Plant}
  patch: {<<: *write, summary: Update Plant (Partial Update)}
/sites/{site}/plants/{label}/water:
  parameters:
  - {name: label, in: path, required: true, schema: {type: string}}
  - {name: site, in: path, required: true, schema: {type: string}}
  post: {<<: *write, summary: Water Plant}
/sites/{site}/plants/{label}/move:
  parameters:
  - {name: label, in: path, required: true, schema: {type: string}}
  - {name: site, in: path, required: true, schema: {type: string}}
  post:
    summary: Move Plant
    requestBody: {content: {application/json: {schema: {type: object, required: [bed], properties: {bed: {type: integer}}}}}}
    responses: {"200": {}}
/sites/{site}/beds:
  parameters: [{name: site, in: path, required: true, schema: {type: string}}]
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Bed"}}}}}}
/sites/{site}/beds/{id}:
  parameters:
  - {name: site, in: path, required: true, schema: {type: string}}
  - {name: id, in: path, required: true, schema: {type: integer}}
  delete: {summary: Delete Bed, responses: {"204": {}}}
/sites/{site}/moods:
  parameters: [{name: site, in: path, required: true, schema: {type: string}}]
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Mood"}}}}}}
/sites/{site}/moods/{id}:
  parameters:
  - {name: site, in: path, required: true, schema: {type: string}}
  - {name: id, in: path, required: true, schema: {type: integer}}
  put:
    summary: Update Mood
    requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Mood"}}}}
    responses: {"200": {}}
""",
    more="""
components:
  schemas:
    Site: {type: object, properties: {site: {type: string}, title: {type: string}}}
    Plant:
      type: object
      required: [title, bed, about]
      properties:
        label: {type: string, readOnly: true}
        title: {type: string}
        bed: {type: integer}
        about: {type: object, additionalProperties: {type: string}, description: A translated text.}
        note: {type: string}
        marks: {type: array, items: {type: string}}
    Bed: {type: object, properties: {id: {type: integer}, name: {type: string}}}
    Mood: {type: object, required: [mood], properties: {id: {type: integer, readOnly: true}, mood: {type: string}}}
""",
)


def accepted(**decisions: Any) -> Import:
    """The import with every suggestion taken."""
    proposed = {**propose_decisions(imported(NURSERY, decisions or None)), **decisions}
    for operation in proposed["operations"].values():
        for said in operation.get("parameters", {}).values():
            said |= {"record": said["suggested"]} if "suggested" in said else {}
            said |= {"language": said["suggested_language"]} if "suggested_language" in said else {}
    return imported(NURSERY, proposed)


def contract(operation: str) -> dict[str, Any]:
    return next(each.contract for each in accepted().drafts if each.operation.key == operation)


PATCH, PUT = "PATCH /sites/{site}/plants/{label}", "PUT /sites/{site}/plants/{label}"


def test_a_put_is_left_out_where_a_patch_does_the_same() -> None:
    assert {each.operation.key: each.reason for each in accepted().refusals} == {PUT: SPARE.format(other=PATCH)}
    assert any(each.operation.key == "PUT /sites/{site}/moods/{id}" for each in accepted().drafts)


def test_a_put_that_somebody_wants_stays_and_is_wanted_the_next_time_too() -> None:
    wanted = {"operations": {PUT: {"include": True}}}
    made = imported(NURSERY, wanted)
    assert PUT in {each.operation.key for each in made.drafts}
    assert propose_decisions(made)["operations"][PUT]["include"] is True


def test_a_put_beside_a_patch_keeps_what_nobody_speaks_of() -> None:
    wanted = {"include": True, "parameters": {"label": {"record": "plant"}, "site": {"record": "site"}}}
    (put,) = [each for each in imported(NURSERY, {"operations": {PUT: wanted}}).drafts if each.operation.key == PUT]
    assert put.contract["annotations"]["marks"]["derive"] == {"parameter": "label", "field": "marks"}
    assert put.contract["annotations"]["about"]["derive"] == {"parameter": "label", "field": "about"}


def test_a_put_is_drafted_where_the_patch_is_left_out() -> None:
    made = imported(NURSERY, {"operations": {PATCH: {"include": False}}})
    assert PUT in {each.operation.key for each in made.drafts}


def test_a_patch_needs_nothing_of_what_a_whole_record_needs() -> None:
    made = contract(PATCH)
    assert made["parameters"]["required"] == ["label", "site"]
    assert made["annotations"]["title"]["derive"] == {"parameter": "label", "field": "title"}


def test_an_order_that_repeats_its_record_keeps_it_and_asks_for_none_of_it() -> None:
    made = contract("POST /sites/{site}/plants/{label}/water")["annotations"]
    assert made["title"]["derive"] == {"parameter": "label", "field": "title"}
    assert made["bed"] == {"derive": {"parameter": "label", "field": "bed"}, "sources": ["prompt", "record", "default"]}
    assert "note" not in made  # not needed, so not sent


def test_an_order_with_a_value_of_its_own_asks_for_it() -> None:
    made = contract("POST /sites/{site}/plants/{label}/move")
    assert "derive" not in made["annotations"]["bed"]
    assert "bed" in made["parameters"]["required"]


def test_what_lies_beside_a_record_is_named_as_a_record_too() -> None:
    assert contract(PATCH)["annotations"]["bed"] == {"record": "bed", "field": "own_id", "label": "Bed"}
    made = contract("POST /sites/{site}/plants")["annotations"]
    assert made["bed"] == {"record": "bed", "field": "own_id", "of": "site", "label": "Bed"}


def test_records_within_one_owner_are_related_by_their_whole_ids() -> None:
    plant = next(each for each in accepted().kinds if each.name == "plant").entry
    assert {"kind": "bed", "via": "site_bed"} in plant["relations"]
    assert plant["fields"]["site_bed"] == {"join": ["$site", "/bed"], "with": "/", "type": "id"}


def test_a_record_is_named_by_the_text_that_is_called_like_it() -> None:
    mood = next(each for each in accepted().kinds if each.name == "mood").entry
    assert (mood["label"], mood["fields"]["mood"]["search"]) == ("{mood}", "name")


def test_a_text_in_several_languages_is_written_in_the_one_that_was_decided() -> None:
    made = contract("POST /sites/{site}/plants")
    assert made["parameters"]["properties"]["about"]["type"] == "string"
    assert made["endpoint"]["body"]["fields"]["/about/en"] == {"parameter": "about"}
    undecided = next(each for each in imported(NURSERY).drafts if each.operation.key == "POST /sites/{site}/plants")
    assert undecided.contract["parameters"]["properties"]["about"]["type"] == "object"


def test_what_else_a_kind_is_called_and_named_by_is_decided() -> None:
    made = accepted(kinds={"plant": {"nouns": ["seedling"], "named_by": "note"}})
    plant = next(each for each in made.kinds if each.name == "plant").entry
    assert plant["nouns"] == ["plant", "plants", "seedling", "seedlings"]
    assert (plant["label"], plant["fields"]["note"]["search"]) == ("{note}", "name")
    assert propose_decisions(made)["kinds"]["plant"]["named_by"] == "note"
