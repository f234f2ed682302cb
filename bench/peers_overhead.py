"""From a request to the call that waits for a person, with a model that answers at once: ``python -m
bench.peers_overhead``.

What is left is each one's own work. Ours twice: the whole (a run on SQLite with its history and queue, records looked
up over HTTP on a real platform, the card bound by its digest), and the resolver with validation alone. The peers' own
approval features, in memory, with no record looked up: Pydantic AI (deferred tools), LangChain (human-in-the-loop
middleware), OpenAI Agents SDK (tools that need approval). Each peer has an environment of its own under the cache
folder, made the first time; one that can't be installed is skipped and says why. Every request is worded anew.
Connections to the model are kept, by everybody. ``bare`` is one HTTP request to the same model server.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from agent.resolve.model.client import ModelClient
from agent.resolve.model.resolver import ProposingResolver
from app.container import open_container
from bench._peers.timed import request
from core.settings import ModelSettings, Settings
from evals.cases import reader
from evals.run import platform, production
from store.migrate import upgrade

HERE = Path(__file__).parent / "_peers"
ACTIONS = Path(__file__).parents[1] / "connectors" / "saas" / "actions.json"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "opsiq-bench" / "peers"
PEERS = {
    "Pydantic AI 2.68.0": ("pydantic_ai_peer.py", ("pydantic-ai-slim[openai]==2.68.0",)),
    "LangChain 1.5.2": ("langchain_peer.py", ("langchain==1.5.2", "langchain-openai==1.7.4")),
    "OpenAI Agents 0.24.0": ("openai_agents_peer.py", ("openai-agents==0.24.0",)),
}


@dataclass(frozen=True)
class Measured:
    ms: list[float]
    cpu_ms: float

    def row(self, name: str) -> str:
        ordered = sorted(self.ms)
        shares = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 0.99))
        return f"{name:<34} " + " ".join(f"{value:>8.1f}" for value in shares) + f" {self.cpu_ms:>8.1f}"


@contextmanager
def instant_model() -> Iterator[str]:
    command = [sys.executable, str(HERE / "model.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.terminate()


async def timed(one: Callable[[int], Awaitable[None]], count: int) -> Measured:
    for at in range(10):
        await one(-1 - at)
    took = []
    cpu = time.process_time()
    for at in range(count):
        began = time.perf_counter()
        await one(at)
        took.append((time.perf_counter() - began) * 1000)
    return Measured(took, (time.process_time() - cpu) * 1000 / count)


async def bare(url: str, count: int) -> Measured:
    async with aiohttp.ClientSession() as session:

        async def one(_: int) -> None:
            async with session.post(f"{url}/chat/completions", json={"model": "toy", "messages": []}) as answer:
                assert (await answer.json())["choices"]

        return await timed(one, count)


async def decision(model: ModelSettings, count: int) -> Measured:
    with platform.open_platform() as (url, token):
        async with platform.open_context(url, token) as context, ModelClient(model) as client:
            resolver = ProposingResolver(client)

            async def one(at: int) -> None:
                case = reader.read_case({"id": "c", "prompt": request(at), "expected": {"decision": "clarify"}})
                entry = await production.answer(case, context, resolver, datetime.now(UTC))
                assert entry.held, entry  # which nobody holds if the model's answer is no good

            return await timed(one, count)


async def whole(model: ModelSettings, count: int) -> Measured:
    with platform.open_platform() as (url, token), tempfile.TemporaryDirectory() as folder:
        given = {"OPSIQ_DATA": folder, "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8"}
        settings = replace(Settings.load(given), workers=2)
        await upgrade(settings.database_url)
        async with (
            ModelClient(model) as client,
            open_container(settings, resolver=ProposingResolver(client)) as container,
        ):
            owner = await container.workspace_admin.create_workspace(
                "Bench", email="b@bench.test", person="b", password="correct horse battery"
            )
            await container.workspace_admin.connect(
                owner, "saas", url, {"read_token": token, "action_secret": "whsec_" + "A" * 43 + "="}
            )
            proposed = await container.contract_admin.propose(owner, "saas")
            await container.contract_admin.register(owner, [json.loads(each.canonical) for each in proposed])

            async def one(at: int) -> None:
                run = await container.runs.ask(owner, request(at), session_id="bench")
                run = await container.runs.wait_until_idle(owner, run.id)
                assert run.state == "held", run

            gc.collect()
            gc.freeze()  # as ``opsiq serve`` has its imports (cli/gc_freeze.py)
            try:
                return await timed(one, count)
            finally:
                gc.unfreeze()


def environment(name: str, wanted: tuple[str, ...]) -> Path | str:
    """The peer's python, or why there is none."""
    folder = CACHE / name.replace(" ", "-").lower()
    python = folder / "bin" / "python"
    if (folder / "ready").exists():
        return python
    venv.create(folder, with_pip=True, clear=True)
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--retries", "1", *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["pip failed"])[-1][:100]
    (folder / "ready").touch()
    return python


def peer(name: str, url: str, count: int) -> Measured | str:
    script, wanted = PEERS[name]
    python = environment(name, wanted)
    if isinstance(python, str):
        return python
    with tempfile.NamedTemporaryFile("w", suffix=".json") as actions:
        json.dump(tools(), actions)
        actions.flush()
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "OPENAI_API_KEY": "local",
            "NO_PROXY": "*",
        }
        command = [str(python), str(HERE / script), url, actions.name, str(count)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it failed"])[-1][:100]
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def tools() -> list[dict[str, Any]]:
    """The demo platform's contracts as the peers' tools."""
    return [
        {"name": each["name"].replace(".", "_"), "description": each["description"], "parameters": each["parameters"]}
        for each in json.loads(ACTIONS.read_text("utf-8"))["actions"]
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100)
    count = parser.parse_args().requests
    with instant_model() as url:
        model = ModelSettings(model="openai/toy", model_url=url, model_key="local", model_form="full")
        print(f"{'request → held card, ms':<34} {'p50':>8} {'p95':>8} {'p99':>8} {'CPU':>8}")
        print(asyncio.run(bare(url, count)).row("bare HTTP request"), flush=True)
        print(asyncio.run(decision(model, count)).row("OpsIQ, resolver and validation"), flush=True)
        print(asyncio.run(whole(model, count)).row("OpsIQ, durable, records looked up"), flush=True)
        for name in PEERS:
            found = peer(name, url, count)
            print(found.row(name) if isinstance(found, Measured) else f"{name:<34} skipped: {found}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
