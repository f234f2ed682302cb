"""An HTTP API on a real socket, that answers as it is told, and the agent set up to call it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from agent.credentials.vault import Vault
from agent.runs.run import Run
from agent.sending.http_endpoint import HttpEndpointClient
from agent.sending.reconciler import Reconciler
from core.crypto.secretbox import SecretBox
from executors.http.issuer_client import IssuerClient
from executors.http.request_client import RequestClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.queue import Outcome
from registry.conditions.condition import CheapOnly
from store.jobs.jobs import Job
from tests.integration.agent.agent_harness import ADDRESS, EMAIL, AgentHarness

Headers = dict[str, str]
LOST = "lost"
"""The request is taken, and its connection closed without an answer."""


@dataclass
class Request:
    method: str
    path: str
    headers: Headers
    body: str


@dataclass
class Api:
    """``answers`` are given in turn to writes, ``reads`` to GETs, ``tokens`` are those of the token endpoint; the last
    of each goes on."""

    url: str = ""
    answers: list[tuple[int, Any, Headers] | str] = field(default_factory=lambda: [(200, {"ok": True}, {})])
    reads: list[tuple[int, Any]] = field(default_factory=lambda: [(200, {})])
    tokens: list[tuple[int, Any]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def of(self, method: str) -> list[Request]:
        return [each for each in self.requests if each.method == method and each.path != "/token"]

    @property
    def token_requests(self) -> list[Request]:
        return [each for each in self.requests if each.path == "/token"]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Request(request.method, request.path_qs, headers, await request.text()))
        if request.path == "/token":
            status, body = _next(self.tokens)
            return web.json_response(body, status=status)
        if request.method == "GET":
            status, body = _next(self.reads)
            return web.json_response(body, status=status)
        told = _next(self.answers)
        if told == LOST:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        status, body, more = told
        return web.json_response(body, status=status, headers=more)


def _next(answers: list[Any]) -> Any:
    return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass
class Endpoints:
    """The agent, with one action that calls the API."""

    harness: AgentHarness
    api: Api
    vault: Vault
    reconciler: Reconciler

    async def register(
        self, *, idempotent: bool = False, schema: Any = None, upstream: Any = None, **endpoint: Any
    ) -> None:
        """The action that the order ADDRESS is for, as an HTTP call."""
        there = next(each for each in (await self.harness.contexts.of(self.harness.workspace)).catalogue
                     if each.name == EMAIL[1])  # fmt: skip
        contract = {
            **{key: value for key, value in _json(there).items() if key != "result"},
            "schema": "opsiq/contract/v2",
            "name": ADDRESS[1],
            "idempotent": idempotent,
            "endpoint": {
                "type": "http",
                "connection": "saas",
                "method": "POST",
                "url": "/customers/{id}/email",
                "path": {"id": {"parameter": "customer_id"}},
                "body": {"type": "json", "fields": {"/email": {"parameter": "email"}, "/ref": {"call": "id"}}},
                **endpoint,
            },
            **({"result": schema} if schema else {}),
            **({"upstream": upstream} if upstream else {}),
        }
        await self.harness.contract_admin.register(self.harness.people["olivia"], [contract])

    async def send(self) -> Run:
        """Ask, confirm, and do the work until somebody has to wait."""
        run = await self.harness.ask("olivia", ADDRESS)
        assert run.state == "held", run.refusal
        await self.harness.confirm("olivia", run)
        return await self.harness.job(run.id)

    async def reconcile(self, run: Run, attempt: int = 1) -> Outcome:
        job = Job("1", "k", "run.reconcile", run.workspace, {"run_id": run.id}, attempt, 0, "")
        return await self.reconciler.reconcile(job)


def _json(contract: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(contract.canonical)
    return made


@asynccontextmanager
async def open_endpoints(
    harness: AgentHarness, *, allow: tuple[str, ...] = ("127.0.0.0/8",)
) -> AsyncIterator[Endpoints]:
    api = Api()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    api.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[attr-defined]
    try:
        await harness.workspace_admin.connect(harness.people["olivia"], "saas", api.url, {"read_token": "t"})
        guard = SsrfGuard(allow)
        async with RequestClient(guard, clock=harness.clock) as client:
            vault = Vault(harness.database, SecretBox(bytes(32)), IssuerClient(guard), harness.clock)
            endpoints = HttpEndpointClient(client, vault)
            harness.sender = replace(harness.sender, endpoints={"http": endpoints})
            reconciler = Reconciler(
                harness.database, harness.contexts, endpoints, CheapOnly(), harness.clock, lambda _: None, lambda: None
            )
            yield Endpoints(harness, api, vault, reconciler)
    finally:
        await runner.cleanup()
