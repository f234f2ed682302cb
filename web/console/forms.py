"""Form posts: accepted only with the page's CSRF token and from this site."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final, TypeVar

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile

from core.errors import Forbidden, InvalidInput
from registry.form_faults import describe_fault
from web.console.pages import Shell, read_theme, split_address, wants_fragment
from web.console.session import Visitor, find_visitor, make_token, require_evaluator, require_owner, require_sign_in
from web.cookies import read_cookie, set_cookie
from web.problem import Problem

FIELD: Final = "csrf"
STRANGERS_COOKIE: Final = "opsiq_form"
_MAX_FIELDS: Final = 400
_MAX_CHARS: Final = 1024 * 1024
"""Most characters of one field."""
_STALE: Final = "This form is not from a page you have open now. Nothing was done: load the page again and repeat it."


@dataclass(frozen=True, slots=True)
class Form:
    """A posted form whose CSRF token was checked. ``visitor`` is None only on pages that need no sign-in."""

    visitor: Visitor | None
    fields: dict[str, str]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file: bytes | None = None

    @property
    def member(self) -> Visitor:
        assert self.visitor is not None, "a check_form form lets nobody else in"
        return self.visitor

    def every(self, name: str, *, limit: int = 200) -> tuple[str, ...]:
        """All values of the field, in order, such as ticked boxes or rows. Raises InvalidInput if one is too long."""
        values = self.lists.get(name, ())
        if any(len(each) > limit for each in values):
            raise InvalidInput(f"{name} has at most {limit} characters.")
        return values

    def get(self, name: str, *, limit: int = 4000) -> str:
        """The field's text, empty if absent. Line ends are as typed, not CRLF as forms send them. Raises InvalidInput
        if it is too long."""
        text = self.fields.get(name, "").replace("\r\n", "\n")
        if len(text) > limit:
            raise InvalidInput(f"{name} has at most {limit} characters; this has {len(text)}.")
        return text

    def find_moment(self, name: str) -> datetime | None:
        """The moment that the page wrote into the field, in ISO 8601. None if none can be read there."""
        try:
            at = datetime.fromisoformat(self.get(name, limit=40))
        except (InvalidInput, ValueError):
            return None
        return at if at.tzinfo is not None else None


@dataclass(frozen=True, slots=True)
class FormOption:
    """One option of a form."""

    value: str
    label: str
    chosen: bool = False


def guard(
    who: Callable[[Request], Awaitable[Visitor]],
    *,
    most_bytes: int = 0,
    max_fields: int = _MAX_FIELDS,
    most_chars: int = _MAX_CHARS,
) -> Callable[..., Awaitable[Form]]:
    """FastAPI dependency for POSTs of visitors that ``who`` accepts. It asks ``who`` before and after reading the form.
    Raises what ``who`` raises, whatever is posted, and Forbidden. ``Form.file`` holds at most ``most_bytes`` + 1 of the
    one allowed file: one byte too many is enough to know. A form has at most ``max_fields``, each of ``most_chars``."""

    async def check_form(request: Request, visitor: Visitor = Depends(who)) -> Form:  # noqa: B008  (FastAPI's way)
        read = await _fields(request, visitor.login.csrf, most_bytes, max_fields, most_chars)
        return Form(await who(request), *read)  # reading may take long, and meanwhile the visitor may lose access

    return check_form


async def guard_stranger(request: Request) -> Form:
    """FastAPI dependency for POSTs that need no sign-in. The token is bound to a cookie, so that another site can't
    sign anybody in."""
    visitor = await find_visitor(request)
    secret = visitor.login.csrf if visitor else read_cookie(request, STRANGERS_COOKIE)
    read = await _fields(request, secret)
    return Form(await find_visitor(request) if visitor else None, *read)


Guarded = Annotated[Form, Depends(guard(require_sign_in))]
GuardedOwner = Annotated[Form, Depends(guard(require_owner))]
GuardedEvaluator = Annotated[Form, Depends(guard(require_evaluator))]
GuardedStranger = Annotated[Form, Depends(guard_stranger)]


async def _fields(
    request: Request,
    secret: str,
    most_bytes: int = 0,
    max_fields: int = _MAX_FIELDS,
    most_chars: int = _MAX_CHARS,
) -> tuple[dict[str, str], dict[str, tuple[str, ...]], bytes | None]:
    """The last value of each field, and the file if one may be sent."""
    if not _from_here(request):
        raise Forbidden(_STALE)
    await _check_cost(request, max_fields)
    async with request.form(max_files=1 if most_bytes else 0, max_fields=max_fields, max_part_size=most_chars) as form:
        given_fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        sent = next((value for _, value in form.multi_items() if isinstance(value, UploadFile)), None)
        file = await sent.read(most_bytes + 1) if sent else None
    if any("\x00" in text for each in given_fields for text in each):
        raise InvalidInput("A form holds no NUL character.")
    fields = dict(given_fields)
    given = fields.pop(FIELD, "") or request.headers.get("x-csrf-token", "")
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        raise Forbidden(_STALE)
    lists: dict[str, list[str]] = {}
    for name, value in given_fields:
        lists.setdefault(name, []).append(value)
    return fields, {name: tuple(values) for name, values in lists.items()}, file


async def _check_cost(request: Request, max_fields: int) -> None:
    """Refuses forms that are costly to read. Raises Problem for another encoding than UTF-8, and InvalidInput for too
    many parts.

    Browsers name no encoding. A named one would be looked up among all of Python's, and some take a minute for a
    megabyte (Punycode). A megabyte of separators takes a second, although it contains no field.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if options.get(b"charset", b"utf-8").lower() not in (b"utf-8", b"utf8"):
        raise Problem("unsupported_media_type", "Send the form in UTF-8.")
    if kind == b"application/x-www-form-urlencoded":
        body = await request.body()
        if body.count(b"&") + body.count(b";") > 2 * max_fields:
            raise InvalidInput("This form has more fields than any page here.")


def _from_here(request: Request) -> bool:
    """Whether a request comes from this site: the second line of defence against other sites' forms (Fetch Metadata, or
    RFC 6454's Origin if a browser sends none)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or split_address(origin).netloc.lower() == request.headers.get("host", "").lower()


def make_stranger_shell(request: Request) -> Shell:
    """The shell of a page for somebody who isn't signed in. Its secret is the cookie's, and is created now if there is
    no cookie: see ``keep_secret``."""
    secret = read_cookie(request, STRANGERS_COOKIE)
    return Shell(
        csrf=secret if len(secret) >= 32 else make_token(),
        theme=read_theme(request),
        path=request.url.path if request.method == "GET" else "/sign-in",
        fragment=wants_fragment(request),
    )


def keep_secret(request: Request, answer: Response, shell: Shell) -> Response:
    if read_cookie(request, STRANGERS_COOKIE) != shell.csrf:
        set_cookie(request, answer, STRANGERS_COOKIE, shell.csrf, max_age_s=86400, strict=True)
    return answer


M = TypeVar("M", bound=BaseModel)


def validate(
    model: type[M], values: Mapping[str, object], hints: Mapping[str, str] | None = None
) -> tuple[M | None, str]:
    """Validates the values as the API's form. Returns the form, or the first fault as a sentence, with the field's text
    from ``hints``."""
    try:
        return model.model_validate(values), ""
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = str(fault["loc"][0]) if fault["loc"] else ""
        said = f"{where.replace('_', ' ').capitalize()}: {describe_fault(fault).rstrip('.')}."
        return None, (hints or {}).get(where) or said
