"""Tampering with a database: rows edited behind a running server's back, and what it then says of them."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from cli.client import Refused
from tests.acceptance.installation import Installation

Rows = list[tuple[Any, ...]]
PAID = {"invoice_id": 1042, "customer_id": 7, "amount": 4900, "currency": "EUR"}


@dataclass
class Keeper:
    """A place outside that anchors are sent to: headers (in lower case) and body of each, as they came. ``events`` came
    elsewhere there."""

    url: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    events: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


def database(folder: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(folder / "opsiq.db", timeout=20))


def edit(folder: Path, *statements: str | tuple[str, tuple[Any, ...]]) -> None:
    """Each must change something."""
    with database(folder) as there, there:
        for each in statements:
            text, values = (each, ()) if isinstance(each, str) else each
            assert there.execute(text, values).rowcount > 0, text


def ask(folder: Path, statement: str, *values: Any) -> Rows:
    with database(folder) as there:
        return there.execute(statement, values).fetchall()


def anchored(world: Installation) -> int:
    """The latest entry that an anchor tells of."""
    path = world.folder / "anchors.jsonl"
    return max((json.loads(line)["count"] for line in path.read_text().splitlines()), default=0) if path.exists() else 0


@contextmanager
def behind_its_back(world: Installation, *tables: str) -> Iterator[None]:
    """What is done to these tables in the block is undone after it: the next test finds them as OpsIQ left them."""
    kept = whole(world.folder, *tables)
    try:
        yield
    finally:
        put_back(world.folder, kept)


def whole(folder: Path, *tables: str) -> dict[str, Rows]:
    return {name: ask(folder, f"SELECT * FROM {name}") for name in tables}


def put_back(folder: Path, kept: dict[str, Rows]) -> None:
    with database(folder) as there, there:
        for name, rows in kept.items():
            there.execute(f"DELETE FROM {name}")
            if rows:
                there.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def copied(world: Installation, to: Path) -> Installation:
    """A second installation on a copy of the first one's folder, with the same data key; no server runs on it."""
    to.mkdir()
    with database(world.folder) as live, closing(sqlite3.connect(to / "opsiq.db")) as copy:
        live.backup(copy)
    for name in ("data.key", "sealed", "anchors.jsonl"):
        if (world.folder / name).exists():
            shutil.copy(world.folder / name, to / name)
    return replace(world, folder=to, processes={})


def offered(world: Installation, person: str) -> set[str]:
    """The contracts that this person may run."""
    return {each["name"] for each in world.clients[person].get("/v1/contracts")["data"]}


def refused_by(doctor: tuple[int, str]) -> list[str]:
    code, told = doctor
    failed = [each["detail"] for each in json.loads(told) if each["state"] == "fail"]
    assert code == (1 if failed else 0)
    return failed


def diagnosis(world: Installation) -> str:
    """What `opsiq doctor` says is wrong; empty where it finds nothing."""
    return " ".join(refused_by(world.opsiq("doctor", "--json")))


def named(world: Installation) -> str:
    """What the running server says is not as it was stored; empty where it finds nothing."""
    verdict = world.verify()
    assert verdict["ok"] is not bool(verdict["why"])
    return verdict["why"] or ""


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    code: str = refused.value.problem["code"]
    return code


def until(what: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Polls another process; the bound only ends a test that fails."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to this in time"
        time.sleep(0.05)
    return found
