"""Error pages: what went wrong in a sentence, the request id, and a link onwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from fastapi import Request
from fastapi.responses import Response

from core.display_text import to_display_text
from web import problem
from web.console.forms import keep_secret, make_stranger_shell
from web.console.pages import Page, render
from web.console.session import Visitor, keep_local, make_shell

_WORDS: Final[Mapping[str, str]] = {
    problem.BROKE: "It is not your doing. If it happens again, give the request id to whoever runs this server.",
    problem.NO_FORM: "The address, or what was sent to it, has something that this page can't read.",
}
"""What is said to programs, as people read it."""
_MAY_PASS: Final = (429, 500, 502, 503)


@dataclass(frozen=True, kw_only=True)
class ErrorPage(Page):
    """``again`` is the address to try once more, where that may help and changes nothing."""

    template: ClassVar[str] = "trouble.html"
    status: int
    detail: str
    request_id: str
    again: str = ""


def draw_error(request: Request, status: int, title: str, detail: str) -> Response:
    """Renders an error page, with the navigation if the visitor is known. Never raises, whatever the request
    contains."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    around = make_shell(request, visitor) if visitor else make_stranger_shell(request)
    page = ErrorPage(
        shell=around,
        title=title,
        status=status,
        detail=to_display_text(_WORDS.get(detail, detail), limit=1000),
        request_id=problem.find_request_id(request),
        again=keep_local(f"{request.url.path}?{request.url.query}".rstrip("?"))
        if request.method == "GET" and status in _MAY_PASS
        else "",
    )
    answer = render(page, status=status)
    return answer if visitor else keep_secret(request, answer, around)
