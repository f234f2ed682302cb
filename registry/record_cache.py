"""Record cache interface: which records a workspace may keep a copy of, so that names are found without asking the
platform.

A connector declares which kinds may be cached, which events carry their states, and how all of them are read page by
page. A state holds only fields that its kind declares: it is made by ``admit`` like every record. ``version`` tells an
older state of a record from a newer one; it is the platform's own (a counter, the time of the last change), and two
versions of one kind compare as text.
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
    """State of one record at ``version``. ``record`` None: it was deleted."""

    kind: str
    id: str
    version: str
    record: Record | None


@dataclass(frozen=True, slots=True)
class StatePage:
    """A page of states. ``cursor`` leads to those after them; None: these were the last."""

    states: Sequence[RecordState]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class CachedKind:
    """A record kind that may be cached. ``events`` are the patterns (``invoice.*``) of the events that carry states of
    this kind."""

    kind: RecordKind
    events: tuple[str, ...]


class RecordSource(Protocol):
    """Port that cached records are read from. Raises core.errors.PlatformUnavailable when the platform does not
    answer."""

    def mirrored(self) -> Sequence[CachedKind]: ...

    def carried(self, event: Event) -> Sequence[RecordState]:
        """The states that an event carries in itself, without a request. Called only for events of this connector's own
        webhooks: other events can't be trusted."""
        ...

    def named(self, event: Event) -> Sequence[tuple[str, str]]:
        """The (kind, id) of the records an event is about, whoever published it."""
        ...

    async def page(self, kind: str, cursor: str | None, limit: int) -> StatePage:
        """A page of all records of a kind in a stable order (by id, say), at most ``limit`` after ``cursor``."""
        ...

    async def now(self, kind: str, record_id: str) -> RecordState | None:
        """Reads one record; None: it does not exist."""
        ...


def counted(version: int) -> str:
    """A counter as a version that sorts as text."""
    return f"{version:0{_DIGITS}d}"


def timed(at: str) -> str:
    """A time of last change (RFC 3339) as a version that sorts as text. Raises ValueError."""
    return format_iso(from_iso(at))
