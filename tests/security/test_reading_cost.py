"""Texts that are made to be costly to read, at a real server: whoever sends them waits by themselves, and nobody for
long."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cli.client import Refused
from cli.opener import find_opener
from tests.acceptance.installation import Installation, running_installation
from tests.whole_minute import wait_until_the_minute_lasts

COSTLY: Sequence[str] = (
    '"a "' + '+","' * 998,
    "a " + "+" + "," * 3990,
    "refund Adam if " + '"a@b.org\n' * 90 + "none",
    "refund \"it's\n'one \"of 'them\n" * 120,
    'note "' + "- " * 1100,
    "from the 3rd " + "-" * 900 + " x1 y2 z3 w4 till 5th refund Adam",
    "send Adam a message saying " + "\n".join(f"w{at} and" for at in range(300)),
    "refund Adam and " + " ".join(f"xq{chr(97 + at % 26)}rt{chr(97 + at % 7)}v" for at in range(400)),
    "refund" + " " * 3900 + "and" + " " * 50 + "Berta",
    "set the priority of tickets 5519, 5520 and 5521 to urgent\n" * 60,
)
"""Each was 0.3 to 16 seconds of CPU in the server's own loop, or had no end."""
SETTLED = {"asked", "held", "refused", "abstained"}
BUDGET_S = 0.45
REFUND = "refund Berta's last invoice"
MOST_ASKED = 60
"""Half of what one person may have read in a minute."""
MOST_BEFORE = 15
"""Of thirty costly texts, those that may be settled between one request and its answer. A few of a person's texts are
taken up at once, many of which are cheap to refuse. If all thirty went before another's request, or each of its
look-ups waited for one of them, it would be nearly all."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Its readers are processes that the server has started, whose CPU can be told."""
    with running_installation(tmp_path_factory.mktemp("world"), FROM_NOTHING="1") as made:
        yield made


def test_others_are_answered_while_costly_texts_are_read(world: Installation) -> None:
    """Counted in texts that go before, not in seconds, because the machine may be busy with something else as well."""
    world.ask("olivia", REFUND)  # the server has come up whole
    looks, answered = [], []
    with ThreadPoolExecutor(3 * len(COSTLY)) as pool:
        asked = [pool.submit(world.ask, "sara", text[:4000]) for text in (*COSTLY, *COSTLY, *COSTLY)]
        until = time.monotonic() + 3.0
        while time.monotonic() < until:
            looks.append(timed(lambda: health(world)))
            if len(answered) < MOST_ASKED:  # the later tests ask within the same minute
                answered.append(world.ask("olivia", REFUND))
        costly = [each.result(90) for each in asked]
    assert {run["state"] for run in costly} <= SETTLED
    assert max(count_settled(costly, run) for run in answered) <= MOST_BEFORE
    assert max(looks) < 10.0  # in the server's own loop they would take longer together


def test_a_costly_text_costs_its_budget_and_is_settled_for_good(world: Installation) -> None:
    before = cpu_s(world)
    runs = [world.ask("sara", text[:4000]) for text in COSTLY]
    assert cpu_s(world) - before < len(COSTLY) * (BUDGET_S + 0.5)
    assert {run["state"] for run in runs} <= SETTLED
    refused = [run for run in runs if run["refusal"] and run["refusal"]["code"] == "too_complex"]
    assert refused
    for run in refused:
        assert run["refusal"]["detail"].startswith("That is more than I can read at once: ")
        assert [kind for kind in world.kinds(run) if kind in ("abstained", "refused")] in (["abstained"], ["refused"])
    assert world.work_states().get("dead", 0) == 0
    assert world.work_states().get("ready", 0) == 0


def test_a_pattern_that_backtracks_for_ever_ends_with_its_budget(world: Installation) -> None:
    """The contract is an owner's; the words are anybody's."""
    owner = world.clients["olivia"]
    contract = {
        "schema": "opsiq/contract/v1", "name": "cost.tag", "title": "Tag it", "description": "Tags something with "
                                                                                             "a label.",
        "surfaces": ["admin"], "roles": ["support", "owner"], "endpoint": {"url": "https://cost.example/tag"},
        "parameters": {
            "type": "object", "additionalProperties": False, "required": ["label"],
            "properties": {"label": {"type": "string", "pattern": "^(a+)+$", "description": "The label"}},
        },
    }  # fmt: skip
    owner.post("/v1/contracts", {"contracts": [contract]})
    before = cpu_s(world)
    run = world.ask("sara", "tag it with the label " + "a" * 60 + "-b")
    assert cpu_s(world) - before < 2 * BUDGET_S + 1.0
    assert run["state"] in ("asked", "refused", "abstained")
    assert timed(lambda: health(world)) < 3.0


