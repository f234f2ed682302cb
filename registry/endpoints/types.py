"""Endpoint types of a contract: a signed POST to OpsIQ's own receivers, a request to any HTTP API, or a tool over MCP.

Each value of a request is bound to a parameter of the contract, to a constant, or to the call's own id. This module
neither reads nor sends: ``registry.endpoints.rendering`` makes the request.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from registry.endpoints.paths import leads_up
from registry.endpoints.values import MAX_VALUES, TAG, FrozenModel, HeaderName, Headers, Key, Value, Values
from registry.json_schema.pointer import join_pointer

IDEMPOTENT_METHODS: Final = frozenset({"GET", "PUT", "DELETE"})
"""Methods that an endpoint may name, and whose repetition has no further effect (RFC 9110 §9.2.2)."""
PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
ConnectionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
Pointer = Annotated[str, StringConstraints(pattern=r"^(/([^~/]|~[01])*)*$", max_length=500)]
StatusPattern = Annotated[str, StringConstraints(pattern=r"^[1-5](xx|[0-9][0-9])$")]
Deadline = Annotated[int, Field(ge=1, le=86400)]
Timeout = Annotated[int, Field(ge=1, le=60)]


# ── the signed POST ──────────────────────────────────────────────────────────────────────────────────────────────────


class Endpoint(FrozenModel):
    """A signed POST, as in ``opsiq/contract/v1``. ``deadline_s`` limits all attempts together (seconds), ``timeout_s``
    one attempt."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2000)]
    deadline_s: Deadline = 120
    timeout_s: Timeout = 15

    @property
    def connection(self) -> None:
        """None: the call is signed with a secret of its address's origin and needs no connection."""
        return

    @property
    def target(self) -> str:
        """The target of the calls, for people."""
        return self.url


class OpsiqEndpoint(Endpoint):
    """A signed POST, as in ``opsiq/contract/v2``."""

    type: Literal["opsiq"]


# ── a request to any HTTP API ────────────────────────────────────────────────────────────────────────────────────────


class JsonBody(FrozenModel):
    """A JSON body: each value at its JSON Pointer, where ``""`` is the whole body. ``content_type`` is
    ``application/json`` by default."""

    type: Literal["json"]
    content_type: (
        Annotated[str, StringConstraints(pattern=r"^[a-z]+/[A-Za-z0-9.+-]*json[A-Za-z0-9.+-]*$", max_length=100)] | None
    ) = None
    fields: Annotated[dict[Pointer, Value], Field(max_length=MAX_VALUES)] = Field(default_factory=dict)


class FormBody(FrozenModel):
    """An ``application/x-www-form-urlencoded`` body. A list is sent as a repeated field."""

    type: Literal["form"]
    fields: Values = Field(default_factory=dict)


class MultipartBody(FrozenModel):
    """A ``multipart/form-data`` body of text fields."""

    type: Literal["multipart"]
    fields: Values = Field(default_factory=dict)


class RawBody(FrozenModel):
    """One value unchanged: text, or any other value as JSON."""

    type: Literal["raw"]
    content_type: Annotated[
        str, StringConstraints(pattern=r"^[a-z]+/[A-Za-z0-9.+-]+(; *[a-z]+=[A-Za-z0-9._-]+)?$", max_length=100)
    ]
    value: Value


Body = Annotated[
    Annotated[JsonBody, Tag(f"{TAG}json>")]
    | Annotated[FormBody, Tag(f"{TAG}form>")]
    | Annotated[MultipartBody, Tag(f"{TAG}multipart>")]
    | Annotated[RawBody, Tag(f"{TAG}raw>")],
    Discriminator(lambda value: _find_type_tag(value)),
]
StatusClass = Literal["done", "not_done", "try_again", "unknown"]


