"""``opsiq demo``: starts a demo platform and a server beside it, set up and connected.

``--once`` tells the whole story by itself."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cli.data_folder import DEMO_MARK, LOOPBACK

if TYPE_CHECKING:
    from cli.client import Client

PEOPLE: Final = (
    ("olivia@northbeam.test", "Olivia Owner", "owner"),
    ("oscar@northbeam.test", "Oscar Owner", "owner"),
    ("amir@northbeam.test", "Amir Admin", "admin"),
    ("sara@northbeam.test", "Sara Support", "support"),
)
MOST_PORT: Final = 65_535
REQUEST: Final = "refund Adam's last invoice"


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "demo",
        help="console and demo platform on this machine",
        description="Start the demo platform and the server, connected to each other, on this machine only.",
    )
    made.add_argument(
        "--once", action="store_true", help="tell the whole story without a person, as JSON lines, and exit"
    )
    made.add_argument(
        "--data", help="the demo's data folder; OPSIQ_DATA or .data/demo by default, one for each demo that runs"
    )
    made.add_argument("--port", type=int, default=8080, help="the console's port; 0 for a free one")
    made.add_argument("--platform-port", type=int, default=8090, help="the demo platform's port; 0 for a free one")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.once:
        with tempfile.TemporaryDirectory(prefix="opsiq-demo-") as made, ExitStack() as stack:
            return _story(_start(Path(made), 0, 0, stack, quiet=True))
    from cli.demo_lock import FOLDER, DemoLock

    folder = Path(arguments.data or os.environ.get("OPSIQ_DATA") or FOLDER)
    with ExitStack() as stack:
        lock = DemoLock(folder, stack)
        check_free(arguments.port, folder)
        check_free(arguments.platform_port, folder)
        started = _start(folder, arguments.port, arguments.platform_port, stack, quiet=False, lock=lock.file)
        lock.tell(started.url, [os.getpid(), *(each.pid for each in started.children)])
        return _stand(started, folder)


def check_free(port: int, folder: Path) -> None:
    """Checks that a port is free. Raises BadSetting where something listens on this port of loopback already, with the
    command for free ones."""
    import errno
    import socket

    from cli.demo_lock import free_ports, suggest
    from core.errors import BadSetting

    try:
        if not 0 <= port <= MOST_PORT:
            raise OSError(errno.EINVAL, "there is no such port")
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise BadSetting(
            f"Port {port} of this machine can't be used: {os.strerror(error.errno or errno.EINVAL)}. Stop what listens "
            f"there, or choose others: {suggest(folder, *free_ports())} (each demo that runs has a --data folder of "
            f"its own)."
        ) from error


class Started:
    """Both processes of the demo, up and connected."""

    def __init__(
        self, url: str, platform_url: str, kept: Mapping[str, Any], children: list[subprocess.Popen[str]]
    ) -> None:
        self.url = url
        self.platform_url = platform_url
        self.kept = kept
        self.children = children

    def client(self) -> Client:
        from cli.client import Client

        return Client(self.url, self.kept["key"], self.kept["secret"])


def _start(
    folder: Path, port: int, platform_port: int, stack: ExitStack, *, quiet: bool, lock: int | None = None
) -> Started:
    from core.webhook_signature import make_secret

    kept_at = folder / DEMO_MARK
    fresh = not kept_at.exists()
    kept: dict[str, Any] = (
        {"action_secret": make_secret(), "token": secrets.token_urlsafe(24), "password": secrets.token_urlsafe(9)}
        if fresh
        else json.loads(kept_at.read_text())
    )
    environ = _environment(folder)
    platform = _child(
        stack,
        environ,
        "demo",
        "--host",
        "127.0.0.1",
        "--port",
        str(platform_port),
        "--data",
        str(folder / "platform.db"),
        secret=kept["action_secret"],
        token=kept["token"],
        quiet=quiet,
        lock=lock,
    )
    platform_url = _ready(platform, "the demo platform")
    if fresh:
        import asyncio

        kept |= asyncio.run(_found_workspace(environ, kept, platform_url))
        _write_private(kept_at, kept)
    else:
        import asyncio

        if kept["platform_url"] != platform_url:
            asyncio.run(_move_platform(environ, kept, platform_url))
            kept["platform_url"] = platform_url
            _write_private(kept_at, kept)
        if not kept["key"].startswith("pk_live_"):  # made when test keys acted for real
            kept |= asyncio.run(_fresh_key(environ))
            _write_private(kept_at, kept)
    listen = ("--host", "127.0.0.1", "--port", str(port))
    server = _child(stack, environ, "cli.main", "serve", *listen, quiet=quiet, lock=lock)
    url = _ready(server, "the server")
    from cli.client import keep
    from cli.demo_setup import connect_demo

    keep(folder, url, kept["key"], kept["secret"])
    started = Started(url, platform_url, kept, [platform, server])
    connect_demo(started.client(), kept["workspace"], platform_url, kept["token"])
    return started


def _environment(folder: Path) -> dict[str, str]:
    """The addresses and the sign-in stand alone on the terminal: OPSIQ_LOG_LEVEL=info shows the requests too. The clock
    is this machine's, whose owner looks at it."""
    from core.clock import find_machine_zone

    environ = {"OPSIQ_LOG_LEVEL": "warning", "OPSIQ_TIME_ZONE": find_machine_zone()} | {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPSIQ_KEY", "OPSIQ_SECRET", "OPSIQ_URL"))
    }
    return environ | {"OPSIQ_DATA": str(folder), "OPSIQ_ALLOW_ADDRESSES": LOOPBACK}


