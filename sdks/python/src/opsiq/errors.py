"""Everything the SDK raises.

    OpsIQError
    ├── ConfigurationError             something given to the SDK can't be used; nothing was sent
    ├── WebhookVerificationError       a webhook or action call that is not to be believed; says why in ``reason``
    ├── TransportError                 no answer came: it may have happened
    │   └── TimedOutError              … in time
    └── ApiError                       the server's answer is no success; decide by ``code``, then by the class
        ├── UnreadableAnswerError      a success that can't be read
        ├── InvalidRequestError        400, 405, 413, 415
        ├── AuthenticationError        401
        │   └── ClockSkewError         … and this machine's clock is wrong
        ├── ForbiddenError             403
        ├── NotFoundError              404
        ├── ConflictError              409
        │   └── IdempotencyInFlightError
        ├── UnprocessableError         422
        │   └── IdempotencyKeyReusedError
        ├── RateLimitedError           429
        └── ServerError                5xx
            └── UnavailableError       503

No text of theirs holds a secret, a signature or a body that was sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional


@dataclass(frozen=True)
class Fault:
    """One thing wrong at one place of what was sent. ``pointer`` is a JSON Pointer."""

    pointer: str
    code: str
    detail: str


class OpsIQError(Exception):
    """The root. ``code`` and ``request_id`` are None where the answer named none."""

    code: Optional[str] = None
    request_id: Optional[str] = None


class ConfigurationError(OpsIQError, ValueError):
    """Something given to the SDK (a key, an id, an option) can't be used. Nothing was sent."""

    code = "configuration"


class WebhookVerificationError(OpsIQError):
    """Don't believe it, and answer 401. ``reason`` is one word of the reference's table; the sender needs no more than the status."""  # noqa: E501

    code = "webhook_verification"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason

    def __reduce__(self) -> Any:
        return type(self), (self.reason, str(self))


class TransportError(OpsIQError):
    """No answer came, on any attempt. What was asked for may have happened: send it again with the same ``idempotency_key``."""  # noqa: E501

    code = "transport"

    def __init__(self, detail: str, *, idempotency_key: Optional[str] = None) -> None:
        super().__init__(detail)
        self.idempotency_key = idempotency_key


class TimedOutError(TransportError):
    """No answer came in time."""

    code = "timed_out"


