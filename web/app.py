"""The application: one process that answers HTTP and does durable work beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text

import web.console
from agent.house import House
from core.errors import OpsIQError
from web import problem
from web.api import history, runs
from web.door import Caller, as_json, house_of, signed
from web.middleware import Threshold


def create_app(opened: AbstractAsyncContextManager[House]) -> FastAPI:
    """The app over a house that is opened with it and closed with it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened as house:
            app.state.house = house
            yield

    app = FastAPI(
        title="OpsIQ", version="0.1.0", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url="/openapi.json"
    )
    problem.install(app)
    app.add_middleware(Threshold)
    app.include_router(runs.router)
    app.include_router(history.router)
    web.console.install(app)

    @app.get("/v1/me", tags=["me"])
    async def me(caller: Caller = Depends(signed("me:read"))) -> dict[str, Any]:
        return as_json(caller)

    @app.get("/healthz", tags=["health"])
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"])
    async def readyz(request: Request) -> Response:
        """The database answers too."""
        try:
            async with house_of(request).sessions.read() as session:
                await session.execute(text("SELECT 1"))
        except OpsIQError:
            return JSONResponse({"status": "database unavailable"}, status_code=503)
        return JSONResponse({"status": "ok"})

    return app
