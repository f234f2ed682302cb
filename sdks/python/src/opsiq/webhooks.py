"""What OpsIQ sends, verified: events and action calls (Standard Webhooks v1, docs/reference/wire.md §2). No I/O but the replay store's."""  # noqa: E501

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Optional, Union

from opsiq.errors import ConfigurationError, WebhookVerificationError

Headers = Union[Mapping[str, Any], Iterable[Any]]
"""As a framework gives them: a mapping (Django's ``META`` too) of names in any case, or pairs, of text or bytes."""
_NEEDED: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")
_ID: Final = re.compile(r"[\x21-\x2d\x2f-\x7e]{1,255}")
_TS: Final = re.compile(r"0|[1-9][0-9]{0,10}")


@dataclass(frozen=True)
class Verified:
    """A message that is OpsIQ's. ``id`` is the same over retries and resends: do each once."""

    id: str
    timestamp: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Event:
    """Something that has happened. ``data`` is its object, ``timestamp`` when it happened (ISO 8601)."""

    id: str
    type: str
    timestamp: str
    data: dict[str, Any]
    delivery_id: Optional[str] = None
    attempt: int = 1


@dataclass(frozen=True)
class ActionCall:
    """Something to be done, once for each ``id``. ``actor`` has id, name and role of who said yes."""

    id: str
    action: str
    params: dict[str, Any]
    actor: dict[str, Any]
    contract_version: int
    run_id: str
    workspace: str


