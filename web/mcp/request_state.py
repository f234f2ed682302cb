"""Request state of a call that waits for input: sealed with the data key, and bound to its caller, tool, arguments and
time by the SDK.

The client carries it and returns it, so an attacker may change it. A changed state opens nothing.
"""

from __future__ import annotations

import base64
from typing import Any, Final

from mcp.server.context import ServerRequestContext
from mcp.server.request_state import InvalidRequestState, RequestStateBoundary, RequestStateSecurity

from core import canon
from core.crypto.secretbox import SecretBox
from core.errors import BadSetting
from web.mcp.calls import make_call

_CONTEXT: Final = "mcp-request-state"
LIVES_S: Final = 15 * 60.0
"""Lifetime of a state in seconds, equal to a card's default."""


class SealedState:
    """Codec of the SDK's ``RequestStateCodec`` over the workspace's ``SecretBox``."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box

    def seal(self, payload: bytes) -> str:
        return self._box.seal(payload, context=_CONTEXT)

    def unseal(self, token: str) -> bytes:
        try:
            opened = self._box.open(token, context=_CONTEXT)
        except BadSetting as error:
            raise InvalidRequestState("does not open") from error
        if not _canonical(token):
            raise InvalidRequestState("another writing of the same bytes")
        return opened


def make_boundary(box: SecretBox) -> RequestStateBoundary:
    security = RequestStateSecurity(codec=SealedState(box), ttl=LIVES_S, bind_principal=_principal)
    return RequestStateBoundary(security, default_audience="opsiq")


def _principal(ctx: ServerRequestContext[Any, Any]) -> str:
    """The principal that may return a state: the same key or member, in the same workspace, role and surface."""
    call = make_call(ctx)
    actor = call.caller.actor
    return canon.dumps([actor.workspace, actor.kind, actor.id, actor.role, call.surface]).decode()


def _canonical(token: str) -> bool:
    """Whether the base64url has its only valid spelling: the last character may contain unused bits."""
    body = token.rpartition(".")[2]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=") == body
