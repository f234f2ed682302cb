"""``python -m tests.faults.rolling``: a rolling upgrade under load (``make rolling-check``).

Two server processes and two workers of an older version, on PostgreSQL, are replaced one by one (SIGHUP) by those of
this version while events are fired and actions are asked for and confirmed. Then it is counted what was lost, doubled
or refused. Both versions stand in folders beside each other, and a link says which is to run, as docs/guide/deploy.md
has it. Exit code 0 when every promise was kept.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from cli.client import Client
from core.webhook_signature import make_secret
from tests.acceptance.installation import Installation
from tests.faults import verdict
from tests.faults.__main__ import ENDPOINTS, HEARD_BY, SETTLE_S, say
from tests.faults.load import Load, Person
from tests.faults.site import ROOT, Member, Site, free_port

REPLACED_S: Final = 240.0
FOUND: Final = """
import json, sys
from pathlib import Path
from tests.acceptance.installation import Installation
from tests.faults import site
given = json.loads(sys.argv[1])
world = Installation(Path(given.pop("folder")), **given)
world.found(getattr(site, "let_keys_confirm", None) or site._patient)
keys = {name: [each.key, each.secret] for name, each in world.clients.items()}
print(json.dumps({"workspace": world.workspace, "keys": keys}))
"""
"""Founds the installation with the older version's own code."""


@dataclass
class RollingSite(Site):
    """``releases`` holds a folder for each version and the link ``current``."""

    releases: Path = Path()

    def install(self, name: str, ref: str) -> None:
        """A version as it is in the repository at ``ref``; empty: as it stands in the working tree."""
        folder = self.releases / name
        folder.mkdir(parents=True)
        if ref:
            packed = subprocess.run(["git", "archive", ref], cwd=ROOT, check=True, capture_output=True).stdout
            subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
            return
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
        here = b"\0".join(each for each in listed.split(b"\0") if each and (ROOT / os.fsdecode(each)).is_file())
        packed = subprocess.run(
            ["tar", "-c", "--null", "-T", "-"], cwd=ROOT, input=here, check=True, capture_output=True
        )
        subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)

    def point_to(self, name: str) -> None:
        fresh = self.releases / "next"
        fresh.symlink_to(name)
        fresh.replace(self.releases / "current")

    def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.world = Installation(self.folder, secret=make_secret(), database_url=self.postgresql())
        self.world.start_platform()
        self.world.workspace, keys = self._found()
        self.port = free_port()
        self.world.clients = {name: Client(self.url, key, secret) for name, (key, secret) in keys.items()}
        environ = self.world.environment() | {
            "OPSIQ_WORK_LEASE_S": "60",
            "OPSIQ_ADDRESS_LIMIT_PER_MIN": "0",
            "OPSIQ_LOG_LEVEL": "info",
            "PYTHONPATH": str(self.releases / "current"),
        }
        has_launcher = (self.releases / "current/opsiq_server").is_dir()
        opsiq = [sys.executable, "-P", "-m", "opsiq_server" if has_launcher else "cli.main"]
        for name, words in (("server", ("serve", "--port", str(self.port))), ("worker", ("work",))):
            command = [*opsiq, *words, "--processes", "2"]
            self.members.append(Member(name, command, environ, self.folder / f"{name}.log"))
        self.start_members()

    def _found(self) -> tuple[str, dict[str, tuple[str, str]]]:
        given = {
            "folder": str(self.folder),
            "secret": self.world.secret,
            "platform_url": self.world.platform_url,
            "database_url": self.world.database_url,
        }
        there = self.releases / "current"
        done = subprocess.run(
            [sys.executable, "-P", "-c", FOUND, json.dumps(given)],
            cwd=there, env={**os.environ, "PYTHONPATH": str(there)}, stdout=subprocess.PIPE, check=True, text=True,
        )  # fmt: skip
        said = json.loads(done.stdout.splitlines()[-1])
        return said["workspace"], said["keys"]

    def children(self) -> set[int]:
        """The processes that the supervisors have started."""
        return {pid for member in self.members for pid in member.pids()[1:]}