class ApiError(OpsIQError):
    """The server's problem (RFC 9457). ``code`` is None where the answer was no problem document, a proxy's page for example."""  # noqa: E501

    def __init__(
        self,
        detail: str,
        *,
        status: int,
        code: Optional[str] = None,
        request_id: Optional[str] = None,
        retryable: bool = False,
        errors: Sequence[Fault] = (),
        retry_after_s: Optional[float] = None,
        run_id: Optional[str] = None,
        server_time: Optional[int] = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code = code
        self.request_id = request_id
        self.retryable = retryable
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s
        self.run_id = run_id
        self.server_time = server_time

    def __str__(self) -> str:
        faults = "".join(f"\n  {each.pointer}: {each.detail} [{each.code}]" for each in self.errors)
        return (
            f"{self.detail} [{self.code or 'no code'}, {self.status}, request {self.request_id or 'unknown'}]{faults}"
        )

    def __reduce__(self) -> Any:
        return _revived, (type(self), self.detail, vars(self))


def _revived(kind: type[ApiError], detail: str, fields: Mapping[str, Any]) -> ApiError:
    return kind(detail, **{name: value for name, value in fields.items() if name != "detail"})


class UnreadableAnswerError(ApiError):
    """A success whose body can't be read. What was asked for has happened."""


class InvalidRequestError(ApiError):
    """The request can't be read; ``detail`` and ``errors`` say what to send."""


class AuthenticationError(ApiError):
    """Nobody known there signed this: check the key and its secret."""


class ClockSkewError(AuthenticationError):
    """This machine's clock is more than 300 s off, and could not be made up for. ``server_time`` is in unix seconds."""


class ForbiddenError(ApiError):
    """Known, but not allowed: the role or the key's scopes don't reach (``forbidden``), only a person in the console may confirm it
    (``person_required``; ``detail`` says where), or a test key was used for what has effects (``wrong_mode``)."""  # noqa: E501


class NotFoundError(ApiError):
    """There is no such thing in this workspace."""


class ConflictError(ApiError):
    """It has moved on since you saw it: read it again, then decide."""


class IdempotencyInFlightError(ConflictError):
    """The first request with this key is still under way."""


class UnprocessableError(ApiError):
    """What was sent won't do; ``errors`` says where, ``run_id`` which run history tells of."""


class IdempotencyKeyReusedError(UnprocessableError):
    """This idempotency key belongs to another request."""


class RateLimitedError(ApiError):
    """``retry_after_s`` says how long to wait."""


class ServerError(ApiError):
    """The server, or something it depends on, has failed."""


class UnavailableError(ServerError):
    """Something it depends on is down; try again later."""


_BY_CODE: Mapping[str, type[ApiError]] = {
    code: kind
    for kind, codes in {
        InvalidRequestError: (
            "invalid_request not_canonical idempotency_key_required body_too_large unsupported_media_type "
            "method_not_allowed"
        ),
        AuthenticationError: "invalid_signature bad_assertion",
        ClockSkewError: "clock_skew",
        ForbiddenError: "forbidden wrong_mode same_person person_required wrong_surface",
        NotFoundError: "not_found no_match",
        ConflictError: "conflict expired stale already_decided drifted condition_unmet not_authentic",
        IdempotencyInFlightError: "idempotency_in_flight",
        UnprocessableError: "invalid unsigned invalid_contract bad_contract_signature event_loop too_complex",
        IdempotencyKeyReusedError: "idempotency_key_reused",
        RateLimitedError: "rate_limited",
        UnavailableError: "unavailable platform_unavailable model_unavailable",
        ServerError: "model_misbehaved connector_broken bad_setting error internal",
    }.items()
    for code in codes.split()
}
_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: InvalidRequestError, 405: InvalidRequestError, 413: InvalidRequestError, 415: InvalidRequestError,
    401: AuthenticationError, 403: ForbiddenError, 404: NotFoundError, 409: ConflictError, 422: UnprocessableError,
    429: RateLimitedError, 503: UnavailableError,
}  # fmt: skip


_REDIRECTS = ": redirects are not followed"
_OF_A_THING: frozenset[int] = frozenset({404, 409, 422})
"""What only OpsIQ can say of a thing of the workspace: without a code of its own it has not."""


def of_problem(
    status: int,
    problem: Mapping[str, Any],
    *,
    call: str,
    base_url: str,
    request_id: Optional[str],
    retry_after_s: Optional[float],
) -> ApiError:
    """The error that a non-2xx answer becomes. ``problem`` is its JSON object, empty where it has none; ``call`` is method and path, ``request_id`` the header's.
    Without a code it is another server's or a proxy's: nothing of it is quoted, and the error names ``base_url``."""  # noqa: E501
    code = _text(problem, "code")
    detail = _text(problem, "detail") or f"The server answered {status}, without saying why."
    by_status = None if code is None and status in _OF_A_THING else _BY_STATUS.get(status)
    kind = _BY_CODE.get(code or "") or by_status or (ServerError if 500 <= status <= 599 else ApiError)
    if code is None:
        detail = (
            f"What answers at {base_url} is no OpsIQ server, or a proxy whose server is down: it answered {call} with "
            f"{status} and no problem of OpsIQ's. See base_url{_REDIRECTS if 300 <= status <= 399 else ''}."
        )
    told = problem.get("errors")
    faults = [each for each in told if isinstance(each, Mapping)] if isinstance(told, list) else []
    server_time = problem.get("server_time")
    return kind(
        detail,
        status=status,
        code=code,
        request_id=_text(problem, "request_id") or request_id,
        retryable=problem.get("retryable") is True,
        errors=[Fault(*(str(each.get(name, "")) for name in ("pointer", "code", "detail"))) for each in faults],
        retry_after_s=retry_after_s,
        run_id=_text(problem, "run_id"),
        server_time=server_time if isinstance(server_time, int) and not isinstance(server_time, bool) else None,
    )


def _text(problem: Mapping[str, Any], name: str) -> Optional[str]:
    value = problem.get(name)
    return value if isinstance(value, str) else None
