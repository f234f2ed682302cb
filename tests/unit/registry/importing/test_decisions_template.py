"""Decisions as they are proposed anew: what somebody decided is among them, whatever became of the operation."""

from __future__ import annotations

from registry.importing.decisions import SCHEMA
from registry.importing.decisions_template import propose_decisions
from tests.unit.registry.importing.samples import api, imported

LOOM = api("""
/bolts/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
  delete:
    parameters: [{name: reason, in: query, required: true, schema: {type: string}}]
    responses: {"204": {}}
""")
KEY = "DELETE /bolts/{id}"


def test_a_refused_operation_keeps_what_was_decided_about_it() -> None:
    given = {"include": True, "roles": ["weaver"], "parameters": {"reason": {"omit": True}}}
    first = imported(LOOM, {"schema": SCHEMA, "operations": {KEY: given}})
    proposed = propose_decisions(first)
    assert proposed["operations"][KEY].items() >= given.items()
    assert "omit reason" in proposed["operations"][KEY]["decide"][0]
    again = imported(LOOM, proposed)
    assert (again.drafts, again.refusals[0].reason) == ((), first.refusals[0].reason)
    assert propose_decisions(again)["operations"] == proposed["operations"]


def test_an_operation_that_is_left_out_is_asked_nothing() -> None:
    made = imported(LOOM, {"schema": SCHEMA, "operations": {KEY: {"include": False}}})
    assert propose_decisions(made)["operations"] == {KEY: {"include": False}}


def tolls(*more: str, decided: dict[str, object] | None = None) -> list[str]:
    """What is asked about an operation that takes these numbers."""
    fields = ", ".join(f"{name}: {{type: number}}" for name in ("toll_price", "axles", "note_id", *more))
    body = f"{{type: object, properties: {{{fields}}}}}"
    document = api(f"""
/tolls:
  post:
    requestBody: {{content: {{application/json: {{schema: {body}}}}}}}
    responses: {{"201": {{}}}}
""")
    given = {"roles": ["clerk"], **({"parameters": decided} if decided else {})}
    asked = propose_decisions(imported(document, {"schema": SCHEMA, "operations": {"POST /tolls": given}}))
    return list(asked["operations"]["POST /tolls"].get("decide", ()))


def test_a_number_that_is_money_by_its_name_is_asked_for_its_currency() -> None:
    question = 'In which currency is toll_price? Write its "unit" ("money", "money_minor" for cents) and "currency".'
    assert tolls() == [question]
    assert tolls(decided={"toll_price": {"unit": "money", "currency": "NOK"}}) == []
    assert tolls("currency") == []