async def _refusals(site: RollingSite, person: Person) -> dict[str, int]:
    """How many runs were refused for what reason, before a card and after its yes."""
    made: Counter[str] = Counter()
    for (run_id,) in await site.rows("SELECT id FROM runs WHERE state = 'refused'"):
        run = await person.get(f"/v1/runs/{run_id}")
        made[f"{run['refusal']['code']}: {run['refusal']['detail'][:90]}"] += 1
    return dict(made)


async def roll(site: RollingSite, seconds: float, pace: tuple[float, float]) -> verdict.Report:
    olivia = site.world.clients["olivia"]
    connector = aiohttp.TCPConnector(limit=100)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60), connector=connector) as session:
        session._retry_connection = False
        person = Person(session, site.url, olivia.key, olivia.secret)
        for name, patterns in ENDPOINTS.items():
            await person.post("/v1/webhooks/endpoints", {"url": f"{site.receiver_url}/{name}", "events": patterns})
        load = Load(person, events_per_s=pace[0], runs_per_s=pace[1])
        load.start()
        await asyncio.sleep(seconds)
        before = dict(load.promises.fired)
        say(f"before: {len(before)} events accepted, {len(load.promises.confirmed)} runs confirmed")
        old = site.children()
        site.point_to("new")
        began = time.monotonic()
        for member in site.members:
            assert member.process is not None
            member.process.send_signal(signal.SIGHUP)
        while (now := site.children()) & old or len(now) != len(old):
            assert time.monotonic() - began < REPLACED_S, f"these were to be replaced: {old}; these are there: {now}"
            await asyncio.sleep(0.5)
        took_s = time.monotonic() - began
        during = len(load.promises.fired) - len(before)
        say(f"replaced: {len(old)} processes in {took_s:.0f} s, {during} events accepted meanwhile")
        await asyncio.sleep(seconds)
        await load.stop()
        end = time.monotonic() + SETTLE_S
        while (left := await verdict.at_rest(site)) and time.monotonic() < end:  # noqa: ASYNC110 - the database is asked
            await asyncio.sleep(1)
        report = await verdict.judged(site, load.promises, HEARD_BY, left)
        report.counts["why runs were refused"] = await _refusals(site, person)
    report.must_be_empty("answers 5xx", ["5xx"] * person.server_errors)
    twice = report.counts.pop("received more than once (allowed)")
    report.must_be_empty("deliveries received twice", ["twice"] * twice)
    report.counts |= {
        "processes replaced": len(old),
        "seconds that it took": round(took_s),
        "events accepted while they were replaced": during,
        "what callers had to send again": dict(person.trouble),
    }
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description="A rolling upgrade under load.")
    parser.add_argument("--old", default="HEAD", help="the version to begin with, as git names it")
    parser.add_argument(
        "--seconds", type=float, default=15.0, help="of load before and after the processes are replaced"
    )
    parser.add_argument("--events-per-s", type=float, default=8.0)
    parser.add_argument("--runs-per-s", type=float, default=1.0)
    parser.add_argument("--json", type=Path, help="where to write the counts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="opsiq-rolling-") as temporary:
        folder = Path(temporary)
        site = RollingSite("postgresql", folder / "site", steady=True, releases=folder / "releases")
        codes: dict[str, int | None] = {}
        try:
            site.install("old", given.old)
            site.install("new", "")
            site.point_to("old")
            site.open()
            report = asyncio.run(roll(site, given.seconds, (given.events_per_s, given.runs_per_s)))
        finally:
            codes = site.close()
            for name in ("server", "worker"):
                log = folder / f"site/{name}.log"
                errors = (
                    [line for line in log.read_text().splitlines() if "level=error" in line] if log.exists() else []
                )
                for line in errors[:10]:
                    say(f"{name}: {line}")
        report.must_be_empty("processes that did not stop gently", [each for each in codes.items() if each[1] != 0])
    say(report.table())
    old: dict[str, Any] = {"old": given.old}
    verdict.written(report, old, given.json)
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
