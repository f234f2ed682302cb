"""RFC 9457 problem responses: the only mapping of error codes to HTTP statuses, and the only shape of errors."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from agent.pipeline import Refusal
from core.crypto.request_signature import SCHEME
from core.errors import OpsIQError
from registry.form_faults import describe_fault
from registry.json_schema.pointer import join_pointer
from web.middleware import make_security_headers

log = logging.getLogger(__name__)

STATUS: Final[Mapping[str, int]] = {
    "error": 500,
    "invalid_request": 400,
    "not_canonical": 400,
    "invalid_contract": 422,
    "not_found": 404,
    "conflict": 409,
    "event_loop": 422,
    "invalid_signature": 401,
    "clock_skew": 401,
    "forbidden": 403,
    "wrong_mode": 403,
    "bad_contract_signature": 422,
    "not_authentic": 409,
    "bad_assertion": 401,
    "bad_setting": 500,
    "unavailable": 503,
    "platform_unavailable": 503,
    "model_unavailable": 503,
    "model_misbehaved": 502,
    "connector_broken": 500,
    "idempotency_key_required": 400,
    "idempotency_key_reused": 422,
    "idempotency_in_flight": 409,
    "secret_shown_once": 409,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "method_not_allowed": 405,
    "rate_limited": 429,
    "internal": 500,
}
REFUSAL_STATUS: Final[Mapping[str, int]] = {
    "forbidden": 403,
    "same_person": 403,
    "person_required": 403,
    "wrong_surface": 403,
    "not_found": 404,
    "no_match": 404,
    "invalid": 422,
    "unsigned": 422,
    "too_complex": 422,
    "unavailable": 503,
}
"""Status of refusals that answer a call. All others are 409: the run's state doesn't allow the call."""
_TITLES: Final[Mapping[int, str]] = {
    400: "The request can't be read",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Too large",
    415: "Wrong media type",
    422: "Not acceptable as it is",
    429: "Too many requests",
    500: "Something broke here",
    502: "The model's answer can't be used",
    503: "Try again",
}


BROKE: Final = "Something broke here. It was logged under this request id."
NO_FORM: Final = "The request does not have the form this endpoint takes."
MOST_FINDINGS: Final = 100
"""Most faults of one request that are reported: a body can have a hundred thousand."""
MOST_POINTER_CHARS: Final = 2000
MACHINES: Final = ("/v1/", "/mcp", "/.well-known/", "/healthz", "/readyz", "/openapi.json", "/static/")
"""Paths whose answers are read by programs. All others show a page to a person."""
_WEBHOOK: Final = re.compile(r"/connectors/[^/]+/webhook")
Draw = Callable[[Request, int, str, str], Response]
"""Draws the error page from status, title and detail."""


def is_for_machines(path: str) -> bool:
    return path == "/v1" or path.startswith(MACHINES) or _WEBHOOK.fullmatch(path) is not None


class Problem(OpsIQError):
    """An error of the HTTP layer itself. Its code is passed in instead of being a class of its own."""

    def __init__(
        self, code: str, detail: str, *, headers: Mapping[str, str] | None = None, retryable: bool = False
    ) -> None:
        super().__init__(detail)
        self.problem_code = code
        self.headers = dict(headers or {})
        self.problem_retryable = retryable


def make_response(
    request: Request,
    code: str,
    detail: str,
    *,
    status: int | None = None,
    retryable: bool = False,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    number = status or STATUS.get(code, 500)
    draw: Draw | None = getattr(request.app.state, "draw_problem", None)
    if draw is not None and not is_for_machines(request.url.path):
        page = draw(request, number, _TITLES.get(number, "Error"), detail)
        page.headers.update(headers or {})
        return page
    told = dict(headers or {})
    if number == 401 and request.url.path.startswith("/v1/"):
        told.setdefault("WWW-Authenticate", SCHEME)
    made = make_body(request, code, detail, status=number, retryable=retryable, errors=errors, extra=extra)
    return JSONResponse(made, status_code=number, media_type="application/problem+json", headers=told)


def make_body(
    request: Request,
    code: str,
    detail: str,
    *,
    status: int,
    retryable: bool = False,
    errors: list[dict[str, str]] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A problem as JSON."""
    return {
        "type": f"https://opsiq.invalid/problems/{code}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "code": code,
        "request_id": find_request_id(request),
        "retryable": retryable,
        **(extra or {}),
        **({"errors": errors} if errors else {}),
    }


