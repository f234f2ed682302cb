"""OpenAPI 3.1 document, generated from the routes, so that no route can be missing and no scope wrong. Bodies are
parsed by hand from the signed bytes (``web.api.body``), so ``describe_body`` names a route's model. Everything that all
signed routes share (security, scope, limit, idempotency, possible problems) is added here, once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, Literal, get_args

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic import BaseModel

from agent.pipeline import RefusalCode
from core.crypto import request_signature
from core.scopes import SCOPES
from web import problem
from web.api import examples
from web.auth import AuthRequirement, find_requirement
from web.limits import PER_MINUTE

PREFIX: Final = "/v1/"
SECURITY: Final = "OPSIQ1"
_PROBLEMS: Final[Mapping[str, str]] = {
    "400": "The request can't be read, or lacks what it needs.",
    "401": "Not signed by a key known here, or outside the window.",
    "403": "The key's scopes or its role don't reach this.",
    "404": "There is no such thing in this workspace.",
    "409": "It has moved on, or is under way.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "What was sent won't do.",
    "500": "Something broke here.",
    "429": "More requests than this key may send in a minute.",
    "503": "Something this depends on is down. Try again.",
}
ALWAYS: Final = ("400", "401", "403", "429", "503")
WITH_BODY: Final = ("413", "415")
_ABOUT: Final = """A gate between plain language and a platform's actions.

Every request to `/v1` is signed (see `securitySchemes`); every answer carries `X-Request-Id`, and `RateLimit` with what is left
of the key's limit. Errors are `application/problem+json` (RFC 9457) with a permanent `code`."""  # noqa: E501
_SCHEME: Final = f"""`Authorization: {request_signature.SCHEME} key=<public key>,ts=<unix seconds>,nonce=<22 chars base64url>,sig=<64 hex>`,
where `sig` is the HMAC-SHA256, with the secret key as text, of nine lines joined by LF: `{request_signature.SCHEME}`, ts, nonce, public key,
METHOD, path, query, Idempotency-Key, hex SHA-256 of the body. An absent value is an empty line."""  # noqa: E501


