"""Page rendering: each template shows one frozen context class, which names the template, and nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import SplitResult, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from core.display_text import to_display_text
from web.console import labels, wall_clock
from web.console.navigation import NavItem
from web.console.wall_clock import NOWHERE, WALL_CLOCK, WallClock
from web.cookies import read_cookie

STATIC: Final = Path(__file__).parents[1] / "static"
TEMPLATES: Final = tuple(sorted({each.parent for each in Path(__file__).parent.glob("*/*.html")}))
"""The folders of the resources. Each holds its templates, whose names are unique across all folders."""
THEME_COOKIE: Final = "opsiq_theme"
_KEEP: Final = "public, max-age=31536000, immutable"
_MOST_CHARS: Final = 200_000
_HYPHENATED: Final = re.compile(r"(?<![\w-])(\d{1,2} [A-Z][a-z]{2} \d{4}|[^\W_]{1,8}(?:-[^\W_]{1,8}){1,2})(?![\w-])")
"""Pieces short enough for a narrow screen."""
_MOST_LINES_CHARS: Final = 1_000
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class SignedInAs:
    name: str
    role: str
    email: str
    workspace: str


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame around every page. ``fragment``: only the inside of ``main`` is requested, to replace the present one.
    ``once`` is the ticket of this page's forms (``web.console.one_shot_form``)."""

    csrf: str
    theme: str
    path: str
    fragment: bool
    who: SignedInAs | None = None
    places: tuple[NavItem, ...] = ()
    once: str = ""
    clock: WallClock = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Page:
    """Base of the context classes of pages. ``template`` is the file that shows the page, and ``title`` the window's
    title."""

    template: ClassVar[str]
    shell: Shell
    title: str


@cache
def load_environment() -> Environment:
    """Jinja environment: always with autoescape. A name that the context lacks is an error, never an empty string."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = find_asset
    made.filters["plain"] = _to_plain
    made.filters["lines"] = _lines
    made.filters["split_whole"] = split_whole
    made.filters["when"] = lambda at: WALL_CLOCK.get().say(at)
    made.filters["to_the_second"] = lambda at: WALL_CLOCK.get().say_to_the_second(at)
    made.filters["seconds_left"] = lambda at: WALL_CLOCK.get().count_seconds(at)
    made.filters["utc"] = wall_clock.say_utc
    made.filters["word"] = labels.format_name
    made.filters["iso"] = _iso
    return made


def split_whole(text: str) -> list[tuple[str, bool]]:
    """Splits a text into pieces, each with whether it must stay on one line. Short numbers with hyphens and days must
    (``INV-1042``, ``2026-10-03``, ``3 Oct 2026``). A text of many lines may break anywhere."""
    if len(text) > _MOST_LINES_CHARS:
        return [(text, False)]
    parts = enumerate(_HYPHENATED.split(text))
    return [(part, at % 2 == 1 and re.search(r"\d", part) is not None) for at, part in parts if part]


@dataclass(frozen=True, slots=True)
class Pagination:
    """Where a page stands in a list of ``total`` rows. ``first`` is its first row, counted from 1. ``before`` and
    ``after`` are the start positions of the pages beside it."""

    total: int
    first: int
    before: int | None
    after: int | None


def paginate(total: int, start: int, size: int) -> Pagination:
    return Pagination(
        total=total,
        first=start + 1,
        before=max(0, min(start, total) - size) if start else None,
        after=start + size if start + size < total else None,
    )


def cut_page(rows: list[R], size: int) -> tuple[list[R], bool]:
    """A page of ``rows``, of which one more was read than it has, and whether there is another page."""
    return rows[:size], len(rows) > size


def render_html(page: Page) -> str:
    context = {each.name: getattr(page, each.name) for each in fields(page)}
    shown = WALL_CLOCK.set(page.shell.clock)
    try:
        return load_environment().get_template(page.template).render(context)
    finally:
        WALL_CLOCK.reset(shown)


def render(page: Page, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """Renders a page. No browser or proxy may cache it: the next person at this machine must find nothing."""
    kept = {"Cache-Control": "no-store", "Vary": "HX-Request", **(headers or {})}
    return HTMLResponse(render_html(page), status_code=status, headers=kept)


def show(request: Request, page: Page, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """Renders a page. If it replaces another one, its own address is put into the browser's address bar."""
    moved = page.shell.fragment and request.method == "GET" and find_shown_path(request) != request.url.path
    own = {"HX-Push-Url": page.shell.path, "HX-Reswap": "innerHTML show:window:top"} if moved else {}
    return render(page, status=status, headers={**own, **(headers or {})})


def find_shown_path(request: Request) -> str:
    """The path of the page that htmx replaces a part of, empty for none."""
    return split_address(request.headers.get("hx-current-url", "")).path


def split_address(text: str) -> SplitResult:
    """The parts of an address that somebody sent. All are empty if it can't be read, such as ``http://[``."""
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult("", "", "", "", "")


def redirect(to: str) -> Response:
    """Redirects with 303, so that a reload repeats nothing."""
    return RedirectResponse(to, status_code=303, headers={"Cache-Control": "no-store"})


def redirect_full_page(request: Request, answer: Response) -> Response:
    """Redirects so that htmx loads a full page, not only ``main``, because its surroundings have changed too."""
    if wants_fragment(request) and "location" in answer.headers:
        answer.headers["HX-Redirect"] = answer.headers["location"]
        del answer.headers["location"]
        answer.status_code = 200
    return answer


def wants_fragment(request: Request) -> bool:
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-history-restore-request") != "true"


def read_theme(request: Request) -> str:
    chosen = read_cookie(request, THEME_COOKIE)
    return chosen if chosen in ("light", "dark") else ""


@cache
def find_asset(name: str) -> str:
    """The address of a static file. It changes with the content, so that the file can be cached forever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


class Static(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code == 200:
            answer.headers["Cache-Control"] = _KEEP if scope["query_string"].startswith(b"v=") else "no-cache"
        return answer


def _to_plain(text: Any) -> str:
    """One line of text, with hidden characters spelled out. It is still escaped where it is inserted."""
    return to_display_text(str(text), limit=_MOST_CHARS)


def _lines(text: Any) -> str:
    return to_display_text(str(text), lines=True, limit=_MOST_CHARS)


def _iso(at: datetime) -> str:
    return at.isoformat()
