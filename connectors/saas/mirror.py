"""Record cache source: which records may be cached, and how their states arrive, by webhook or page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.saas.context import MAX_RECORDS, SaasRecords, record_of
from connectors.saas.kinds import KINDS, PATHS, REVISION
from core.errors import PlatformUnavailable
from registry.connector import Event, PlatformClient
from registry.events.event_names import fits
from registry.record_cache import CachedKind, RecordState, StatePage, counted
from registry.records import RecordKind, admit

_EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": ("customer.*",),
    "invoice": ("invoice.*", "payment.*"),
    "subscription": ("subscription.*", "trial.*"),
    "ticket": ("ticket.*",),
    "article": ("article.*",),
    "agent": ("agent.*",),
    "credit": ("credit.*",),
}
_KINDS: Final = {kind.name: kind for kind in KINDS}


class SaasMirror:
    """Source of every kind's states. The platform's ``revision`` of a row distinguishes older states from newer
    ones."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client
        self._records = SaasRecords(client)

    def mirrored(self) -> Sequence[CachedKind]:
        return tuple(CachedKind(kind, _EVENTS[kind.name]) for kind in KINDS)

    def carried(self, event: Event) -> Sequence[RecordState]:
        """The state that ``connectors.saas.inbound`` has put into the event, or None if the platform sent no
        revision."""
        held = event.data.get("record")
        kind = _KINDS.get(str(held.get("kind"))) if isinstance(held, Mapping) else None
        if kind is None or not isinstance(held, Mapping) or not isinstance(held.get(REVISION), int):
            return ()
        if held.get("gone") is True:
            return (RecordState(kind.name, str(held["id"]), counted(held[REVISION]), None),)
        record = admit(kind, held["values"])
        return (RecordState(kind.name, record.id, counted(held[REVISION]), record),)

    def named(self, event: Event) -> Sequence[tuple[str, str]]:
        found = []
        for kind in KINDS:
            named = event.data.get("slug" if kind.name == "article" else f"{kind.name}_id")
            if isinstance(named, str | int) and any(fits(pattern, event.name) for pattern in _EVENTS[kind.name]):
                found.append((kind.name, str(named)))
        return found

    async def page(self, kind: str, cursor: str | None, limit: int) -> StatePage:
        declared = _KINDS[kind]
        path = f"/api/{PATHS[kind]}"
        wanted = min(limit, MAX_RECORDS)
        answer = await self._client.get_json(path, {"after": cursor or "", "limit": str(wanted)})
        rows = answer.get("items") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise PlatformUnavailable(f'The platform answered GET {path} without a list of "items".')
        states = [_state(declared, row, path) for row in rows]
        if cursor is not None and any(state.id <= cursor for state in states):
            raise PlatformUnavailable(f"The platform answered GET {path} with records that were read before.")
        return StatePage(states, states[-1].id if len(states) == wanted else None)

    async def now(self, kind: str, record_id: str) -> RecordState | None:
        if not self._records.can_be(record_id):
            return None
        path = f"/api/{PATHS[kind]}/{record_id}"
        row = await self._client.get_json(path)
        if row is None:
            return None
        state = _state(_KINDS[kind], row, path)
        if state.id != record_id:
            raise PlatformUnavailable(f"The platform answered GET {path} with another record.")
        return state


def _state(kind: RecordKind, row: Any, path: str) -> RecordState:
    revision = row.get(REVISION) if isinstance(row, dict) else None
    if not isinstance(revision, int) or revision < 0:
        raise PlatformUnavailable(f"The platform answered GET {path} with a {kind.name} that has no {REVISION!r}.")
    record = record_of(kind, row, path)
    return RecordState(kind.name, record.id, counted(revision), record)