_REF: Final = "#/components/schemas/{model}"
_OF_RUNS: Final = ("/v1/runs", "/v1/actions")
INBOUND: Final = "/connectors/{name}/webhook"
OPEN: Final = ("/healthz", "/readyz", INBOUND)
"""Documented paths that need no API key."""
_HEADERS: Final[Mapping[str, Any]] = {
    "X-Request-Id": {"description": "Found again in the logs and in AI History.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": 'The key\'s limit: `"key";q=1000;w=60`.', "schema": {"type": "string"}},
    "RateLimit": {
        "description": 'What is left of it, and for how long: `"key";r=999;t=60`.',
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}},
}
_IDEMPOTENCY_KEY: Final[Mapping[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A fresh one for each act, the same for its retries. Kept for 24 h.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[A-Za-z0-9_.:-]+$"},
}


class Fault(BaseModel):
    pointer: str
    code: str
    detail: str


class ProblemView(BaseModel):
    """RFC 9457. Decide by ``code``, then by ``status``."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    retryable: bool
    errors: list[Fault] | None = None
    run_id: str | None = None
    answer: dict[str, Any] | None = None
    server_time: int | None = None


def describe_body(
    model: type[BaseModel], example: Any, *, idempotent: bool = True, shows_secret: bool = False
) -> dict[str, Any]:
    """For ``openapi_extra``: this route reads its body as ``model``. ``idempotent``: it needs an Idempotency-Key.
    ``shows_secret``: as ``describe_act`` has it."""
    schema = model.model_json_schema(ref_template=_REF)
    content = {"application/json": {"schema": schema, "example": example}}
    flags = {"x-idempotent": idempotent, "x-shows-secret": shows_secret}
    return {"requestBody": {"required": True, "content": content}, **flags}


def describe_act(*, shows_secret: bool = False) -> dict[str, Any]:
    """For ``openapi_extra``: a route without a body that needs an Idempotency-Key. ``shows_secret``: its answer may
    hold a secret, which no replay repeats."""
    return {"x-idempotent": True, "x-shows-secret": shows_secret}


def describe_problems(*statuses: Literal["404", "409", "422"]) -> dict[int | str, dict[str, Any]]:
    """For ``responses``: what this route may answer beyond what every route may."""
    return {int(status): {"description": _PROBLEMS[status]} for status in statuses}


def install(app: FastAPI) -> None:
    """``app.openapi()`` and ``GET /openapi.json`` answer this document."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = make_document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def list_signed_routes(app: FastAPI) -> Iterator[tuple[RouteContext, str, AuthRequirement]]:
    """Every route under ``/v1`` with its method and its requirements. Raises LookupError for a route without
    requirements."""
    for route in iter_route_contexts(app.routes):
        if not (route.path or "").startswith(PREFIX):
            continue
        requirement = find_requirement(route.dependant)
        if requirement is None:
            raise LookupError(f"{route.path} is not behind signed(…)")
        for method in sorted(route.methods or ()):
            yield route, method, requirement


def make_document(app: FastAPI) -> dict[str, Any]:
    """The document as JSON. Raises LookupError for a route under ``/v1`` that is not signed."""
    signed = list(list_signed_routes(app))
    open_ones = [route for route in iter_route_contexts(app.routes) if route.path in OPEN]
    routes = [*{id(route): route for route, _, _ in signed}.values(), *open_ones]
    document = get_openapi(
        title=app.title, version=app.version, openapi_version="3.1.0", description=_ABOUT, routes=routes
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = _hoist(ProblemView.model_json_schema(ref_template=_REF), schemas)
    schemas["Problem"]["properties"]["code"]["examples"] = sorted(problem.STATUS)
    components["securitySchemes"] = {
        SECURITY: {"type": "apiKey", "in": "header", "name": "Authorization", "description": _SCHEME}
    }
    components["headers"] = _HEADERS
    for route, method, requirement in signed:
        operation = document["paths"][route.path_format][method.lower()]
        _complete(operation, route, method, requirement, schemas)
    for path in OPEN:
        for operation in document["paths"].get(path, {}).values():
            if path == INBOUND:
                _inbound(operation)
            _finish(operation, {})
    for name, each in examples.OF.items():
        if name in schemas:
            schemas[name]["examples"] = [each]
    document["x-scopes"] = list(SCOPES)
    return document


def _complete(
    operation: dict[str, Any], route: RouteContext, method: str, requirement: AuthRequirement, schemas: dict[str, Any]
) -> None:
    limit = requirement.limit_of(method)
    operation["operationId"] = f"{_module(route)}.{route.name}"
    operation["security"] = [{SECURITY: []}]
    operation["x-scope"] = requirement.scope
    operation["x-limit"] = {"class": limit, "per_minute": PER_MINUTE[limit]}
    if requirement.owner:
        operation["x-role"] = "owner"
    own = operation["responses"]
    if "HTTPValidationError" in str(own.get("422")):
        del own["422"]
    statuses = [*ALWAYS]
    body = operation.get("requestBody")
    if body is not None:
        statuses += WITH_BODY
        content = body["content"]["application/json"]
        content["schema"] = _hoist(content["schema"], schemas)
    idempotent = operation.pop("x-idempotent", False)
    shows_secret = operation.pop("x-shows-secret", False)
    if idempotent:
        statuses += ("409", "422")
        operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    for status in statuses:
        own.setdefault(status, {"description": _PROBLEMS[status]})
    path = route.path or ""
    for status, answer in own.items():
        if int(status) >= 400:
            answer["x-codes"] = list_codes(
                int(status), idempotent=idempotent, of_a_run=path.startswith(_OF_RUNS), shows_secret=shows_secret
            )
    _finish(operation, {"RateLimit-Policy", "RateLimit"})


def _inbound(operation: dict[str, Any]) -> None:
    """Describes the inbound webhook: the platform's own signature replaces the key, in the form that its connector
    verifies."""
    operation["operationId"] = "inbound.take"
    operation["security"] = []
    described = {"description": "As the platform sends it, signed in the form that its connector verifies."}
    operation["requestBody"] = {"required": True, **described, "content": {"application/json": {"schema": {}}}}
    own = operation["responses"]
    for status in ("400", "401", "404", "413", "429", "500", "503"):
        own.setdefault(status, {"description": _PROBLEMS[status]})
    own["422"] = {"description": _PROBLEMS["422"]}
    for status, answer in own.items():
        if int(status) >= 400:
            answer["x-codes"] = list_codes(int(status), idempotent=False, of_a_run=False)


def list_codes(status: int, *, idempotent: bool, of_a_run: bool, shows_secret: bool = False) -> list[str]:
    """Every code of a problem with this status. Refusals only occur on routes that act on a run."""
    found = {code for code, number in problem.STATUS.items() if number == status}
    if not idempotent:
        found = {code for code in found if not code.startswith("idempotency_")}
    if not shows_secret:
        found -= {"secret_shown_once"}
    if of_a_run:
        found |= {code for code in get_args(RefusalCode) if problem.REFUSAL_STATUS.get(code, 409) == status}
    return sorted(found)


def _module(route: RouteContext) -> str:
    """The name of the route's file in ``web/api``, unique together with the route's name."""
    return str(getattr(route.endpoint, "__module__", "")).rpartition(".")[2]


def _finish(operation: dict[str, Any], limited: Collection[str]) -> None:
    """Adds every answer's headers, and every problem's schema."""
    for status, answer in operation["responses"].items():
        names = {"X-Request-Id", *limited, *(("Retry-After",) if status in ("429", "503") else ())}
        answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(names)}
        if int(status) >= 400 and "content" not in answer:
            answer["content"] = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _hoist(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema with its definitions moved to the components, where references point."""
    for name, each in schema.pop("$defs", {}).items():
        schemas.setdefault(name, each)
    return schema
