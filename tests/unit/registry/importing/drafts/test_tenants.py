"""Placeholders that are the same in every call of a connection."""

from __future__ import annotations

from typing import Any

from registry.importing.decisions_template import propose_decisions
from registry.importing.importer import Import
from registry.importing.tasks import write_connector
from tests.unit.registry.importing.samples import api, imported

CLUB = api(
    """
/clubs/{clubId}/boats:
  parameters: [{name: clubId, in: path, required: true, schema: {type: string}}]
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: integer}, name: {type: string}}}}}}}}
  post: {summary: Create a boat, responses: {"201": {}}}
/clubs/{clubId}/boats/{id}:
  parameters:
  - {name: clubId, in: path, required: true, schema: {type: string}}
  - {name: id, in: path, required: true, schema: {type: integer}}
  delete: {summary: Delete a boat, responses: {"204": {}}}
/ports/{port}/tides:
  parameters: [{name: port, in: path, required: true, schema: {type: string}}]
  get: {summary: Read the tides, responses: {"200": {}}}
"""
)


def decided(settings: list[str]) -> Import:
    decisions: dict[str, Any] = {
        "connection": {"settings": settings},
        "operations": {"DELETE /clubs/{clubId}/boats/{id}": {"parameters": {"id": {"record": "boat"}}}},
    }
    return imported(CLUB, decisions)


def test_what_nothing_lists_and_most_lies_below_is_suggested_and_asked() -> None:
    made = imported(CLUB)
    assert made.tenants == {"club_id": 3}
    assert propose_decisions(made)["connection"]["suggested_settings"] == ["club_id"]
    assert any("{club_id}" in each for each in made.decide)
    assert made.kinds == ()


def test_of_what_is_left_out_no_setting_is_asked() -> None:
    assert imported(CLUB, {"leave_out": ["GET /clubs/*"]}).tenants == {"club_id": 3}
    made = imported(CLUB, {"leave_out": ["* /clubs/*"]})
    assert made.tenants == {}
    assert not any("{club_id}" in each for each in made.decide)


def test_a_setting_fills_its_place_and_no_call_is_asked_for_it() -> None:
    made = decided(["club_id"])
    (delete,) = [each.contract for each in made.drafts if each.operation.method == "DELETE"]
    assert delete["endpoint"]["url"] == "/clubs/{club_id}/boats/{id}"
    assert list(delete["parameters"]["properties"]) == ["id"]
    assert delete["upstream"]["operation"] == "DELETE /clubs/{clubId}/boats/{id}"
    connector = write_connector(made)
    assert connector["connection"]["settings"] == {"club_id": {"label": "Club id"}}
    assert connector["kinds"]["boat"]["list"]["path"] == "/clubs/{club_id}/boats"
    assert "scope" not in connector["kinds"]["boat"]
    assert made.tenants == {}


def test_decisions_keep_the_settings() -> None:
    assert propose_decisions(decided(["club_id"]))["connection"]["settings"] == ["club_id"]
