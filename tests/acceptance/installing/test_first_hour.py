"""docs/guide/first-hour.md, pasted into a shell as it stands: signed up, told, acted, with curl and openssl alone."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[3] / "docs/guide"
PAGE = (DOCS / "first-hour.md").read_text()
PORTS = ("8080", "9000", "9001")
PASSWORD = "correct horse battery"


class Pasted:
    """What the page's commands printed, by section, and the files they left."""

    def __init__(self, folder: Path, printed: str, said: str) -> None:
        self.folder = folder
        self.said = said
        parts = re.split(r"^=== (.+)$\n", printed, flags=re.MULTILINE)
        self.printed = dict(zip(parts[1::2], parts[2::2], strict=True))

    def lines(self, name: str) -> list[Any]:
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def answers(self, section: str) -> list[Any]:
        return [json.loads(line) for line in self.printed[section].splitlines() if line.startswith("{")]


def script() -> str:
    """Every ``sh`` block under its heading. Ports are this run's own: others may be using the page's."""
    made = ["set -eu -o pipefail", "trap 'kill $(jobs -p) 2> /dev/null || :' EXIT"]
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            made += [f"echo '=== {title}'" if f"echo '=== {title}'" not in made else ":", block]
    with ExitStack() as held:
        free = [held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in PORTS]
    whole = "\n".join(made)
    for port, mine in zip(PORTS, free, strict=True):
        whole = re.sub(rf"\b{port}\b", str(mine), whole)
    return whole


@pytest.fixture(scope="module")
def pasted(tmp_path_factory: pytest.TempPathFactory) -> Pasted:
    folder = tmp_path_factory.mktemp("newcomer")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPSIQ_")}
    paths = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    shell = subprocess.Popen(
        ["bash", "-c", script()],
        cwd=folder,
        env=clean | {"PATH": paths, "no_proxy": "*"},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        printed, said = shell.communicate(f"{PASSWORD}\n", timeout=100)
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGKILL)
    log = folder / "first-hour/serve.log"
    assert shell.returncode == 0, (printed, said, log.read_text() if log.exists() else "")
    return Pasted(folder / "first-hour", printed, said)


def test_nothing_but_the_shell_curl_openssl_and_opsiq_is_used() -> None:
    own = {"opsiq", "opsiq_call", "curl", "openssl"}
    shell = {"mkdir", "cd", "export", "echo", "cat", "grep", "tee", "tr", "cut", "date", "printf", "head", "sleep", "kill", "jobs",  # noqa: E501
             "set", "eval", "trap", "case", "until", "while", "do", "done", "esac"}  # fmt: skip
    blocks = re.sub(r"<<JSON.*?^JSON$", "", script(), flags=re.DOTALL | re.MULTILINE)
    used = set(re.findall(r"(?:^|[|;&(]|\bdo)\s*([a-z_]+)(?=\s)", blocks, re.MULTILINE))
    assert used <= own | shell, used - own - shell


def test_the_function_is_the_one_of_the_page_on_curl() -> None:
    whole = r"^opsiq_call\(\).*?^}$"
    here, there = (re.findall(whole, text, re.DOTALL | re.MULTILINE) for text in (PAGE, (DOCS / "curl.md").read_text()))
    assert here == there
    assert len(here) == 1


def test_signed_up_and_known_by_a_key(pasted: Pasted) -> None:
    (ready,) = pasted.answers("1. Sign up")
    assert ready["ready"] is True
    (me,) = pasted.answers("2. Get a key")
    assert me["role"] == "owner"
    assert me["key"]["name"] == "my shop"


def test_an_event_that_is_fired_twice_is_received_once_and_verified(pasted: Pasted) -> None:
    title = next(each for each in pasted.printed if each.startswith("4."))
    first, second, shown, detail = pasted.answers(title)
    assert first == second
    assert detail["id"] == first["id"]
    (sample,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert json.loads(sample).keys() == shown.keys(), "the page shows what comes"
    heard = pasted.lines("heard.jsonl")[1:]
    assert [each["webhook_id"] for each in heard] == [first["id"]]
    assert shown["verified"] is True
    assert shown["body"]["data"] == json.loads(sample)["body"]["data"]


def test_the_contract_is_held_until_its_card_is_confirmed_and_called_once(pasted: Pasted) -> None:
    (run,), (done,) = pasted.lines("run.json"), pasted.lines("done.json")
    assert run["state"] == "held"
    assert run["card"]["calls"][0]["preview"] == "Order 40 of TEA-250"
    assert done["id"] == run["id"]
    assert done["state"] == "succeeded"
    call = pasted.lines("calls.jsonl")[1]
    assert call["verified"] is True
    assert call["body"] == json.loads(run["card"]["calls"][0]["payload"]), "what was shown is what came"
    (outcome,) = done["outcomes"]
    assert outcome["call_id"] == call["webhook_id"]
    assert outcome["duration_ms"] > 0


def test_typed_words_are_asked_about_confirmed_and_called_once(pasted: Pasted) -> None:
    asked = (pasted.folder / "asked.txt").read_text()
    assert " question\nWhat should “Quantity” be?" in asked
    said = pasted.printed["8. Ask in words"]
    assert "Quantity: 12    <- you said ‘12’" in said
    assert "Article: COF-500    <- you said ‘COF-500’" in said
    _, call = pasted.lines("calls.jsonl")[1:]
    assert (call["verified"], call["body"]["params"]) == (True, {"count": 12, "sku": "COF-500"})


def test_a_follow_up_has_a_card_of_its_own_and_a_no_sends_nothing(pasted: Pasted) -> None:
    followed = (pasted.folder / "followed.txt").read_text()
    assert " to confirm\n" in followed
    assert "Order 6 of TEA-250" in followed
    assert re.search(r"run_\w+  rejected\n  not now\n", pasted.printed["8. Ask in words"])
    assert len(pasted.lines("calls.jsonl")) == 3, "a line of its own, and the two that were confirmed"


def test_the_history_holds_the_words_and_all_that_came_of_them(pasted: Pasted) -> None:
    title = next(each for each in pasted.printed if each.startswith("9."))
    (page,) = pasted.answers(title)
    entries = list(reversed(page["data"]))
    kinds = [entry["kind"] for entry in entries]
    assert kinds.index("asked") < kinds.index("held") < kinds.index("confirmed") < kinds.index("finished")
    assert "restock COF-500" in json.dumps(entries)
    assert "entries, unbroken" in pasted.printed[title]


def test_nothing_is_said_on_the_terminal_that_nobody_asked_for(pasted: Pasted) -> None:
    noise = [
        line for line in pasted.said.splitlines() if not re.match(r"(Answer it|Look at the card|  opsiq runs)", line)
    ]
    assert noise == []
