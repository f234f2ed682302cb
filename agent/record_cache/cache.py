"""Cache status of one connector: which kinds are cached, and whether they are fresh enough to use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from core import canon
from core.clock import Clock
from registry import record_matching
from registry.connector import Connector
from registry.record_cache import CachedKind, RecordSource, RecordState
from registry.records import RecordKind
from store.database import Database
from store.record_cache import sync_state
from store.record_cache.records import CachedRecord, CacheScope
from store.record_cache.sync_state import SyncStateRow


@dataclass(frozen=True)
class RecordCaches:
    """The record caches of all workspaces. Syncs older than ``max_age`` are stale and not used."""

    database: Database
    clock: Clock
    max_age: timedelta

    def of(self, workspace: str, connector: Connector) -> ConnectorCache | None:
        """The cache of this connector. None if it allows no caching. The connector is third-party code: it may raise
        anything."""
        kinds: dict[str, tuple[RecordSource, CachedKind]] = {}
        for mirror in connector.mirrors():
            for each in mirror.mirrored():
                kinds.setdefault(each.kind.name, (mirror, each))
        if not kinds:
            return None
        return ConnectorCache(self, workspace, connector.connection, connector.settings.base_url, kinds)


@dataclass(frozen=True)
class ConnectorCache:
    """The cached records of one connection in one workspace; ``connector`` is its name."""

    mirrors: RecordCaches
    workspace: str
    connector: str
    base_url: str
    kinds: Mapping[str, tuple[RecordSource, CachedKind]]
    _shapes: dict[str, str] = field(default_factory=dict, repr=False)

    def get_scope(self, kind: str) -> CacheScope:
        return CacheScope(self.workspace, self.connector, kind)

    def get_kind(self, name: str) -> RecordKind:
        return self.kinds[name][1].kind

    def get_source(self, kind: str) -> RecordSource:
        return self.kinds[kind][0]

    def fingerprint(self, kind: str) -> str:
        """Fingerprint of the kind's declaration and the platform's address. A cache with another fingerprint is not
        used."""
        if kind not in self._shapes:
            declared = self.get_kind(kind)
            fields = [[each.name, each.type, each.search or ""] for each in declared.fields]
            said = {"platform": self.base_url, "id": declared.id_field, "fields": fields}
            self._shapes[kind] = canon.digest(said)
        return self._shapes[kind]

    async def sync_state(self, session: AsyncSession, kind: str) -> SyncStateRow | None:
        """Sync state of this kind. None if it is not cached, or was cached with another fingerprint."""
        if kind not in self.kinds:
            return None
        row = await sync_state.get(session, self.workspace, self.connector, kind)
        return row if row is not None and row.shape == self.fingerprint(kind) else None

    def is_fresh(self, row: SyncStateRow | None) -> bool:
        """Whether look-ups may use the cached records."""
        if row is None or row.synced_at is None:
            return False
        return self.mirrors.clock() - row.synced_at <= self.mirrors.max_age

    def make_row(self, state: RecordState) -> CachedRecord:
        if state.record is None:
            return CachedRecord(state.id, state.version, None)
        terms = record_matching.list_terms(self.get_kind(state.kind), state.record)
        words = {each.term for each in terms if each.form == "word"}
        return CachedRecord(
            state.id,
            state.version,
            dict(state.record.values),
            {(each.form, each.term, each.field) for each in terms},
            {(spelling, word) for word in words for spelling in record_matching.make_spellings(word)},
        )
