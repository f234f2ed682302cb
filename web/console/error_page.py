"""Error pages: what went wrong in a sentence, the request id, and a link onwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import Request
from fastapi.responses import Response

from core.display_text import to_display_text
from web import problem
from web.console.forms import keep_secret, make_stranger_shell
from web.console.pages import Page, render
from web.console.session import Visitor, make_shell


@dataclass(frozen=True, kw_only=True)
class ErrorPage(Page):
    template: ClassVar[str] = "trouble.html"
    status: int
    detail: str
    request_id: str


def draw_error(request: Request, status: int, title: str, detail: str) -> Response:
    """Renders an error page, with the navigation if the visitor is known. Never raises, whatever the request
    contains."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    around = make_shell(request, visitor) if visitor else make_stranger_shell(request)
    page = ErrorPage(
        shell=around,
        title=title,
        status=status,
        detail=to_display_text(detail, limit=1000),
        request_id=problem.find_request_id(request),
    )
    answer = render(page, status=status)
    return answer if visitor else keep_secret(request, answer, around)
