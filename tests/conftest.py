"""What holds for the whole suite: where its files are and the order it runs in."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from tests.workers import Unit, Workers

HERE = Path(__file__).parent
ROOMS = ("faults", "sdks", "browser", "acceptance", "security", "integration", "vectors", "unit")
WAITING = ("faults", "sdks", "browser", "acceptance")
"""Here most of the time goes by waiting for other processes."""
COMPUTING = 1
"""How many workers do the other rooms meanwhile: one is enough to use what those that wait leave of two processors."""
MEMORY = Path("/dev/shm")

# A process that is killed loses nothing in memory either, and thousands of databases are made, synced and removed.
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 8 * 2**30:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# How long an example takes is a matter of the machine: no test is about speed.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--workers", type=int, default=1, help="how many processes run the tests")


def pytest_configure(config: pytest.Config) -> None:
    if (count := config.getoption("workers")) > 1:
        config.pluginmanager.register(Workers(count, COMPUTING, _units), "workers")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest a file first, so that no worker ends alone with it."""
    items.sort(key=lambda item: ROOMS.index(_room(item.path)))


def _units(items: Sequence[pytest.Item]) -> list[Unit]:
    """A file each, and of the fault suite a test each."""
    units: dict[object, Unit] = {}
    for item in items:
        room = _room(item.path)
        what = item.nodeid if room == "faults" else item.path
        units.setdefault(what, Unit(room in WAITING, [])).tests.append(item)
    return list(units.values())


@cache
def _room(path: Path) -> str:
    return path.relative_to(HERE).parts[0]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What thousands of tests are made of stays to the end: the collector need not walk it while it grows, nor again
    and again afterwards (``gc.freeze``)."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
