from __future__ import annotations

from typing import Any

from registry.importing.decisions_template import propose_decisions
from registry.importing.importer import Import
from tests.unit.registry.importing.samples import api, drafted, imported, refused

WRITES = api(
    """
/berths:
  get:
    parameters: [{name: If-None-Match, in: header, schema: {type: string}}]
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Berth"}}}}}}
/berths/{berth_id}:
  parameters: [{name: berth_id, in: path, required: true, schema: {type: string}}]
  get:
    responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Berth"}}}}}
  patch:
    summary: Change a berth
    parameters:
      - {name: If-Match, in: header, required: true, schema: {type: string}}
      - {name: TraceParent, in: header, schema: {type: string}}
      - {name: X-Reason, in: header, schema: {type: string}}
    requestBody: {content: {application/json: {schema: {properties: {length: {type: integer}}}}}}
/reports:
  post:
    summary: Order a report
    parameters:
      - {name: Accept-Language, in: header, required: true, schema: {type: string, default: en}}
      - {name: User-Agent, in: header, required: true, schema: {type: string}}
""",
    more="""
components:
  schemas:
    Berth: {type: object, properties: {id: {type: string}, name: {type: string}, _etag: {type: string}}}
""",
)
PATCH = "PATCH /berths/{berth_id}"


def decided(operation: str, **parameters: Any) -> dict[str, Any]:
    return {"operations": {operation: {"parameters": parameters}}}


def accepted(document: str) -> Import:
    """The import with every suggestion taken, as a person would by ``--take-suggestions``."""
    proposed = propose_decisions(imported(document))
    for operation in proposed["operations"].values():
        for said in operation.get("parameters", {}).values():
            said["record"] = said["suggested"]
    return imported(document, decisions=proposed)


def test_an_optional_header_of_http_is_left_out_and_the_report_says_so() -> None:
    draft = drafted(WRITES, "GET /berths")
    assert draft.contract["parameters"]["properties"] == {}
    assert draft.supplied == {"If-None-Match": "nothing: it is a header of HTTP that need not be sent"}


def test_a_header_that_means_something_to_people_stays() -> None:
    draft = drafted(WRITES, PATCH, decided(PATCH, if_match={"fixed": {"value": "*"}}))
    assert sorted(draft.contract["parameters"]["properties"]) == ["berth_id", "length", "x_reason"]


def test_a_required_version_is_never_asked_of_people_and_the_refusal_says_what_to_decide() -> None:
    why = refused(WRITES, PATCH)
    assert "needs the header If-Match, whose value no person says" in why
    assert '"if_match": {"fixed": {"value": "*"}}' in why
    assert "decide which record" in why


def test_a_version_is_filled_from_the_tag_of_the_record_that_is_changed() -> None:
    made = {each.operation.key: each.contract for each in accepted(WRITES).drafts}[PATCH]
    assert made["annotations"]["if_match"] == {
        "derive": {"parameter": "berth_id", "field": "etag"},
        "sources": ["record"],
    }
    assert made["endpoint"]["headers"]["If-Match"] == {"parameter": "if_match"}


def test_a_version_of_records_without_a_tag_is_not_filled() -> None:
    made = accepted(WRITES.replace(", _etag: {type: string}", ""))
    assert PATCH in {each.operation.key for each in made.refusals}


def test_a_decided_value_is_sent_in_every_call() -> None:
    draft = drafted(WRITES, PATCH, decided(PATCH, if_match={"fixed": {"value": "*"}}))
    assert draft.contract["endpoint"]["headers"]["If-Match"] == {"value": "*"}


def test_a_person_may_decide_that_every_call_says_it() -> None:
    draft = drafted(WRITES, PATCH, decided(PATCH, if_match={"required": True}))
    assert "if_match" in draft.contract["parameters"]["required"]


def test_a_required_header_with_a_default_is_sent_with_that_and_without_one_is_decided() -> None:
    assert '"user_agent": {"fixed": {"value": "…"}}' in refused(WRITES, "POST /reports")
    key = "POST /reports"
    draft = drafted(WRITES, key, decided(key, user_agent={"fixed": {"value": "harbour/1"}}))
    assert draft.contract["parameters"]["properties"] == {}
    assert draft.contract["endpoint"]["headers"]["Accept-Language"] == {"value": "en"}
