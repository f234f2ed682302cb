"""Real processes: the platform tells what changes, names are found beside it, and what is sent is checked against
it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.demo_setup import connect_demo
from tests.acceptance.installation import TOKEN, Installation


def until(holds: Callable[[], Any], what: str) -> Any:
    """Waits for something that another process does."""
    for _ in range(400):
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain: {what}")


def mirrors(world: Installation) -> dict[str, Any]:
    return {each["kind"]: each for each in world.clients["olivia"].get("/v1/mirrors")["data"]}


@pytest.fixture
def joined(world: Installation) -> Installation:
    connect_demo(world.clients["olivia"], world.workspace, world.platform_url, TOKEN)
    until(lambda: all(each["fresh"] for each in mirrors(world).values()), "all records are read once")
    return world


def events(world: Installation, name: str) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = world.clients["olivia"].get("/v1/events", f"event={name}")["data"]
    return data


def detail(world: Installation, event: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = world.clients["olivia"].get(f"/v1/events/{event['id']}")
    return found


def test_what_a_call_changes_at_the_platform_comes_back_as_an_event_of_that_call(joined: Installation) -> None:
    run = joined.confirm("olivia", joined.ask("olivia", "refund INV-1042"))
    assert run["state"] == "succeeded", run
    (event,) = until(lambda: events(joined, "invoice.refunded"), "the platform's webhook")
    (outcome,) = run["outcomes"]
    assert (event["origin"], event["caused_by"], event["depth"]) == ("connector:saas", outcome["call_id"], 1)
    assert (event["data"]["invoice_id"], event["data"]["amount"]) == (1042, 4900)
    assert "NEVER SHOW" not in str(event)


def test_a_customer_renamed_behind_everyones_back_is_found_by_the_new_name(joined: Installation) -> None:
    joined.platform("PATCH", "/api/customers/440", {"name": "Zebulon Quix"})
    (event,) = until(lambda: events(joined, "customer.updated"), "the platform's webhook")
    until(lambda: detail(joined, event)["state"] == "done", "every subscriber has had its turn")
    assert [each["subscriber"] for each in detail(joined, event)["reactions"]] == ["mirror:saas"]
    run = joined.ask("olivia", "suspend Zebulon Quix for unpaid bills")
    params = {each["name"]: each for each in run["card"]["calls"][0]["params"]}
    source = params["customer_id"]["source"]
    assert source["record_id"] == "440"
    assert "as of " in source["reading"]


def test_the_command_reads_everything_anew_and_says_how_fresh_it_is(joined: Installation, tmp_path: Path) -> None:
    key = joined.clients["olivia"]
    environ = joined.environment() | {"OPSIQ_URL": key.url, "OPSIQ_KEY": key.key, "OPSIQ_SECRET": key.secret}

    def opsiq(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli.main", *arguments]
        return subprocess.run(
            command, env=environ, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2]
        )

    done = opsiq("records", "sync", "--kind", "customer")
    assert done.returncode == 0, done.stderr
    assert "saas customer: 82 read" in done.stderr
    assert "look-ups ask kept records; all read 20" in done.stdout
    status = opsiq("records", "status")
    assert len(status.stdout.splitlines()) == 7
    assert opsiq("records", "sync", "--kind", "weather").returncode == 1
    listed = opsiq("connectors", "list")
    assert "saas" in listed.stdout
    shared = opsiq("connectors", "webhook", "saas")
    assert "WEBHOOK_SECRET=whsec_" in shared.stdout
    assert f"/connectors/saas/webhook?workspace={joined.workspace}" in shared.stdout
    assert "The secret before it is good until" in shared.stdout


def test_killed_while_it_reads_it_goes_on_and_misses_nothing(joined: Installation) -> None:
    olivia = joined.clients["olivia"]
    olivia.post("/v1/mirrors/sync", {})
    joined.kill_server()
    joined.platform("PATCH", "/api/customers/441", {"name": "Changed Meanwhile"})
    joined.start_server()
    connect_demo(joined.clients["olivia"], joined.workspace, joined.platform_url, TOKEN)
    until(lambda: all(each["state"] == "ready" for each in mirrors(joined).values()), "the reading goes on")
    assert {each["records"] for each in mirrors(joined).values()} >= {82}
    told = lambda: [each for each in events(joined, "customer.updated") if each["data"]["customer_id"] == 441]  # noqa: E731
    (event,) = until(told, "what changed meanwhile is told when the server is back")
    until(lambda: detail(joined, event)["state"] == "done", "every subscriber has had its turn")
    run = joined.ask("olivia", "suspend Changed Meanwhile for unpaid bills")
    assert run["state"] == "held", run