async def _found_workspace(environ: Mapping[str, str], kept: Mapping[str, Any], platform_url: str) -> dict[str, Any]:
    """The demo's workspace: people, connector, contracts signed, a key for the terminal."""
    from dataclasses import replace

    from app.container import open_container
    from core.scopes import SCOPES
    from core.settings import Settings
    from store.migrate import upgrade

    settings = replace(Settings.load(environ), workers=0)
    await upgrade(settings.database_url)
    async with open_container(settings) as container:
        (email, person, _), *others = PEOPLE
        owner = await container.workspace_admin.create_workspace(
            "Northbeam (demo)", email=email, person=person, password=kept["password"]
        )
        for email, person, role in others:
            await container.workspace_admin.add_member(
                owner, email=email, person=person, role=role, password=kept["password"]
            )
        await container.workspace_admin.connect(
            owner, "saas", platform_url, {"read_token": kept["token"], "action_secret": kept["action_secret"]}
        )
        await container.contract_admin.register(owner, await container.contract_admin.propose(owner, "saas"))
        key, secret = await container.key_admin.create_key(owner, "terminal", scopes=SCOPES, mode="live")
    return {"key": key.public, "secret": secret, "workspace": owner.workspace, "platform_url": platform_url}


async def _fresh_key(environ: Mapping[str, str]) -> dict[str, str]:
    """A live key for the terminal, of the demo's first owner."""
    from dataclasses import replace

    from agent.workspace.admin import make_owner
    from app.container import open_container
    from core.scopes import SCOPES
    from core.settings import Settings
    from store.accounts import members
    from store.migrate import upgrade

    settings = replace(Settings.load(environ), workers=0)
    await upgrade(settings.database_url)
    async with open_container(settings) as container:
        async with container.database.read() as session:
            (row,) = await members.by_email(session, PEOPLE[0][0])
        key, secret = await container.key_admin.create_key(make_owner(row), "terminal", scopes=SCOPES, mode="live")
    return {"key": key.public, "secret": secret}


async def _move_platform(environ: Mapping[str, str], kept: Mapping[str, Any], platform_url: str) -> None:
    """The platform came up at another address: connect to it there, and sign contracts that say so, one version up."""
    from dataclasses import replace

    from agent.workspace.admin import make_owner
    from app.container import open_container
    from core.settings import Settings
    from store import contracts
    from store.accounts import members
    from store.migrate import upgrade

    settings = replace(Settings.load(environ), workers=0)
    await upgrade(settings.database_url)
    async with open_container(settings) as container:
        async with container.database.read() as session:
            (row,) = await members.by_email(session, PEOPLE[0][0])
            active = {each.name for each in await contracts.active(session, kept["workspace"])}
        owner = make_owner(row)
        await container.workspace_admin.connect(
            owner, "saas", platform_url, {"read_token": kept["token"], "action_secret": kept["action_secret"]}
        )
        proposed = await container.contract_admin.propose(owner, "saas")
        await container.contract_admin.register(owner, [each for each in proposed if each.name in active])


