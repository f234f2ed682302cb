"""Endpoint linter: checks the target of calls, the values of their requests, and what may be sent again."""

from __future__ import annotations

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from core.errors import Finding, InvalidInput
from registry.conditions import condition, satisfiability
from registry.contract import Contract, Risk, Unit
from registry.endpoints import json_body
from registry.endpoints.rendering import RESERVED_HEADERS
from registry.endpoints.types import (
    PLACEHOLDER,
    Endpoint,
    FormBody,
    HttpEndpoint,
    JsonBody,
    MultipartBody,
    Statuses,
    list_bound_values,
    reconcile_values,
)
from registry.endpoints.values import Constant, Format, FromCall, FromParameter, Value, ValueMap
from registry.hints import find_nearest
from registry.json_schema.pointer import join_pointer

ANSWER: Final = frozenset({"answer", "params"})
"""Names that the condition of a reconciling read may use."""
_SECRET_NAME: Final = re.compile(
    r"(?:^|[/_.-])(?:api[_-]?key|access[_-]?key|token|secret|password|passwd|authorization|auth|credentials?)$", re.I
)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_+/=.~-]{24,}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_MONEY_FORMATS: Final = (Format.DECIMAL, Format.NUMBER)
_REFUSED: Final = ("401", "403")


def lint_endpoint(contract: Contract, pointer: str, connections: Collection[str] | None = None) -> Iterator[Finding]:
    """Every finding about ``endpoint``. ``pointer`` is the contract's. ``connections`` are the existing ones, if they
    are known."""
    endpoint, here = contract.endpoint, f"{pointer}/endpoint"
    if endpoint.timeout_s > endpoint.deadline_s:
        yield Finding(
            f"{here}/timeout_s",
            "timeout_over_deadline",
            "One attempt may take longer than all of them together; lower timeout_s or raise deadline_s.",
        )
    if isinstance(endpoint, Endpoint):
        yield from _lint_address(endpoint.url, f"{here}/url")
        return
    if endpoint.connection is not None and connections is not None and endpoint.connection not in connections:
        near = find_nearest(endpoint.connection, connections)
        mend = f"did you mean {near!r}?" if near else "set it up before the action is used."
        yield Finding(
            f"{here}/connection",
            "warn_connection_unknown",
            f"There is no connection {endpoint.connection!r} here; {mend}",
        )
    bound = list_bound_values(endpoint)
    yield from _lint_values(contract, bound, here)
    yield from _find_unused(contract, bound, here)
    means = any(isinstance(value, FromCall) for _, value in bound)
    if isinstance(endpoint, HttpEndpoint):
        yield from _lint_http(contract, endpoint, here)
        means = means or endpoint.repeatable
    if contract.idempotent and not means:
        yield Finding(
            f"{pointer}/idempotent",
            "idempotent_without_means",
            "Nothing keeps a repeated call from doing its work twice: name the idempotency_header that the API takes, "
            'send it the call\'s id ({"call": "id"}), or write false.',
        )


# ── where ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lint_address(url: str, here: str) -> Iterator[Finding]:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        yield Finding(here, "endpoint_url", f"The address can't be read: {error}.")
        return
    if not host:
        yield Finding(here, "endpoint_url", "The address names no host.")
        return
    if parts.username is not None or parts.password is not None:
        yield Finding(
            here, "endpoint_credentials", "The address holds a user name or password; calls are signed, remove it."
        )
    if parts.fragment:
        yield Finding(here, "endpoint_fragment", "A fragment (#…) is never sent; remove it.")
    if parts.scheme == "http" and not _loopback(host):
        yield Finding(here, "endpoint_not_https", "Calls to another machine go over https; change http:// to https://.")


def _loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _lint_placeholders(url: str, path: Mapping[str, Value], url_at: str, path_at: str) -> Iterator[Finding]:
    wanted = dict.fromkeys(PLACEHOLDER.findall(url))
    for name in wanted:
        if name not in path:
            near = find_nearest(name, path) if name else None
            mend = f"did you mean {near!r}?" if near else "say in 'path' which value stands there."
            yield Finding(url_at, "placeholder_unfilled", f"Nothing fills {{{name}}}; {mend}")
    for name in path:
        if name not in wanted:
            yield Finding(
                path_at + join_pointer(name),
                "placeholder_unknown",
                f"The URL has no {{{name}}}; add it there, or remove this.",
            )


