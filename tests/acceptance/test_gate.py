"""The gate stays shut: contracts that were altered, cards that ran out, people who lost their role."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from cli.client import Refused
from tests.acceptance.installation import Installation


def change(world: Installation, statement: str, *values: object) -> None:
    """Somebody with access to the database file goes behind the server's back."""
    with closing(sqlite3.connect(world.folder / "opsiq.db", timeout=10)) as database, database:
        assert database.execute(statement, values).rowcount == 1


def rewrite(world: Installation, run_id: str, edit: Callable[[dict[str, Any]], None]) -> None:
    with closing(sqlite3.connect(world.folder / "opsiq.db", timeout=10)) as database, database:
        (text,) = database.execute("SELECT document FROM runs WHERE id = ?", (run_id,)).fetchone()
        document = json.loads(text)
        edit(document)
        database.execute("UPDATE runs SET document = ? WHERE id = ?", (json.dumps(document), run_id))


def test_an_expired_card_sends_nothing_and_says_so(world: Installation) -> None:
    run = world.ask("olivia", "give Hugo Bernard 81 EUR credit")
    assert run["state"] == "held", run
    rewrite(world, run["id"], lambda document: document.update(expires_at="2026-01-01T00:00:00Z"))
    world.accept()
    with pytest.raises(Refused) as refused:
        world.clients["olivia"].post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
    assert refused.value.problem["code"] == "expired"
    run = world.clients["olivia"].get(f"/v1/runs/{run['id']}")
    assert run["state"] == "expired"
    assert not world.received(run["card"]["calls"][0]["call_id"])


def test_a_plan_edited_in_the_database_is_refused_and_even_if_accepted_not_sent(world: Installation) -> None:
    run = world.ask("olivia", "give Hugo Bernard 82 EUR credit")
    assert run["state"] == "held", run

    def ten_times(document: dict[str, Any]) -> None:
        step = document["plan"]["steps"][0]
        step["payload"] = step["payload"].replace("8200", "82000")

    rewrite(world, run["id"], ten_times)
    edited = run["card"]["calls"][0]["call_id"]
    with pytest.raises(Refused) as refused:
        world.confirm("olivia", run)
    assert refused.value.problem["code"] == "not_authentic"
    world.accept()
    run = world.confirm("olivia", run)
    assert run["state"] == "held"
    assert "behind this card's back" in run["card"]["drift"][0]
    assert json.loads(run["card"]["calls"][0]["payload"])["params"]["amount"] == 8200
    assert not world.received(edited)


def test_an_answer_to_another_question_or_an_invented_candidate_is_refused(world: Installation) -> None:
    run = world.ask("olivia", "refund Adam's last invoice")
    assert run["state"] == "asked"
    client = world.clients["olivia"]
    with pytest.raises(Refused) as stale:
        client.post(f"/v1/runs/{run['id']}/answer", {"slot": "0.amount", "text": "1000000"})
    assert stale.value.problem["code"] == "stale"
    with pytest.raises(Refused) as invented:
        client.post(f"/v1/runs/{run['id']}/answer", {"slot": run["question"]["slot"], "choice": "999"})
    assert invented.value.problem["code"] == "invalid_request"


def test_who_lost_the_role_after_the_card_was_made_sends_nothing(world: Installation) -> None:
    run = world.ask("amir", "change Nora Lindqvist's email to nora.gone@example.net")
    assert run["state"] == "held", run
    become(world, "amir", "support")
    try:
        with pytest.raises(Refused) as refused:
            world.clients["amir"].post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
        assert refused.value.problem["code"] == "forbidden"
    finally:
        become(world, "amir", "admin")


def become(world: Installation, name: str, role: str) -> None:
    change(world, "UPDATE members SET role = ? WHERE name = ? AND workspace = ?", role, name, world.workspace)
    change(world, "UPDATE keys SET role = ? WHERE name = ? AND workspace = ?", role, name, world.workspace)
    world.accept()


def test_an_altered_contract_is_neither_offered_nor_run(world: Installation) -> None:
    """Last in this file: the altered contract stays altered."""
    run = world.ask("olivia", "refund Adam Nowak's last invoice")
    assert run["state"] == "held", run
    with closing(sqlite3.connect(world.folder / "opsiq.db", timeout=10)) as database, database:
        (raw,) = database.execute("SELECT raw FROM contracts WHERE name = 'saas.refund_invoice'").fetchone()
        altered = raw.replace(b'"roles":["owner"]', b'"roles":["support"]')
        assert altered != raw
        database.execute("UPDATE contracts SET raw = ? WHERE name = 'saas.refund_invoice'", (altered,))
    world.kill_server()
    world.start_server()
    with pytest.raises(Refused) as refused:
        world.clients["olivia"].post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
    assert refused.value.problem["code"] == "forbidden"
    for person in ("olivia", "sara"):
        fresh = world.ask(person, "refund Adam Nowak's last invoice")
        trace = world.entries(fresh, "resolved")[0]["data"]["trace"]
        assert "saas.refund_invoice" not in trace.get("shortlist", ()), "an altered contract is not offered"
    assert not world.received(run["card"]["calls"][0]["call_id"])
