"""Shared routes: the applications of one process share their routes, which FastAPI would create again for each. A new
module of routes is listed in ``web.app``, not here."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """Adds the finished routes of ``router``, with its prefix and its dependencies.

    ``FastAPI.include_router`` creates each route again for every application, at the first request: half a second of
    CPU in each server process. That is only needed for a router that gets another prefix or other dependencies, and
    ours don't.
    """
    app.router.routes.extend(router.routes)
