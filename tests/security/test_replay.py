"""Attack class: stored answers of others. An Idempotency-Key is its sender's alone, on every route that changes
something, and no secret is ever repeated: what the server documents of itself says which routes there are, so that a
new one can't be forgotten."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest

from cli.client import Client
from core.crypto import request_signature
from core.scopes import SCOPES
from tests.acceptance.installation import Installation

BUT_FOR: Final = {("POST", "/v1/runs/{run_id}/decide"): 409}
"""What the first caller is answered where that is not a success: nobody here has a run of unknown fate."""
CREDIT: Final = "give Hugo Bernard 61 EUR credit"
RULE: Final = {
    "name": "r", "event": "ticket.created", "action": "saas.close_ticket", "mode": "shadow",
    "parameters": {"ticket_id": {"from": "/data/ticket_id"}},
}  # fmt: skip
INSTRUCTION: Final = {
    "name": "i",
    "event": "ticket.created",
    "text": "Close ticket {data.ticket_id}",
    "actions": ["saas.close_ticket"],
}
ENDPOINT: Final = {"url": "http://127.0.0.1:9/hooks", "events": ["invoice.*"]}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    scope: str
    body: Any
    idempotent: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Attack:
    """The server as a keyholder reaches it, and one of each thing that a path can name, made as it is needed."""

    world: Installation
    http: httpx.Client
    operations: list[Operation]

    def send(self, by: Client, method: str, path: str, body: Any, key: str) -> httpx.Response:
        content = b"" if body is None else json.dumps(body).encode()
        authorization = request_signature.make_header(
            by.secret,
            ts=int(time.time()),
            nonce=request_signature.make_nonce(),
            key=by.key,
            method=method,
            path=path,
            query="",
            idempotency_key=key,
            body=content,
        )
        headers = {"Authorization": authorization, "Idempotency-Key": key, "Content-Type": "application/json"}
        return self.http.request(method, path, content=content, headers=headers)

    def key(self, *, without: str = "") -> Client:
        made = self.olivia.post("/v1/keys", {"name": "k", "scopes": [each for each in SCOPES if each != without]})
        return Client(self.world.url, made["key"]["public"], made["secret"])

    def contracts(self) -> Any:
        """The documented example under a name and an address of its own."""
        example = next(each.body for each in self.operations if str(each) == "POST /v1/contracts")
        return json.loads(json.dumps(example).replace("shop.", f"shop{uuid.uuid4().hex[:8]}."))

    @property
    def olivia(self) -> Client:
        return self.world.clients["olivia"]

    def asked(self, operation: Operation) -> tuple[str, Any]:
        """Path and body of a request that succeeds, about a thing of its own."""
        body = operation.body
        match operation.path.removeprefix("/v1/"):
            case "runs/{run_id}/confirm" | "runs/{run_id}/edit" as path:
                run = self.world.ask("olivia", CREDIT)
                body = {"digest": run["card"]["digest"]}
                body |= {"changes": {"0.amount": "71 EUR"}} if path.endswith("edit") else {}
                thing = run["id"]
            case "runs/{run_id}/answer":
                run = self.world.ask("olivia", "close the ticket")
                body, thing = {"slot": run["question"]["slot"], "text": "5519"}, run["id"]
            case path if path.startswith("runs/{run_id}"):
                thing = self.world.ask("olivia", CREDIT)["id"]
            case path if path.startswith("keys/{key_id}"):
                thing = self.olivia.post("/v1/keys", {"name": "k", "scopes": ["me:read"]})["key"]["id"]
            case path if path.startswith("contracts/{name}"):
                thing = self.olivia.post("/v1/contracts", self.contracts())["data"][0]["name"]
            case "contracts":
                body, thing = self.contracts(), ""
            case path if path.startswith("rules/{rule_id}"):
                thing = self.olivia.post("/v1/rules", RULE)["id"]
            case path if path.startswith("instructions/{instruction_id}"):
                thing = self.olivia.post("/v1/instructions", INSTRUCTION)["id"]
            case path if path.startswith("webhooks/"):
                thing = self.olivia.post("/v1/webhooks/endpoints", ENDPOINT)["id"]
                if path.endswith("resume"):
                    self.olivia.post(f"/v1/webhooks/endpoints/{thing}/pause")
                if path == "webhooks/test":
                    body = {"endpoint": thing}
                if path.startswith("webhooks/deliveries"):
                    thing = self.olivia.post("/v1/webhooks/test", {"endpoint": thing})["id"]
            case _:
                thing = "saas"
        return re.sub(r"\{\w+\}", thing, operation.path), body


@pytest.fixture(scope="module")
def attack(world: Installation) -> Iterator[Attack]:
    with httpx.Client(base_url=world.url, trust_env=False, timeout=30) as http:
        document = http.get("/openapi.json").json()
        operations = []
        for path, each in document["paths"].items():
            for method, described in each.items():
                if method == "get" or not described.get("security"):
                    continue
                content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
                named = {one["name"] for one in described.get("parameters", ())}
                operations.append(
                    Operation(
                        method.upper(), path, described["x-scope"], content.get("example"), "Idempotency-Key" in named
                    )
                )
        assert len(operations) > 25
        yield Attack(world, http, sorted(operations, key=lambda one: one.method == "DELETE"))


def secrets_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["secret"]] if isinstance(value.get("secret"), str) else []
        return own + [found for each in value.values() for found in secrets_in(each)]
    return [found for each in value for found in secrets_in(each)] if isinstance(value, list) else []


def test_no_one_else_is_answered_what_the_first_was_on_any_route(attack: Attack) -> None:
    same, lesser, replays = attack.key(), {}, []
    for operation in attack.operations:
        if operation.scope not in lesser:
            lesser[operation.scope] = attack.key(without=operation.scope)
        path, body = attack.asked(operation)
        key = uuid.uuid4().hex
        first = attack.send(attack.olivia, operation.method, path, body, key)
        expected = BUT_FOR.get((operation.method, operation.path))
        assert first.status_code == expected or (expected is None and first.is_success), (str(operation), first.text)
        others = (lesser[operation.scope], attack.world.clients["sara"], same)
        for by in others:
            answer = attack.send(by, operation.method, path, body, key)
            if "idempotency-replayed" in answer.headers:
                replays.append(str(operation))
            assert not [each for each in secrets_in(first.json() if first.text else None) if each in answer.text]
            assert by is not lesser[operation.scope] or answer.status_code == 403, str(operation)
    assert sorted(set(replays)) == []


def test_a_repeat_of_ones_own_is_answered_the_same_but_for_secrets(attack: Attack) -> None:
    shown = 0
    for operation in attack.operations:
        if not operation.idempotent or (operation.method, operation.path) in BUT_FOR:
            continue
        path, body = attack.asked(operation)
        key = uuid.uuid4().hex
        first = attack.send(attack.olivia, operation.method, path, body, key)
        again = attack.send(attack.olivia, operation.method, path, body, key)
        assert again.headers.get("idempotency-replayed") == "true", (str(operation), again.text)
        secrets = secrets_in(first.json())
        if not secrets:
            assert (again.status_code, again.text) == (first.status_code, first.text), str(operation)
            continue
        shown += 1
        told = again.json()
        assert (again.status_code, told["code"]) == (409, "secret_shown_once"), str(operation)
        assert told["answer"].keys() == first.json().keys()
        assert not [each for each in secrets if each in again.text], str(operation)
    assert shown == 6, "keys and endpoints, made and rotated; what platforms sign with; contracts"


def test_a_key_that_was_rotated_is_still_the_same_caller(attack: Attack) -> None:
    made = attack.olivia.post("/v1/keys", {"name": "rotated", "scopes": ["events:write"]})
    old = Client(attack.world.url, made["key"]["public"], made["secret"])
    fire = ("POST", "/v1/events/fire", {"event": "parcel.weighed", "data": {}}, uuid.uuid4().hex)
    first = attack.send(old, *fire)
    fresh = attack.olivia.post(f"/v1/keys/{made['key']['id']}/rotate")
    again = attack.send(Client(attack.world.url, old.key, fresh["secret"]), *fire)
    assert (again.status_code, again.text) == (202, first.text)
    assert again.headers["idempotency-replayed"] == "true"
