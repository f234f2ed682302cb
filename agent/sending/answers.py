"""Endpoint answers: reads an HTTP endpoint's answer by its own rules. Says what became of the call, and its result."""

from __future__ import annotations

from typing import Any, Final

from core import canon
from core.display_text import to_display_text
from core.errors import NotCanonical
from executors.retry import EndpointReply, EndpointVerdict, Reply, describe
from registry.endpoints import json_body
from registry.endpoints.types import HttpEndpoint

REFUSED: Final = (401, 403)
MAX_SENTENCE: Final = 300


def judge(endpoint: HttpEndpoint, reply: Reply) -> EndpointReply:
    """Judges an answer. ``reply.body`` holds no secrets."""
    verdict = _judge(endpoint, reply)
    refused = reply.status in REFUSED
    said = describe_refusal(endpoint.connection, reply.status) if refused else describe(reply)
    if verdict != "done" and (sentence := _find_sentence(endpoint, reply.body)):
        said = f"{said} It says: “{sentence}”{'' if sentence[-1] in '.!?…' else '.'}"
    return EndpointReply(reply, verdict, said, _pick_result(endpoint, reply) if verdict == "done" else None)


def describe_refusal(connection: str | None, status: int | None) -> str:
    """The sentence for refused credentials. ``status`` is None if a token endpoint refused them."""
    answered = "" if status is None else f" (it answered {status})"
    if connection is None:
        return f"The address needs credentials{answered}, and the contract names no connection that has any."
    return (
        f"The connection “{connection}”: its credentials were refused{answered}. "
        "An owner gives new ones; it is not tried again."
    )


def _judge(endpoint: HttpEndpoint, reply: Reply) -> EndpointVerdict:
    if reply.status is not None:
        return "not_done" if reply.status in REFUSED else endpoint.statuses.of(reply.status)
    if reply.sent:
        return "unknown"
    return "not_done" if reply.error in ("blocked", None) else "try_again"


def decode(body: bytes) -> Any:
    """The JSON value of a body, or json_body.MISSING."""
    try:
        return canon.loads(body)
    except NotCanonical:
        return json_body.MISSING


def _find_sentence(endpoint: HttpEndpoint, body: bytes) -> str:
    """The platform's own error message, on one line."""
    document = decode(body)
    for pointer in endpoint.error:
        found = json_body.read_at(document, pointer)
        if isinstance(found, list):
            found = "; ".join(each for each in found[:5] if isinstance(each, str))
        if isinstance(found, str) and found.strip():
            return to_display_text(found.strip(), limit=MAX_SENTENCE)
    return ""


def _pick_result(endpoint: HttpEndpoint, reply: Reply) -> bytes | None:
    """The part of the answer that the contract selects. None if it selects none."""
    if endpoint.result is None:
        return None
    document = decode(reply.body)
    found = {name: json_body.read_at(document, pointer) for name, pointer in endpoint.result.items()}
    return canon.dumps({name: value for name, value in found.items() if value is not json_body.MISSING})
