"""Cost bombs: conditions, previews, schemas and patterns of a few hundred characters that would take a server's time or
memory for good.

Two server processes work on one database. Health is asked for all the while, of both.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
import pytest

from cli.client import Client, Refused
from cli.opener import find_opener
from store.automations import RuleRow
from tests.acceptance.installation import Installation, founded_installation
from tests.acceptance.test_events import until

log = logging.getLogger(__name__)

RESPONSIVE_S = 5.0
"""Generous: the machine may be busy with other tests. What is proved against here takes half a minute, or never
ends."""
NESTED = "".join(f"event.data.l.all({each}," for each in "abcdefgh") + "true" + ")" * 8
"""Over a list of twenty: 20^8 steps, a day or so."""
LOOP = "event.data.items.map(x, x + 1).size() > 0"
"""Fine over a hundred elements, half a minute over the most that an event can hold: the library copies what it has so
far for each."""
RULE: dict[str, Any] = {
    "name": "a bomb",
    "event": "bomb.dropped",
    "action": "saas.set_ticket_priority",
    "parameters": {"ticket_id": {"value": 5522}, "priority": {"value": "urgent"}},
}


class Health:
    """How long the servers were deaf at worst."""

    def __init__(self, urls: list[str]) -> None:
        self.worst_s = 0.0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(url,), daemon=True) for url in urls]

    def __enter__(self) -> Health:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _ask(self, url: str) -> None:
        opener = find_opener()
        while not self._over.is_set():
            began = time.monotonic()
            try:
                opener.open(f"{url}/healthz", timeout=30).close()
            finally:
                self.worst_s = max(self.worst_s, time.monotonic() - began)
            time.sleep(0.03)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with founded_installation(tmp_path_factory.mktemp("bombs")) as made:
        made.start_server("other")
        made.start_server()
        yield made


@pytest.fixture
def health(world: Installation) -> Iterator[Health]:
    with Health(list(world.urls.values())) as asked:
        yield asked
    log.info("deaf for %.0f ms at worst", asked.worst_s * 1000)
    assert asked.worst_s < RESPONSIVE_S


@contextmanager
def costing(world: Installation, cpu_s: float, megabytes: float) -> Iterator[None]:
    """What a server process may use meanwhile."""
    process = psutil.Process(world.processes["server"].pid)
    before, times = process.memory_info().rss, process.cpu_times()
    yield
    after = process.cpu_times()
    used_s = after.user + after.system - times.user - times.system
    grown = (process.memory_info().rss - before) / 2**20
    log.info("%.2f s of CPU, %.0f MB more", used_s, grown)
    assert used_s < cpu_s
    assert grown < megabytes


def refusal(client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(Refused) as refused:
        client.post(path, body)
    problem: dict[str, Any] = refused.value.problem
    return problem


def fire(world: Installation, **data: Any) -> str:
    event_id: str = world.clients["olivia"].post("/v1/events/fire", {"event": "bomb.dropped", "data": data})["id"]
    return event_id


def reacted(world: Installation, event_id: str) -> dict[str, Any]:
    def done() -> dict[str, Any] | None:
        event: dict[str, Any] = world.clients["olivia"].get(f"/v1/events/{event_id}")
        return event if event["state"] == "done" else None

    found: dict[str, Any] = until(done, 40)
    return found


def firings(world: Installation, rule: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.clients["olivia"].get(f"/v1/rules/{rule}/firings")["data"]
    return found


def doctor(world: Installation) -> str:
    command = [sys.executable, "-m", "cli.main", "doctor", "--json"]
    told = subprocess.run(command, env=world.environment(), capture_output=True, text=True, check=False, timeout=180)
    return told.stdout


def test_a_condition_of_nested_loops_is_refused_where_it_is_saved(world: Installation, health: Health) -> None:
    assert len(NESTED) < 200
    problem = refusal(world.clients["sara"], "/v1/rules", {**RULE, "condition": NESTED})
    assert problem["code"] == "invalid_request"
    (told,) = problem["errors"]
    assert told["pointer"] == "/condition"
    assert "8 loops" in told["detail"]
    assert "split the condition" in told["detail"]


def test_one_that_was_stored_before_is_told_and_never_run(world: Installation, health: Health) -> None:
    rule = world.clients["sara"].post("/v1/rules", RULE)["id"]
    world.rewrite(RuleRow, rule, condition=NESTED)
    reacted(world, fire(world, l=[1] * 20))
    (firing,) = firings(world, rule)
    assert firing["verdict"] == "untold"
    assert "not judged" in firing["detail"]
    assert "8 loops" in firing["detail"]


def test_a_condition_that_overruns_is_stopped_and_its_rule_parked(world: Installation, health: Health) -> None:
    rule = world.clients["sara"].post("/v1/rules", {**RULE, "condition": LOOP})["id"]
    few = fire(world, items=[1, 2])
    reacted(world, few)
    with costing(world, cpu_s=10, megabytes=200):
        for _ in range(3):
            reacted(world, fire(world, items=[1] * 30_000))
    told = firings(world, rule)
    assert [each["verdict"] for each in told] == ["untold"] * 3 + ["shadow"], "what it can judge, it judges"
    assert "stopped" in told[0]["detail"]
    assert world.clients["sara"].get(f"/v1/rules/{rule}")["mode"] == "off"
    (entry,) = world.clients["olivia"].get("/v1/history", "kind=rule_parked")["data"]
    assert entry["data"]["rule"] == rule


def test_a_policys_condition_that_overruns_asks_a_person(world: Installation, health: Health) -> None:
    contract = {
        **_contract("bomb.many"),
        "confirmation": {"policy": "when", "condition": "params.numbers.map(x, x + 1).size() == 0"},
        "parameters": _object(numbers={"type": "array", "items": {"type": "integer"}}),
    }
    world.clients["olivia"].post("/v1/contracts", {"contracts": [contract]})
    run = world.clients["olivia"].post("/v1/actions/run", {"action": "bomb.many", "params": {"numbers": [1] * 6_000}})
    assert run["state"] == "held"
    assert "can't be judged" in run["card"]["held"][0]


BOMBS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a preview that doubles": (
        {"preview": "{% set a = 'aaaaaaaaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 26 + "{{ a }}"},
        "/contracts/0/preview",
        "puts values together",
    ),
    "a preview that computes": (
        {"preview": "{{ 5 | round(999999999, 'ceil') }}"},
        "/contracts/0/preview",
        "given too much",
    ),
    "references that double": (
        {
            "parameters": {
                **(_REFERS := {"type": "object", "additionalProperties": False}),
                "properties": {"a": {"$ref": "#/$defs/d20"}},
                "$defs": {
                    "d0": {"type": "string"},
                    **{f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n - 1}"}] * 3} for n in range(1, 21)},
                },
            }
        },
        "/contracts/0/parameters",
        "more than a billion parts",
    ),
    "references in a circle": (
        {
            "parameters": {
                **_REFERS,
                "properties": {"a": {"$ref": "#/$defs/d"}},
                "$defs": {"d": {"allOf": [{"$ref": "#/$defs/d"}]}},
            }
        },
        "/contracts/0/parameters/$defs/d/allOf/0/$ref",
        "no circles",
    ),
    "a pattern that looks ahead": (
        {"parameters": {**_REFERS, "properties": {"a": {"type": "string", "pattern": "^(?=(a+)+$)b"}}}},
        "/contracts/0/parameters/properties/a/pattern",
        "linear time",
    ),
    "a pattern of a large automaton": (
        {"parameters": {**_REFERS, "properties": {"a": {"type": "string", "pattern": "(?:[^z]{0,99}){0,99}[0-9]"}}}},
        "/contracts/0/parameters/properties/a/pattern",
        "maxLength",
    ),
    "a condition of nested loops": (
        {"confirmation": {"policy": "when", "condition": NESTED.replace("event.data.l", "params.a")}},
        "/contracts/0/confirmation/condition",
        "8 loops",
    ),
    "ten thousand properties": (
        {"parameters": {**_REFERS, "properties": {f"a{n}": {} for n in range(3000)}}},
        "/contracts/0/parameters/properties",
        "at most 200",
    ),
    "a contract of megabytes": ({"examples": ["x" * 190] * 4000}, "/contracts/0", "65536"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_contract_that_would_cost_too_much_is_refused_at_its_place(
    world: Installation, health: Health, bomb: str
) -> None:
    changed, pointer, why = BOMBS[bomb]
    with costing(world, cpu_s=3, megabytes=100):
        body = {"contracts": [{**_contract("bomb.contract"), **changed}]}
        problem = refusal(world.clients["olivia"], "/v1/contracts", body)
    told = [each["detail"] for each in problem["errors"] if each["pointer"] == pointer]
    assert any(why in each for each in told), problem["errors"]


_ALIASES = "\n".join(
    ["openapi: 3.1.0", "x0: &x0 [a, b]", *(f"x{n}: &x{n} [*x{n - 1}, *x{n - 1}]" for n in range(1, 40))]
)
DOCUMENTS: dict[str, str] = {
    "aliases of aliases": _ALIASES,
    "a hundred thousand levels": '{"openapi": "3.1.0", "paths": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "an archive of nothing": "PK\x03\x04" + "0" * 500_000,
    "sixty thousand operations": json.dumps(
        {"openapi": "3.1.0", "info": {}, "paths": {f"/x{n}": {"get": {"responses": {}}} for n in range(60_000)}}
    ),
}


@pytest.mark.parametrize("bomb", DOCUMENTS)
def test_a_document_that_would_cost_too_much_is_refused_beside_the_server(
    world: Installation, health: Health, bomb: str
) -> None:
    problem = refusal(world.clients["olivia"], "/v1/imports/openapi", {"document": DOCUMENTS[bomb]})
    assert problem["detail"], problem


def test_work_that_ends_its_processes_is_parked_and_told(world: Installation, health: Health) -> None:
    """As it stands after the fifth process that ended in the middle of it, three of them with nothing like it beside
    it."""
    event_id = fire(world)
    reacted(world, event_id)
    with_lost = "state = 'claimed', owner = 'gone', lost = 4, alone = 3, attempt = 5, due_ms = 0, turn_ms = 0, finished_ms = NULL"  # noqa: E501
    world.execute(f"UPDATE work SET {with_lost} WHERE key = :key", key=event_id)

    def parked() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = world.clients["olivia"].get("/v1/history", "kind=work_parked")["data"]
        return found

    (entry,) = until(parked)
    assert entry["data"]["event_id"] == event_id
    assert entry["data"]["claims_lost"] == 5
    assert world.execute("SELECT state FROM work WHERE key = :key", key=event_id) == [("dead",)]
    told = doctor(world)
    assert "Parked" in told
    assert "does nothing. Switched off by itself." in told, "the rule of the test before"
    assert "does nothing. Its condition is not judged. Here 8 loops" in told, (
        "and the one whose condition was stored before"
    )


def test_a_stop_ends_the_servers_under_attack_and_a_restart_serves(world: Installation) -> None:
    sara = world.clients["sara"]
    rules = [sara.post("/v1/rules", {**RULE, "condition": LOOP})["id"], sara.post("/v1/rules", RULE)["id"]]
    world.rewrite(RuleRow, rules[1], condition=NESTED)
    for _ in range(3):
        fire(world, items=[1] * 30_000, l=[1] * 20)
    for name in ("server", "other"):
        process = world.processes.pop(name)
        evaluators = psutil.Process(process.pid).children()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(30) == 0
        process.stdout.close()
        assert not psutil.wait_procs(evaluators, timeout=5)[1], "nothing is left behind"
    world.start_server("other")
    world.start_server()
    with Health(list(world.urls.values())) as health:
        assert reacted(world, fire(world, items=[]))["state"] == "done"
    assert health.worst_s < RESPONSIVE_S
    assert world.verify()["ok"]


def _contract(name: str) -> dict[str, Any]:
    return {
        "schema": "opsiq/contract/v1",
        "name": name,
        "title": "Drop it",
        "description": "Drop something.",
        "surfaces": ["admin"],
        "roles": ["owner"],
        "parameters": _object(a={"type": "string"}),
        "endpoint": {"url": "https://bomb.example/drop"},
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def test_of_a_hundred_thousand_faults_of_a_body_the_first_are_told(world: Installation) -> None:
    names = {f"n{each}": 1 for each in range(60_000)}
    problem = refusal(world.clients["olivia"], "/v1/rules", names)
    assert len(problem["errors"]) == 100


def test_a_documents_body_may_be_long_only_in_its_text(world: Installation, health: Health) -> None:
    bombs = [{"a": [{}] * 3_000_000}, {f"k{each}": 1 for each in range(1_000_000)}]
    for decisions in bombs:
        problem = refusal(world.clients["olivia"], "/v1/imports/openapi", {"document": "x", "decisions": decisions})
        assert problem["detail"].startswith("Beside the document's own text")
    long = json.dumps({"openapi": "3.1.0", "info": {"title": "x" * 9_000_000, "version": "1"}, "paths": {}})
    told = refusal(world.clients["olivia"], "/v1/imports/openapi", {"document": long, "decisions": {"odd": 1}})
    assert "odd" in json.dumps(told)