# ── what ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _lint_values(contract: Contract, bound: list[tuple[str, Value]], here: str) -> Iterator[Finding]:
    endpoint = contract.endpoint
    form_body = isinstance(endpoint, HttpEndpoint) and isinstance(endpoint.body, FormBody | MultipartBody)
    for inner, value in bound:
        place = here + inner
        in_path = "/path/" in f"{inner}/" and not inner.startswith("/body")
        if isinstance(value, Constant):
            yield from _lint_constant(inner, value.value, f"{place}/value")
        if not isinstance(value, FromParameter):
            continue
        schema = contract.properties.get(value.parameter)
        if schema is None:
            near = find_nearest(value.parameter, contract.properties)
            mend = f"did you mean {near!r}?" if near else "add it to the parameters, or send something else."
            yield Finding(
                f"{place}/parameter", "endpoint_parameter", f"There is no parameter {value.parameter!r}; {mend}"
            )
            continue
        schema = schema if isinstance(schema, Mapping) else {}
        if in_path and value.parameter not in contract.required and "default" not in schema:
            yield Finding(
                f"{place}/parameter",
                "path_optional",
                f"{value.parameter!r} may be absent, and the address needs it; make it required, or give a default.",
            )
        if in_path and schema.get("type") in ("array", "object"):
            yield Finding(
                f"{place}/parameter", "path_not_scalar", f"{value.parameter!r} is no single value to stand in a path."
            )
        in_fields = inner.startswith("/query/") or (inner.startswith("/body/fields/") and form_body)
        yield from _lint_format(contract, value, schema, f"{place}/format", in_path=in_path, in_fields=in_fields)


def _lint_format(
    contract: Contract, value: FromParameter, schema: Mapping[str, Any], here: str, *, in_path: bool, in_fields: bool
) -> Iterator[Finding]:
    form = value.format
    if form is Format.BRACKETS and not in_fields:
        yield Finding(here, "format_misplaced", "'brackets' is a format for the fields of a query or form alone.")
    if form is Format.PATH and not in_path:
        yield Finding(here, "format_misplaced", "'path' is a format for path parameters alone.")
    annotation = contract.annotation(value.parameter)
    if (
        form in _MONEY_FORMATS
        and annotation.unit is Unit.MONEY_MINOR
        and annotation.currency is None
        and annotation.currency_from is None
    ):
        yield Finding(
            here, "format_without_currency", f"Say the currency of {value.parameter!r}: currency or currency_from."
        )
    if isinstance(form, ValueMap):
        members = [_describe_value(each) for each in schema.get("enum", ())]
        members = members or (["true", "false"] if schema.get("type") == "boolean" else [])
        missing = [each for each in members if each not in form.map]
        if missing:
            yield Finding(here, "map_incomplete", f"Say what is sent for {', '.join(missing[:5])}, too.")
        for key in form.map if members else ():
            if key not in members:
                yield Finding(f"{here}/map{join_pointer(key)}", "map_unknown", f"{value.parameter!r} is never {key!r}.")


def _describe_value(value: Any) -> str:
    from registry.endpoints.formats import write_text

    return write_text(value)


def _lint_constant(inner: str, value: Any, here: str) -> Iterator[Finding]:
    if not isinstance(value, str):
        return
    if _SECRET_NAME.search(json_body.split_pointer(inner)[-1]) and value and not value.isspace():
        yield Finding(
            here,
            "secret",
            "This names a secret. Contracts are read by many: keep it in the connection's credentials instead.",
        )
    elif _looks_random(value):
        yield Finding(
            here,
            "secret",
            "This looks like a token. Contracts are read by many: keep it in the connection's credentials instead.",
        )


def _looks_random(text: str) -> bool:
    """Whether a text looks like a key or token: long, only letters and digits, and many different ones."""
    if not _TOKEN.fullmatch(text) or _UUID.fullmatch(text) or "://" in text:
        return False
    if not (any(char.isdigit() for char in text) and any(char.isalpha() for char in text)):
        return False
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) >= 3.5


def _find_unused(contract: Contract, bound: list[tuple[str, Value]], here: str) -> Iterator[Finding]:
    """Parameters that are asked for but never sent. A parameter that describes another one counts as used."""
    used = {value.parameter for _, value in bound if isinstance(value, FromParameter)}
    for annotation in contract.annotations.values():
        pointed = (annotation.derive, annotation.replaces, annotation.at_most)
        used |= {each.parameter for each in pointed if each is not None}
        used |= {each for each in (annotation.of, annotation.like, annotation.currency_from) if each is not None}
    for name in contract.properties:
        if name not in used:
            yield Finding(
                here, "parameter_unused", f"The parameter {name!r} is asked for and never sent; bind it, or remove it."
            )


