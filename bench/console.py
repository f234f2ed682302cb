"""How long the server takes for each page of the console: ``python -m bench.console [--entries N] [--contracts N]
[--times N]``.

SQLite with 100,000 entries of AI History and 10,000 contracts, and a row of everything else that pages show. Every GET
route of the console is asked, with the filters that hurt most; each answer is timed from the first byte of the request
to the last of the answer, in one process. ``CPU ms`` is what this process worked for it, which other processes on the
machine change less. ``--keep DIR`` fills DIR once and takes it again; the data are of 24 November 2026, whenever it
runs.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import tempfile
import time
from pathlib import Path

from fastapi.routing import APIRoute
from httpx import AsyncClient

from bench._full import RARE, fill_contracts, fill_history
from core.actor import Actor
from tests.integration.web.console.console import PASSWORD, Console, opened_console
from tests.integration.web.console.rows import rows_of
from web.console import ROUTERS

LIMIT_MS = 100.0
STRANGERS = ("/sign-in", "/set-up", "/join")
DOWNLOADS = {"/history/export.csv", "/history/{seq}/case.zip", "/history/verify"}
"""What reads the whole history because that is what it is asked for; streamed, or timed on its own."""
ALSO = (
    "/history?outcome=unknown", "/history?risk=irreversible", "/history?kind=finished&outcome=failed",
    "/history?model=acme%2Fsmall", "/history?prompt_version=resolve%2Fv2", "/history?contract=bench.area7.act3",
    "/history?q=novak", f"/history?q={RARE}", "/history?q=nothing+has+this+xylophone",
    "/history?since=2026-02-01&until=2026-02-03", "/history?until=2025-12-24", "/history?before=50000",
    "/history?q=kraus&outcome=unknown", "/insights?days=7", "/insights?days=365", "/contracts?q=thing+9999",
    "/contracts?start=9950", "/rules/new?event=invoice.paid", "/evals/compare?of={report_id}&of={other_report}",
    "/evals/{report_id}?all=1",
)  # fmt: skip


async def filled(folder: Path, entries: int, contracts: int) -> None:
    async with opened_console(folder) as console:
        container, owner = console.container, console.owner
        people: list[Actor] = [owner, console.admin]
        for at in range(18):
            email, name = f"p{at}@shop.test", f"Person {at}"
            people += [
                await container.workspace_admin.add_member(
                    owner, email=email, person=name, role="admin", password=PASSWORD
                )
            ]
        began = time.perf_counter()
        await fill_contracts(container, owner, contracts)
        run_id = await fill_history(container, owner, people, entries)
        rows = await rows_of(console, owner)
        ids = {**rows.ids, "run_id": run_id, "other_report": await reports(console)}
        (folder / "bench.json").write_text(json.dumps(ids))
        print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)


async def reports(console: Console) -> str:
    """Thirty reports, of a few hundred cases each."""
    from evals.report import report_storage
    from tests.integration.web.console.samples.evals import report_json

    for at in range(30):
        row = await report_storage.store_report(
            console.container.database,
            console.owner,
            report_json(wrong=40 + at, right=400, title=f"run {at}"),
            console.clock(),
        )
    return row.id


def pages(ids: dict[str, str]) -> list[str]:
    found = {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        and "GET" in route.methods
        and route.path not in DOWNLOADS
        and not route.path.startswith(STRANGERS)
    }
    return [path.format(**ids) for path in [*sorted(found), *ALSO]]


async def timed(browser: AsyncClient, path: str, times: int) -> tuple[float, float, float, int]:
    took, worked = [], []
    for at in range(times + 2):
        began, cpu = time.perf_counter(), time.process_time()
        answer = await browser.get(path)
        if at > 1:
            took.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - cpu) * 1000)
    assert answer.status_code in (200, 422), (path, answer.status_code, answer.text[:500])
    took.sort()
    worked.sort()
    return (
        took[len(took) // 2],
        took[min(len(took) - 1, round(0.95 * len(took)))],
        worked[len(worked) // 2],
        len(answer.content),
    )


async def measured(folder: Path, times: int, only: str) -> int:
    logging.disable(logging.CRITICAL)
    ids = json.loads((folder / "bench.json").read_text())
    slow = 0
    gc.collect()
    # as ``opsiq serve`` has its imports (cli/gc_freeze.py), and what filled the database is no part of a server
    gc.freeze()
    async with opened_console(folder, founded=False) as console:
        browser = await console.signed_in("olivia@shop.test")
        await browser.get("/contracts")  # the catalogue is verified and loaded once a process
        print(f"load {os.getloadavg()[0]:.2f}; {times} requests a page; the limit is {LIMIT_MS:.0f} ms at p95")
        print(f"{'page':<64} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>8} {'KiB':>6}")
        for path in pages(ids):
            if only not in path:
                continue
            p50, p95, cpu, size = await timed(browser, path, times)
            slow += p95 >= LIMIT_MS
            shown = path if len(path) <= 64 else path[:63] + "…"
            print(
                f"{shown:<64} {p50:>8.1f} {p95:>8.1f} {cpu:>8.1f} "
                f"{size / 1024:>6.0f}{'   over' if p95 >= LIMIT_MS else ''}",
                flush=True,
            )
        print(f"load {os.getloadavg()[0]:.2f}; {slow} over the limit")
    return slow


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--contracts", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = given.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        if not (place / "bench.json").exists():
            asyncio.run(filled(place, given.entries, given.contracts))
        return 1 if asyncio.run(measured(place, given.times, given.only)) else 0


if __name__ == "__main__":
    raise SystemExit(main())
