"""Mounting of routers: their routes are added to an application as they are. A new module of routes is listed in
``web.app``."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """Add the routes that ``router`` has made already, with its prefix and its dependencies.

    ``FastAPI.include_router`` makes each of them anew for every application, at the first request that is compared with
    them: half a second of computing in each server process. That is only needed for a router that takes more on
    (another prefix, other dependencies), and ours take nothing.
    """
    app.router.routes.extend(router.routes)
