"""Cookies of the console: HttpOnly, same-site, and named ``__Host-…`` if the console is reached by https.

A browser accepts such a name only with ``Secure``, for the whole host, and from that host itself. So no page of another
subdomain, and nobody on an unencrypted connection, can plant one. With an http base address (this machine) names are
plain, because browsers would refuse the others. Only the name for the base address is read.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from core.settings import Settings
from web.auth import get_container


def make_cookie_name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if settings.https else name


def read_cookie(request: Request, name: str) -> str:
    """The cookie's value. Empty if the browser sent none."""
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
    """Deletes a cookie with the attributes it was set with. Under a ``__Host-`` name browsers require them."""
    settings = get_container(request).settings
    answer.delete_cookie(
        make_cookie_name(settings, name), path="/", httponly=True, samesite="lax", secure=settings.https
    )
