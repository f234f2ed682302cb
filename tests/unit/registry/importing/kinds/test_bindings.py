from __future__ import annotations

from typing import Any

from registry.importing.decisions_template import propose_decisions
from registry.importing.importer import Import
from tests.unit.registry.importing.kinds.test_finding import FLAGS
from tests.unit.registry.importing.samples import api, imported


def accepted(document: str = FLAGS) -> Import:
    """The import with every suggestion taken, as a person would by ``--take-suggestions``."""
    proposed = propose_decisions(imported(document))
    for operation in proposed["operations"].values():
        for said in operation.get("parameters", {}).values():
            said["record"] = said["suggested"]
    return imported(document, decisions=proposed)


def contract(operation: str) -> dict[str, Any]:
    return next(each.contract for each in accepted().drafts if each.operation.key == operation)


def test_a_record_within_another_says_which_that_is() -> None:
    made = contract("POST /api/projects/{projectId}/flags/{flagName}/on")
    assert made["annotations"] == {
        "flag_name": {"record": "flag", "field": "name", "label": "Flag"},
        "project_id": {"derive": {"parameter": "flag_name", "field": "project"}, "sources": ["record"]},
    }


def test_a_put_keeps_what_nobody_speaks_of() -> None:
    made = contract("PUT /api/projects/{projectId}/flags/{flagName}")["annotations"]
    assert made["description"]["derive"] == {"parameter": "flag_name", "field": "description"}
    assert made["description"]["sources"] == ["prompt", "record"]  # no default: it would undo what isn't told
    assert "note" not in made  # the record has none


def test_a_trailing_slash_hides_no_record() -> None:
    made = contract("PATCH /api/user-admin/{id}/")
    assert made["annotations"]["id"] == {"record": "user", "label": "User"}
    assert made["annotations"]["project_id"] == {"record": "project", "label": "Project"}
    assert "username" not in made["annotations"]  # the name of a user is no user


def test_what_is_to_be_made_is_no_record_yet() -> None:
    made = contract("POST /api/projects/{projectId}/flags")
    assert made["annotations"] == {"project_id": {"record": "project", "label": "Project"}}


TEAMS = api(
    """
/teams:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Team"}}}}}}
  post:
    summary: Create multiple teams
    requestBody: {content: {application/json: {schema: {properties: {names: {type: array, items: {type: string}}}}}}}
/teams/{name}:
  parameters: [{name: name, in: path, required: true, schema: {type: string}}]
  get:
    summary: Get a team
    responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Team"}}}}}
  post: {summary: Create a single team}
  put: {summary: Create or update a team}
  patch:
    summary: Change a team
    requestBody: {content: {application/json: {schema: {properties: {name: {type: string}, muted: {type: boolean}}}}}}
  delete: {summary: Delete a team}
/teams/{name}/door:
  parameters: [{name: name, in: path, required: true, schema: {type: string}}]
  patch:
    summary: Change a team's door
    requestBody: {content: {application/json: {schema: {properties: {name: {type: string}}}}}}
""",
    more="""
components:
  schemas:
    Team: {type: object, properties: {name: {type: string}, muted: {type: boolean}}}
""",
)


def test_what_a_path_names_and_the_call_makes_is_no_record_yet() -> None:
    made = {each.operation.key: each.contract for each in accepted(TEAMS).drafts}
    assert "name" not in made["POST /teams/{name}"].get("annotations", {})
    assert "create a team" in made["POST /teams/{name}"]["aliases"]
    assert [made[key]["name"] for key in ("POST /teams", "POST /teams/{name}")] == ["teams.create", "team.create"]
    for looked_up in ("DELETE /teams/{name}", "PATCH /teams/{name}", "PUT /teams/{name}"):
        assert "record" in made[looked_up]["annotations"]["name"], looked_up


def test_a_body_with_the_name_that_its_path_has_renames() -> None:
    made = {each.operation.key: each.contract for each in accepted(TEAMS).drafts}
    assert made["PATCH /teams/{name}"]["annotations"]["body_name"]["label"] == "New name"
    assert "rename a team" in made["PATCH /teams/{name}"]["aliases"]
    assert "body_name" not in made["PATCH /teams/{name}/door"]["annotations"], "that is the door's name"


def test_several_of_a_kind_are_of_that_kind() -> None:
    assert {each.name: each.entry["nouns"] for each in imported(TEAMS).kinds}["team"] == ["team", "teams"]


def test_aliases_are_verbs_of_title_path_and_method_with_each_noun() -> None:
    assert "turn on a flag" in contract("POST /api/projects/{projectId}/flags/{flagName}/on")["aliases"]
    assert contract("DELETE /api/projects/{projectId}/flags/{flagName}")["aliases"] == ["archive a flag"]


PANTRY = api(
    """
/jars:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Jar"}}}}}}
/jars/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
  get: {responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Jar"}}}}}}
  put:
    summary: Update a jar
    requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Jar"}}}}
    responses: {"200": {}}
""",
    more="""
components:
  schemas:
    Jar:
      type: object
      required: [name]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string}
        tags: {type: array, items: {type: string}}
        place: {type: object, properties: {shelf: {type: integer}, note: {type: string}}}
        history: {type: array, items: {type: object, properties: {on: {type: string}}}}
        access_token: {type: string}
""",
)


def test_a_put_sends_back_lists_and_what_lies_in_objects() -> None:
    made = imported(PANTRY, {"operations": {"PUT /jars/{id}": {"parameters": {"id": {"record": "jar"}}}}})
    (draft,) = [each for each in made.drafts if each.operation.key == "PUT /jars/{id}"]
    notes = draft.contract["annotations"]
    for name in ("name", "tags", "place_shelf", "place_note", "history"):
        assert notes[name]["derive"] == {"parameter": "id", "field": name}, name
    jar = made.kinds[0].entry["fields"]
    assert (jar["tags"]["type"], jar["history"]["type"], jar["place_shelf"]["at"]) == ("json", "json", "/place/shelf")
    # What can't be kept is asked for, instead of lost.
    assert "access_token" not in jar
    assert "access_token" in draft.contract["parameters"]["required"]
    assert any("access_token can't be kept" in each for each in draft.notes)
