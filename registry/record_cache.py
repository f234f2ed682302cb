"""Record cache interface: which records a workspace may copy, so that names are found without asking the platform.

A connector declares which kinds may be cached, which events carry their states, and how all of them are read page by
page. A state holds only declared fields: ``admit`` makes it, like every record. ``version`` distinguishes an older
state of a record from a newer one. It is the platform's own (a counter, or the time of the last change), and two
versions of one kind are compared as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from core.clock import format_iso, from_iso
from registry.platform_event import Event
from registry.records import Record, RecordKind

_DIGITS: Final = 19


@dataclass(frozen=True, slots=True)
class RecordState:
    """State of one record at ``version``. ``record`` is None if it was deleted."""

    kind: str
    id: str
    version: str
    record: Record | None


@dataclass(frozen=True, slots=True)
class StatePage:
    """A page of states. ``cursor`` leads to the next page. None: this was the last one."""

    states: Sequence[RecordState]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class CachedKind:
    """A record kind that may be cached. ``events`` are the patterns (``invoice.*``) of the events that carry states of
    this kind."""

    kind: RecordKind
    events: tuple[str, ...]


class RecordSource(Protocol):
    """Port for reading cached records. Raises core.errors.PlatformUnavailable if the platform doesn't answer."""

    def mirrored(self) -> Sequence[CachedKind]: ...

    def carried(self, event: Event) -> Sequence[RecordState]:
        """The states inside an event, without a request. It is called only for events from this connector's own
        webhooks: other events can't be trusted."""
        ...

    def named(self, event: Event) -> Sequence[tuple[str, str]]:
        """The (kind, id) of the records that an event is about, whoever published it."""
        ...

    async def page(self, kind: str, cursor: str | None, limit: int) -> StatePage:
        """A page of all records of a kind in a stable order (such as by id), at most ``limit`` after ``cursor``."""
        ...

    async def now(self, kind: str, record_id: str) -> RecordState | None:
        """Reads one record. None if it doesn't exist."""
        ...


def counted(version: int) -> str:
    """A counter as a version that can be compared as text."""
    return f"{version:0{_DIGITS}d}"


def timed(at: str) -> str:
    """A time of last change (RFC 3339) as a version that can be compared as text. Raises ValueError."""
    return format_iso(from_iso(at))
