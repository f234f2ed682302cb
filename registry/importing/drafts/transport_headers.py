"""Transport headers: those that belong to HTTP, caches and tracing. No person says their values."""

from __future__ import annotations

from typing import Final

from registry.importing.drafts import json_schemas
from registry.importing.drafts.slot_schema import CannotDraft, Slot

_HEADERS: Final = frozenset(
    {
        # RFC 9110: preconditions, ranges, negotiation and context of a request
        "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range", "accept",
        "accept-charset", "accept-language", "content-encoding", "content-language", "content-location", "date", "from",
        "max-forwards", "referer", "user-agent",
        # RFC 9111 (caches), RFC 7240 (preferences), RFC 9530 and 9421 (digests, signatures), the Fetch standard
        "cache-control", "pragma", "prefer", "content-digest", "repr-digest", "signature", "signature-input", "origin",
        # W3C Trace Context, and the names that came before it
        "traceparent", "tracestate", "baggage", "x-request-id", "x-correlation-id", "request-id", "correlation-id",
        # one more key of a call: the first is filled with OpsIQ's own
        "idempotency-key", "x-idempotency-key",
    }
)  # fmt: skip
LEFT_OUT: Final = "nothing: it is a header of HTTP that need not be sent"


class Undecided(CannotDraft):
    """What a person must decide before there can be a draft."""


def is_transport(slot: Slot) -> bool:
    """Whether a parameter is a header that no person says."""
    return slot.place == "header" and slot.key.lower() in _HEADERS


def is_tag(slot: Slot) -> bool:
    """Whether a parameter is the version (``ETag``) of the record that the call changes (RFC 9110 §13.1.1)."""
    return slot.place == "header" and slot.key.lower() == "if-match"


def find_constant(slot: Slot) -> str | int | float | bool | None:
    """The value that every call may send: the default, or the only one that is allowed."""
    only = slot.schema.get("enum", ())
    value = only[0] if len(only) == 1 else slot.view.own.get("default")
    return value if isinstance(value, str | int | float) and json_schemas.is_exact(value) else None


def explain_needed(slot: Slot) -> str:
    """What to decide about a transport header that every call needs."""
    value = "*" if is_tag(slot) else "…"
    fixed = f'write "{slot.name}": {{"fixed": {{"value": "{value}"}}}} into the decisions\' "parameters".'
    told = f"Every call of it needs the header {slot.key}, whose value no person says."
    if not is_tag(slot):
        return f"{told} If one value fits every call, {fixed}"
    return (
        f"{told} It is the version of the record that is changed. If the record has a field etag, decide which record "
        f"the call is about: the header is then filled from that. If the platform takes any version, {fixed}"
    )
