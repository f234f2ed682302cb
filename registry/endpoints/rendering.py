"""Request rendering: makes the exact HTTP request of a call from a contract's endpoint and the call's parameters.

A pure function without credentials, which are added when the request is sent. What can't be sent safely raises
InvalidInput with a sentence for people. A value never leaves its place, whatever it contains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

from core import canon
from core.errors import InvalidInput, NotCanonical
from registry.endpoints import json_body
from registry.endpoints.formats import Money, format_value, write_text
from registry.endpoints.paths import leads_up
from registry.endpoints.types import (
    PLACEHOLDER,
    Body,
    FormBody,
    HttpEndpoint,
    JsonBody,
    McpEndpoint,
    MultipartBody,
    RawBody,
    Reconcile,
)
from registry.endpoints.values import Constant, Format, FromCall, FromParameter, Value

MAX_URL_CHARS: Final = 4000
MAX_BODY_BYTES: Final = 256 * 1024
MAX_HEADER_CHARS: Final = 1024
MAX_PARTS: Final = 500
"""Most fields of a query, form or multipart body, counting each entry of a list."""
RESERVED_HEADERS: Final = frozenset(
    {
        "accept-encoding", "authorization", "connection", "content-length", "content-type", "cookie", "expect", "host",
        "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "via", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
        "x-http-method", "x-http-method-override", "x-method-override", "x-original-url", "x-rewrite-url",
    }
)  # fmt: skip
"""Headers that no contract may set: the connection's own (RFC 9110 §7.6.1), credentials, and headers that make a server
use another resource than the one requested."""
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class RenderedRequest:
    """One request exactly as it is sent, without credentials. ``headers`` are in order, including ``content-type``.
    ``body`` is text, or empty."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """The values that a request is bound to. ``money`` says how amounts are counted."""

    params: Mapping[str, Any]
    call_id: str
    money: Mapping[str, Money] = field(default_factory=dict)

    def value(self, value: Value) -> Any:
        """The value to send, or _ABSENT. Raises InvalidInput."""
        match value:
            case Constant():
                return value.value
            case FromCall():
                return self.call_id
            case FromParameter():
                found = self.params.get(value.parameter, _ABSENT)
                if found is _ABSENT or found is None:
                    return None if value.when_absent == "null" else _ABSENT
                return format_value(value.parameter, found, value.format, self.money.get(value.parameter))


def render(endpoint: HttpEndpoint, binding: Binding, base: str | None) -> RenderedRequest:
    """The request of one call. ``base`` is the connection's base address, None for an endpoint without one. Raises
    InvalidInput."""
    headers = dict(_render_headers(endpoint.headers, binding))
    if endpoint.idempotency_header is not None:
        headers[endpoint.idempotency_header.lower()] = binding.call_id
    content_type, body = ("", "") if endpoint.body is None else _render_body(endpoint.body, binding)
    if content_type:
        headers["content-type"] = content_type
    if len(body.encode()) > MAX_BODY_BYTES:
        raise InvalidInput(f"The request's body would be larger than {MAX_BODY_BYTES} bytes.")
    url = _render_url(endpoint.url, endpoint.path, endpoint.query, binding, base)
    return RenderedRequest(endpoint.method, url, tuple(headers.items()), body)


def render_read(read: Reconcile, binding: Binding, base: str | None) -> RenderedRequest:
    """The GET of a reconciling read. Raises InvalidInput."""
    url = _render_url(read.url, read.path, read.query, binding, base)
    return RenderedRequest("GET", url, tuple(_render_headers(read.headers, binding)))


def make_tool_arguments(endpoint: McpEndpoint, binding: Binding) -> dict[str, Any]:
    """The arguments of a tool's call; those without a value are left out. Raises InvalidInput."""
    found = {name: binding.value(value) for name, value in endpoint.arguments.items()}
    return {name: value for name, value in found.items() if value is not _ABSENT}


def is_absent(value: Any) -> bool:
    """Whether ``Binding.value`` found no value to send."""
    return value is _ABSENT


# ── the URL ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _render_url(
    template: str, path: Mapping[str, Value], query: Mapping[str, Value], binding: Binding, base: str | None
) -> str:
    def filled(found: re.Match[str]) -> str:
        value = path.get(found[1])
        if value is None:
            raise InvalidInput(f"Nothing fills {{{found[1]}}} of the address.")
        several = isinstance(value, FromParameter) and value.format is Format.PATH
        return _render_segments(found[1], binding.value(value), several=several)

    start = "" if base is None else base.rstrip("/")
    parts = [] if base is None else [start]
    parts.append(PLACEHOLDER.sub(filled, template))
    url = "".join(parts)
    if "/" not in url.partition("://")[2]:
        url += "/"
    if leads_up("/" + url.partition("://")[2].partition("/")[2]):
        raise InvalidInput("The address would leave its path.")
    pairs = list(_list_pairs(query, binding))
    if pairs:
        url += "?" + urlencode(pairs, quote_via=quote)
    if not url.isascii():
        raise InvalidInput("The connection's address holds characters that have to be percent-encoded first.")
    if len(url) > MAX_URL_CHARS:
        raise InvalidInput(f"The request's address would be longer than {MAX_URL_CHARS} characters.")
    return url


