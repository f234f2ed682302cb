"""Test keys never act for real: whatever one does, over every route, the platform's ledger stays empty and no endpoint
hears of it."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cli.client import Client, Refused
from cli.commands.ask import wait_until_idle
from cli.opener import find_opener
from core.scopes import SCOPES
from tests.acceptance.installation import Installation
from tests.acceptance.test_webhooks import Catcher, catchers

__all__ = ["catchers"]

PRIORITY = {"action": "saas.set_ticket_priority", "params": {"ticket_id": 5519, "priority": "urgent"}}
"""Needs no confirmation."""
LINK = {"action": "saas.send_kb_link", "params": {"ticket_id": 5519, "article": "how-to-reset-password"}}
"""Confirmed once in a session."""
TRIED = frozenset({
    ("POST", "/v1/actions/run"), ("POST", "/v1/runs"), ("POST", "/v1/runs/{run_id}/answer"),
    ("POST", "/v1/runs/{run_id}/edit"), ("POST", "/v1/runs/{run_id}/confirm"), ("POST", "/v1/runs/{run_id}/reject"),
    ("POST", "/v1/runs/{run_id}/decide"), ("POST", "/v1/events/fire"), ("POST", "/v1/rules/{rule_id}/dry-run"),
})  # fmt: skip
"""What a test key may do beyond reading: each is proved here to have no effect outside."""
RULE = {
    "name": "Every new ticket is urgent", "event": "ticket.created", "action": "saas.set_ticket_priority", "mode": "on",
    "parameters": {"ticket_id": {"from": "/data/ticket_id"}, "priority": {"value": "urgent"}},
}  # fmt: skip


@pytest.fixture
def tester(world: Installation) -> Iterator[Client]:
    """An owner's test key with every scope. Whatever a test does with it: nothing has come to the platform."""
    yield world.new_key(mode="test")
    assert world.ledger() == []


def problem_of(act: Callable[[], Any]) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.problem