def test_a_reader_that_is_killed_is_replaced(world: Installation) -> None:
    before = world.ask("olivia", REFUND)
    killed = readers(world)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    ended = time.monotonic() + 10
    while not set(killed).isdisjoint(readers(world)) and time.monotonic() < ended:
        time.sleep(0.05)  # a call under way in a dying reader is refused, which another test is about
    assert world.ask("olivia", REFUND)["state"] == before["state"] in ("asked", "held")


@pytest.mark.parametrize("words", ["the one", "it", "that one, the other", "his"])
def test_an_answer_that_points_at_nothing_is_asked_again(world: Installation, words: str) -> None:
    run = world.ask("olivia", "refund Adam's last invoice")
    assert run["state"] == "asked"
    again = world.act("olivia", run, "answer", slot=run["question"]["slot"], text=words)
    assert again["state"] == "asked"
    assert [each["id"] for each in again["question"]["candidates"]] == [
        each["id"] for each in run["question"]["candidates"]
    ]


def test_an_answer_that_is_too_much_to_read_is_refused_and_the_question_stays(world: Installation) -> None:
    run = world.ask("olivia", "refund Adam's last invoice")
    with pytest.raises(Refused) as refused:
        world.act("olivia", run, "answer", slot=run["question"]["slot"], text="a," * 2000)
    assert refused.value.problem["code"] == "invalid_request"
    assert refused.value.problem["detail"].startswith("That is more than I can read at once: ")
    assert world.clients["olivia"].get(f"/v1/runs/{run['id']}")["state"] == "asked"


def test_texts_are_limited_for_each_person_and_each_workspace(world: Installation) -> None:
    url, clients = world.url, dict(world.clients)
    try:
        world.start_server("limited", OPSIQ_TEXTS_PER_PERSON_PER_MIN="3", OPSIQ_TEXTS_PER_WORKSPACE_PER_MIN="5")
        wait_until_the_minute_lasts(15)
        for person, allowed, name in (("amir", 3, "person"), ("oscar", 2, "workspace"), ("sara", 0, "workspace")):
            for _ in range(allowed):
                world.clients[person].post("/v1/runs", {"text": "hello there"})
            for path, body in (
                ("/v1/runs", {"text": "hello there"}),
                ("/v1/runs/run_1/answer", {"slot": "action", "text": "hello"}),
                ("/v1/runs/run_1/edit", {"digest": "sha256:" + "0" * 64, "changes": {"0.a": "b"}}),
            ):
                with pytest.raises(Refused) as refused:
                    world.clients[person].post(path, body)
                assert refused.value.problem["code"] == "rate_limited", name
                assert ("You may" if name == "person" else "This workspace may") in refused.value.problem["detail"]
            with pytest.raises(Refused) as refused:  # nor is a further page of an answer, which is worked out anew
                world.clients[person].get("/v1/runs/run_1/records")
            assert refused.value.problem["code"] == "rate_limited"
            assert world.clients[person].get("/v1/runs") is not None  # looking is not reading
    finally:
        world.url = url
        world.clients.update(clients)


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def timed(doing: Any) -> float:
    began = time.monotonic()
    doing()
    return time.monotonic() - began


def count_settled(costly: Sequence[dict[str, Any]], run: dict[str, Any]) -> int:
    """Those that were settled between a run's request and its answer, by the server's own clock."""
    return sum(run["created_at"] < each["updated_at"] < run["updated_at"] for each in costly)


def health(world: Installation) -> None:
    opener = find_opener()
    with opener.open(f"{world.url}/healthz", timeout=60) as answer:
        assert answer.status == 200


def readers(world: Installation) -> list[int]:
    """The processes that the server reads with."""
    pid = world.processes["server"].pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in children]


def cpu_s(world: Installation) -> float:
    """CPU of the server and what it reads with, those that have ended included."""
    pids = [world.processes["server"].pid, *readers(world)]
    ticks = 0
    for pid in pids:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, told[11:13])) + (sum(map(int, told[13:15])) if pid == pids[0] else 0)
    return ticks / os.sysconf("SC_CLK_TCK")
