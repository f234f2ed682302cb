"""Endpoint client port: how calls leave that are no signed POSTs. One client for each type of endpoint."""

from __future__ import annotations

from typing import Protocol

from agent.pipeline import Step
from executors.retry import EndpointReply


class EndpointClient(Protocol):
    """Sends the calls of one type of endpoint."""

    async def call(self, workspace: str, step: Step, *, attempt: int) -> EndpointReply:
        """One attempt at a call of ``step.endpoint``, exactly as the step says. Credentials are put in here, and are in
        nothing that is answered. Whatever the other side does comes back as a reply; what can't be sent at all (no such
        connection, no credentials) is ``not_done``, and nothing has left."""
        ...
