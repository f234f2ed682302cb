"""What people decide about values and about many operations at once: which are needed, which may be chosen, what is left
out."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import InvalidInput
from registry.importing.decisions import SCHEMA, OperationDecision
from registry.importing.decisions_template import propose_decisions
from registry.importing.review import decide_draft
from tests.unit.registry.importing.samples import api, drafted, imported

KILN = api("""
/kilns/{id}/fire:
  post:
    parameters:
      - {name: id, in: path, required: true, schema: {type: integer}}
      - {name: x_trace, in: query, schema: {type: string}}
      - {name: x_shard, in: query, required: true, schema: {type: string}}
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [cone]
            properties:
              cone: {type: integer}
              glaze: {type: string, enum: [matt, gloss, raku]}
              shelves: {type: array, items: {type: string}}
    responses: {"204": {}}
/kilns/{id}:
  delete:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    responses: {"204": {}}
/internal/ping:
  get: {responses: {"200": {}}}
""")
FIRE = "POST /kilns/{id}/fire"


def decided(**parameters: Any) -> dict[str, Any]:
    return {"schema": SCHEMA, "operations": {FIRE: {"parameters": parameters}}}


def test_a_value_is_needed_or_not_and_chosen_from_what_was_decided() -> None:
    said = decided(
        glaze={"required": True, "choices": ["matt", "gloss"]}, cone={"required": False}, shelves={"choices": ["top"]}
    )
    made = drafted(KILN, FIRE, said).contract["parameters"]
    assert {"glaze"} <= set(made["required"])
    assert "cone" not in made["required"]
    assert made["properties"]["glaze"]["enum"] == ["matt", "gloss"]
    assert made["properties"]["shelves"]["items"]["enum"] == ["top"]
    assert propose_decisions(imported(KILN, said))["operations"][FIRE]["parameters"]["cone"] == {"required": False}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"id": {"required": False}}, "id stands in the address"),
        ({"cone": {"choices": ["hot"]}}, "cone takes integer"),
        ({"cone": {"choices": [True]}}, "cone takes integer"),
        ({"glaze": {"choices": ["satin"]}}, "knows no 'satin' for glaze"),
    ],
)
def test_what_cannot_be_decided_so_is_told(said: dict[str, Any], why: str) -> None:
    [refusal] = [each for each in imported(KILN, decided(**said)).refusals if each.operation.key == FIRE]
    assert why in refusal.reason
    drafted_ = drafted(KILN, FIRE).contract
    with pytest.raises(InvalidInput, match=why):
        decide_draft(drafted_, OperationDecision.model_validate({"parameters": said}), connection="pottery")


def test_operations_and_optional_parameters_are_left_out_by_patterns() -> None:
    said: dict[str, Any] = {
        "schema": SCHEMA,
        "leave_out": ["DELETE *", "* /internal/*", "* /ovens/*"],
        "omit": ["x_*"],
        "operations": {"GET /internal/ping": {"include": True}},
    }
    made = imported(KILN, said)
    assert [each.operation.key for each in made.drafts] == [FIRE, "GET /internal/ping"]
    assert [each.operation.key for each in made.refusals] == ["DELETE /kilns/{id}"]
    properties = drafted(KILN, FIRE, said).contract["parameters"]["properties"]
    assert "x_trace" not in properties
    assert "x_shard" in properties, "every call needs it"
    assert any("* /ovens/*" in each for each in made.decide)
    proposed = propose_decisions(made)
    assert (proposed["leave_out"], proposed["omit"]) == (said["leave_out"], said["omit"])
    again = imported(KILN, proposed)
    assert [each.contract for each in again.drafts] == [each.contract for each in made.drafts]


def test_what_is_said_of_a_parameter_itself_goes_before_a_pattern() -> None:
    said = {**decided(x_trace={"label": "Trace"}), "omit": ["x_*"]}
    assert "x_trace" in drafted(KILN, FIRE, said).contract["parameters"]["properties"]


def test_in_a_review_optional_parameters_of_a_pattern_are_left_out_of_the_request() -> None:
    made = decide_draft(
        drafted(KILN, FIRE).contract, OperationDecision.model_validate({"omit": ["x_*", "gl*"]}), connection="pottery"
    )
    assert sorted(made["parameters"]["properties"]) == ["cone", "id", "shelves", "x_shard"]
    assert list(made["endpoint"]["query"]) == ["x_shard"]
