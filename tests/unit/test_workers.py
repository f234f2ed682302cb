"""Worker processes of the suite: each test is run once, and whatever goes wrong in a worker is seen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.workers import Queue, Unit

ROOT = Path(__file__).parents[2]
CONFTEST = """
import os, pytest
from itertools import groupby
from tests.workers import WORKER, Unit, Workers

def pytest_configure(config):
    config.pluginmanager.register(Workers(2, 1, units))

def units(items):
    return [Unit(path.name == "test_a.py", list(tests)) for path, tests in groupby(items, lambda item: item.path)]

def note(config, what):
    with (config.rootpath / "notes").open("a") as notes:
        notes.write(f"{os.environ[WORKER]} {what}\\n")

@pytest.fixture(scope="session", autouse=True)
def shared(request, tmp_path_factory):
    note(request.config, f"up {tmp_path_factory.getbasetemp().name}")
    yield
    note(request.config, "down")

@pytest.fixture(autouse=True)
def noted(request):
    note(request.config, request.node.name)
"""
FILES = {
    "test_a.py": "def test_1(): pass\ndef test_2(): pass\n",
    "test_b.py": "def test_3(): pass\n",
    "test_c.py": "def test_4(): pass\n",
}


def run(folder: Path, *options: str, **files: str) -> tuple[int, str, list[tuple[str, str]]]:
    """The exit code, what was printed, and what each worker noted."""
    for name, text in {"conftest.py": CONFTEST, "pytest.ini": "[pytest]\n", **FILES, **files}.items():
        (folder / name).write_text(text)
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environ.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=120)
    notes = (folder / "notes").read_text().splitlines()
    return done.returncode, done.stdout + done.stderr, [(worker, what) for worker, _, what in map(_parts, notes)]


def _parts(line: str) -> tuple[str, str, str]:
    return line.partition(" ")


def test_each_test_is_run_once_and_what_is_shared_is_made_once_a_worker(tmp_path: Path) -> None:
    code, said, notes = run(tmp_path)
    assert code == 0, said
    assert "4 passed" in said
    assert sorted(what for _, what in notes if what.startswith("test")) == ["test_1", "test_2", "test_3", "test_4"]
    for worker in {worker for worker, _ in notes}:
        mine = [what for by, what in notes if by == worker]
        assert mine[0] == f"up worker-{worker}"
        assert mine[-1] == "down"
        assert mine.count("down") == 1


def test_what_fails_is_told_with_what_it_printed(tmp_path: Path) -> None:
    code, said, _ = run(tmp_path, **{"test_b.py": "def test_3():\n    print('seen before')\n    assert 1 == 2\n"})
    assert code == 1
    assert "assert 1 == 2" in said
    assert "seen before" in said
    assert "1 failed, 3 passed" in said


def test_a_worker_that_is_killed_fails_its_test_and_the_others_go_on(tmp_path: Path) -> None:
    killed = "import os, signal\ndef test_3(): os.kill(os.getpid(), signal.SIGKILL)\n"
    code, said, _ = run(tmp_path, **{"test_b.py": killed})
    assert code == 1
    assert "its process ended with -9" in said
    assert "1 failed, 3 passed" in said


def test_what_takes_too_long_is_ended_and_told(tmp_path: Path) -> None:
    slow = "import pytest, time\n@pytest.mark.timeout(1)\ndef test_3(): time.sleep(60)\n"
    code, said, _ = run(tmp_path, "-p", "pytest_timeout", **{"test_b.py": slow})
    assert code == 1
    assert "Timeout (>1.0s)" in said
    assert "1 failed, 3 passed" in said


def test_what_goes_wrong_when_a_worker_ends_is_no_success(tmp_path: Path) -> None:
    code, said, _ = run(tmp_path, **{"conftest.py": CONFTEST.replace('note(request.config, "down")', "1 / 0")})
    assert code == 1
    assert "ZeroDivisionError" in said
    assert "4 passed" in said
    assert re.search("[12] errors?", said)


def test_a_run_that_stops_at_the_first_failure_stops(tmp_path: Path) -> None:
    many = {f"test_{name}.py": f"def test_{name}(): pass\n" for name in "defghijklmnop"}
    code, said, notes = run(tmp_path, "-x", **{"test_a.py": "def test_1(): assert 0\ndef test_2(): pass\n"}, **many)
    assert code == 1
    assert "stopping after 1 failures" in said
    assert "1 failed" in said
    assert "test_2" not in [what for _, what in notes]


@pytest.mark.parametrize(
    ("others", "taken"),
    [([None, None], 2), ([2, None], 3), ([2, 3], 0), ([0, 1], 2)],
    ids=["nobody works", "one computes", "enough compute", "all wait"],
)
def test_some_compute_while_the_others_wait(others: list[int | None], taken: int) -> None:
    queue = Queue(units(True, True, False, False), computing=2)
    for each in sorted(number for number in others if number is not None):
        queue.left[queue.units[each].waits].remove(each)
    assert queue.next(others) == taken


def test_what_is_left_is_taken_whatever_it_is() -> None:
    queue = Queue(units(True, False), computing=1)
    assert [queue.next([]), queue.next([]), queue.next([])] == [1, 0, None]


def units(*waits: bool) -> list[Unit]:
    test: Any = SimpleNamespace()
    return [Unit(each, [test]) for each in waits]
