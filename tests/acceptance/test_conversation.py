"""A conversation through real processes: a question, a follow-up, a card corrected in words, and what was done taken
back, with a scripted model behind the server and the terminal in front of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.installation import Installation, running_installation
from tests.acceptance.scripted_model import Model, find, scripted_model

EMAIL = "what is Hugo Bernard's email?"
CREDIT = "give him 75 EUR credit"
LESS = "make that 60 EUR"
UNDO = "take that back again"


def credit(amount: int, replaces: list[str]) -> dict[str, Any]:
    money = {"number": amount, "unit": "EUR", "quote": f"{amount} EUR"}
    step = {"action": "apply_credit", "customer_id": {"handle": "@customer1"}, "amount": money, "note": None}
    return {"type": "plan", "steps": [step], "replaces": replaces}


ANSWERS = {
    EMAIL: {"type": "answer", "answer": {"records": find("customer", "Hugo Bernard"), "fields": ["email"]}},
    CREDIT: credit(75, []),
    LESS: credit(60, ["@call1"]),
    UNDO: {"type": "undo", "calls": ["@call2"]},
}


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Model]]:
    with scripted_model(ANSWERS) as scripted:
        asks = {"OPSIQ_MODEL": "openai/scripted", "OPSIQ_MODEL_URL": scripted.url, "OPSIQ_MODEL_KEY": "local"}
        with running_installation(tmp_path_factory.mktemp("conversation"), **asks) as made:
            yield made, scripted


def chat(world: Installation, *lines: str) -> tuple[str, str]:
    """What ``opsiq chat`` says to these lines, and the thread that it names at the end."""
    amir = world.clients["amir"]
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "chat"],
        input="\n".join(lines) + "\n",
        env=world.environment() | {"OPSIQ_URL": amir.url, "OPSIQ_KEY": amir.key, "OPSIQ_SECRET": amir.secret},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, done.stderr.strip().rpartition(" ")[2]


@pytest.mark.timeout(240)
def test_a_conversation_from_a_question_to_what_it_did_taken_back(spoken: tuple[Installation, Model]) -> None:
    world, scripted = spoken
    before = len(world.ledger())
    said, thread = chat(world, EMAIL, CREDIT, LESS, "/confirm", UNDO, "/confirm", "/quit")
    assert "Hugo Bernard: hugo.bernard@" in said, said
    assert "It takes the place of an earlier card, so it waits for a yes." in said
    assert "It takes back what was done before, so it waits for a yes." in said
    assert len(world.ledger()) == before + 2, "the card that was corrected never left"
    runs = world.clients["amir"].get("/v1/runs", f"thread_id={thread}")["data"][::-1]
    assert [(each["text"], each["state"]) for each in runs] == [
        (EMAIL, "answered"),
        (CREDIT, "rejected"),
        (LESS, "succeeded"),
        (UNDO, "succeeded"),
    ]
    assert runs[0]["reply"]["actions"], "what may be done with a customer is offered"
    credited, voided = (json.loads(each["card"]["calls"][0]["payload"])["params"] for each in runs[2:])
    assert credited["amount"] == 6000
    answer = json.loads(runs[2]["outcomes"][0]["answer"])
    assert voided == {"credit_id": answer["credit_id"]}
    assert runs[1]["reason"] == f"Corrected: {LESS}"
    (rejected,) = world.entries(runs[1], "rejected")
    assert rejected["data"]["replaced_by"] == runs[2]["id"]
    (held,) = world.entries(runs[2], "held")
    assert (held["data"]["replaces"], held["data"]["thread_id"]) == ([runs[1]["id"]], thread)
    assert world.entries(runs[0], "replied")
    assert world.verify()["ok"] is True
    told = "\n".join(scripted.prompts)
    assert "@customer1" in told
    assert "hugo.bernard@" not in told, "no record's data goes to a model"


def test_nobody_else_goes_on_from_it(spoken: tuple[Installation, Model]) -> None:
    world, _ = spoken
    mine = world.ask("amir", EMAIL)
    for person in ("sara", "olivia"):
        status, problem = world.call(person, "POST", "/v1/runs", {"text": CREDIT, "thread_id": mine["id"]})
        assert (status, problem["code"]) == (404, "not_found")
