"""What holds for the whole suite: where its files are and the order it runs in."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from itertools import groupby, zip_longest
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fast_passwords import hash_cheaply

HERE = Path(__file__).parent
ROOMS = ("faults", "sdks", "browser", "acceptance", "security", "integration", "vectors", "unit")
WAITING = ("faults", "sdks", "browser", "acceptance")
"""Here most of the time goes by waiting for other processes."""
MEMORY = Path("/dev/shm")

# A process that is killed loses nothing in memory either, and thousands of databases are made, synced and removed.
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 8 * 2**30:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# How long an example takes is a matter of the machine: no test is about speed.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# Fixtures of every scope make people with passwords. The real hash is tested in tests/unit/core/crypto.
hash_cheaply()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest a file first, so that no worker ends alone with it; files that wait and files that compute
    take turns, so that the machine has always something to compute."""
    items.sort(key=lambda item: ROOMS.index(_room(item.path)))
    waiting, computing = ([each for each in items if (_room(each.path) in WAITING) is waits] for waits in (True, False))
    files = zip_longest(*([list(tests) for _, tests in groupby(each, _file)] for each in (waiting, computing)))
    items[:] = [item for pair in files for tests in pair if tests for item in tests]


@cache
def _room(path: Path) -> str:
    return path.relative_to(HERE).parts[0]


def _file(item: pytest.Item) -> Path:
    return item.path


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What thousands of tests are made of stays to the end: the collector need not walk it while it grows, nor again
    and again afterwards (``gc.freeze``). A test makes thousands of objects that live as long as it does: it comes ten
    times more rarely than by default."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000)
        gc.enable()
