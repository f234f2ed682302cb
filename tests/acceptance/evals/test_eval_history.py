"""What people confirmed and rejected becomes a suite: for owners, and answerable when the world has moved on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from tests.acceptance.installation import Installation


@pytest.fixture(scope="module")
def decided(world: Installation) -> Installation:
    """A refund that was sent, an edit, an answered question, a call that nobody typed, a question that was dropped, a
    card that was given up, and one that was not what was meant."""
    refund = world.ask("olivia", "refund INV-1055")
    assert world.confirm("olivia", refund)["state"] == "succeeded"
    credit = world.ask("olivia", "give Nora Lindqvist 60 EUR credit")
    edited = world.act("olivia", credit, "edit", digest=credit["card"]["digest"], changes={"0.amount": "70 EUR"})
    assert world.confirm("olivia", edited)["state"] == "succeeded"
    asked = world.ask("olivia", "change Adam's email to a@x.example")
    choice = asked["question"]["candidates"][0]["id"]
    answered = world.act("olivia", asked, "answer", slot=asked["question"]["slot"], choice=choice)
    assert world.confirm("olivia", answered)["state"] == "succeeded"
    given = {"action": "saas.void_invoice", "params": {"invoice_id": 1047}}
    called = world.clients["olivia"].post("/v1/actions/run", given)
    assert world.confirm("olivia", called)["state"] == "succeeded"
    unclear = world.ask("olivia", "refund Adam's last invoice")
    assert world.act("olivia", unclear, "reject", reason="never mind")["state"] == "rejected"
    given_up = world.ask("amir", "void INV-1051")
    assert world.act("amir", given_up, "reject", reason="she has paid")["state"] == "rejected"
    wrong = world.ask("amir", "void INV-1051")
    assert world.act("amir", wrong, "reject", reason="the other one", misread=True)["state"] == "rejected"
    return world


def as_person(world: Installation, person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.clients[person]
    for name, value in (("URL", client.url), ("KEY", client.key), ("SECRET", client.secret)):
        monkeypatch.setenv(f"OPSIQ_{name}", value)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_history_becomes_cases_that_come_out_right_after_the_world_has_moved_on(
    decided: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_person(decided, "olivia", monkeypatch)
    folder = tmp_path / "cases"
    assert main(["eval", "from-history", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "3 confirmed, 1 rejected" in said
    assert "1 made no case: not_typed" in said
    assert "1 made no case: no_card" in said
    assert "1 made no case: not_misread" in said
    refund, credit, email, void = lines(folder / "cases.jsonl")
    assert refund["expected"]["actions"] == [
        {"action": "saas.refund_invoice", "params": {"invoice_id": [1055], "amount": [7840], "currency": ["JPY"]}}
    ]
    assert credit["answers"] == [{"slot": "0.amount", "text": "70 EUR"}]
    assert credit["expected"]["actions"][0]["params"]["amount"] == [7000]
    assert email["answers"][0]["choice"]
    assert void["role"] == "admin"
    assert void["expected"] == {
        "decision": ["clarify", "abstain", "act"],
        "never": [{"action": "saas.void_invoice", "params": {"invoice_id": [1051]}}],
    }
    world = json.loads((folder / "world.json").read_text("utf-8"))
    assert "NEVER SHOW" not in (folder / "world.json").read_text("utf-8"), "safe fields alone"
    moved = next(row for row in world["records"]["invoice"] if row["number"] == "INV-1055")
    assert moved["status"] == "refunded", "what was refunded can't be refunded again, yet the case is asked as it was"

    for name in ("URL", "KEY", "SECRET"):
        monkeypatch.delenv(f"OPSIQ_{name}")
    out = tmp_path / "out.json"
    assert main(["eval", "run", str(folder / "cases.jsonl"), "--data", str(folder), "--json", str(out), "--quiet"]) == 0
    entries = json.loads(out.read_text("utf-8"))["entries"]
    assert [(each["right"], each["cause"]) for each in entries] == [
        (True, ""), (True, ""), (True, ""), (False, "acted_as_forbidden")
    ], "the offline resolver makes the same card again that was rejected"  # fmt: skip


def test_only_an_owner_may_take_them_and_that_is_written_down(
    decided: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_person(decided, "amir", monkeypatch)
    assert main(["eval", "from-history", str(tmp_path / "no")]) == 1
    assert "forbidden" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
    as_person(decided, "olivia", monkeypatch)
    assert main(["eval", "from-history", str(tmp_path / "yes"), "--limit", "1", "--contract", "saas.void_invoice"]) == 0
    page = decided.clients["olivia"].get("/v1/history", "kind=exported&limit=1")
    (entry,) = page["data"]
    assert entry["actor"]["role"] == "owner"
    assert entry["data"] == {"what": "cases", "count": 1}
    assert main(["eval", "from-history", str(tmp_path / "yes")]) == 1
    assert "is not empty" in capsys.readouterr().err
