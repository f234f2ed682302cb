"""ASGI application: mounts the routes of the API, the console and MCP, and runs jobs beside them in one process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

import web.console
import web.mcp.endpoint
from app.container import Container
from store.write_probe import WriteProbe
from web import openapi, problem, shared_routes
from web.api import (
    actions,
    connections,
    connectors,
    contracts,
    credentials,
    health,
    history,
    imports,
    keys,
    me,
    metrics,
    runs,
    tools,
)
from web.api.automations import rules
from web.api.events import events, inbound
from web.api.records import customers, mirrors, tickets
from web.api.webhooks import deliveries, webhooks
from web.client_address import ClientAddress
from web.key_lookup import KeyLookup
from web.limits import Limits
from web.middleware import RequestMiddleware
from web.nonces import Nonces
from web.turns import AT_ONCE, Turns


def create_app(opened: AbstractAsyncContextManager[Container], *, limits: Limits | None = None) -> FastAPI:
    """The ASGI application over a container that opens and closes with it. Without ``limits`` those of the settings
    apply."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened as container:
            app.state.container = container
            app.state.holders = KeyLookup(container.database)
            app.state.nonces = Nonces(container.database)
            app.state.write_probe = WriteProbe(container.database)
            app.state.limits = limits or Limits.of(
                container.settings.redis_url,
                per_address=container.settings.address_limit_per_min,
                texts_per_person=container.settings.texts_per_person_per_min,
                texts_per_workspace=container.settings.texts_per_workspace_per_min,
            )
            try:
                yield
            finally:
                await mcp.close()
                await app.state.write_probe.close()
                await app.state.limits.close()

    app = FastAPI(
        title="OpsIQ",
        version=version("opsiq-server"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    app.state.history_turns, app.state.search_turns = Turns(AT_ONCE), Turns(AT_ONCE)
    app.state.world_turns, app.state.body_turns = Turns(), Turns()
    problem.install(app)
    app.add_middleware(RequestMiddleware)
    app.add_middleware(ClientAddress)  # outermost, so that everything that reads an address gets the client's
    for api in (
        actions,
        connectors,
        connections,
        credentials,
        tools,  # before the contracts, whose names use the same place
        contracts,
        customers,
        deliveries,
        events,
        health,
        history,
        imports,
        inbound,
        keys,
        me,
        metrics,
        mirrors,
        rules,
        runs,
        tickets,
        webhooks,
    ):
        shared_routes.add_routes(app, api.router)
    mcp = web.mcp.endpoint.install(app)
    web.console.install(app)
    openapi.install(app)
    return app
