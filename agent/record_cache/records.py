"""Cached and live reads of a connector's records.

Look-ups use the cache. What a card depends on is read from the platform, when it is confirmed and when it is sent, and
the answers update the cache.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.record_cache.records
from agent.record_cache.cache import ConnectorCache
from core.clock import format_iso
from core.errors import OpsIQError, PlatformUnavailable
from registry import record_matching
from registry.record_cache import RecordState
from registry.records import ContextProvider, Query, Record, RecordKind, admit, refuse_undeclared
from store.record_cache.records import CacheScope, RangeFilter, RecordRow, SortOrder, TermFilter

log = logging.getLogger(__name__)

MAX_TEXT_CHARS: Final = 200
MOST_WORDS: Final = 12
"""Words of a name that are looked up, each by a query. One letter may fold to several words."""
MAX_CANDIDATES: Final = 500
_NUMERIC: Final = frozenset({"integer", "number", "money_minor"})


class CachedRecords:
    """Reads from the cache if it is complete and fresh, else from the platform. If a text search finds nothing in the
    cache, it also asks the platform, which may have newer records."""

    def __init__(self, live: ContextProvider, cache: ConnectorCache) -> None:
        self._live, self._cache = live, cache
        self._database = cache.mirrors.database

    def kinds(self) -> tuple[RecordKind, ...]:
        return self._live.kinds()

    async def search(self, query: Query) -> Sequence[Record]:
        found = await self._search_kept(query) if query.kind in self._cache.kinds else None
        if found is None:
            return await self._live.search(query)
        if found or query.text is None or query.offset:
            return found
        try:
            return await self._live.search(query)
        except PlatformUnavailable as error:
            log.info("a name is not among the kept records, and the platform does not answer: %s", error.code)
            return ()

    async def get(self, kind: str, record_id: str) -> Record | None:
        async with self._database.read() as session:
            if self._cache.is_fresh(await self._cache.sync_state(session, kind)):
                row = await store.record_cache.records.get(session, self._cache.get_scope(kind), record_id)
                if row is not None and not row.gone:
                    return _make_record(self._cache.get_kind(kind), row)
        return await self._live.get(kind, record_id)

    async def _search_kept(self, query: Query) -> Sequence[Record] | None:
        """Searches the cache. None if the cache can't answer."""
        kind = self._cache.get_kind(query.kind)
        where = _list_where(kind, query)
        if where is None:
            return None
        async with self._database.read() as session:
            if not self._cache.is_fresh(await self._cache.sync_state(session, query.kind)):
                return None
            scope, sorting, limit = (
                self._cache.get_scope(query.kind),
                _find_sort_order(kind, query),
                max(1, query.limit),
            )
            if query.text is None or not query.text.strip():
                rows = await store.record_cache.records.search(
                    session,
                    scope,
                    where=where,
                    between=_list_ranges(query),
                    sorting=sorting,
                    limit=limit,
                    offset=query.offset,
                )
                return [_make_record(kind, row) for row in rows]
            found = await _search_by_name(session, scope, kind, query, where, sorting)
        return found[query.offset : query.offset + limit]


class WriteThroughRecords:
    """Reads from the platform, and writes its answers to the cache."""

    def __init__(self, live: ContextProvider, cache: ConnectorCache) -> None:
        self._live, self._cache = live, cache
        self._database = cache.mirrors.database

    def kinds(self) -> tuple[RecordKind, ...]:
        return self._live.kinds()

    async def search(self, query: Query) -> Sequence[Record]:
        return await self._live.search(query)

    async def get(self, kind: str, record_id: str) -> Record | None:
        if kind not in self._cache.kinds:
            return await self._live.get(kind, record_id)
        scope = self._cache.get_scope(kind)
        async with self._database.read() as session:
            standing = await self._cache.sync_state(session, kind)
            before = await store.record_cache.records.get(session, scope, record_id) if standing else None
        if standing is None:
            return await self._live.get(kind, record_id)
        state = await self._cache.get_source(kind).now(kind, record_id)
        try:
            await self._correct(scope, before, record_id, state)
        except OpsIQError as error:  # the cache is a convenience: its failure must not withhold a correct answer
            log.warning("a kept %s could not be corrected: %s", kind, error.detail)
        return state.record if state is not None else None

    async def _correct(
        self, scope: CacheScope, before: RecordRow | None, record_id: str, state: RecordState | None
    ) -> None:
        held = before is not None and not before.gone
        if state is None:
            if held and before is not None:
                async with self._database.begin() as session:
                    await store.record_cache.records.mark_deleted(session, scope, record_id, was=before.version)
            return
        kept = self._cache.make_row(state)
        if before is not None and held and (before.version, before.data) == (kept.version, kept.data):
            return
        async with self._database.begin() as session:
            await store.record_cache.records.store_records(session, scope, [kept], read=True)