class Statuses(FrozenModel):
    """What an answer's status means for the call. An exact status has priority over its class (``429`` over ``4xx``). A
    status that isn't listed is ``unknown``."""

    done: tuple[StatusPattern, ...] = ("2xx",)
    not_done: tuple[StatusPattern, ...] = ("3xx", "4xx")
    try_again: tuple[StatusPattern, ...] = ("408", "425", "429", "503")
    unknown: tuple[StatusPattern, ...] = ("302", "303", "5xx")

    def of(self, status: int) -> StatusClass:
        classes: tuple[tuple[StatusClass, tuple[str, ...]], ...] = (
            ("done", self.done), ("not_done", self.not_done), ("try_again", self.try_again), ("unknown", self.unknown),
        )  # fmt: skip
        for pattern in (str(status), f"{status // 100}xx"):
            for name, patterns in classes:
                if pattern in patterns:
                    return name
        return "unknown"


class Expectation(FrozenModel):
    """Expected properties of an answer: its status, and the value ``at`` a pointer of its body.

    ``equals`` is that value. ``some`` says that the value is a list and has an entry with all of these values (by
    pointers into the entry), and ``none`` that it has no such entry. Without any of them there must be a value.
    ``condition`` is an additional CEL condition over ``answer`` (the decoded body) and ``params``.
    """

    status: Annotated[tuple[StatusPattern, ...], Field(min_length=1, max_length=20)] = ("2xx",)
    at: Pointer = ""
    equals: Value | None = None
    some: Annotated[dict[Pointer, Value], Field(min_length=1, max_length=20)] | None = None
    none: Annotated[dict[Pointer, Value], Field(min_length=1, max_length=20)] | None = None
    condition: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> Self:
        if sum(each is not None for each in (self.equals, self.some, self.none)) > 1:
            raise ValueError("'equals', 'some' and 'none' compare one place in three ways; keep one of them")
        return self


def _within(url: str, connection: str | None) -> None:
    """Raises ValueError unless a URL template is relative for a connection, or absolute without one, with placeholders
    only in its path."""
    if connection is not None:
        if not url.startswith("/") or url.startswith("//"):
            raise ValueError(
                "with a connection the URL is a path below its base address, such as '/api/v1/orders/{order}'"
            )
        path = url
    else:
        found = re.match(r"https?://([^/?#\s{}\\]+)(/.*)?$", url)
        if found is None:
            raise ValueError("without a connection the URL is absolute, such as 'https://shop.example/api/orders'")
        path = found[2] or "/"
    if "?" in path or "#" in path:
        raise ValueError("a query is written in 'query', and a fragment is never sent; take ? and # out of the URL")
    if leads_up(PLACEHOLDER.sub("x", path)):
        raise ValueError("the URL must not hold '.' or '..' as a part of its path, plain or percent-encoded")
    plain = PLACEHOLDER.sub("", path)
    if "{" in plain or "}" in plain:
        raise ValueError("a { or } of the URL belongs to no placeholder such as {order}")
    if not plain.isascii() or not plain.isprintable() or any(char in plain for char in ' \\"<>^`|'):
        raise ValueError("the URL holds characters that have to be percent-encoded")


