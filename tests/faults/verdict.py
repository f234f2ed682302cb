"""What was promised against what the receiver, the platform and the database say afterwards."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from executors.retry import ACTION_DELAYS_S
from tests.faults.load import Promises
from tests.faults.site import Site

MOVING = "('received', 'confirmed', 'executing')"


@dataclass
class Report:
    """``counts`` are facts, ``breaches`` the promises that were not kept: none may be."""

    counts: dict[str, Any] = field(default_factory=dict)
    breaches: dict[str, list[str]] = field(default_factory=dict)

    def must_be_empty(self, promise: str, found: Sequence[Any]) -> None:
        self.counts[promise] = len(found)
        if found:
            self.breaches[promise] = [str(each) for each in found[:20]]

    @property
    def ok(self) -> bool:
        return not self.breaches

    def table(self) -> str:
        wide = max(map(len, self.counts))
        lines = [f"{name:<{wide}}  {_shown(value)}" for name, value in self.counts.items()]
        for promise, found in self.breaches.items():
            lines += [f"BROKEN: {promise}", *(f"    {each}" for each in found)]
        return "\n".join(
            [*lines, "every promise was kept" if self.ok else f"{len(self.breaches)} promises were broken"]
        )


def _shown(value: Any) -> str:
    return ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, Mapping) else str(value)


async def at_rest(site: Site) -> dict[str, int]:
    """What still waits or moves; empty when all is over."""
    work = await site.rows("SELECT kind, count(*) FROM work WHERE state IN ('ready', 'claimed') GROUP BY kind")
    runs = await site.rows(f"SELECT state, count(*) FROM runs WHERE state IN {MOVING} GROUP BY state")
    calls = await site.rows("SELECT state, count(*) FROM calls WHERE state IN ('planned', 'begun') GROUP BY state")
    pending = await site.rows(
        "SELECT 'delivery', count(*) FROM webhook_deliveries WHERE state = 'pending' HAVING count(*) > 0"
    )
    return {f"{name}": count for name, count in [*work, *runs, *calls, *pending]}


async def judged(
    site: Site, promises: Promises, endpoints: Mapping[str, Sequence[str]], left: Mapping[str, int]
) -> Report:
    """``endpoints``: the names of those that hear each event name."""
    made = Report()
    made.counts["events accepted"] = len(promises.fired)
    made.counts["runs confirmed"] = len(promises.confirmed)
    made.counts["cards given up while they changed (allowed)"] = promises.given_up
    made.must_be_empty("left moving or waiting", [f"{name}: {count}" for name, count in left.items()])
    made.must_be_empty("complaints of those who asked", promises.complaints)
    await _events(site, promises, made)
    await _deliveries(site, promises, endpoints, made)
    await _runs(site, promises, made)
    dead = await site.rows("SELECT kind, key, error FROM work WHERE state = 'dead'")
    made.must_be_empty("work given up", dead)
    history = site.world.verify()
    made.must_be_empty("breaks in the history", [] if history["ok"] else [history])
    made.counts["history entries"] = history["count"]
    return made


async def _events(site: Site, promises: Promises, made: Report) -> None:
    stored = await site.rows("SELECT id, data, state FROM events WHERE name LIKE 'faults.%'")
    times = Counter(json.loads(data)["n"] for _, data, _ in stored)
    ids = {event_id for event_id, _, _ in stored}
    made.must_be_empty("accepted events lost", [n for n, event_id in promises.fired.items() if event_id not in ids])
    made.must_be_empty("events stored twice for one Idempotency-Key", [n for n, count in times.items() if count > 1])
    made.must_be_empty("events unfinished", [event_id for event_id, _, state in stored if state != "done"])


async def _deliveries(site: Site, promises: Promises, endpoints: Mapping[str, Sequence[str]], made: Report) -> None:
    taken = [json.loads(line) for line in site.notes.read_text().splitlines()]
    times = Counter((each["event"], each["endpoint"]) for each in taken)
    names = {event_id: name for event_id, name in await site.rows("SELECT id, name FROM events")}  # noqa: C416
    wanted = {
        (event_id, endpoint)
        for event_id in promises.fired.values()
        for endpoint in endpoints.get(names.get(event_id, ""), ())
    }
    made.counts["deliveries owed"] = len(wanted)
    made.must_be_empty("deliveries lost", sorted(wanted - set(times)))
    made.must_be_empty("deliveries nobody ordered", sorted(set(times) - wanted))
    made.counts["received more than once (allowed)"] = sum(count > 1 for count in times.values())
    states = dict(await site.rows("SELECT state, count(*) FROM webhook_deliveries GROUP BY state"))
    made.counts["deliveries by state"] = states
    made.must_be_empty("deliveries not succeeded", [state for state in states if state != "succeeded"])
    made.must_be_empty(
        "deliveries logged as succeeded that were not received",
        [
            row
            for row in await site.rows(
                "SELECT d.event_id, e.url FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint"
                " WHERE d.state = 'succeeded'"
            )
            if (row[0], row[1].rsplit("/", 1)[1]) not in times
        ],
    )


async def _runs(site: Site, promises: Promises, made: Report) -> None:
    states = dict(await site.rows("SELECT id, state FROM runs"))
    made.counts["runs by state"] = dict(Counter(states.values()))
    with closing(sqlite3.connect(site.folder / "platform.db", timeout=30)) as platform:
        done = list(platform.execute("SELECT webhook_id, run_id, status, times_received, action FROM calls"))
        given = Counter(amount for (amount,) in platform.execute("SELECT amount FROM credits"))
    by_run: dict[str, list[tuple[Any, ...]]] = {}
    for row in done:
        by_run.setdefault(row[1], []).append(row)
    confirmed = promises.confirmed
    idempotent = {run_id: what for run_id, what in confirmed.items() if not what["say"]}
    words = {run_id: what for run_id, what in confirmed.items() if what["say"]}
    good = {run_id: sum(row[2] == 200 for row in by_run.get(run_id, [])) for run_id in confirmed}
    attempts = dict(await site.rows("SELECT run_id, max(attempts) FROM calls GROUP BY run_id"))
    # Five attempts, all of them met by trouble: then it is not done, or nobody knows, and the run says so.
    spent = {
        run_id
        for run_id in idempotent
        if states.get(run_id) in ("failed", "unknown") and attempts.get(run_id, 0) >= len(ACTION_DELAYS_S)
    }
    made.counts["runs whose every attempt met trouble (allowed)"] = len(spent)
    made.must_be_empty(
        "confirmed runs not executed exactly once",
        [
            (run_id, good[run_id], states.get(run_id))
            for run_id in idempotent
            if (good[run_id], states.get(run_id)) != (1, "succeeded")
            and not (run_id in spent and (good[run_id] == 0 or states[run_id] == "unknown"))
        ],
    )
    made.must_be_empty(
        "credits given twice, or recorded and not given",
        [
            (run_id, given[what["amount"] * 100], states.get(run_id))
            for run_id, what in idempotent.items()
            if given[what["amount"] * 100] != good[run_id] or good[run_id] > 1
        ],
    )
    made.counts["calls received more than once under one key (done once)"] = sum(row[3] > 1 for row in done)
    made.must_be_empty(
        "calls that may not be repeated but were",
        [row for row in done if row[4] == "saas.reply_ticket" and row[3] > 1],
    )
    made.must_be_empty(
        "words that were said but not recorded, or recorded and not said",
        [
            (run_id, good[run_id], states.get(run_id))
            for run_id in words
            if states.get(run_id) not in ("succeeded", "unknown", "failed")
            or (states[run_id] == "succeeded") > good[run_id]
            or (states[run_id] == "failed" and good[run_id])
        ],
    )
    made.must_be_empty("calls nobody confirmed", [row for row in done if row[1] not in confirmed])


def written(report: Report, more: Mapping[str, Any], path: Path | None) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps({**more, "ok": report.ok, "counts": report.counts, "breaches": report.breaches}, indent=1)
        )
