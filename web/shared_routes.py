"""Sharing of routes between the applications of one process, which FastAPI would make anew for each. A new module of
routes isn't listed here, but in ``web.app``."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """Add the routes that ``router`` has made already, with its prefix and its dependencies.

    ``FastAPI.include_router`` makes each of them anew for every application, at the first request that is compared with
    them: half a second of computing in each server process. That is only needed for a router that takes more on
    (another prefix, other dependencies), and ours take nothing.
    """
    app.router.routes.extend(router.routes)
