"""Health checks for process supervisors and load balancers: unsigned, and without data of any workspace."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import text

from core.errors import OpsIQError
from store.write_probe import WriteProbe
from web.api.view import View
from web.auth import get_container
from web.limits import Limits

router = APIRouter(tags=["health"])


class HealthView(View):
    status: str


class ReadyView(View):
    """``uncounted``: requests that were allowed without a count because the rate limiter's store was down."""

    status: str
    uncounted: int


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", response_model=HealthView)
async def healthz() -> HealthView:
    """Liveness: the process answers."""
    return HealthView(status="ok")


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", response_model=ReadyView, responses={503: {"model": ReadyView}})
async def readyz(request: Request) -> Response:
    """Readiness: the database answers too, and can be written. Whether it can is found out once in ten seconds."""
    limits: Limits = request.app.state.limits
    probe: WriteProbe = request.app.state.write_probe
    try:
        async with get_container(request).database.read() as session:
            await session.execute(text("SELECT 1"))
    except OpsIQError:
        down = ReadyView(status="database unavailable", uncounted=limits.blind)
        return JSONResponse(down.json_value(), status_code=503)
    if not await probe.is_writable():
        full = ReadyView(status="database can't be written", uncounted=limits.blind)
        return JSONResponse(full.json_value(), status_code=503)
    return JSONResponse(ReadyView(status="ok", uncounted=limits.blind).json_value())
