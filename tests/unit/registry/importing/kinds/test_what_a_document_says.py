"""What a document says of money, states, filters, references and acts that can't be undone comes into its drafts."""

from __future__ import annotations

from typing import Any

import pytest

from registry.importing.decisions_template import propose_decisions
from registry.importing.drafts.money import find_currency, is_minor_units
from registry.importing.kinds.nouns import with_plurals
from tests.unit.registry.importing.samples import api, drafted, imported

HARBOUR = api(
    """
/crews:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Crew"}}}}}}
/crews/{crew_id}:
  parameters: [{name: crew_id, in: path, required: true, schema: {type: string, format: uuid}}]
  get:
    responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Crew"}}}}}
/tows:
  get:
    parameters:
      - {name: status, in: query, schema: {$ref: "#/components/schemas/Status"}}
      - {name: crew_id, in: query, schema: {type: string}}
      - {name: pier, in: query, schema: {type: string}}
      - {name: phase, in: query, schema: {type: string, enum: [all, some]}}
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Tow"}}}}}}
  post:
    summary: Create a tow
    requestBody:
      content:
        application/json:
          schema:
            required: [crew]
            properties:
              crew: {type: string, format: uuid}
              fee_cents: {type: integer, description: Fee in euro cents.}
/tows/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: string}}]
  get:
    responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Tow"}}}}}
  put:
    summary: Rewrite a tow
    requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Tow"}}}}
/tows/{id}/scrap:
  post:
    summary: Scrap a tow
    description: WORDS
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
""",
    more="""
components:
  schemas:
    Crew: {type: object, properties: {id: {type: string, format: uuid}, name: {type: string}}}
    Status: {type: string, enum: [planned, towed]}
    Tow:
      type: object
      properties:
        id: {type: string}
        name: {type: string}
        status: {$ref: "#/components/schemas/Status"}
        phase: {type: string, enum: [early, late]}
        crew_id: {type: string}
        pier: {type: string}
        fee_cents: {type: integer, description: Fee in euro cents.}
        is_settled: {type: boolean}
""",
)


def tow() -> dict[str, Any]:
    return {each.name: each.entry for each in imported(HARBOUR).kinds}["tow"]


def test_amounts_of_a_record_are_money_of_the_currency_that_the_document_names() -> None:
    fields = tow()["fields"]
    assert (fields["fee_cents"]["type"], fields["fee_cents"]["currency_field"]) == ("money_minor", "currency")
    assert fields["currency"] == {"type": "currency", "value": "EUR"}


def test_amounts_of_a_call_are_money_of_that_currency_and_a_decision_counts_more() -> None:
    key = "POST /tows"
    said = drafted(HARBOUR, key).contract["annotations"]["fee_cents"]
    assert said == {"unit": "money_minor", "currency": "EUR"}
    decided = {"operations": {key: {"parameters": {"fee_cents": {"currency": "CHF"}}}}}
    assert drafted(HARBOUR, key, decided).contract["annotations"]["fee_cents"]["currency"] == "CHF"


def test_a_call_that_rewrites_a_record_keeps_its_amount() -> None:
    key = "PUT /tows/{id}"
    decided = {"operations": {key: {"parameters": {"id": {"record": "tow"}}}}}
    said = drafted(HARBOUR, key, decided).contract["annotations"]["fee_cents"]
    assert said["derive"] == {"parameter": "id", "field": "fee_cents"}


def test_a_list_is_filtered_by_states_and_ids_and_by_nothing_that_may_mean_another_thing() -> None:
    assert tow()["list"]["filters"] == {"status": {"query": "status"}, "crew_id": {"query": "crew_id"}}


def test_a_participle_is_a_state_with_its_opposite() -> None:
    states = tow()["states"]
    assert (states["settled"], states["unsettled"]) == ({"is_settled": [True]}, {"is_settled": [False]})


def test_a_uuid_with_the_name_of_a_kind_may_be_one_of_its_records() -> None:
    said = propose_decisions(imported(HARBOUR))["operations"]["POST /tows"]["parameters"]
    assert said["crew"] == {"suggested": "crew"}


@pytest.mark.parametrize(
    ("told", "risk"),
    [
        ("Irreversible.", "irreversible"),
        ("This cannot be undone", "irreversible"),
        ("It permanently removes the hull", "irreversible"),
        ("It is not irreversible", "write"),
        ("It can be undone", "write"),
    ],
)
def test_what_the_document_says_cannot_be_undone_is_irreversible_until_decided(told: str, risk: str) -> None:
    document, key = HARBOUR.replace("WORDS", told), "POST /tows/{id}/scrap"
    assert drafted(document, key).contract["risk"] == risk
    assert drafted(document, key, {"operations": {key: {"risk": "write"}}}).contract["risk"] == "write"


@pytest.mark.parametrize(
    ("name", "told", "minor", "currency"),
    [
        ("fee", "Fee in euro cents.", True, "EUR"),
        ("fee", "US cents", True, "USD"),
        ("fee", "In cents (CHF)", True, "CHF"),
        ("fee_cents", "", True, None),
        ("feeCents", "Swedish", True, None),
        ("fee", "In cents, EUR cents or DKK cents", True, None),
        ("fee", "ALL fees in cents", True, None),
        ("fee", "The fee per cent", False, None),
        ("percent", "", False, None),
    ],
)
def test_cents_are_told_by_the_name_or_the_words(name: str, told: str, minor: bool, currency: str | None) -> None:
    assert (is_minor_units(name, told), find_currency(told)) == (minor, currency)


def test_a_noun_that_is_a_plural_gets_no_second_one() -> None:
    assert with_plurals(["article", "articles"]) == ["article", "articles"]
    assert with_plurals(["boxes", "company", "glass"]) == ["boxes", "company", "companies", "glass", "glasses"]