class Reconcile(FrozenModel):
    """A read (GET) that tells whether a call whose answer was lost has happened. ``not_happened`` only counts
    ``settles_after_s`` seconds after the last attempt: until then the call may still be in progress."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    path: Values = Field(default_factory=dict)
    query: Values = Field(default_factory=dict)
    headers: Headers = Field(default_factory=dict)
    happened: Expectation
    not_happened: Expectation | None = None
    settles_after_s: Annotated[int, Field(ge=1, le=86400)] = 30


class HttpEndpoint(FrozenModel):
    """One request to an HTTP API.

    ``connection`` names the connection whose base address and credentials are used. Then ``url`` is a path below that
    address. Without a connection, ``url`` is absolute and no credentials are sent. ``error`` are pointers to the
    sentence of an error answer for people, of which the first one with a text is used. ``result`` selects the call's
    result from the answer, name by name. Without it, the whole answer is the result.
    """

    type: Literal["http"]
    connection: ConnectionName | None = None
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    url: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    path: Values = Field(default_factory=dict)
    query: Values = Field(default_factory=dict)
    headers: Headers = Field(default_factory=dict)
    body: Body | None = None
    idempotency_header: HeaderName | None = None
    statuses: Statuses = Statuses()
    error: Annotated[tuple[Pointer, ...], Field(max_length=20)] = ()
    result: Annotated[dict[Key, Pointer], Field(min_length=1, max_length=MAX_VALUES)] | None = None
    reconcile: Reconcile | None = None
    deadline_s: Deadline = 120
    timeout_s: Timeout = 15

    @model_validator(mode="after")
    def _urls_fit_the_connection(self) -> Self:
        _within(self.url, self.connection)
        if self.reconcile is not None:
            try:
                _within(self.reconcile.url, self.connection)
            except ValueError as error:
                raise ValueError(f"in 'reconcile', {error}") from error
        return self

    @property
    def target(self) -> str:
        """The target of the calls, for people."""
        return f"{self.method} {self.url}" + (f" ({self.connection})" if self.connection else "")

    @property
    def repeatable(self) -> bool:
        """Whether something keeps a repeated request from doing its work twice."""
        return self.method in IDEMPOTENT_METHODS or self.idempotency_header is not None


# ── a tool over MCP ──────────────────────────────────────────────────────────────────────────────────────────────────


class McpEndpoint(FrozenModel):
    """One tool of an MCP server. ``schema_digest`` pins the tool as it was when the contract was signed."""

    type: Literal["mcp"]
    connection: ConnectionName
    tool: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=200)]
    schema_digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    arguments: Values = Field(default_factory=dict)
    deadline_s: Deadline = 120
    timeout_s: Timeout = 15

    @property
    def target(self) -> str:
        """The target of the calls, for people."""
        return f"{self.tool}, a tool of the MCP server {self.connection}"


def _find_type_tag(value: Any) -> str:
    kind = value.get("type") if isinstance(value, Mapping) else getattr(value, "type", None)
    return f"{TAG}{kind}>" if kind is not None else f"{TAG}>"


AnyEndpoint = Annotated[
    Annotated[Endpoint, Tag(f"{TAG}>")]
    | Annotated[OpsiqEndpoint, Tag(f"{TAG}opsiq>")]
    | Annotated[HttpEndpoint, Tag(f"{TAG}http>")]
    | Annotated[McpEndpoint, Tag(f"{TAG}mcp>")],
    Discriminator(_find_type_tag),
]


class Upstream(FrozenModel):
    """The operation of another system's document that a contract was drafted from. If its ``schema_digest`` has
    changed, the contract is suspended. ``address`` is where the document is read again before calls."""

    document: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    operation: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    schema_digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
    address: Annotated[str, StringConstraints(pattern=r"^https?://[^\s?#@]+$", max_length=1000)] | None = None


def list_bound_values(endpoint: HttpEndpoint | McpEndpoint) -> list[tuple[str, Value]]:
    """Every bound value of an endpoint's request, with its JSON Pointer in the endpoint."""
    if isinstance(endpoint, McpEndpoint):
        return [(join_pointer("arguments", name), each) for name, each in endpoint.arguments.items()]
    found = [
        (join_pointer(part, name), each)
        for part, values in (("path", endpoint.path), ("query", endpoint.query), ("headers", endpoint.headers))
        for name, each in values.items()
    ]
    match endpoint.body:
        case RawBody():
            found.append(("/body/value", endpoint.body.value))
        case JsonBody() | FormBody() | MultipartBody():
            found += [(join_pointer("body", "fields", name), each) for name, each in endpoint.body.fields.items()]
    return found


def reconcile_values(read: Reconcile) -> list[tuple[str, Value]]:
    """Every bound value of a reconciling read and its expectations, with its JSON Pointer in ``reconcile``."""
    found = [
        (join_pointer(part, name), each)
        for part, values in (("path", read.path), ("query", read.query), ("headers", read.headers))
        for name, each in values.items()
    ]
    for name, expected in (("happened", read.happened), ("not_happened", read.not_happened)):
        if expected is None:
            continue
        if expected.equals is not None:
            found.append((f"/{name}/equals", expected.equals))
        for part, entries in (("some", expected.some), ("none", expected.none)):
            found += [(join_pointer(name, part, pointer), each) for pointer, each in (entries or {}).items()]
    return found
