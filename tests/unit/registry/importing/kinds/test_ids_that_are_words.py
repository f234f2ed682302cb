from __future__ import annotations

from typing import Any

from registry.importing.decisions_template import propose_decisions
from registry.importing.importer import Import
from tests.unit.registry.importing.samples import api, imported

JOBS = api(
    """
/jobs:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Job"}}}}}}
  post:
    summary: Create a job
    requestBody: {content: {application/json: {schema: {type: object, required: [job_key, due, steps], properties: {
      job_key: {type: string}, due: {type: string, format: date-time, nullable: true}, steps: {type: array, items: {type: string}}}}}}}
/jobs/list:
  post:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Job"}}}}}}
/jobs/{job_key}:
  parameters: [{name: job_key, in: path, required: true, schema: {type: string}}]
  patch:
    summary: Patch a job
    requestBody: {content: {application/json: {schema: {type: object, required: [kind], properties: {
      kind: {type: string}, note: {type: string}, is_paused: {type: boolean}}}}}}
  delete: {summary: Delete a job}
/user/tokens:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: integer}, title: {type: string}}}}}}}}
/user/tokens/{id}:
  delete:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
/api-tokens/{token}:
  delete:
    parameters: [{name: token, in: path, required: true, schema: {type: string}}]
""",
    more="""
components:
  schemas:
    Job:
      type: object
      properties:
        job_key: {type: string}
        owner_name: {type: string}
        kind: {type: string}
        note: {type: string}
        is_paused: {type: boolean}
        state: {type: string, enum: [waiting, running]}
        start_date: {type: string, format: date-time, nullable: true}
        planned_for: {type: string, format: date-time}
""",
)  # fmt: skip


def accepted() -> Import:
    proposed = propose_decisions(imported(JOBS))
    for operation in proposed["operations"].values():
        for said in operation.get("parameters", {}).values():
            said["record"] = said["suggested"]
    return imported(JOBS, decisions=proposed)


MADE = accepted()
KINDS: dict[str, dict[str, Any]] = {each.name: each.entry for each in MADE.kinds}


def contract(operation: str) -> dict[str, Any]:
    return next(each.contract for each in MADE.drafts if each.operation.key == operation)


def test_an_id_that_is_a_word_is_what_its_record_goes_by() -> None:
    assert KINDS["job"]["label"] == "{job_key}"  # and not by whose it is
    assert KINDS["job"]["fields"]["job_key"] == {"at": "/job_key", "search": "name", "type": "id"}


def test_last_and_first_go_by_a_day_that_every_record_has() -> None:
    assert KINDS["job"]["order"] == "planned_for"


def test_a_search_beside_a_list_is_no_kind_of_its_own() -> None:
    assert sorted(KINDS) == ["job", "token"]


def test_a_list_that_a_new_record_needs_may_be_empty() -> None:
    made = contract("POST /jobs")["parameters"]
    assert made["properties"]["steps"]["default"] == []


def test_what_has_to_be_there_and_may_be_null_is_not_asked_for() -> None:
    made = contract("POST /jobs")
    assert made["parameters"]["required"] == ["job_key", "steps"]
    assert made["endpoint"]["body"]["fields"]["/due"] == {"parameter": "due", "when_absent": "null"}


def test_a_patch_keeps_what_it_needs_and_no_more() -> None:
    made = contract("PATCH /jobs/{job_key}")["annotations"]
    assert made["kind"]["derive"] == {"parameter": "job_key", "field": "kind"}
    assert not {"note", "is_paused"} & set(made)


def test_a_switch_is_ordered_by_its_verbs() -> None:
    assert {"pause a job", "unpause a job"} <= set(contract("PATCH /jobs/{job_key}")["aliases"])


def test_an_id_that_is_called_a_text_may_be_a_number() -> None:
    made = contract("DELETE /user/tokens/{id}")
    assert made["annotations"]["id"]["record"] == "token"
    assert made["parameters"]["properties"]["id"]["type"] == ["string", "integer"]


def test_another_collections_secret_is_no_record() -> None:
    assert "annotations" not in contract("DELETE /api-tokens/{token}")