async def _search_by_name(
    session: AsyncSession,
    scope: CacheScope,
    kind: RecordKind,
    query: Query,
    where: Sequence[TermFilter],
    sorting: SortOrder | None,
) -> list[Record]:
    """The records that match the query's text, best first."""
    text = (query.text or "")[:MAX_TEXT_CHARS]
    asked = [*dict.fromkeys(record_matching.split_words(text))][:MOST_WORDS]
    terms = [await _list_terms(session, scope, word) for word in asked]
    named = [each for each in kind.fields if each.search in ("name", "text") and query.by in (None, each.search)]
    exact = [[match] for match in _list_exact(kind, query, text)]
    every = [[TermFilter("word", each.name, terms_of) for terms_of in terms] for each in named if terms and all(terms)]
    some = [[TermFilter("word", each.name, terms_of)] for each in named for terms_of in terms if terms_of]
    ranked: list[Record] = []
    for groups in ([*every, *exact], [*some, *exact]):
        if not groups:
            continue
        rows = await store.record_cache.records.search(
            session,
            scope,
            any_of=groups,
            where=where,
            between=_list_ranges(query),
            sorting=sorting,
            limit=MAX_CANDIDATES,
        )
        ranked, whole = record_matching.rank(kind, [_make_record(kind, row) for row in rows], text, query.by)
        if whole:
            break
    return ranked


async def _list_terms(session: AsyncSession, scope: CacheScope, word: str) -> tuple[str, ...]:
    """The cached words that ``word`` may mean, most similar first."""
    spelt = await store.record_cache.records.known_words(session, scope, record_matching.make_variants(word))
    alike = [(record_matching.rate_similarity(word, each), each) for each in spelt]
    return tuple(each for fit, each in sorted(alike, reverse=True) if fit > 0)[:MAX_CANDIDATES]


def _list_exact(kind: RecordKind, query: Query, text: str) -> list[TermFilter]:
    made: list[TermFilter] = []
    for each in kind.fields:
        if each.search == "number" and query.by in (None, "number"):
            made += [TermFilter(form, each.name, (code,)) for form, code in record_matching.make_code_forms(text)]
        if each.search == "email" and query.by in (None, "email"):
            made.append(TermFilter("email", each.name, (text.strip().casefold(),)))
    return made


def _list_where(kind: RecordKind, query: Query) -> list[TermFilter] | None:
    """The query's filters. None if a value is too long to be indexed. Raises InvalidInput for an undeclared field."""
    refuse_undeclared(kind, query)
    made = [TermFilter("value", name, tuple(map(str, values))) for name, values in query.where.items()]
    return made if all(len(term) <= record_matching.MAX_TERM_CHARS for match in made for term in match.terms) else None


def _list_ranges(query: Query) -> list[RangeFilter]:
    return [RangeFilter(name, low, high) for name, (low, high) in query.between.items()]


def _find_sort_order(kind: RecordKind, query: Query) -> SortOrder | None:
    field = kind.field_named(query.order) if query.order else None
    return SortOrder(field.name, field.type in _NUMERIC, query.descending) if field else None


def _make_record(kind: RecordKind, row: RecordRow) -> Record:
    return admit(kind, row.data, as_of=format_iso(row.seen_at))
