"""``python -m tests.interop.kills``: kill -9 between sending a call and hearing its answer, against real platforms.

A proxy before the platform holds the answer to a write, half of the time before the platform has seen it; then the
server is killed. What the next ones find out without a person is compared with what the platform itself says. Exit
code 0 when at least 95 of 100 calls were settled, and each as it is."""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import logging
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request
from dataclasses import asdict, dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agent.pipeline import SuppliedValue
from app.container import open_container
from core.actor import Actor
from core.settings import Settings
from registry.declarative.rows import read_pointer
from store.migrate import upgrade
from tests.interop.__main__ import PLATFORMS
from tests.interop.installation import Platform, say
from tests.interop.run import connected

GOAL = 0.95
SETTLE_S = 180.0
OVER = frozenset({"succeeded", "failed", "partially_failed", "cancelled"})


@dataclass(frozen=True)
class Write:
    """A call and how the platform shows that it happened: path, pointer, value."""

    action: str
    params: dict[str, Any]
    shown: tuple[str, str, Any]


def writes(platform: str, count: int) -> list[Write]:
    """Each about another record, so that none hides what came of another."""
    made: list[Write] = []
    for at in range(count):
        turn, kind = divmod(at, 4)
        made.append((_of_pretix if platform == "pretix" else _of_directus)(turn, kind))
    return made


def _of_pretix(turn: int, kind: int) -> Write:
    code = ("HARBR", "LANTN", "MAPLE", "CEDAR", "BIRCH", "ASPEN", "ROWAN", "ALDER")[turn % 8]
    order = f"/events/jazz/orders/{code}/"
    match kind:
        case 0:
            params = {"order": code, "event": "jazz", "comment": f"seen {turn}"}
            return Write("comment_order", params, (order, "/comment", f"seen {turn}"))
        case 1:
            email = f"buyer{turn}@example.net"
            return Write(
                "change_order_email", {"order": code, "event": "jazz", "email": email}, (order, "/email", email)
            )
        case _:
            event, name = ("jazz", "expo")[kind % 2], f"KILL{kind}{turn}X"
            path = f"/events/{event}/vouchers/?code={name}"
            return Write(
                "create_voucher", {"event": event, "code": name, "percent": 5}, (path, "/results/0/code", name)
            )


def _of_directus(turn: int, kind: int) -> Write:
    article = turn % 9 + 1
    match kind:
        case 0:
            title = f"Title {turn}"
            shown = (f"/items/articles/{article}", "/data/title", title)
            return Write("rename_article", {"article": article, "title": title}, shown)
        case 1:
            email = f"reader{turn}@example.net"
            path = f"/items/subscribers?filter[email][_eq]={email}"
            return Write("add_subscriber", {"email": email, "name": f"Reader {turn}"}, (path, "/data/0/email", email))
        case 2:
            title = f"Draft {turn}"
            path = f"/items/articles?filter[title][_eq]=Draft%20{turn}"
            return Write("create_article", {"title": title, "author": 1, "section": 1}, (path, "/data/0/title", title))
        case _:
            text = f"note {turn}"
            path = f"/comments?filter[comment][_eq]=note%20{turn}"
            return Write("comment_on_article", {"article": article, "text": text}, (path, "/data/0/comment", text))


# ── the proxy ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Proxy(ThreadingHTTPServer):
    """Passes everything on, and holds the answer of the next write once it is armed: ``passes`` says whether the
    platform sees that write."""

    daemon_threads = True

    def __init__(self, base_url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.platform = urlsplit(base_url)
        self.armed = threading.Event()
        self.seen: set[tuple[str, str, bytes | None]] = set()
        self.passes = True
        self.held = threading.Event()
        self.over = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: Any) -> None:
        """A server that is killed leaves its connections: nothing to tell."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else None
        write = (self.command, self.path, body)
        held = self.command != "GET" and self.server.armed.is_set() and write not in self.server.seen
        if held:  # a call of before that is sent again is let through
            self.server.armed.clear()
            self.server.seen.add(write)
        if not held or self.server.passes:
            status, headers, answer = self._asked(body)
        if held:
            self.server.held.set()
            self.server.over.wait(120)
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _asked(self, body: bytes | None) -> tuple[int, list[tuple[str, str]], bytes]:
        there = http.client.HTTPConnection(self.server.platform.netloc, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "host")}
        there.request(self.command, self.path, body, {**headers, "Host": self.server.platform.netloc})
        answer = there.getresponse()
        found = answer.status, answer.getheaders(), answer.read()
        there.close()
        return found

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _pass  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Nothing."""


