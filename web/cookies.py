"""Cookies of the console: HttpOnly, this site only, and named ``__Host-…`` where the console is reached by https.

A browser takes a cookie of that name only with ``Secure``, for the whole host, and from that host itself: no page of
another subdomain, and nobody on an unencrypted connection, can plant one. Where the base address is http (this
machine), names are plain, since browsers would refuse the others. Only the name that belongs to the base address is
read.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from core.settings import Settings
from web.auth import get_container


def make_cookie_name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if settings.https else name


def read_cookie(request: Request, name: str) -> str:
    """Its value, empty where the browser sent none."""
    return request.cookies.get(make_cookie_name(get_container(request).settings, name), "")


def set_cookie(
    request: Request, answer: Response, name: str, value: str, *, max_age_s: int, strict: bool = False
) -> None:
    settings = get_container(request).settings
    answer.set_cookie(
        make_cookie_name(settings, name),
        value,
        max_age=max_age_s,
        path="/",
        httponly=True,
        samesite="strict" if strict else "lax",
        secure=settings.https,
    )


def delete_cookie(request: Request, answer: Response, name: str) -> None:
    """With the attributes that it was set with: a browser heeds nothing else under a ``__Host-`` name."""
    settings = get_container(request).settings
    answer.delete_cookie(
        make_cookie_name(settings, name), path="/", httponly=True, samesite="lax", secure=settings.https
    )