def _render_segments(name: str, value: Any, *, several: bool) -> str:
    """A path parameter, percent-encoded. One that could name another resource after the server decodes it, even twice,
    is refused."""
    if value is _ABSENT or value is None or isinstance(value, list | dict) or write_text(value) == "":
        raise InvalidInput(f"{{{name}}} of the address needs a value.")
    text = write_text(value)
    seen = text
    for _ in range(4):
        pieces = re.split(r"[/\\]", seen)
        if (len(pieces) > 1 and not several) or any(piece.strip() in ("", ".", "..") for piece in pieces):
            raise InvalidInput(f"{text[:80]!r} can't stand in the address for {{{name}}}: it would lead elsewhere.")
        if any(ord(char) < 32 or ord(char) == 127 for char in seen) or ";" in seen:
            raise InvalidInput(f"{text[:80]!r} holds characters that can't stand in an address.")
        seen, before = unquote(seen), seen
        if seen == before:
            break
    return quote(text, safe="/" if several else "")


def _list_pairs(values: Mapping[str, Value], binding: Binding) -> Iterator[tuple[str, str]]:
    """Names and texts of a query or form. A list repeats its name. Null is empty."""
    count = 0
    for name, each in values.items():
        value = binding.value(each)
        if value is _ABSENT:
            continue
        deep = isinstance(each, FromParameter) and each.format is Format.BRACKETS
        for full, one in _list_bracketed(name, value) if deep else _list_repeated(name, value):
            count += 1
            if count > MAX_PARTS:
                raise InvalidInput(f"The request would hold more than {MAX_PARTS} fields.")
            yield full, "" if one is None else _check_well_formed(write_text(one), name)


def _list_repeated(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    for one in value if isinstance(value, list | tuple) else (value,):
        yield name, one


def _list_bracketed(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """``name[0][key]`` for each leaf. Brackets in a key are percent-encoded, so that a key can't pass for another
    place."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            escaped = str(key).replace("%", "%25").replace("[", "%5B").replace("]", "%5D")
            yield from _list_bracketed(f"{name}[{_check_well_formed(escaped, name)}]", each)
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _list_bracketed(f"{name}[{index}]", each)
    else:
        yield name, value


def _check_well_formed(text: str, name: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(f"The value for {name!r} is no well-formed text.") from error
    return text


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _render_headers(values: Mapping[str, Value], binding: Binding) -> Iterator[tuple[str, str]]:
    for name, each in values.items():
        value = binding.value(each)
        if value is _ABSENT or value is None:
            continue
        if name.lower() in RESERVED_HEADERS:
            raise InvalidInput(f"The header {name!r} is not a contract's to set.")
        text = write_text(value)
        if not (text.isascii() and text.isprintable() and 0 < len(text) <= MAX_HEADER_CHARS) or text != text.strip():
            raise InvalidInput(f"The value for the header {name!r} must be one line of printable ASCII.")
        yield name.lower(), text


# ── bodies ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _render_body(body: Body, binding: Binding) -> tuple[str, str]:
    """Content type and text."""
    match body:
        case JsonBody():
            found = {pointer: binding.value(value) for pointer, value in body.fields.items()}
            made = json_body.build({pointer: value for pointer, value in found.items() if value is not _ABSENT})
            return body.content_type or "application/json", _make_canonical(made)
        case FormBody():
            return "application/x-www-form-urlencoded", urlencode(list(_list_pairs(body.fields, binding)))
        case MultipartBody():
            return _render_multipart(list(_list_pairs(body.fields, binding)), binding.call_id)
        case RawBody():
            value = binding.value(body.value)
            if value is _ABSENT:
                return "", ""
            return body.content_type, value if isinstance(value, str) else _make_canonical(value)


def _make_canonical(value: Any) -> str:
    try:
        return canon.dumps(value).decode()
    except NotCanonical as error:
        raise InvalidInput(f"The request's body can't be written as JSON: {error.detail}") from error


def _render_multipart(pairs: list[tuple[str, str]], call_id: str) -> tuple[str, str]:
    """RFC 7578, with names escaped as browsers do (WHATWG HTML, multipart/form-data). The boundary derives from the
    call, so that the bytes can be shown before sending."""
    held = "\n".join(text for pair in pairs for text in pair)
    boundary = f"opsiq-{call_id}"
    while boundary in held:
        boundary += "-"
    lines = []
    for name, text in pairs:
        escaped = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
        lines.append(f'--{boundary}\r\ncontent-disposition: form-data; name="{escaped}"\r\n\r\n{text}\r\n')
    return f"multipart/form-data; boundary={boundary}", "".join(lines) + f"--{boundary}--\r\n"
