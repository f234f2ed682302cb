"""Connection limits: how many one process holds, in all and from each address, and who goes when there is no more room.

At a limit nobody new is turned away as long as somebody else keeps the server waiting: the connection that has waited
longest for its client (for a head, for the rest of a body, for an answer to be read, or idle between two requests) is
closed instead. Only where every connection is being answered is a new one refused. So whoever opens connections and
says nothing takes room from their like alone.
"""

from __future__ import annotations

import logging
import resource
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from core import metrics
from core.env_variable import Network
from web.client_address import fold_address, is_in

log = logging.getLogger("opsiq.web.connections")

LEAST_SPARE_FILES: Final = 128
"""What is left for the database, calls out, files, and the connections of one turn of the event loop."""


class Evictable(Protocol):
    def evict(self) -> None:
        """Close at once, whatever is under way."""


@dataclass(slots=True)
class _Address:
    count: int = 0
    waiting: dict[Evictable, None] = field(default_factory=dict)


def raise_file_limit() -> int:
    """Raises the soft limit to the hard one and answers how many files the process may open; 0: no limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError):  # some systems take no "unlimited" here
            return _finite_limit(soft)
    return _finite_limit(hard)


def _finite_limit(limit: int) -> int:
    return 0 if limit == resource.RLIM_INFINITY else limit


def limit_connections(wanted: int, file_limit: int) -> int:
    """``wanted`` connections, or as many as the file limit (0: none) leaves room for beside everything else."""
    return min(wanted, max(1, file_limit - max(LEAST_SPARE_FILES, file_limit // 4))) if file_limit else wanted


class ConnectionLimits:
    """Connection limits of this process. ``per_address`` 0: no limit for single addresses. ``trusted`` proxies speak
    for many and are under the limit of all alone. An IPv6 address counts with its /64."""

    def __init__(self, total: int, per_address: int, trusted: Sequence[Network] = ()) -> None:
        self.total, self.per_address = total, per_address
        self._trusted = tuple(trusted)
        self._address_of: dict[Evictable, str] = {}
        self._addresses: dict[str, _Address] = {}
        self._waiting: dict[Evictable, None] = {}  # the longest wait first

    @classmethod
    def of(cls, total: int, per_address: int, trusted: Sequence[Network]) -> ConnectionLimits:
        """Limits as the settings say, as far as the file limit allows, which is raised."""
        files = raise_file_limit()
        room = limit_connections(total, files)
        if room < total:
            log.warning(
                "the file limit of %d leaves room for %d connections of OPSIQ_MAX_CONNECTIONS=%d", files, room, total
            )
        return cls(room, per_address, trusted)

    @property
    def count(self) -> int:
        return len(self._address_of)

    def admit(self, connection: Evictable, address: str) -> bool:
        """Count a new connection in, as one that waits for its client, after another was closed where that was needed.
        False: there is no room."""
        key = fold_address(address)
        held = self._addresses.get(key)
        if (
            held is not None
            and self.per_address
            and held.count >= self.per_address
            and not is_in(address, self._trusted)
        ):
            if not self._evict_from(held.waiting):
                metrics.CONNECTIONS_CLOSED.labels("address_full").inc()
                log.warning("%s has %d connections that are all being answered: a new one is refused", key, held.count)
                return False
            log.warning(
                "%s has %d connections: the one that waited longest for its client makes room", key, held.count + 1
            )
        if len(self._address_of) >= self.total:
            if not self._evict_from(self._waiting):
                metrics.CONNECTIONS_CLOSED.labels("full").inc()
                log.warning("all of %d connections are being answered: a new one is refused", self.total)
                return False
            log.warning("%d connections are open: the one that waited longest for its client makes room", self.total)
        self._address_of[connection] = key
        held = self._addresses.setdefault(key, _Address())  # it may have gone with the one evicted
        held.count += 1
        self._wait(connection, held)
        return True

    def waits(self, connection: Evictable) -> None:
        """Mark a connection as waiting for its client again."""
        if (key := self._address_of.get(connection)) is not None:
            held = self._addresses[key]
            self._waiting.pop(connection, None)
            held.waiting.pop(connection, None)
            self._wait(connection, held)

    def works(self, connection: Evictable) -> None:
        """Mark a connection as one that the server is busy for."""
        if (key := self._address_of.get(connection)) is not None:
            self._waiting.pop(connection, None)
            self._addresses[key].waiting.pop(connection, None)

    def gone(self, connection: Evictable) -> None:
        key = self._address_of.pop(connection, None)
        if key is None:
            return
        self._waiting.pop(connection, None)
        held = self._addresses[key]
        held.waiting.pop(connection, None)
        held.count -= 1
        if not held.count:
            del self._addresses[key]

    def make_room(self, count: int) -> None:
        """Close up to ``count`` connections that wait for their client."""
        for _ in range(count):
            if not self._evict_from(self._waiting):
                return

    def _wait(self, connection: Evictable, held: _Address) -> None:
        self._waiting[connection] = None
        held.waiting[connection] = None

    def _evict_from(self, waiting: dict[Evictable, None]) -> bool:
        victim = next(iter(waiting), None)
        if victim is None:
            return False
        metrics.CONNECTIONS_CLOSED.labels("evicted").inc()
        self.gone(victim)
        victim.evict()
        return True
