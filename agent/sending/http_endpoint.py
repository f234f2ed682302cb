"""HTTP endpoint client: sends the rendered request of a call with its connection's credentials."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from agent.credentials.oauth import CredentialsRefused
from agent.credentials.vault import ConnectionMoved, Vault
from agent.pipeline import Step
from agent.sending.answers import describe_refusal, judge
from core.errors import InvalidInput, NotAuthentic, Unavailable
from executors.http.credentials import NO_CREDENTIALS
from executors.http.request_client import RequestClient
from executors.retry import EndpointReply, EndpointVerdict, Reply
from registry.endpoints.rendering import RenderedRequest
from registry.endpoints.types import HttpEndpoint

FindChange = Callable[[str, str, int], Awaitable[str]]
"""Finds what changed upstream of a workspace's contract (name, version). Returns a sentence, or an empty text for no
change."""


@dataclass(frozen=True)
class HttpEndpointClient:
    """Implements ``agent.sending.endpoint_client.EndpointClient`` for the type ``http``. Asks ``find_change`` before
    the first attempt, and sends nothing after a change."""

    client: RequestClient
    vault: Vault
    find_change: FindChange | None = None

    async def call(self, workspace: str, step: Step, *, attempt: int) -> EndpointReply:
        """Makes one attempt. If an OAuth access token is refused (401, so nothing was done), it gets another and sends
        the request once more."""
        endpoint = step.endpoint
        if not isinstance(endpoint, HttpEndpoint):
            raise InvalidInput(f"“{step.title}” is no HTTP call.")
        look = self.find_change if attempt == 1 else None
        if look is not None and (changed := await look(workspace, step.action, step.version)):
            return _make_not_sent("not_done", changed)
        request = RenderedRequest(step.method, step.url, step.headers, step.payload)
        reply = await self.send(workspace, endpoint.connection, request, timeout_s=step.timeout_s, attempt=attempt)
        return reply if isinstance(reply, EndpointReply) else judge(endpoint, reply)

    async def send(
        self,
        workspace: str,
        connection: str | None,
        request: RenderedRequest,
        *,
        timeout_s: float,
        purpose: str = "action",
        attempt: int = 1,
    ) -> Reply | EndpointReply:
        """The reply to a request. An EndpointReply if nothing was sent for lack of usable credentials."""
        credentials, fresh = NO_CREDENTIALS, False
        while True:
            if connection is not None:
                try:
                    credentials = await self.vault.apply(workspace, connection, request.url, fresh=fresh)
                except CredentialsRefused as error:
                    await self.vault.record_refused(workspace, connection)
                    return _make_not_sent("not_done", f"{describe_refusal(connection, None)} {error}")
                except ConnectionMoved as error:
                    return _make_not_sent("not_done", str(error))
                except NotAuthentic as error:
                    return _make_not_sent("not_done", error.detail)
                except Unavailable as error:
                    said = f"The connection “{connection}” has no access token now: {error.detail}"
                    return _make_not_sent("try_again", said)
            reply = await self.client.send(
                request.method,
                request.url,
                request.headers,
                request.body,
                credentials=credentials,
                timeout_s=timeout_s,
                purpose=purpose,
                attempt=attempt,
            )
            if reply.status == 401 and credentials.renewable and not fresh:
                fresh = True
                continue
            if reply.status in (401, 403) and connection is not None:
                await self.vault.record_refused(workspace, connection)
            return reply


def _make_not_sent(verdict: EndpointVerdict, said: str) -> EndpointReply:
    return EndpointReply(Reply(None, b"", 0, None, sent=False), verdict, said)
