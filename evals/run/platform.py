"""Demo platform as an environment for cases: its real process with its initial data, read through its real
connector."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from agent.workspace.context import WorkspaceContext
from core.errors import InvalidInput
from core.python_command import make_command
from core.webhook_signature import make_secret
from evals.attacks.attack import Attack, TamperedRecords
from executors.http.platform_client import HttpPlatformClient
from executors.http.ssrf_guard import SsrfGuard
from registry.catalogue import Catalogue
from registry.connector import Settings
from registry.discovery import discover
from registry.records import Kinds

NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The present that the platform's first data is told from."""
CONNECTOR: Final = "saas"


@contextmanager
def open_platform(secret: str | None = None) -> Iterator[tuple[str, str]]:
    """Opens a demo platform with its initial data. Returns its URL and read token: ``(url, token)``. ``secret`` signs
    calls to it."""
    token = secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(  # noqa: S603 - our own module
            make_command("demo", "--data", f"{folder}/platform.db"),
            env={**os.environ, "DEMO_TOKEN": token, "DEMO_SECRET": secret or make_secret()},
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise InvalidInput(f"The demo platform did not start: exit code {process.wait(5)}.")
            yield json.loads(line)["url"], token
        finally:
            process.terminate()
            process.wait(15)
            process.stdout.close()


@asynccontextmanager
async def open_context(url: str, token: str) -> AsyncIterator[WorkspaceContext]:
    """Opens the contracts that its connector proposes and the records that it declares, read over HTTP."""
    found, broken = discover()
    if broken:
        raise InvalidInput(f"The connector {broken[0]} can't be loaded.")
    saas = next(each for each in found if each.name == CONNECTOR)
    async with HttpPlatformClient(url, token, guard=SsrfGuard(["127.0.0.0/8"])) as client:
        connector = saas.cls(client, Settings(url, {}))
        providers = connector.context_providers()
        kinds = Kinds(providers)
        yield WorkspaceContext("eval", Catalogue(connector.register_actions()), kinds, kinds, connectors=(connector,))


def tamper(context: WorkspaceContext, attack: Attack) -> WorkspaceContext:
    """The same context, with its records as an attacker left them."""
    providers = [each for connector in context.connectors for each in connector.context_providers()]
    spoilt = [TamperedRecords(each, attack.text, names=attack.where == "names") for each in providers]
    return replace(context, kinds=Kinds(spoilt))
