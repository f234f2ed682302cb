"""NATS JetStream broker: a work queue of job keys that can be published and fetched. The queue is created again if the
broker has lost it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from core.errors import BadSetting
from executors.jetstream.pull_consumer import Pull

if TYPE_CHECKING:
    from nats.aio.msg import Msg

log = logging.getLogger("opsiq.executors.broker")

CONSUMER: Final = "workers"
DUPLICATES_S: Final = 120.0
KEPT_S: Final = 86_400.0
"""How long the broker keeps a message, in seconds. The database has older jobs."""
MAX_UNACKED: Final = 20_000
ANSWER_S: Final = 5.0
_PAUSE_S: Final = 0.5
_AT_ONCE: Final = 256

Message = tuple[str, str, str]
"""(kind, key, message id)."""


class Broker:
    """Connection to the broker. ``up`` while there is a connection and a stream. ``name`` separates installations on
    one server.

    Raises BadSetting if nats-py is not installed.
    """

    def __init__(self, url: str, name: str, *, unacked_s: float) -> None:
        try:
            import nats  # noqa: F401, RUF100
        except ModuleNotFoundError as error:
            raise BadSetting("NATS needs its client: pip install 'opsiq-server[nats]'.") from error
        self.up = False
        self._url = url
        self._stream = f"opsiq-{name}"
        self._unacked_s = unacked_s
        self._client: Any = None
        self._streams: Any = None
        self._pull: Pull | None = None
        self._broken = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def open(self, changed: Callable[[], None]) -> None:
        """Connects in the background and never gives up. Calls ``changed`` after each change of ``up``."""
        self._task = asyncio.create_task(self._keep_connected(changed), name="opsiq-broker")

    async def close(self) -> None:
        """Closes the connection. Pending acknowledgements are still sent."""
        self._closing = True
        self._broken.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._client is not None:
            with contextlib.suppress(Exception):
                if self._client.is_connected:
                    await asyncio.wait_for(self._client.flush(2), 3)
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._client.close(), 3)

    async def publish(self, messages: Sequence[Message]) -> int:
        """Publishes messages and returns how many are stored on the broker's disk. A message id that it has seen in the
        last two minutes counts, but isn't stored again."""
        return sum(await asyncio.gather(*map(self._publish, messages)))

    async def fetch(self, most: int, wait_s: float) -> list[Msg]:
        """Fetches messages and waits for the first one. None after ``wait_s``, or if the broker is unreachable."""
        try:
            if self._pull is not None:
                return await self._pull.fetch(most, wait_s)
        except Exception as error:
            self._on_lost(error)
        await asyncio.sleep(_PAUSE_S)
        return []

    async def stop_fetching(self) -> None:
        """Ends the open fetch request. Otherwise messages that are released later for others would come here."""
        if self._pull is not None:
            await self._pull.close()

    async def front_age_s(self) -> float | None:
        """Age of the next message to be delivered in seconds, 0 if none waits. None if the broker can't say."""
        from nats.js.errors import NotFoundError

        try:
            info = await self._streams.consumer_info(self._stream, CONSUMER)
            if not info.num_pending:
                return 0.0
            after = (info.delivered.stream_seq if info.delivered else 0) + 1
            subject = f"{self._stream}.>"
            first = await self._streams.get_msg(self._stream, seq=after, subject=subject, next=True)
        except NotFoundError:
            return 0.0
        except Exception as error:
            self._on_lost(error)
            return None
        return max(0.0, (datetime.now(UTC) - first.time).total_seconds()) if first.time else 0.0

    async def _publish(self, message: Message) -> bool:
        kind, key, message_id = message
        async with self._at_once:
            if not self.up:
                return False
            try:
                await self._streams.publish(
                    f"{self._stream}.{kind.replace('.', '_')}",
                    key.encode(),
                    headers={"Nats-Msg-Id": message_id},
                    timeout=ANSWER_S,
                )
            except Exception as error:
                self._on_lost(error)
                return False
        return True

    def _on_lost(self, error: Exception) -> None:
        if self.up and not self._closing:
            log.warning("the broker fails us (%s): the database is asked directly", type(error).__name__)
            self.up = False
            self._broken.set()

    async def _keep_connected(self, changed: Callable[[], None]) -> None:
        while not self._closing:
            try:
                if self._client is None:
                    await self._connect()
                await self._ensure()
            except Exception as error:
                log.debug("the broker is not there yet: %s", error)
            else:
                self._broken.clear()
                self.up = True
                log.info("deliveries are carried by the broker")
                changed()
                await self._broken.wait()
                changed()
            await asyncio.sleep(_PAUSE_S)

    async def _connect(self) -> None:
        import nats

        async def gone() -> None:
            self._on_lost(ConnectionError("disconnected"))

        async def quiet(error: Exception) -> None:
            log.debug("nats: %s", error)

        self._client = await nats.connect(
            self._url,
            name="opsiq",
            connect_timeout=5,
            reconnect_time_wait=_PAUSE_S,
            max_reconnect_attempts=-1,
            disconnected_cb=gone,
            error_cb=quiet,
        )
        self._streams = self._client.jetstream(timeout=ANSWER_S)

    async def _ensure(self) -> None:
        """Makes sure that the stream and its consumer exist. Existing ones stay (an owner may have given them
        replicas), and missing ones are created."""
        from nats.js.api import AckPolicy, ConsumerConfig, RetentionPolicy, StorageType, StreamConfig
        from nats.js.errors import NotFoundError

        try:
            await self._streams.stream_info(self._stream)
        except NotFoundError:
            await self._streams.add_stream(
                StreamConfig(
                    name=self._stream,
                    subjects=[f"{self._stream}.>"],
                    retention=RetentionPolicy.WORK_QUEUE,
                    storage=StorageType.FILE,
                    max_age=KEPT_S,
                    duplicate_window=DUPLICATES_S,
                )
            )
        await self._streams.add_consumer(
            self._stream,
            ConsumerConfig(
                durable_name=CONSUMER,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=self._unacked_s,
                max_deliver=-1,
                max_ack_pending=MAX_UNACKED,
            ),
        )
        if self._pull is not None:
            await self._pull.close()
        self._pull = await Pull.open(self._client, self._stream, CONSUMER, answer_s=ANSWER_S)
