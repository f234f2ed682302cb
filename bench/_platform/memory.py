"""What a server holds: at rest; with thousands of waiting cards and a million entries of AI History; and while it
streams all of them.

The entries are written with the store's own digests, so that their chain verifies; the cards are one card, held by the
product itself, copied. Figures are the kernel's (VmRSS, VmHWM).
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select, update

from agent.pipeline import SuppliedValue
from app.container import open_container
from bench._platform.gauges import forget_peak, peak_mib, resident_mib
from cli.client import Client
from core import canon, ids
from core.clock import utc_now
from core.crypto import request_signature
from core.scopes import SCOPES
from core.settings import Settings
from store.database import Database
from store.history.entries import HistoryHeadRow, HistoryRow, collect_words, digest_entry
from store.migrate import upgrade
from store.rows import add_all, compute_code, list_values, table
from store.runs.runs import RunRow

ROOT: Final = Path(__file__).parents[2]
EXPIRED: Final = 500
_IN_ONE: Final = 5_000
CONTRACT: Final[dict[str, Any]] = {
    "schema": "opsiq/contract/v1", "name": "shop.restock", "title": "Restock an article", "description": "Order more of an article.",  # noqa: E501
    "surfaces": ["admin"], "roles": ["owner"], "confirmation": {"policy": "always", "expires_s": 86_400},
    "parameters": {
        "type": "object", "additionalProperties": False, "required": ["sku"],
        "properties": {"sku": {"type": "string", "maxLength": 40, "description": "The article."}},
    },
    "endpoint": {"url": "http://127.0.0.1:9/restock"},
}  # fmt: skip


@dataclass(frozen=True)
class Filled:
    environ: dict[str, str]
    key: tuple[str, str]


def settings_of(environ: dict[str, str]) -> Settings:
    return Settings.load({k: v for k, v in environ.items() if k.startswith("OPSIQ_")} | {"OPSIQ_WORKERS": "0"})


async def filled(folder: Path, rows: int, cards: int) -> Filled:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPSIQ_")}
    environ = clean | {"OPSIQ_DATA": str(folder), "OPSIQ_ADDRESS_LIMIT_PER_MIN": "0", "OPSIQ_LOG_LEVEL": "error"}
    kept = folder / "filled.json"
    if kept.exists():
        key = json.loads(kept.read_text())
        return Filled(environ, (key[0], key[1]))
    settings = settings_of(environ)
    await upgrade(settings.database_url)
    async with open_container(settings) as container:
        owner = await container.workspace_admin.create_workspace(
            "Bench", email="b@bench.test", person="b", password="correct horse battery"
        )
        row, secret = await container.key_admin.create_key(owner, "bench", scopes=SCOPES, mode="live")
        if cards:
            await container.contract_admin.register(owner, [CONTRACT])
            given = {"sku": SuppliedValue(value="TEA-250", by="api", pointer="/params/sku", ref="bench")}
            run = await container.runs.direct.run(owner, "shop.restock", given, given="api", session_id="bench")
            assert run.state == "held", run
            await _cards(container.database, run.id, cards)
        await _entries(container.database, owner.workspace, owner.as_json(), rows)
    kept.write_text(json.dumps([row.public, secret]))
    return Filled(environ, (row.public, secret))


async def _cards(database: Database, run_id: str, count: int) -> None:
    runs = table(RunRow)
    async with database.begin() as session:
        first = RunRow(**(await session.execute(select(runs).where(runs.c.id == run_id))).mappings().one())
        made = []
        for n in range(count + EXPIRED - 1):
            copy = ids.make_id("run")
            fresh = list_values(first) | {"id": copy, "document": first.document.replace(run_id, copy)}
            if n < EXPIRED:
                fresh["expires_at"] = utc_now() - timedelta(seconds=1)
            made.append(RunRow(**fresh))
        await add_all(session, made)


async def _entries(database: Database, workspace: str, actor: dict[str, Any], count: int) -> None:
    """Appended as ``store.history.log.append`` does, many in one transaction."""
    history, heads = table(HistoryRow), table(HistoryHeadRow)
    async with database.read() as session:
        there = (await session.execute(select(heads).where(heads.c.workspace == workspace))).mappings().one()
    seq, prev = there["seq"], there["digest"]
    told = canon.dumps(actor).decode()
    while count > 0:
        made = []
        for _ in range(min(count, _IN_ONE)):
            seq += 1
            data = {"params": {"sku": f"TEA-{seq}"}, "surface": "admin", "note": "Order more of an article. " * 4}
            entry: dict[str, Any] = dict.fromkeys(history.c.keys()) | {
                "workspace": workspace,
                "seq": seq,
                "id": ids.make_id("his"),
                "at": utc_now(),
                "kind": "finished",
                "run_id": ids.make_id("run"),
                "person": actor["person"],
                "contract": "shop.restock",
                "outcome": "succeeded",
                "risk": "write",
                "actor": told,
                "duration_ms": 12.5,
                "data": canon.dumps(data).decode(),
                "words": collect_words("finished", actor, data),
                "prev": prev,
            }
            prev = entry["digest"] = digest_entry(entry)
            made.append(entry)
        async with database.begin() as session:
            await session.execute(insert(history), made)
            end = {"workspace": workspace, "seq": seq, "digest": prev, "generation": there["generation"]}
            code = compute_code(session, HistoryHeadRow, end)
            await session.execute(update(heads).where(heads.c.workspace == workspace).values(**end, mac=code))
        count -= len(made)


@contextmanager
def server(environ: dict[str, str]) -> Iterator[tuple[int, str]]:
    command = [sys.executable, "-m", "cli.main", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environ) as started:
        assert started.stdout is not None
        try:
            yield started.pid, json.loads(started.stdout.readline())["url"]
        finally:
            started.terminate()
            started.wait()


def download(client: Client, path: str) -> Iterator[bytes]:
    """An answer in pieces, however long it takes."""
    signed = request_signature.make_header(
        client.secret,
        ts=int(time.time()),
        nonce=request_signature.make_nonce(),
        key=client.key,
        method="GET",
        path=path,
    )
    request = urllib.request.Request(client.url + path, headers={"Authorization": signed})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=1800) as answer:
        while piece := answer.read(1 << 16):
            yield piece


def listed(client: Client) -> int:
    """Every page of runs, and a hundred of history."""
    pages = 0
    for path, most, limit in (("/v1/runs", 1_000, 100), ("/v1/history", 100, 200)):
        before: Any = None
        for _ in range(most):
            answer = client.get(path, f"limit={limit}" + (f"&before={before}" if before else ""))
            pages, before = pages + 1, answer["next"]
            if before is None:
                break
    return pages


async def _held(environ: dict[str, str]) -> tuple[int, int]:
    """Cards that wait, and those that have run out and still wait."""
    runs = table(RunRow)
    held = select(runs.c.expires_at).where(runs.c.state == "held")
    database = await Database.open(settings_of(environ).database_url)
    async with database.read() as session:
        until = list((await session.execute(held)).scalars())
    await database.close()
    return len(until), sum(each <= utc_now() for each in until if each)


def _say(what: str, mib: float, more: str = "") -> None:
    print(f"  {what:<58} {mib:6.0f} MiB  {more}".rstrip(), flush=True)


def measured(rows: int, cards: int, folder: Path | None = None) -> None:
    print(f"memory, one process on SQLite: {cards} waiting cards, {rows} entries of history")
    with tempfile.TemporaryDirectory(prefix="opsiq-bench-") as made:
        empty = asyncio.run(filled(Path(made), 0, 0))
        with server(empty.environ) as (pid, url):
            Client(url, *empty.key).get("/v1/me")
            time.sleep(6)
            _say("idle, after one request", resident_mib(pid))
    with tempfile.TemporaryDirectory(prefix="opsiq-bench-") as made:
        full = asyncio.run(filled(folder or Path(made), rows, cards))
        with server(full.environ) as (pid, url):
            client = Client(url, *full.key)
            client.get("/v1/me")
            _say("with them, after one request", resident_mib(pid))
            _say("after listing pages", resident_mib(pid), f"{listed(client)} pages")
            end = time.monotonic() + 300
            while (held := asyncio.run(_held(full.environ)))[1] and time.monotonic() < end:
                time.sleep(2)
            _say(
                "after sweeping what has run out", resident_mib(pid), f"{held[0]} cards wait, {held[1]} of them run out"
            )
            verdict = json.loads(b"".join(download(client, "/v1/history/verify")))
            _say("after verifying the chain", resident_mib(pid), f"{verdict['count']} entries, ok={verdict['ok']}")
            for kind in ("csv", "jsonl"):
                before = resident_mib(pid)
                forget_peak(pid)
                count = sum(map(len, download(client, f"/v1/history/export.{kind}")))
                peak = peak_mib(pid)
                _say(
                    f"after exporting all as {kind}",
                    resident_mib(pid),
                    f"before {before:.0f}, peak {peak:.0f}; {count / 1e6:.0f} MB",
                )
        for kind in ("csv", "jsonl"):
            command = [sys.executable, "-m", "cli.main", "history", "export", "--format", kind]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT, env=full.environ)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            _say(
                f"opsiq history export --format {kind}, at its peak",
                used.ru_maxrss / 1024,
                f"exit {process.returncode}",
            )