# ── an HTTP request ──────────────────────────────────────────────────────────────────────────────────────────────────


def _lint_http(contract: Contract, endpoint: HttpEndpoint, here: str) -> Iterator[Finding]:
    if endpoint.connection is None:
        yield from _lint_address(PLACEHOLDER.sub("x", endpoint.url), f"{here}/url")
    yield from _lint_placeholders(endpoint.url, endpoint.path, f"{here}/url", f"{here}/path")
    if endpoint.method == "GET" and endpoint.body is not None:
        yield Finding(f"{here}/body", "body_on_get", "A GET has no body; write the values in 'query'.")
    if endpoint.method == "DELETE" and endpoint.body is not None:
        yield Finding(f"{here}/body", "warn_body_on_delete", "Many servers drop the body of a DELETE; check that.")
    if endpoint.method != "GET" and contract.risk is Risk.READ:
        yield Finding(
            f"{here}/method",
            "warn_read_by_method",
            f"The risk is 'read', yet {endpoint.method} usually changes things.",
        )
    if isinstance(endpoint.body, JsonBody) and (pair := json_body.find_conflict(endpoint.body.fields)) is not None:
        yield Finding(
            f"{here}/body/fields{join_pointer(pair[1])}",
            "body_conflict",
            f"{pair[0]!r} and {pair[1]!r} can't both hold a value; keep one.",
        )
    yield from _lint_headers(endpoint, here)
    yield from _lint_statuses(endpoint.statuses, f"{here}/statuses")
    if endpoint.result is not None and contract.result is not None:
        for name in contract.result.get("required", ()):
            if name not in endpoint.result:
                yield Finding(
                    f"{here}/result", "result_unmapped", f"The result needs {name!r}; say where the answer holds it."
                )
    yield from _reconcile(contract, endpoint, here)


def _lint_headers(endpoint: HttpEndpoint, here: str) -> Iterator[Finding]:
    seen: set[str] = set()
    names = [(name, f"{here}/headers{join_pointer(name)}") for name in endpoint.headers]
    if endpoint.idempotency_header is not None:
        names.append((endpoint.idempotency_header, f"{here}/idempotency_header"))
    for name, place in names:
        lower = name.lower()
        if lower in RESERVED_HEADERS:
            what = "come from the connection" if lower in ("authorization", "cookie") else "are the connection's own"
            yield Finding(place, "header_reserved", f"A contract can't set {name!r}: such headers {what}; remove it.")
        if lower in seen:
            yield Finding(place, "header_twice", f"The header {name!r} is set twice; keep one.")
        seen.add(lower)


def _lint_statuses(statuses: Statuses, here: str) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for name in ("done", "not_done", "try_again", "unknown"):
        for pattern in getattr(statuses, name):
            if pattern in seen:
                yield Finding(
                    f"{here}/{name}", "status_twice", f"{pattern} stands in {seen[pattern]!r}, too; keep one of them."
                )
            seen.setdefault(pattern, name)
            if pattern in _REFUSED and name != "not_done":
                yield Finding(
                    f"{here}/{name}",
                    "status_refused",
                    f"{pattern} says that the credentials were refused: the call is not done, and not tried again.",
                )


def _reconcile(contract: Contract, endpoint: HttpEndpoint, here: str) -> Iterator[Finding]:
    read, inside = endpoint.reconcile, f"{here}/reconcile"
    if read is None:
        return
    if endpoint.method == "GET":
        yield Finding(
            inside, "reconcile_on_get", "A GET changes nothing, so there is nothing to find out; remove this."
        )
    yield from _lint_placeholders(read.url, read.path, f"{inside}/url", f"{inside}/path")
    yield from _lint_values(contract, reconcile_values(read), inside)
    for name in read.headers:
        if name.lower() in RESERVED_HEADERS:
            yield Finding(
                f"{inside}/headers{join_pointer(name)}", "header_reserved", f"A contract can't set {name!r}; remove it."
            )
    for name, expected in (("happened", read.happened), ("not_happened", read.not_happened)):
        if expected is None or expected.condition is None:
            continue
        try:
            satisfiability.check_satisfiable(condition.compile(expected.condition, ANSWER))
        except InvalidInput as error:
            yield Finding(f"{inside}/{name}/condition", "condition", error.detail)
    if read.not_happened == read.happened:
        yield Finding(
            f"{inside}/not_happened", "reconcile_undecided", "'happened' and 'not_happened' expect the same answer."
        )
