"""Endpoint client port: sends calls that are no signed POSTs. Each type of endpoint has one client."""

from __future__ import annotations

from typing import Protocol

from agent.pipeline import Step
from executors.retry import EndpointReply


class EndpointClient(Protocol):
    """Sends the calls of one type of endpoint."""

    async def call(self, workspace: str, step: Step, *, attempt: int) -> EndpointReply:
        """Makes one attempt at a call of ``step.endpoint``, exactly as the step says.

        Credentials are added here and appear in nothing that is returned. Whatever the other side does becomes a reply.
        A call that can't be sent (no such connection, no credentials) is ``not_done``, and nothing was sent.
        """
        ...