def ran(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    return wait_until_idle(client, client.post("/v1/actions/run", body)["id"])


def confirmed(client: Client, run: dict[str, Any]) -> dict[str, Any]:
    client.post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
    return wait_until_idle(client, run["id"])


def operations(world: Installation) -> list[tuple[str, str, Any]]:
    """(method, path, example of its body) of every signed route, as the running server has them."""
    with find_opener().open(f"{world.url}/openapi.json") as answer:
        document = json.loads(answer.read())
    made = [
        (
            method.upper(),
            path,
            each.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example"),
        )
        for path, methods in document["paths"].items()
        for method, each in methods.items()
        if path.startswith("/v1/")
    ]
    assert len(made) > 50
    return made


def call(client: Client, method: str, path: str, body: Any = None) -> Any:
    raw = b"" if body is None else json.dumps(body).encode()
    return client._call(method, path, "", raw, "" if method == "GET" else f"k{time.time_ns()}")


def test_a_call_that_needs_no_yes_ends_in_the_sandbox(world: Installation, tester: Client) -> None:
    run = ran(tester, PRIORITY)
    assert (run["mode"], run["state"]) == ("test", "succeeded")
    (outcome,) = run["outcomes"]
    assert outcome["status"] == 200
    assert json.loads(outcome["answer"]) == {"ticket_id": 0, "priority": ""}, "the least that fits the result's schema"
    assert world.entries(run, "call_settled")[0]["data"]["call"]["result_fits"] is True
    assert "nothing was sent" in outcome["detail"]
    assert {each["mode"] for each in world.clients["olivia"].get("/v1/history", f"run_id={run['id']}")["data"]} == {
        "test"
    }
    assert "5519" in [each["id"] for each in tester.get("/v1/tickets", "status=open&limit=50")["data"]], (
        "reads are of live data"
    )
    assert world.platform("GET", "/api/tickets/5519")["priority"] != "urgent"


def test_words_become_a_test_card_whose_yes_sends_nothing(world: Installation, tester: Client) -> None:
    made = tester.post("/v1/runs", {"text": "give Hugo Bernard 75 EUR credit"})
    run = wait_until_idle(tester, made["id"])
    assert (run["mode"], run["state"]) == ("test", "held"), run
    edited = tester.post(
        f"/v1/runs/{run['id']}/edit", {"digest": run["card"]["digest"], "changes": {"0.amount": "60 euros"}}
    )
    run = wait_until_idle(tester, edited["id"])
    assert confirmed(tester, run)["state"] == "succeeded"
    export = world.clients["olivia"]
    rows = list(csv.DictReader(io.StringIO(text_of(export, "/v1/history/export.csv", f"run_id={run['id']}"))))
    assert len(rows) > 5
    assert {each["mode"] for each in rows} == {"test"}


def test_every_second_action_ends_in_the_sandbox_or_at_its_card(world: Installation, tester: Client) -> None:
    """Asked in its own example's words; what can be answered or confirmed with the key is."""
    contracts = [
        tester.get(f"/v1/contracts/{each['name']}")["contract"] for each in tester.get("/v1/contracts")["data"]
    ]
    asked = [tester.post("/v1/runs", {"text": each["examples"][0]}) for each in contracts]
    states = []
    for each in asked:
        run = wait_until_idle(tester, each["id"])
        for _ in range(4):
            if run["state"] == "asked" and run["question"]["candidates"]:
                said = {"slot": run["question"]["slot"], "choice": run["question"]["candidates"][0]["id"]}
                tester.post(f"/v1/runs/{run['id']}/answer", said)
                run = wait_until_idle(tester, run["id"])
        if run["state"] == "held" and run["card"]["confirm_by"] == "anyone":
            run = confirmed(tester, run)
        assert run["mode"] == "test"
        states.append(run["state"])
    assert states.count("succeeded") >= 3, states


def test_a_test_key_has_no_effect_over_any_route(
    world: Installation, tester: Client, catchers: Callable[[], Catcher]
) -> None:
    """With the very ids of live things, and every route's own example as its body."""
    olivia, hears = world.clients["olivia"], catchers()
    run = olivia.post("/v1/actions/run", LINK)
    endpoint = olivia.post("/v1/webhooks/endpoints", {"url": hears.url, "events": ["*"]})
    delivery = olivia.post("/v1/webhooks/test", {"endpoint": endpoint["id"]})
    for _ in range(200):
        if hears.got:
            break
        time.sleep(0.05)
    told = len(hears.got)
    assert told == 1
    key = olivia.post("/v1/keys", {"name": "there", "scopes": ["me:read"], "mode": "live"})["key"]
    instruction = {
        "name": "i",
        "event": "ticket.created",
        "text": "Close ticket {data.ticket_id}",
        "actions": ["saas.close_ticket"],
    }
    there = {
        "runs/run_id": run["id"],
        "contracts/name": "saas.close_ticket",
        "connectors/name": "saas",
        "keys/key_id": key["id"],
        "rules/rule_id": olivia.post("/v1/rules", RULE)["id"],
        "instructions/instruction_id": olivia.post("/v1/instructions", instruction)["id"],
        "endpoints/endpoint_id": endpoint["id"],
        "deliveries/delivery_id": delivery["id"],
    }
    before = {
        path: olivia.get(path) for path in ("/v1/contracts", "/v1/webhooks/endpoints", "/v1/rules", "/v1/instructions")
    }
    keys, standing = olivia.get("/v1/keys")["data"], olivia.get(f"/v1/runs/{run['id']}")
    open_to_tests = set()
    for method, path, body in operations(world):
        if method == "GET":
            continue
        at = re.sub(r"([\w-]+)/\{(\w+)\}", lambda found: f"{found[1]}/{there.get(f'{found[1]}/{found[2]}', 'x')}", path)
        try:
            call(tester, method, at, body)
            open_to_tests.add((method, path))
        except Refused as refused:
            if refused.problem["code"] != "wrong_mode":
                open_to_tests.add((method, path))
    assert open_to_tests <= TRIED, "whoever opens another to test keys proves here that it has no effect"
    assert {path: olivia.get(path) for path in before} == before
    assert [each["id"] for each in olivia.get("/v1/keys")["data"]] == [each["id"] for each in keys]
    assert olivia.get(f"/v1/runs/{run['id']}") == standing, "the live card is as it was"
    event = tester.post("/v1/events/fire", {"event": "ticket.created", "data": {"ticket_id": 5519, "priority": "high"}})
    assert event["mode"] == "test"
    olivia.post(f"/v1/webhooks/endpoints/{endpoint['id']}/replay", {"since": "2020-01-01T00:00:00Z"})
    live = olivia.post("/v1/events/fire", {"event": "parcel.weighed", "data": {}})
    for _ in range(200):
        if len(hears.got) > told:
            break
        time.sleep(0.05)
    names = [headers["webhook-id"] for headers, _ in hears.got[told:]]
    assert names == [live["id"]], "the live event was delivered, and none that the test key fired"
    shown = olivia.get(f"/v1/events/{event['id']}")
    assert (shown["mode"], shown["state"], shown["reactions"]) == ("test", "done", [])
    olivia.delete(f"/v1/rules/{there['rules/rule_id']}")
    olivia.post(f"/v1/runs/{run['id']}/reject", {})


def test_the_two_modes_never_meet(world: Installation, tester: Client) -> None:
    olivia = world.clients["olivia"]
    live = olivia.post("/v1/actions/run", LINK)
    asked = world.ask("olivia", "refund Adam's last invoice")
    assert asked["state"] == "asked"
    digest = {"digest": live["card"]["digest"]}
    acts = [
        (live, "confirm", digest), (live, "reject", {}), (live, "edit", digest | {"changes": {"0.article": "x"}}),
        (live, "decide", {"verdict": "happened"}),
        (asked, "answer", {"slot": asked["question"]["slot"], "choice": asked["question"]["candidates"][0]["id"]}),
    ]  # fmt: skip
    for run, act, body in acts:
        told = problem_of(lambda run=run, act=act, body=body: tester.post(f"/v1/runs/{run['id']}/{act}", body))
        assert (told["status"], told["code"]) == (403, "wrong_mode"), act
    test = tester.post("/v1/actions/run", LINK)
    told = problem_of(lambda: olivia.post(f"/v1/runs/{test['id']}/confirm", {"digest": test["card"]["digest"]}))
    assert told["code"] == "wrong_mode"
    assert olivia.get(f"/v1/runs/{live['id']}")["state"] == "held"
    for run in (live, asked):
        olivia.post(f"/v1/runs/{run['id']}/reject", {})


def test_a_person_sees_what_is_a_test_and_their_yes_sends_nothing(world: Installation, tester: Client) -> None:
    run = tester.post("/v1/actions/run", {"action": "saas.refund_invoice", "params": {"invoice_id": 1042}})
    assert run["card"]["confirm_by"] == "person"
    assert problem_of(lambda: confirmed(tester, run))["code"] == "person_required", "as it will be with a live key"
    assert "Test: nothing is sent" in world.console("olivia").page(f"/runs/{run['id']}")
    done = world.confirm("olivia", run)
    assert (done["mode"], done["state"]) == ("test", "succeeded")


def test_a_yes_in_test_mode_stands_for_no_other(world: Installation, tester: Client) -> None:
    assert confirmed(tester, tester.post("/v1/actions/run", LINK))["state"] == "succeeded"
    assert tester.post("/v1/actions/run", LINK)["state"] == "held"


def test_a_test_key_makes_no_key_and_no_rule_acts_for_it(world: Installation, tester: Client) -> None:
    made = problem_of(lambda: tester.post("/v1/keys", {"name": "up", "scopes": list(SCOPES), "mode": "live"}))
    assert made["code"] == "wrong_mode"
    assert problem_of(lambda: tester.post("/v1/rules", RULE))["code"] == "wrong_mode"


def test_a_killed_worker_takes_a_test_run_up_again_and_still_sends_nothing(world: Installation, tester: Client) -> None:
    runs = [tester.post("/v1/actions/run", PRIORITY) for _ in range(3)]
    world.kill_server()
    world.start_server()
    again = Client(world.url, tester.key, tester.secret)
    assert {wait_until_idle(again, each["id"])["state"] for each in runs} == {"succeeded"}


def text_of(client: Client, path: str, query: str) -> str:
    from core.crypto import request_signature

    authorization = request_signature.make_header(
        client.secret,
        ts=int(time.time()),
        nonce=request_signature.make_nonce(),
        key=client.key,
        method="GET",
        path=path,
        query=query,
    )
    request = urllib.request.Request(f"{client.url}{path}?{query}", headers={"Authorization": authorization})
    with find_opener().open(request, timeout=30) as answer:
        text: str = answer.read().decode()
        return text