def _child(
    stack: ExitStack,
    environ: Mapping[str, str],
    module: str,
    *arguments: str,
    quiet: bool,
    secret: str = "",
    token: str = "",
    lock: int | None = None,
) -> subprocess.Popen[str]:
    """A Python child of this one, ended with the stack. Secrets go by its environment, never by its command line. It
    holds ``lock``, an open file, for as long as it lives."""
    given = {"DEMO_SECRET": secret, "DEMO_TOKEN": token} if secret else {}
    from core.python_command import make_command

    child = subprocess.Popen(  # noqa: S603
        make_command(module, *arguments),
        env={**environ, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        text=True,
        pass_fds=() if lock is None else (lock,),
    )
    stack.callback(_end, child)
    return child


def _end(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(12)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if child.stdout:
        child.stdout.close()


def _ready(child: subprocess.Popen[str], what: str) -> str:
    from core.errors import Unavailable

    assert child.stdout is not None
    line = child.stdout.readline()
    if not line:
        raise Unavailable(
            f"{what} did not start (exit code {child.wait(5)}). Is its port free? Choose another with --port or "
            f"--platform-port."
        )
    url: str = json.loads(line)["url"]
    return url


def _stand(started: Started, folder: Path) -> int:
    import shlex

    from cli.demo_lock import FOLDER
    from cli.program import name_program

    own = "" if str(folder) == FOLDER else f"OPSIQ_DATA={shlex.quote(str(folder))} "
    lines = [
        f"Console        {started.url}",
        f"Demo platform  {started.platform_url}",
        "",
        f"Sign in as one of these, password {started.kept['password']}",
        *(f"  {email:<24} {person} ({role})" for email, person, role in PEOPLE),
        "",
        f'Or in another terminal:  {own}{name_program()} ask "{REQUEST}"',
        "Ctrl-C stops both.",
    ]
    print("\n" + "\n".join(f"  {line}".rstrip() for line in lines) + "\n", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(child.poll() is None for child in started.children):
            time.sleep(0.5)
    except KeyboardInterrupt:
        return 0
    print("One of the two processes has ended; stopping the other.", file=sys.stderr)
    return 1


def _story(started: Started) -> int:
    """Ask, answer, look, confirm, see it sent and recorded: each step one JSON line on standard output. What only a
    person confirms is confirmed in the console, in the first owner's name and with their password."""
    from cli.commands.ask import wait_until_idle
    from cli.console_session import ConsoleSession

    server = started.client()
    began = time.monotonic()

    def step(name: str, **data: Any) -> None:
        print(
            json.dumps({"step": name, "at_s": round(time.monotonic() - began, 3), **data}, ensure_ascii=False),
            flush=True,
        )

    shown = wait_until_idle(server, server.post("/v1/runs", {"text": REQUEST, "session": "demo"})["id"])
    entries = server.get("/v1/history", f"run_id={shown['id']}")["data"]
    resolved = next(entry for entry in entries if entry["kind"] == "resolved")
    calls = [draft["action"] for draft in resolved["data"]["resolution"].get("drafts", ())]
    step("resolved", run_id=shown["id"], prompt=REQUEST, resolver=resolved["data"]["trace"]["resolver"], actions=calls)
    while shown["state"] == "asked":
        question = shown["question"]
        chosen = question["candidates"][0]
        step(
            "asked",
            question=question["text"],
            candidates=[each["label"] for each in question["candidates"]],
            answer=chosen["label"],
        )
        server.post(f"/v1/runs/{shown['id']}/answer", {"slot": question["slot"], "choice": chosen["id"]})
        shown = wait_until_idle(server, shown["id"])
    if shown["state"] != "held":
        step("stopped", state=shown["state"], refusal=shown["refusal"])
        return 1
    card = shown["card"]
    params = {
        each["name"]: {"value": each["value"], "shown": each["shown"], "source": each["source"]["kind"]}
        for each in card["calls"][0]["params"]
    }
    step("held", digest=card["digest"], because=card["held"], url=card["calls"][0]["url"], params=params)
    if card["confirm_by"] == "person":
        ConsoleSession(started.url, PEOPLE[0][0], started.kept["password"]).confirm(shown["id"], card["digest"])
    else:
        server.post(f"/v1/runs/{shown['id']}/confirm", {"digest": card["digest"]})
    step("confirmed", digest=card["digest"], by=card["confirm_by"])
    shown = wait_until_idle(server, shown["id"])
    (outcome,) = shown["outcomes"]
    step(
        "sent",
        state=shown["state"],
        call_id=outcome["call_id"],
        status=outcome["status"],
        attempts=outcome["attempts"],
        answer=outcome["answer"],
    )
    verdict = server.get("/v1/history/verify")
    kinds = [entry["kind"] for entry in reversed(server.get("/v1/history", f"run_id={shown['id']}")["data"])]
    step(
        "recorded", entries=kinds, chain="unbroken" if verdict["ok"] else verdict["why"], chain_length=verdict["count"]
    )
    return 0 if shown["state"] == "succeeded" and verdict["ok"] else 1


def _write_private(path: Path, value: Mapping[str, Any]) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dict(value), file)
    draft.replace(path)
