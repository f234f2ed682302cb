"""Several server processes on one port, and workers beside them: real processes on one database, found, killed and
stopped."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.client import Client, Refused
from cli.opener import find_opener
from core.crypto import request_signature
from core.errors import Unavailable
from executors.jobs.worker import POLL_S
from tests.acceptance.fork_server import Forked
from tests.acceptance.installation import Installation, founded_installation
from tests.integration.conftest import NewDatabase, postgresql, sqlite_template

__all__ = ["postgresql", "sqlite_template"]  # fixtures


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """Founded, with its platform, and no server yet."""
    with founded(request, tmp_path) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """… with two processes that serve it, for several tests: whichever of them is killed or replaced, the family goes
    on. On SQLite each comes up from nothing."""
    with founded(request, tmp_path_factory.mktemp("family")) as made:
        made.from_nothing = request.param == "sqlite"
        made.start_server(processes=2)
        yield made


@contextmanager
def founded(request: pytest.FixtureRequest, folder: Path) -> Iterator[Installation]:
    url = ""
    if request.param == "postgresql":
        fresh: NewDatabase = request.getfixturevalue("postgresql")
        url = fresh()
    with founded_installation(folder, database_url=url) as made:
        yield made


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A real Redis that keeps nothing."""
    found = shutil.which("redis-server")
    assert found, "make setup-servers installs redis-server"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [found, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    wait_for(lambda: _listens(port))
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(30)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(what: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Polls other processes; the bound only ends a test that fails."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to this in time"
        time.sleep(0.05)
    return found


def children(process: Forked) -> set[int]:
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    return {int(line) for line in found.stdout.split()}


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def answers(client: Client) -> bool:
    """Whether a request got through; one that was under way in a process that was killed may not."""
    try:
        client.get("/v1/me")
    except (Unavailable, Refused):
        return False
    return True


def test_two_processes_serve_one_port_and_one_that_is_killed_is_followed_by_another(family: Installation) -> None:
    parent = family.processes["server"]
    pids = wait_for(lambda: len(found := children(parent)) == 2 and found)
    run = family.ask("olivia", "give Hugo Bernard 61 EUR credit")
    victim = min(pids)
    os.kill(victim, signal.SIGKILL)
    now = wait_for(lambda: len(found := children(parent)) == 2 and victim not in found and found)
    assert len(now & pids) == 1, "the other one went on"
    wait_for(lambda: answers(family.clients["olivia"]))
    assert family.confirm("olivia", run)["state"] == "succeeded"
    assert family.verify()["ok"]


# Where processes count is settled when the counters' library is read.
@pytest.mark.parametrize("family", ["sqlite"], indirect=True)
def test_whichever_process_is_asked_for_metrics_tells_the_sum_the_dead_included(family: Installation) -> None:
    olivia = family.clients["olivia"]

    def answered() -> tuple[float, str]:
        with find_opener().open(f"{olivia.url}/metrics") as answer:
            told = answer.read().decode()
        found = re.findall(
            r'^opsiq_http_requests_total{method="GET",route="/v1/me",status="200"} (\S+)$', told, re.MULTILINE
        )
        return float(found[0]) if found else 0.0, told

    parent = family.processes["server"]
    wait_for(lambda: len(children(parent)) == 2)
    before = answered()[0]
    for _ in range(24):  # a connection each, so either process may have it
        olivia.get("/v1/me")
    assert {answered()[0] - before for _ in range(8)} == {24.0}
    victim = min(children(parent))
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: len(found := children(parent)) == 2 and victim not in found)
    assert answered()[0] - before == 24.0
    assert "opsiq_runs_open" in answered()[1]


def test_a_hangup_replaces_each_process_while_the_port_is_served(family: Installation) -> None:
    parent = family.processes["server"]
    pids = wait_for(lambda: len(found := children(parent)) == 2 and found)
    parent.send_signal(signal.SIGHUP)
    refused = 0
    end = time.monotonic() + 90
    while children(parent) & pids or len(children(parent)) != 2:
        assert time.monotonic() < end
        refused += not answers(family.clients["olivia"])
    assert refused == 0, "no request was lost meanwhile"


def test_a_stop_ends_every_process_and_leaves_nothing_claimed(family: Installation) -> None:
    parent = family.processes.pop("server")
    pids = wait_for(lambda: len(found := children(parent)) == 2 and found)
    wait_for(lambda: answers(family.clients["olivia"]))
    family.clients["olivia"].post("/v1/runs", {"text": "give Hugo Bernard 62 EUR credit"})
    parent.terminate()
    assert parent.wait(60) == 0
    parent.stdout.close()
    assert not [pid for pid in pids if alive(pid)]
    assert "claimed" not in family.work_states()


def test_processes_whose_parent_was_killed_stop_by_themselves(world: Installation) -> None:
    world.start_server(processes=2)
    family = world.processes["server"]
    pids = wait_for(lambda: len(found := children(family)) == 2 and found)
    world.kill_server()
    wait_for(lambda: not [pid for pid in pids if alive(pid)])


def test_work_put_by_a_server_that_does_none_is_done_by_a_worker_at_once(world: Installation) -> None:
    world.start_server(OPSIQ_WORKERS="0")
    world.start_worker()
    took = []
    for amount in (63, 64, 65):
        run = world.ask("olivia", f"give Hugo Bernard {amount} EUR credit")
        began = time.monotonic()
        run = world.confirm("olivia", run)
        took.append(time.monotonic() - began)
        assert run["state"] == "succeeded"
    # Each look comes POLL_S after the last: unheard, every one of the three would take about that long.
    assert min(took) < POLL_S / 2, "a ring is heard before the look that needs none"


def test_a_nonce_is_good_in_one_process_only(world: Installation) -> None:
    """Each request goes to one of two servers; the same signed bytes at both are accepted once."""
    world.start_server()
    first = world.clients["olivia"].url
    world.start_server("other")
    second = world.clients["olivia"].url
    client = world.clients["olivia"]
    authorization = request_signature.make_header(
        client.secret,
        ts=int(time.time()),
        nonce=request_signature.make_nonce(),
        key=client.key,
        method="GET",
        path="/v1/me",
    )
    codes = sorted(_status(f"{url}/v1/me", authorization) for url in (first, second))
    assert codes == [200, 401]


def test_two_servers_count_a_keys_requests_together_in_redis(world: Installation, redis_url: str) -> None:
    world.start_server(OPSIQ_REDIS_URL=redis_url)
    first = world.clients["olivia"]
    world.start_server("other", OPSIQ_REDIS_URL=redis_url)
    second = world.clients["olivia"]
    left = [_remaining(client) for client in (first, second, first, second)]
    assert left == [1999, 1998, 1997, 1996]


def _remaining(client: Client) -> int:
    """What the answer says is left of the key's reads."""
    authorization = request_signature.make_header(
        client.secret,
        ts=int(time.time()),
        nonce=request_signature.make_nonce(),
        key=client.key,
        method="GET",
        path="/v1/me",
    )
    request = urllib.request.Request(f"{client.url}/v1/me", headers={"Authorization": authorization})
    with find_opener().open(request, timeout=30) as answer:
        return int(answer.headers["RateLimit"].split("r=")[1].split(";")[0])


def _status(url: str, authorization: str) -> int:
    request = urllib.request.Request(url, headers={"Authorization": authorization})
    try:
        with find_opener().open(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
