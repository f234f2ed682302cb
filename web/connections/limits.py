"""Connection limits: how many connections one process holds, in all and from each address, and which one goes when it
is full.

At a limit, a new connection is accepted as long as another one keeps the server waiting: the one that has waited
longest for its client is closed. It may wait for a head, the rest of a body, an answer to be read, or the next request.
A new connection is refused only if every other one is being answered. So silent connections take room only from each
other.
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
"""Files reserved for the database, outbound calls, other files, and new connections in one turn of the event loop."""


class Evictable(Protocol):
    def evict(self) -> None:
        """Closes at once, whatever is under way."""


@dataclass(slots=True)
class _Address:
    count: int = 0
    waiting: dict[Evictable, None] = field(default_factory=dict)


def raise_file_limit() -> int:
    """Raises the soft limit to the hard one. Returns how many files the process may open, or 0 for no limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError):  # some systems reject "unlimited" here
            return _finite_limit(soft)
    return _finite_limit(hard)


def _finite_limit(limit: int) -> int:
    return 0 if limit == resource.RLIM_INFINITY else limit


def limit_connections(wanted: int, file_limit: int) -> int:
    """``wanted`` connections, or as many as the file limit (0: none) allows beside everything else."""
    return min(wanted, max(1, file_limit - max(LEAST_SPARE_FILES, file_limit // 4))) if file_limit else wanted


class ConnectionLimits:
    """Connection limits of this process. ``per_address`` 0 means no limit for single addresses. ``trusted`` proxies act
    for many clients, so only the total limits them. An IPv6 address counts with its /64."""

    def __init__(self, total: int, per_address: int, trusted: Sequence[Network] = ()) -> None:
        self.total, self.per_address = total, per_address
        self._trusted = tuple(trusted)
        self._address_of: dict[Evictable, str] = {}
        self._addresses: dict[str, _Address] = {}
        self._waiting: dict[Evictable, None] = {}  # the longest wait first

    @classmethod
    def of(cls, total: int, per_address: int, trusted: Sequence[Network]) -> ConnectionLimits:
        """The limits of the settings, as far as the file limit allows, which is raised."""
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
        """Counts a new connection as one that waits for its client, perhaps after closing another. False if there is no
        room."""
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
        held = self._addresses.setdefault(key, _Address())  # it may have gone with the evicted one
        held.count += 1
        self._wait(connection, held)
        return True

    def waits(self, connection: Evictable) -> None:
        """Marks a connection as waiting for its client again."""
        if (key := self._address_of.get(connection)) is not None:
            held = self._addresses[key]
            self._waiting.pop(connection, None)
            held.waiting.pop(connection, None)
            self._wait(connection, held)

    def works(self, connection: Evictable) -> None:
        """Marks a connection as one that the server works for."""
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
        """Closes up to ``count`` connections that wait for their client."""
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
