"""Headers of webhook deliveries: OpsIQ's own beside the signature (``opsiq-event``, ``opsiq-delivery-id``), and those
that an endpoint's owner sets. ``executors.http.signed_client`` adds those of action calls (signature, attempt,
idempotency key)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import TypeAdapter

from core.errors import Finding, InvalidInput
from executors.http.signed_client import validate_headers
from registry.json_schema import pointer

MAX_HEADERS: Final = 20
HIDDEN: Final = "(hidden)"
_HEADERS: Final = TypeAdapter(dict[str, str])
"""Writes headers in half the time of ``json``, since every attempt has its own."""
_RESERVED: Final = ("webhook-", "opsiq-", "content-", "x-forwarded-", "proxy-", "sec-")
"""Reserved prefixes: the signature, the body's description, and the origin of a request."""
_NEVER: Final = frozenset(
    {
        "accept", "accept-encoding", "connection", "cookie", "date", "expect", "forwarded", "host", "http2-settings",
        "idempotency-key", "keep-alive", "max-forwards", "origin", "te", "trailer", "transfer-encoding", "upgrade",
        "user-agent", "via", "x-real-ip", "x-http-method-override",
    }
)  # fmt: skip
"""Headers of the connection (RFC 9110 §7.6.1), of the message's framing, and those that proxies trust."""


def check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """An endpoint's own headers, by lower-case name. Raises InvalidInput for malformed and reserved ones."""
    if len(headers) > MAX_HEADERS:
        raise InvalidInput(f"An endpoint has at most {MAX_HEADERS} headers of its own.")
    for name in headers:
        if _is_reserved(name):
            detail = (
                f"The header {name!r} is not an endpoint's to set: OpsIQ or the connection sets it, or proxies "
                f"would believe it. "
                "Use a name of your own, such as Authorization or X-Team."
            )
            raise InvalidInput(detail, findings=[Finding("/headers" + pointer.join_pointer(name), "reserved", detail)])
    return validate_headers(headers)


def make_delivery_headers(custom: Mapping[str, str], event: str, delivery_id: str) -> dict[str, str]:
    """The headers besides the signature. Stored headers whose names were reserved later are left out."""
    own = {name: value for name, value in custom.items() if not _is_reserved(name)}
    return {**own, "opsiq-event": event, "opsiq-delivery-id": delivery_id}


def _is_reserved(name: str) -> bool:
    lower = name.lower()
    return lower in _NEVER or lower.startswith(_RESERVED)


def describe_headers(sent: Mapping[str, str], custom: Mapping[str, str]) -> str:
    """The request's headers as JSON for the log. Headers of an endpoint's owner are hidden, because they may hold a
    password."""
    told = {**sent, **dict.fromkeys(custom.keys() & sent.keys(), HIDDEN)}
    return _HEADERS.dump_json(told).decode()
