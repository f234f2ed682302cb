"""The records of an answer beyond the first page, over the API, in the terminal and in the console."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from cli.client import Refused
from tests.acceptance.installation import Installation

PAGE = 20


def ask(world: Installation, text: str, by: str = "amir") -> dict[str, Any]:
    made = world.clients[by].post("/v1/runs", {"text": text})
    shown: dict[str, Any] = world.clients[by].get(f"/v1/runs/{made['id']}", "wait_s=20")
    return shown


def test_every_record_of_a_long_answer_can_be_read(world: Installation) -> None:
    answered = ask(world, "how many customers do we have?")
    reply, path = answered["reply"], f"/v1/runs/{answered['id']}/records"
    assert len(reply["records"]) == PAGE < reply["count"]
    found, start = list(reply["records"]), PAGE
    while True:
        page = world.clients["amir"].get(path, f"start={start}")
        assert page["count"] == reply["count"]
        found += page["data"]
        if page["next"] is None:
            break
        start = page["next"]
    assert len({each["id"] for each in found}) == len(found) == reply["count"]
    past = world.clients["amir"].get(path, f"start={reply['count']}")
    assert (past["data"], past["next"]) == ([], None)


def test_the_terminal_names_the_command_that_lists_the_rest(world: Installation) -> None:
    amir = world.clients["amir"]
    env = world.environment() | {"OPSIQ_URL": amir.url, "OPSIQ_KEY": amir.key, "OPSIQ_SECRET": amir.secret}

    def told(*words: str) -> str:
        command = [sys.executable, "-m", "cli.main", *words]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=True).stdout

    asked = told("ask", "list all customers")
    (line,) = [each for each in asked.splitlines() if " more: " in each]
    left, _, command = line.strip().removeprefix("and ").partition(" more: ")
    words = command.split()
    rest = told(*words[words.index("runs") :])
    assert len(rest.splitlines()) == int(left)


def test_only_who_asked_reads_on(world: Installation) -> None:
    answered = ask(world, "list all customers")
    for stranger, code in (("olivia", "forbidden"), ("sara", "not_found")):
        with pytest.raises(Refused) as refused:
            world.clients[stranger].get(f"/v1/runs/{answered['id']}/records", "start=20")
        assert code in refused.value.detail


def test_what_was_answered_without_records_has_no_more_of_them(world: Installation) -> None:
    answered = ask(world, "who can suspend customers?")
    with pytest.raises(Refused, match="not answered with records"):
        world.clients["amir"].get(f"/v1/runs/{answered['id']}/records")


def test_the_console_turns_the_pages_of_a_long_answer(world: Installation) -> None:
    console = world.console("olivia")
    answered = ask(world, "how many customers do we have?", "olivia")
    count, path = answered["reply"]["count"], f"/runs/{answered['id']}"
    link = f'<span class="quiet">… and {count - PAGE} more.</span> <a href="{path}?start=20">Show the next ones</a>'
    assert link in console.page(path)
    second = console.page(f"{path}?start=20")
    assert f">{count} customers: 21 to 40</h1>" in second
    assert f'<a href="{path}?start=0">Show the ones before</a>' in second
    assert second.count('<li><b dir="auto">') == PAGE