def make_error_response(request: Request, error: OpsIQError) -> Response:
    errors = list_findings(error)
    if isinstance(error, Problem):
        return make_response(
            request, error.problem_code, error.detail, retryable=error.problem_retryable, headers=error.headers
        )
    headers = {"Retry-After": "1"} if error.retryable else {}
    return make_response(
        request, error.code, error.detail, retryable=error.retryable, errors=errors, headers=headers, extra=error.extra
    )


def list_findings(error: OpsIQError) -> list[dict[str, str]]:
    """The first faults of an error, as its answer lists them. A pointer is cut: below one long key there may be a
    hundred faults, and each would repeat it."""
    return [
        {"pointer": cut_pointer(each.pointer), "code": each.code, "detail": each.detail}
        for each in error.findings[:MOST_FINDINGS]
    ]


def cut_pointer(pointer: str) -> str:
    return pointer if len(pointer) <= MOST_POINTER_CHARS else pointer[: MOST_POINTER_CHARS - 1] + "…"


def make_refusal_response(request: Request, refusal: Refusal) -> Response:
    """A refused action *on* a run (a stale confirmation, a late answer). The run itself is unchanged."""
    return make_response(request, refusal.code, refusal.detail, status=get_refusal_status(refusal))


def get_refusal_status(refusal: Refusal) -> int:
    return REFUSAL_STATUS.get(refusal.code, 409)


def find_request_id(request: Request) -> str:
    made: str = request.scope.get("state", {}).get("request_id", "")
    return made


def install(app: FastAPI) -> None:
    """Gives all errors of the API one shape. Unexpected ones answer 500 without internal details."""

    @app.exception_handler(OpsIQError)
    async def known(request: Request, error: OpsIQError) -> Response:
        code = error.problem_code if isinstance(error, Problem) else error.code
        if STATUS.get(code, 500) >= 500:
            log.warning("%s: %s", code, error.detail, extra={"request_id": find_request_id(request)})
        return make_error_response(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        errors = [
            {
                "pointer": cut_pointer(join_pointer(*fault["loc"])),
                "code": fault["type"],
                "detail": describe_fault(fault),
            }
            for fault in islice(error.errors(), MOST_FINDINGS)
        ]
        return make_response(request, "invalid_request", NO_FORM, errors=errors)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
        detail = {
            404: f"There is nothing at {request.url.path}.",
            405: f"{request.method} is not for {request.url.path}.",
        }
        text = detail.get(error.status_code, str(error.detail))
        recognize = getattr(request.app.state, "recognize", None)
        if recognize is not None and not is_for_machines(request.url.path):
            await recognize(request)  # no route did it: a signed-in person keeps the navigation
        return make_response(request, code, text, status=error.status_code, headers=error.headers)

    @app.exception_handler(ClientDisconnect)
    async def gone(request: Request, _: ClientDisconnect) -> Response:
        """Handles a client that left before its body was complete: nothing failed here, and nobody reads the answer."""
        return make_response(request, "invalid_request", "The body ended before it was whole.")

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> Response:
        log.error("unexpected error", exc_info=error, extra={"request_id": find_request_id(request)})
        # This answer bypasses every middleware, so it adds the security headers itself.
        headers = {name.decode(): value.decode() for name, value in make_security_headers(request.scope)} | {
            "X-Request-Id": find_request_id(request)
        }
        return make_response(request, "internal", BROKE, retryable=True, headers=headers)
