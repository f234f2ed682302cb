"""Bodies whose faults cost far more than the body: time to name them, an answer of megabytes, an error of the
server, or a log that repeats what was answered."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import psutil
import pytest

from core.crypto import request_signature
from tests.acceptance.installation import Installation, founded_installation

log = logging.getLogger(__name__)

MOST_CPU_S = 1.0
"""What was proved against took 2.5 s and more."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with founded_installation(tmp_path_factory.mktemp("bodies")) as made:
        made.keep_logs = True
        made.start_server(OPSIQ_LOG_LEVEL="debug")
        yield made


def send(world: Installation, path: str, body: bytes, by: str = "sara") -> httpx.Response:
    client, key = world.clients[by], uuid.uuid4().hex
    signed = request_signature.make_header(
        client.secret,
        ts=int(time.time()),
        nonce=request_signature.make_nonce(),
        key=client.key,
        method="POST",
        path=path,
        query="",
        idempotency_key=key,
        body=body,
    )
    headers = {
        "Authorization": signed,
        "Idempotency-Key": key,
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
    }
    return httpx.post(f"{world.url}{path}", content=body, headers=headers, timeout=60)


def call_mcp(world: Installation, message: dict[str, Any]) -> httpx.Response:
    return send(world, "/mcp", json.dumps({"jsonrpc": "2.0", "id": 1, **message}).encode())


def cpu_s(world: Installation) -> float:
    times = psutil.Process(world.processes["server"].pid).cpu_times()
    used_s: float = times.user + times.system
    return used_s


def test_a_nul_below_a_long_key_costs_no_copy_of_the_key_for_each_value(world: Installation) -> None:
    inner = "[" + ",".join(["0"] * 250_000) + "]"
    for level in range(60):
        inner = f'{{"{"k" * 7000}{level}":{inner}}}'
    before = cpu_s(world)
    answer = send(world, "/v1/runs", f'{{"data":{inner},"text":"\\u0000"}}'.encode())
    used_s = cpu_s(world) - before
    log.info("%.2f s of CPU", used_s)
    assert answer.json()["errors"] == [
        {"pointer": "/text", "code": "nul", "detail": "Text can't hold a NUL character."}
    ]
    assert used_s < MOST_CPU_S


def test_faults_below_a_long_key_do_not_repeat_it(world: Installation) -> None:
    contract = {"annotations": {"a": {"words": {"k" * 60_000: list(range(200))}}}}
    answer = send(world, "/v1/contracts", json.dumps({"contracts": [contract]}).encode(), by="olivia")
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 100
    assert len(answer.content) < 500_000


def test_of_many_faults_of_an_mcp_call_the_first_are_told(world: Installation) -> None:
    arguments = {f"k{each}": 1 for each in range(50_000)}
    answer = call_mcp(world, {"method": "tools/call", "params": {"name": "find_action", "arguments": arguments}})
    assert answer.status_code == 200
    assert "/k5:" in answer.text
    assert len(answer.content) < 100_000


@pytest.mark.parametrize(
    "message",
    [{"method": {}}, {"method": [1]}, {"method": "tools/call", "params": {"name": []}}, {"method": "tools/call"}],
)
def test_an_mcp_message_of_another_form_is_refused(world: Installation, message: dict[str, Any]) -> None:
    assert call_mcp(world, message).status_code in (200, 400)


def test_no_answer_stands_in_a_log_at_any_level(world: Installation) -> None:
    asked = {"name": "ask", "arguments": {"text": "how many tickets has Zanzibarius"}}
    answer = call_mcp(world, {"method": "tools/call", "params": asked})
    assert "Zanzibarius" in answer.text
    logged = world.log_of().read_text()
    assert "POST /mcp 200" in logged
    assert "Zanzibarius" not in logged
