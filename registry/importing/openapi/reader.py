"""OpenAPI reader: turns an OpenAPI 3 or Swagger 2 document into the description of an API.

It assumes nothing: a member of the wrong type counts as absent, and an operation that can't be understood carries its
trouble instead of raising.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urljoin

from registry.importing.document.description import (
    MAX_OPERATIONS,
    ApiDescription,
    BodyContent,
    DocumentFormat,
    Operation,
    Parameter,
)
from registry.importing.document.parser import UnreadableDocument
from registry.importing.document.references import BadReference, Documents, Located, is_url
from registry.importing.openapi import swagger2

METHODS: Final = ("get", "put", "post", "delete", "patch", "options", "head", "trace", "query")
PLACES: Final = ("path", "query", "header", "cookie")
_IGNORED_HEADERS: Final = frozenset({"accept", "content-type"})


def read_openapi(documents: Documents) -> ApiDescription:
    """Reads an OpenAPI or Swagger document. Raises UnreadableDocument for any other document."""
    root = documents.root
    dialect = _dialect(root)
    old = dialect.startswith("2")
    schemes = root["securityDefinitions"] if old else root["components"]["securitySchemes"]
    servers = swagger2.read_servers(root) if old else _servers(root)
    own = _resolved(servers[0] if servers else "", root.document)
    made: list[Operation] = []
    for path, item in _paths(documents):
        for method in METHODS:
            if method in item.fields:
                made.append(_operation(documents, path, item, method, own, old=old))
                if len(made) > MAX_OPERATIONS:
                    raise UnreadableDocument(f"It has more than {MAX_OPERATIONS:,} operations. Split it.")
    info = root["info"]
    return ApiDescription(
        title=info.text("title"),
        version=str(info.fields.get("version") or "")[:100],
        dialect=dialect,
        server=own,
        servers=tuple(_resolved(each, root.document) for each in servers),
        security_schemes={name: _followed(documents, each) for name, each in schemes.members()},
        operations=tuple(made),
    )


def _dialect(root: Located) -> str:
    said = root.fields.get("openapi") or root.fields.get("swagger")
    text = str(said) if isinstance(said, str | int | float) else ""
    if not text:
        raise UnreadableDocument(
            'It is no OpenAPI document: it has neither "openapi": "3.…" nor "swagger": "2.0". Give the root document.'
        )
    if not re.match(r"(?:2\.|3\.[0-2])", text + "."):
        raise UnreadableDocument(f"It says OpenAPI {text[:20]}; versions 2.0 and 3.0 to 3.2 are read.")
    if not isinstance(root["paths"].value, Mapping):
        raise UnreadableDocument('It has no "paths", so there is nothing to call.')
    return text


def _paths(documents: Documents) -> Iterator[tuple[str, Located]]:
    for path, item in documents.root["paths"].members():
        if not path.startswith("x-"):
            yield path, _followed(documents, item)


def _followed(documents: Documents, at: Located) -> Located:
    """The target of a reference. A broken reference gives an empty object with its trouble."""
    try:
        return documents.follow(at)
    except BadReference as error:
        return Located({"x-trouble": error.detail}, at.document)


def _operation(documents: Documents, path: str, item: Located, method: str, server: str, *, old: bool) -> Operation:
    found = _followed(documents, item[method])
    trouble = item.text("x-trouble") or found.text("x-trouble")
    if not isinstance(found.value, Mapping):
        trouble = "It is no object."
    declared = [_followed(documents, each) for each in (*item["parameters"].items(), *found["parameters"].items())]
    body = _followed(documents, found["requestBody"]) if found.fields.get("requestBody") is not None else None
    if old:
        declared, body = swagger2.modernize(documents.root, found, declared)
    trouble = trouble or next((each.text("x-trouble") for each in declared if each.text("x-trouble")), "")
    if body is not None:
        trouble = trouble or body.text("x-trouble")
    parameters: dict[tuple[str, str], Parameter] = {}
    for each in declared:
        made = _parameter(each)
        if made is None:
            trouble = trouble or "One of its parameters has no name or no place (path, query, header, cookie)."
        elif not (made.place == "header" and made.name.lower() in _IGNORED_HEADERS):
            parameters[made.place, made.name] = made
    security = found.fields.get("security", documents.root.fields.get("security"))
    return Operation(
        key=f"{method.upper()} {path}",
        method=method.upper(),
        path=path,
        id=found.text("operationId"),
        summary=found.text("summary") or item.text("summary"),
        description=found.text("description") or item.text("description"),
        tags=tuple(each for each in found.fields.get("tags") or () if isinstance(each, str))
        if isinstance(found.fields.get("tags"), list)
        else (),
        deprecated=found.fields.get("deprecated") is True,
        parameters=tuple(parameters.values()),
        contents=tuple(_contents(documents, body)) if body is not None else (),
        body_required=body is not None and body.fields.get("required") is True,
        body_description=body.text("description") if body is not None else "",
        server=_own_server(found, item, server),
        security=tuple(each for each in security if isinstance(each, Mapping)) if isinstance(security, list) else (),
        responses=found["responses"],
        declared={
            "consumes": Located(found.fields.get("consumes", documents.root.fields.get("consumes")), found.document),
            # The numbers are part of digests in signed contracts.
            "3 parameters": item["parameters"],
            "4 parameters": found["parameters"],
            "5 requestBody": found["requestBody"],
        },
        trouble=trouble,
    )


def _parameter(at: Located) -> Parameter | None:
    name, place = at.text("name"), at.text("in")
    if not name or place not in PLACES:
        return None
    schema, json = at["schema"], False
    contents = at["content"].members()
    if contents:
        schema, json = contents[0][1]["schema"], True
    style = at.text("style") or ("form" if place in ("query", "cookie") else "simple")
    explode = at.fields.get("explode")
    return Parameter(
        name=name,
        place=place,
        required=at.fields.get("required") is True or place == "path",
        schema=schema,
        description=at.text("description"),
        style=style,
        explode=explode if isinstance(explode, bool) else style in ("form", "deepObject"),
        json=json,
        example=_example(at),
    )


def _contents(documents: Documents, body: Located) -> Iterator[BodyContent]:
    for media_type, each in body["content"].members():
        content = _followed(documents, each)
        yield BodyContent(media_type, content["schema"], content["encoding"], _example(content))


def _example(at: Located) -> Any:
    if "example" in at.fields:
        return at.fields["example"]
    first = next(iter(at["examples"].members()), None)
    return first[1].fields.get("value") if first else None


# ── servers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _servers(at: Located) -> list[str]:
    return [made for each in at["servers"].items() if (made := _filled(each))]


def _filled(server: Located) -> str:
    """A server's address with the defaults of its variables. A variable without a default stays ``{name}``."""
    url = server.text("url")
    for name, variable in server["variables"].members():
        default = variable.fields.get("default")
        if isinstance(default, str | int | float):
            url = url.replace("{" + name + "}", str(default))
    return url


def _own_server(operation: Located, item: Located, root: str) -> str | None:
    """The server of the operation or path, if it differs from the document's."""
    for at in (operation, item):
        found = _servers(at)
        if found:
            own = _resolved(found[0], at.document)
            return own if own.rstrip("/") != root.rstrip("/") else None
    return None


def _resolved(server: str, document: str) -> str:
    """Resolves a relative server against the document's own address, if it has one."""
    if is_url(document) and not is_url(server):
        with contextlib.suppress(ValueError):  # not an address: it stays as written, and is asked about
            server = urljoin(document, server or "/")
    return server.rstrip("/")


FORMAT: Final = DocumentFormat(
    name="openapi",
    title="OpenAPI",
    versions="an OpenAPI 3.0, 3.1 or Swagger 2.0 document, JSON or YAML",
    words=("openapi", "swagger"),
    first_line=re.compile(rb"""^[ \t{]*["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?[23]""", re.M),
    fits=lambda root: bool(root.fields.get("openapi") or root.fields.get("swagger")),
    read=read_openapi,
)
