"""What happens when the platform errs, hangs or vanishes in mid-answer, and when the server is killed at the worst
moment."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.acceptance.installation import Installation, running_installation


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Short deadlines, and one contract that is not idempotent."""

    def edit(contracts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for each in contracts:
            each["endpoint"] |= {"timeout_s": 2, "deadline_s": 30}
        return contracts

    with running_installation(tmp_path_factory.mktemp("trouble"), edit) as made:
        yield made


def credit(world: Installation, amount: int) -> dict[str, Any]:
    """A held card that pays ``amount`` EUR of credit."""
    run = world.ask("olivia", f"give Hugo Bernard {amount} EUR credit")
    assert run["state"] == "held", run
    return run


def wait_for(what: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Polls another process; the bound only ends a test that fails."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to this in time"
        time.sleep(0.05)
    return found


def test_an_error_of_the_platform_is_tried_again_under_the_same_key(world: Installation) -> None:
    run = credit(world, 61)
    world.faults({"status": 500})
    run = world.confirm("olivia", run)
    assert run["state"] == "succeeded"
    (outcome,) = run["outcomes"]
    assert outcome["attempts"] == 2
    (received,) = world.received(outcome["call_id"])
    assert received["times_received"] == 1, "the first attempt never reached the platform's book"
    assert [each["data"]["call"]["state"] for each in world.entries(run, "call_attempted")] == ["planned"]


def test_a_closed_socket_after_acting_is_unknown_and_then_settled_with_the_same_key(world: Installation) -> None:
    run = credit(world, 62)
    world.faults({"close_after_acting": True})
    run = world.confirm("olivia", run)
    assert run["state"] == "succeeded"
    (outcome,) = run["outcomes"]
    (attempted,) = world.entries(run, "call_attempted")
    assert attempted["outcome"] == "unknown"
    (received,) = world.received(outcome["call_id"])
    assert received["times_received"] == 2, "the same key came twice"
    given = world.platform("GET", "/api/credits?limit=50")
    assert sum(each["amount"] == 6200 for each in given["items"]) == 1, "and was done once"


def test_a_hanging_platform_is_unknown_until_it_answers(world: Installation) -> None:
    run = credit(world, 63)
    world.faults({"hang_s": 5})
    run = world.confirm("olivia", run)
    assert run["state"] == "succeeded"
    assert world.entries(run, "call_attempted")[0]["data"]["error"] == "timeout"


def test_a_call_that_may_not_be_repeated_stays_unknown_until_an_owner_decides(world: Installation) -> None:
    run = world.ask("sara", 'reply to ticket 5519: "We have reset your password."')
    assert run["state"] == "held", run
    world.faults({"close_after_acting": True})
    run = world.confirm("sara", run)
    assert run["state"] == "unknown"
    (outcome,) = run["outcomes"]
    assert outcome["attempts"] == 1
    (received,) = world.received(outcome["call_id"])
    assert received["times_received"] == 1, "nothing was sent a second time by itself"


def test_a_refusal_of_the_platform_fails_the_run_and_stops_the_rest(world: Installation) -> None:
    run = world.ask("olivia", "give Nora Lindqvist 70 EUR credit and then close ticket 5519")
    assert run["state"] == "held", run
    world.faults({"status": 422})
    run = world.confirm("olivia", run)
    assert run["state"] == "failed"
    assert [each["state"] for each in run["outcomes"]] == ["failed", "skipped"]


@pytest.mark.parametrize("fault", [{"hang_after_acting_s": 20}, {"hang_s": 20}], ids=["after acting", "before acting"])
def test_kill_nine_between_claim_and_settle_loses_nothing_and_repeats_nothing(
    world: Installation, fault: dict[str, Any]
) -> None:
    amount = 64 if "hang_s" in fault else 65
    run = credit(world, amount)
    world.faults(fault)
    world.clients["olivia"].post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
    call_id = run["card"]["calls"][0]["call_id"]
    wait_for(lambda: call_state(world, call_id) == "begun")
    world.kill_server()
    assert call_state(world, call_id) == "begun", "the crash stays visible"

    world.start_server()
    run = wait_for(lambda: done(world, run["id"]))
    assert run["state"] == "succeeded"
    assert run["outcomes"][0]["call_id"] == call_id
    kinds = world.kinds(run)
    assert kinds.count("confirmed") == 1
    assert kinds[-1] == "finished"
    given = world.platform("GET", "/api/credits?limit=50")
    assert sum(each["amount"] == amount * 100 for each in given["items"]) == 1
    assert world.verify()["ok"]


def test_kill_nine_before_the_plan_loses_no_request(world: Installation) -> None:
    client = world.clients["olivia"]
    asked = [
        client.post("/v1/runs", {"text": f"give Hugo Bernard {amount} EUR credit"})["id"] for amount in range(70, 80)
    ]
    world.kill_server()
    world.start_server()
    for run_id in asked:
        run = wait_for(lambda run_id=run_id: held(world, run_id))
        assert len(run["card"]["calls"]) == 1


def test_history_that_was_edited_names_the_entry(world: Installation) -> None:
    run = credit(world, 80)
    world.act("olivia", run, "reject", reason="enough")
    (entry,) = world.entries(run, "rejected")
    with closing(sqlite3.connect(world.folder / "opsiq.db", timeout=10)) as database, database:
        data = json.dumps(json.loads(json.dumps(entry["data"])) | {"reason": "never"})
        database.execute("UPDATE history SET data = ? WHERE seq = ?", (data, entry["seq"]))
    verdict = world.verify()
    assert (verdict["ok"], verdict["first_break"]) == (False, entry["seq"])


def call_state(world: Installation, call_id: str) -> str | None:
    with closing(sqlite3.connect(f"file:{world.folder / 'opsiq.db'}?mode=ro", uri=True, timeout=10)) as database:
        row = database.execute("SELECT state FROM calls WHERE call_id = ?", (call_id,)).fetchone()
    return row[0] if row else None


def done(world: Installation, run_id: str) -> dict[str, Any] | None:
    run: dict[str, Any] = world.clients["olivia"].get(f"/v1/runs/{run_id}")
    return run if run["state"] in ("succeeded", "failed", "unknown") else None


def held(world: Installation, run_id: str) -> dict[str, Any] | None:
    run: dict[str, Any] = world.clients["olivia"].get(f"/v1/runs/{run_id}")
    return run if run["state"] == "held" else None
