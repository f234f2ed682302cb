"""JetStream pull consumer: fetches up to hundreds of messages with one request, straight from the subscription.
nats-py's ``fetch`` makes a task, a timer and a name for each message, which costs more than everything else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from nats.aio.msg import Msg

_NOTHING: Final = frozenset({"404", "408"})
"""Statuses that end a request: there are no messages, or its time is over (ADR-13, "JetStream pull consumers")."""


class Pull:
    """Pull requests, one at a time. Late messages belong to the next request: until they are acknowledged, the broker
    gives them to nobody else."""

    def __init__(self, client: Any, stream: str, consumer: str, answer_s: float) -> None:
        self._client = client
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox: str = client.new_inbox()
        self._answer_s = answer_s
        self._subscription: Any = None
        self._arrived: list[Msg] = []
        self._number = 0
        self._wanted = 0
        self._over = asyncio.Event()
        self._trouble = ""

    @classmethod
    async def open(cls, client: Any, stream: str, consumer: str, *, answer_s: float) -> Pull:
        made = cls(client, stream, consumer, answer_s)
        made._subscription = await client.subscribe(f"{made._inbox}.*", cb=made._on_message)
        return made

    async def close(self) -> None:
        """Stops receiving. Messages that were not fetched are released."""
        with contextlib.suppress(Exception):
            await self._subscription.unsubscribe()
            for message in self._arrived:
                await message.nak()

    async def fetch(self, most: int, wait_s: float) -> list[Msg]:
        """Fetches available messages, up to ``most``, late ones included. If there are none, it waits up to ``wait_s``
        for the first. Raises TimeoutError and ConnectionError if the broker doesn't answer or has lost the consumer,
        and what nats-py raises.
        """
        found = await self._send_request(most, {"no_wait": True}, 0.0)
        return found or await self._send_request(1, {"expires": int(wait_s * 1e9)}, wait_s)

    async def _send_request(self, most: int, how: dict[str, Any], wait_s: float) -> list[Msg]:
        self._number += 1
        self._wanted = most
        self._over.clear()
        await self._client.publish(
            self._subject, json.dumps({"batch": most, **how}).encode(), reply=f"{self._inbox}.{self._number}"
        )
        async with asyncio.timeout(wait_s + self._answer_s):
            await self._over.wait()
        found, self._arrived = self._arrived, []
        trouble, self._trouble = self._trouble, ""
        if trouble and not found:
            raise ConnectionError(f"The consumer answers {trouble}.")
        return found

    async def _on_message(self, message: Msg) -> None:
        status = message.headers.get("Status") if message.headers and not message.data else None
        if status is None:
            self._arrived.append(message)
            if len(self._arrived) >= self._wanted:
                self._over.set()
        elif message.subject == f"{self._inbox}.{self._number}" and status != "100":  # a heartbeat
            if status not in _NOTHING:
                self._trouble = status
            self._over.set()