# ── the server that is killed ────────────────────────────────────────────────────────────────────────────────────────


def settings(folder: Path) -> Settings:
    return Settings.load(
        {
            "OPSIQ_DATA": str(folder),
            "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8",
            "OPSIQ_WORK_LEASE_S": "4",
            "OPSIQ_READING_PROCESSES": "0",
        }
    )


async def serve(folder: Path, owner: Actor, action: str, params: dict[str, Any]) -> None:
    """Runs one action, confirms it, says its run's id, and goes on until it is killed."""
    async with open_container(settings(folder)) as container:
        values = {
            name: SuppliedValue(value=each, by="api", pointer=f"/{name}", ref="kills") for name, each in params.items()
        }
        run = await container.runs.direct.run(owner, action, values, given="api", session_id="kills")
        run = await container.runs.wait_until_idle(owner, run.id)
        say(json.dumps({"run": run.id, "state": run.state, "why": str(run.question or run.refusal or "")[:200]}))
        if run.state == "held" and run.plan is not None:
            await container.decisions.confirm(owner, run.id, run.plan.digest)
        await asyncio.Event().wait()


def killed(folder: Path, owner: Actor, proxy: Proxy, action: str, params: dict[str, Any]) -> str | None:
    """The run of a call whose answer never came, because the server was killed first; None where none was sent."""
    proxy.held.clear()
    proxy.armed.set()
    command = [sys.executable, "-m", "tests.interop.kills", "--serve", str(folder), json.dumps(asdict(owner))]
    with subprocess.Popen([*command, action, json.dumps(params)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            told = json.loads(server.stdout.readline() or "{}")
            if not proxy.held.wait(30):
                say(f"{action} {params} was never sent: {told}")
                return None
            return str(told["run"])
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
            proxy.armed.clear()


async def settled(folder: Path, owner: Actor, runs: list[str]) -> dict[str, str]:
    """How each run stands once nothing more is found out, or after ``SETTLE_S`` seconds."""
    async with open_container(settings(folder)) as container:
        end = asyncio.get_running_loop().time() + SETTLE_S
        while True:
            states = {run: (await container.runs.show(owner, run)).state for run in runs}
            if set(states.values()) <= OVER or asyncio.get_running_loop().time() > end:
                return dict(states)
            await asyncio.sleep(1)


def happened(platform: Platform, write: Write) -> bool:
    path, pointer, value = write.shown
    asked = urllib.request.Request(platform.api + path, headers=dict([platform.token_header]))
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return bool(read_pointer(json.load(answer), pointer) == value)


async def founded(folder: Path, platform: Platform) -> Actor:
    made = settings(folder)
    await upgrade(made.database_url)
    async with open_container(made) as container:
        return await connected(container, platform)


def counted(name: str, kills: int) -> bool:
    installation = PLATFORMS[name]()
    installation.install()
    with tempfile.TemporaryDirectory(prefix="opsiq-kills-") as base:
        there, folder = Path(base) / "platform", Path(base) / "opsiq"
        there.mkdir()
        with installation.running(there) as platform:
            proxy = Proxy(platform.base_url)
            owner = asyncio.run(founded(folder, replace(platform, base_url=proxy.url)))
            sent: list[tuple[str, Write, bool]] = []
            for at, write in enumerate(writes(name, kills)):
                proxy.passes = at % 2 == 0
                run = killed(folder, owner, proxy, f"{name}.{write.action}", write.params)
                if run is not None:
                    sent.append((run, write, proxy.passes))
            states = asyncio.run(settled(folder, owner, [run for run, _, _ in sent]))
            good = wrong = 0
            for run, write, seen in sent:
                real = happened(platform, write)
                fits = states[run] == ("succeeded" if real else "failed")
                good += fits
                wrong += states[run] in OVER and not fits
                if not fits:
                    say(f"{write.action} {write.params}: {states[run]}; happened: {real}; seen before the kill: {seen}")
            proxy.over.set()
            proxy.shutdown()
    say(f"{name}: {len(sent)} kills, {good} settled without a person ({good / max(len(sent), 1):.0%}), {wrong} wrongly")
    return len(sent) == kills and wrong == 0 and good >= GOAL * len(sent)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.interop.kills", description=__doc__)
    parser.add_argument("platforms", nargs="*")
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--serve", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    logging.getLogger("opsiq").setLevel(logging.ERROR)
    if given.serve:
        folder, owner, action, params = given.serve
        asyncio.run(serve(Path(folder), Actor(**json.loads(owner)), action, json.loads(params)))
        return 0
    kept = [counted(each, given.kills) for each in given.platforms or PLATFORMS]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