class Webhooks:
    """Verifies what arrives with one of ``secrets`` (``whsec_…``; several while one rotates).

    ``seen``, a replay store: asked with ``<id>.<timestamp>`` of each verified message, it remembers it and answers whether it knew it.
    Raises ConfigurationError for a secret that can't be one.
    """  # noqa: E501

    def __init__(
        self,
        secrets: Union[str, Sequence[str]],
        *,
        tolerance_s: float = 300,
        seen: Optional[Callable[[str], bool]] = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        given = [secrets] if isinstance(secrets, str) else list(secrets)
        if not given:
            raise ConfigurationError("There is no secret to verify with.")
        self._keys = [_key(each) for each in given]
        self._tolerance_s = tolerance_s
        self._seen = seen
        self._clock = clock

    def __repr__(self) -> str:
        return f"Webhooks({len(self._keys)} secret(s), tolerance_s={self._tolerance_s})"

    def verify(self, body: bytes, headers: Headers) -> Verified:
        """The message, if one of the secrets signed exactly these bytes just now. ``body``: the raw bytes, before any JSON parser.

        Raises WebhookVerificationError for whatever is wrong.
        """  # noqa: E501
        raw = _raw(body)
        found = _found(headers)
        msg_id, ts, signatures = (found[name] for name in _NEEDED)
        if not _ID.fullmatch(msg_id) or not _TS.fullmatch(ts):
            raise WebhookVerificationError("malformed", "The webhook-id or the webhook-timestamp is malformed.")
        age = self._clock() - int(ts)
        if abs(age) > self._tolerance_s:
            reason, word = ("too_old", "ago") if age > 0 else ("too_new", "ahead")
            raise WebhookVerificationError(reason, f"Signed {abs(age):.0f} s {word}: a replay, or a clock is wrong.")
        if not self._signed(msg_id, ts, raw, signatures):
            canonical = _canonical(raw)
            if canonical is not None and self._signed(msg_id, ts, canonical, signatures):
                raise WebhookVerificationError(
                    "reserialised",
                    "This body was parsed and written again. Verify the raw bytes, before any JSON parser touches them.",  # noqa: E501
                )
            raise WebhookVerificationError(
                "no_match", "No signature on this was made with a secret that is known here."
            )
        if self._seen is not None and self._seen(f"{msg_id}.{ts}"):
            raise WebhookVerificationError("replayed", "This very message has been here before.")
        return Verified(msg_id, int(ts), raw, found)

    def event(self, body: bytes, headers: Headers) -> Event:
        """The event that this is. Raises WebhookVerificationError."""
        return event_of(self.verify(body, headers))

    def action_call(self, body: bytes, headers: Headers) -> ActionCall:
        """The action call that this is. Raises WebhookVerificationError."""
        return call_of(self.verify(body, headers))

    def _signed(self, msg_id: str, ts: str, raw: bytes, signatures: str) -> bool:
        fits = False
        for key in self._keys:
            mac = hmac.digest(key, f"{msg_id}.{ts}.".encode("ascii") + raw, "sha256")
            expected = b"v1," + base64.b64encode(mac)
            for part in signatures.split(" "):
                fits |= hmac.compare_digest(expected, part.encode("utf-8", "replace"))
        return fits


def read_message(message: Verified) -> Union[Event, ActionCall]:
    """What it is, by its signed body: headers are not signed. Raises WebhookVerificationError where it is neither."""
    return call_of(message) if "action" in _json_object(message) else event_of(message)


def event_of(message: Verified) -> Event:
    """Raises WebhookVerificationError where it is none."""
    made = _members(message, "event", {"type": str, "timestamp": str, "data": dict})
    attempt = message.headers.get("opsiq-attempt", "")
    number = int(attempt) if re.fullmatch("[0-9]{1,9}", attempt) else 1
    return Event(
        message.id, made["type"], made["timestamp"], made["data"], message.headers.get("opsiq-delivery-id"), number
    )


def call_of(message: Verified) -> ActionCall:
    """Raises WebhookVerificationError where it is none."""
    shape = {"action": str, "params": dict, "actor": dict, "contract_version": int, "run_id": str, "workspace": str}
    return ActionCall(id=message.id, **_members(message, "action call", shape))


def _members(message: Verified, kind: str, shape: Mapping[str, type]) -> dict[str, Any]:
    value = _json_object(message)
    wrong = [name for name, type_ in shape.items() if type(value.get(name)) is not type_]
    if value.get("id") != message.id:
        wrong.append("id")
    if wrong:
        raise WebhookVerificationError(
            "not_expected", f"It is signed, and no {kind}: it lacks {', '.join(wrong)}, or has it in another form."
        )
    return {name: value[name] for name in shape}


def _json_object(message: Verified) -> dict[str, Any]:
    try:
        value = json.loads(message.body.decode("utf-8"))
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    raise WebhookVerificationError("not_expected", "It is signed, and its body is no JSON object in UTF-8.")


def _raw(body: Any) -> bytes:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    raise WebhookVerificationError(
        "not_raw",
        f"The body was given as {type(body).__name__}. Give the raw bytes: request.get_data() in Flask, request.body in Django, "  # noqa: E501
        "await request.body() in FastAPI.",
    )


def _found(headers: Headers) -> dict[str, str]:
    """All headers by lower-case names. Raises WebhookVerificationError for a doubled or absent one of those that count."""  # noqa: E501
    found: dict[str, str] = {}
    for name, value in _pairs(headers):
        if name in found and name in _NEEDED:
            raise WebhookVerificationError("duplicate_header", f"The header {name} came twice.")
        found[name] = value
    for name in _NEEDED:
        if not found.get(name):
            raise WebhookVerificationError("missing_header", f"The header {name} is missing.")
    return found


def _pairs(headers: Any) -> Iterable[tuple[str, str]]:
    environ = isinstance(headers, Mapping)  # Django's META and WSGI's environ name them HTTP_WEBHOOK_ID
    try:
        for name, value in headers.items() if hasattr(headers, "items") else headers:
            lower = _text(name).lower()
            if environ and lower.startswith("http_"):
                lower = lower[5:].replace("_", "-")
            for each in value if isinstance(value, (list, tuple)) else (value,):
                yield lower, _text(each)
    except (TypeError, ValueError):
        raise WebhookVerificationError("missing_header", "The headers are neither a mapping nor pairs.") from None


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _canonical(raw: bytes) -> Optional[bytes]:
    """The body as OpsIQ would have written it; None where it is that already, or no JSON."""
    try:
        text = json.dumps(json.loads(raw), ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
        return text.encode("utf-8") if text.encode("utf-8") != raw else None
    except (ValueError, RecursionError):
        return None


def _key(secret: str) -> bytes:
    wrong = ConfigurationError(
        "A webhook secret is whsec_ and the base64 of at least 16 bytes, as it was shown when it was made."
    )
    if not isinstance(secret, str) or not secret.startswith("whsec_"):
        raise wrong
    text = secret[len("whsec_") :]
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise wrong from None
    if len(key) < 16:
        raise wrong
    return key
