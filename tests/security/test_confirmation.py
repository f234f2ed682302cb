"""One leaked key, whatever its scopes: it asks, and it can't be the one who says yes. What can't be undone takes a
person."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from cli.client import Client, Refused
from cli.console_session import ConsoleSession
from core.errors import Forbidden
from core.scopes import SCOPES
from tests.acceptance.installation import PASSWORD, Installation

REPLY = {"action": "saas.reply_ticket", "params": {"ticket_id": 5519, "message": "Hello"}}
"""Irreversible: a customer reads it."""
LINK = {"action": "saas.send_kb_link", "params": {"ticket_id": 5519, "article": "how-to-reset-password"}}
"""A write that is confirmed once in a session."""


def problem_of(act: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.problem


def held(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    run: dict[str, Any] = client.post("/v1/actions/run", body)
    assert run["state"] == "held", run
    return run


def confirm(client: Client, run: dict[str, Any]) -> Any:
    return client.post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})


def contract_of(world: Installation, name: str) -> dict[str, Any]:
    made: dict[str, Any] = world.clients["olivia"].get(f"/v1/contracts/{name}")["contract"]
    return made


def test_a_key_without_the_scope_asks_and_rejects_but_never_confirms(world: Installation) -> None:
    asks = world.new_key(scopes=[each for each in SCOPES if each != "runs:confirm"])
    run = held(asks, LINK)
    told = problem_of(lambda: confirm(asks, run))
    assert (told["status"], told["code"]) == (403, "forbidden")
    assert "runs:confirm" in told["detail"]
    assert f"/runs/{run['id']}" in told["detail"], "it says where a person confirms it"
    assert asks.post(f"/v1/runs/{run['id']}/reject", {})["state"] == "rejected"
    assert not world.received_of(run["id"])


def test_a_key_with_that_scope_alone_confirms_what_another_key_asked(world: Installation) -> None:
    run = held(world.new_key(scopes=["actions:run"]), LINK)
    confirms = world.new_key(scopes=["runs:confirm"])
    assert confirm(confirms, run)["state"] in ("confirmed", "executing", "succeeded")
    assert problem_of(lambda: held(confirms, LINK))["code"] == "forbidden"


def test_no_new_key_has_the_scope_unless_it_was_asked_for(world: Installation) -> None:
    made = world.clients["olivia"].post("/v1/keys", {"name": "plain", "scopes": ["runs:read", "runs:write"]})
    assert "runs:confirm" not in made["key"]["scopes"]
    lacks = world.new_key(scopes=["keys:write", "runs:write"])
    told = problem_of(lambda: lacks.post("/v1/keys", {"name": "more", "scopes": ["runs:confirm"]}))
    assert told["code"] == "forbidden", "what a key lacks it can't give"


def test_no_key_confirms_what_cannot_be_undone_whatever_its_scopes(world: Installation) -> None:
    leaked = world.new_key(scopes=list(SCOPES))
    run = held(leaked, REPLY)
    assert run["card"]["confirm_by"] == "person"
    told = problem_of(lambda: confirm(leaked, run))
    assert (told["status"], told["code"]) == (403, "person_required")
    assert f"{world.url}/runs/{run['id']}" in told["detail"], "where a person does, at the port that was free"
    assert f"/runs/{run['id']}" in told["detail"]
    second = leaked.post("/v1/keys", {"name": "second", "scopes": list(SCOPES), "mode": "live"})
    other = Client(world.url, second["key"]["public"], second["secret"])
    assert problem_of(lambda: confirm(other, run))["code"] == "person_required", "nor a second one that it makes"
    assert problem_of(lambda: confirm(world.clients["oscar"], run))["code"] == "person_required", "nor another owner's"
    assert not world.received_of(run["id"])
    assert world.kinds(run).count("confirm_refused") == 3
    assert world.confirm("olivia", run)["state"] == "succeeded", "a person in the console does"
    assert len(world.received_of(run["id"])) == 1


def test_a_yes_of_a_person_in_a_keys_session_is_no_yes_for_the_next(world: Installation) -> None:
    contract = contract_of(world, "saas.reply_ticket")
    contract |= {"version": contract["version"] + 1, "confirmation": {"policy": "once_per_session", "by": "person"}}
    sign_in_console(world, contract)
    leaked = world.clients["olivia"]
    assert world.confirm("olivia", held(leaked, REPLY | {"session": "s1"}))["state"] == "succeeded"
    again = held(leaked, REPLY | {"session": "s1"})
    assert not world.received_of(again["id"])


def test_no_key_signs_a_contract_that_leads_round_a_person(world: Installation) -> None:
    leaked = world.clients["olivia"]
    there = contract_of(world, "saas.reply_ticket")
    credit = contract_of(world, "saas.apply_credit")
    mild = {"risk": "write", "confirmation": {"policy": "never"}}
    ways = [
        there | {"version": there["version"] + 5} | mild,
        there | {"version": there["version"] + 5, "confirmation": {"policy": "always", "by": "anyone"}},
        there | {"name": "saas.say_to_ticket", "version": 1} | mild,
        there
        | {
            "name": "saas.say_to_ticket",
            "version": 1,
            "risk": "write",
            "confirmation": {"policy": "never", "by": "person"},
        },
        contract_of(world, "saas.reopen_ticket") | {"version": 9, "endpoint": there["endpoint"]},
        credit | {"version": credit["version"] + 5, "confirmation": {"policy": "never"}},
        credit | {"version": credit["version"] + 5, "confirmation": {"policy": "when", "condition": "false"}},
    ]
    for way in ways:
        told = problem_of(lambda way=way: leaked.post("/v1/contracts", {"contracts": [way]}))
        assert (told["status"], told["code"], told["errors"][0]["code"]) == (403, "forbidden", "person_required"), way
    leaked.delete("/v1/contracts/saas.void_invoice")
    void = contract_of(world, "saas.void_invoice")
    told = problem_of(
        lambda: leaked.post("/v1/contracts", {"contracts": [void | {"name": "saas.drop", "version": 1} | mild]})
    )
    assert told["code"] == "forbidden", "nor once the strict one is retired"
    kept = contract_of(world, "saas.reopen_ticket")
    assert leaked.post("/v1/contracts", {"contracts": [kept | {"version": kept["version"] + 1}]})["data"][0]["fresh"]


def test_no_key_has_what_is_unknown_sent_again_where_a_person_confirms(world: Installation) -> None:
    run = world.ask("olivia", 'reply to ticket 5519 with "One moment"')
    assert run["state"] == "held", run
    world.faults({"close_after_acting": True})
    world.console("olivia").confirm(run["id"], run["card"]["digest"])
    shown = world.clients["olivia"].get(f"/v1/runs/{run['id']}", "wait_s=60")
    assert shown["state"] == "unknown", shown
    leaked = world.clients["olivia"]
    for verdict in ("resend", "happened"):
        told = problem_of(lambda verdict=verdict: leaked.post(f"/v1/runs/{run['id']}/decide", {"verdict": verdict}))
        assert told["code"] == "person_required"
    leaked.post(f"/v1/runs/{run['id']}/decide", {"verdict": "did_not_happen"})


def test_a_stranger_to_the_console_confirms_nothing_there(world: Installation) -> None:
    run = held(world.clients["olivia"], REPLY)
    with pytest.raises(Forbidden):
        ConsoleSession(world.url, "olivia@test.test", "a wrong password")
    with pytest.raises(Forbidden):
        world.console("sara").confirm(run["id"], "sha256:" + "0" * 64)
    assert not world.received_of(run["id"])


def sign_in_console(world: Installation, contract: dict[str, Any]) -> None:
    """The owner signs a contract in the console, with their password."""
    world.console("olivia").send("/draft", "/draft", raw=json.dumps(contract), password=PASSWORD)
