"""Pages: where admins ask, owners govern and audit."""

from __future__ import annotations

from fastapi import FastAPI


def install(app: FastAPI) -> None:
    """The console's routes."""
