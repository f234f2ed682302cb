"""What is forked for the tests is a process like one that was started by itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import psutil
import pytest

from core.python_command import make_command
from executors.importing.import_worker import MEMORY_BYTES
from tests.acceptance.fork_server import IMPORTER, Forked, fork_server
from tests.acceptance.installation import Installation
from tests.acceptance.test_webhooks import wait_for


def platform(folder: Path, *more: str, **environ: str) -> Forked:
    given = {"PATH": os.environ["PATH"], "DEMO_TOKEN": "t", "DEMO_SECRET": "whsec_dGVzdHMgb2YgdGhlIGZvcms=", **environ}
    return Forked("demo", ["--data", str(folder / "platform.db"), *more], given)


def test_it_says_when_it_is_ready_and_ends_by_the_signal_it_was_sent(tmp_path: Path) -> None:
    made = platform(tmp_path)
    said = json.loads(made.stdout.readline())
    assert said["pid"] == made.pid != os.getpid()
    assert made.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        made.wait(0.01)
    made.send_signal(signal.SIGKILL)
    assert made.wait(30) == made.poll() == -signal.SIGKILL
    assert made.stdout.read() == ""
    made.terminate()  # what has ended is left alone
    made.stdout.close()


def test_it_has_the_environment_it_was_given_and_its_own_exit_code(tmp_path: Path) -> None:
    for wrong in (platform(tmp_path, "--no-such-option"), platform(tmp_path, DEMO_SECRET="", DEMO_TOKEN="")):
        assert wrong.wait(30) == 2
        assert wrong.stdout.read() == ""
        wrong.stdout.close()


def test_what_a_server_reads_with_is_forked_and_killed_as_its_own_child_would_be(world: Installation) -> None:
    if "server" in world.processes:
        world.kill_server()
    forks, known = _forked_before()
    world.start_server(OPSIQ_READING_PROCESSES="1")  # a busy one would start a second process
    server = psutil.Process(world.processes["server"].pid)
    known |= {server.pid}
    assert world.ask("olivia", "refund Adam's last invoice")["state"] == "asked"
    [stand_in] = server.children()
    assert "agent.planning.reading_worker" in stand_in.cmdline()
    [worker] = _find_others(forks, known)
    stand_in.kill()
    worker.wait(30)
    assert world.ask("olivia", "refund Adam's last invoice")["state"] == "asked", "with another"
    [worker] = _find_others(forks, known)
    world.stop_server()
    worker.wait(30)


def test_a_servers_children_are_handed_its_files_and_signals_and_end_with_their_own_code(world: Installation) -> None:
    if "server" in world.processes:  # what it reads with is a child of the fork server too
        world.kill_server()
    forks, known = _forked_before()
    world.start_server("several", processes=2)
    parent = world.processes.pop("several")
    stand_ins = psutil.Process(parent.pid).children()
    assert {"--family-fd", "--listen-fd"} <= {word for each in stand_ins for word in each.cmdline()}
    assert world.ask("olivia", "refund Adam's last invoice")["state"] == "asked"
    parent.terminate()
    assert parent.wait(60) == 0
    parent.stdout.close()
    assert not [each for each in stand_ins if each.is_running()]
    others = _find_others(forks, known)
    assert not psutil.wait_procs(others, timeout=30)[1]


def test_what_an_import_runs_is_forked_with_its_limits_and_killed_as_its_own_child_would_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forks, known = _forked_before()
    monkeypatch.setattr(sys, "executable", fork_server().python)
    with subprocess.Popen(make_command(IMPORTER), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as stand_in:
        wait_for(lambda: [each.rlimit(psutil.RLIMIT_AS)[0] for each in _find_others(forks, known)] == [MEMORY_BYTES])
        [worker] = _find_others(forks, known)
        stand_in.kill()
        worker.wait(30)


def _forked_before() -> tuple[psutil.Process, set[int]]:
    """The fork server and what it has forked already, for other tests too."""
    forks = psutil.Process(fork_server().pid)
    return forks, {each.pid for each in forks.children()}


def _find_others(forks: psutil.Process, known: Collection[int]) -> list[psutil.Process]:
    return [each for each in forks.children() if each.pid not in known]
