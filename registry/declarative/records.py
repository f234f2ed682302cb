"""Declarative records: the context provider of a connector document, over any platform's lists and reads.

Filtering, sorting and searching are pushed down to the platform as far as possible. Everything is checked again here,
and a wrong order is corrected. If that needs more records than may be read, the request is refused, never truncated:
"the last paid order" among the first thousand would be another one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from core.errors import InvalidInput, NotCanonical, PlatformUnavailable
from registry import record_matching
from registry.connector import PlatformAnswer, PlatformClient, PlatformRequest
from registry.declarative.document import ConnectorDocument, Operation
from registry.declarative.found import Found, fits, follows, is_settled, sort_records
from registry.declarative.kinds import make_record_kind
from registry.declarative.related import AT_ONCE, RelatedRecords
from registry.declarative.requests import (
    choose_size,
    fill_path,
    list_codes,
    list_records,
    push_query,
    request_first_page,
    request_next_page,
)
from registry.declarative.rows import NOTHING, read_pointer, read_values
from registry.patterns import compile_pattern
from registry.records import Query, Record, RecordKind, admit, refuse_undeclared

MAX_RECORDS: Final = 200
"""Most records in the answer to one search."""
MAX_READ: Final = 1_000
"""Most records that one search reads."""
MAX_PAGES: Final = 20
MAX_SCOPES: Final = 20
MAX_WORDS: Final = 3
MAX_SWEEPS: Final = 3
MAX_IDS: Final = 50
"""Most ids in one request."""
MAX_ALONE: Final = 20
"""Most records that are read one by one after a search."""
DEADLINE_S: Final = 15.0
_REFUSED_IDS: Final = frozenset({400, 422})
"""What platforms answer to an id that is none of theirs, and also to any other fault of a read."""
_ID: Final = re.compile(r"(?!\.{1,2}\Z)[^\s/\\?#%\x00-\x1f\x7f]{1,200}")


class DeclarativeRecords:
    """The records of one connection, as its connector's document declares them. ``given`` are the connection's settings
    by name. Each read asks the platform: nothing is cached."""

    def __init__(self, client: PlatformClient, document: ConnectorDocument, given: Mapping[str, str]) -> None:
        self._client = client
        self._document = document
        self._given = dict(given)
        self._kinds = {name: make_record_kind(name, kind) for name, kind in document.kinds.items()}

    def kinds(self) -> tuple[RecordKind, ...]:
        return tuple(self._kinds.values())

    async def search(self, query: Query) -> Sequence[Record]:
        """The matching records. Raises InvalidInput for an undeclared kind or field (so that undeclared ones can't be
        probed), and PlatformUnavailable if the platform doesn't answer, answers in another shape, or if more records
        would have to be read than allowed."""
        refuse_undeclared(self._kind(query.kind), query)
        query = replace(query, limit=max(1, min(query.limit, MAX_RECORDS)), offset=max(0, query.offset))
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._read_alone(query, await self._searched(query))
        except TimeoutError as error:
            raise PlatformUnavailable(f"{self._document.title} takes too long to list its records.") from error

    async def get(self, kind: str, record_id: str) -> Record | None:
        """The record, or None. It is also None for an impossible id: one of another form than the declared one, or one
        that the platform refuses while it reads its other records."""
        return await self._get(kind, record_id, self._relate(), listed=False)

    async def _get(
        self, kind: str, record_id: str, related: RelatedRecords | None = None, *, listed: bool = True
    ) -> Record | None:
        """The record, or None. ``listed``: the platform itself named this id, so it has to read it."""
        declared = self._kind(kind)
        document = self._document.kinds[kind]
        parts = record_id.split("/", len(document.scope))
        if len(parts) != len(document.scope) + 1 or not all(_ID.fullmatch(each) for each in parts):
            return None
        held = declared.field_named(declared.id_field)
        form = compile_pattern(held.pattern) if held is not None and held.pattern is not None else None
        if form is not None and not form.covers(parts[-1]):
            return None
        if document.get is None:
            found = await self.search(Query(kind, where={declared.id_field: (record_id,)}, limit=2))
            return next((each for each in found if each.id == record_id), None)
        given = {**self._given, **dict(zip(document.scope, parts, strict=False)), "id": parts[-1]}
        path, query = fill_path(document.get.path, given), tuple(document.get.query.items())
        request = PlatformRequest(path, query=query, missing=frozenset(document.get.missing))
        try:
            answer = await self._client.read(request)
        except PlatformUnavailable as error:
            if listed or error.status not in _REFUSED_IDS or not await self._reads_another(kind, record_id, given):
                raise
            return None
        row = read_pointer(answer.body, document.get.record)
        if answer.status == 404 or row is None:
            return None
        (record,) = await self._records(kind, [row], given, f"The answer to GET {request.path}", related)
        if record.id != record_id:
            raise PlatformUnavailable(f"{self._document.title} answered GET {request.path} with another record.")
        return record

    async def _reads_another(self, kind: str, record_id: str, given: Mapping[str, str]) -> bool:
        """Whether the platform reads another record of the list by its id, or has none."""
        try:
            found = (await self._found(self._document.kinds[kind].list, Query(kind, limit=1), given)).records[:1]
            return all([each.id != record_id and await self._get(kind, each.id) is not None for each in found])
        except PlatformUnavailable:
            return False

    async def _searched(self, query: Query) -> Sequence[Record]:
        if query.text is None or not query.text.strip():
            return await self._listed(query)
        try:
            return await self._named(query, query.text)
        except PlatformUnavailable:
            # Some platforms list nothing without a query, but read a single record by id.
            if (record := await self._by_id(query, query.text.strip())) is None:
                raise
            return [record]

    async def _read_alone(self, query: Query, found: Sequence[Record]) -> Sequence[Record]:
        """The found records, each as its own read returns it, if that has more fields than the list."""
        alone = self._document.kinds[query.kind].get
        if alone is None or not alone.fuller or len(found) > MAX_ALONE:
            return found
        made: list[Record] = []
        for at in range(0, len(found), AT_ONCE):
            some = (self._get(query.kind, each.id, self._relate()) for each in found[at : at + AT_ONCE])
            several = await asyncio.gather(*some)
            made += [each for each in several if each is not None and fits(each, query)]
        return made

    async def _by_id(self, query: Query, text: str) -> Record | None:
        """The record with this text as its id, if single reads need only the id."""
        if self._document.kinds[query.kind].get is None or not text.isdecimal():
            return None
        record = await self.get(query.kind, text)
        fits = record is not None and all(record.values.get(name) in some for name, some in query.where.items())
        return record if fits else None

    # ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _listed(self, query: Query) -> list[Record]:
        kind = self._document.kinds[query.kind]
        scopes = await self._scopes(query)
        if len(scopes) == 1:
            found = await self._found(kind.list, query, scopes[0])
            if found.dropped and found.start:  # its filter doesn't hold, so its positions count other records
                found = await self._found(kind.list, query, scopes[0], skip=False)
            return found.records[query.offset - found.start :][: query.limit]
        wide = replace(query, offset=0, limit=query.offset + query.limit)
        every = [await self._found(kind.list, wide, each) for each in scopes]
        merged = sort_records([record for found in every for record in found.records], query)
        return merged[query.offset :][: query.limit]

    async def _found(
        self,
        operation: Operation,
        query: Query,
        given: Mapping[str, str],
        *,
        text: str | None = None,
        skip: bool = True,
        check: Query | None = None,
    ) -> Found:
        """Reads one list until enough records fit, it ends, or the read limit is reached.

        Without a ``text`` an incomplete result raises PlatformUnavailable. With one ("" for every word) it is returned
        as incomplete. ``check`` is what records must fit, if the platform is asked for less. ``skip``: pages before the
        query's offset are not read if the platform handles the whole query.
        """
        kind = self._document.kinds[query.kind]
        asked = push_query(kind, operation, query, given, text or None)
        exact = asked.whole and asked.ordered and text is None
        pages, what = operation.pagination, f"The answer to {operation.method} {asked.request.path}"
        before, needed = (query.offset if skip and exact else 0), query.offset + query.limit
        size = choose_size(pages, needed - before if exact else MAX_READ)
        request, over = request_first_page(pages, asked.request, size, before)
        made, read, last = Found(before - over, asked.ordered), 0, None
        related = self._relate()
        seen: set[str] = set()
        requests: list[PlatformRequest] = []
        totals: list[Any] = []
        enough = False
        while True:
            answer = await self._page(request)
            rows = list(list_records(answer, operation, what))
            read, page = read + len(rows), len(requests) + 1
            requests.append(request)
            totals.append(read_pointer(answer.body, pages.total) if pages.total is not None else None)
            for record in await self._records(query.kind, rows, given, what, related):
                key = record.values.get(query.order) if query.order is not None else None
                if key is not None:
                    made.ordered = made.ordered and follows(last, key, query.descending)
                    last = key
                if record.id in seen:
                    continue  # a list may name a record twice, such as a buyer of several orders
                seen.add(record.id)
                if fits(record, check or query):
                    made.records.append(record)
                else:
                    made.dropped = made.dropped or asked.whole
            enough = made.start + len(made.records) >= needed
            if made.dropped and made.start:
                return made
            follow = request_next_page(pages, asked.request, answer, len(rows), page, size, before)
            if follow is None or (enough and made.ordered and text is None):
                break
            if read >= MAX_READ or page >= MAX_PAGES:
                made.complete = False
                break
            request = follow
        if made.complete and pages.shifts and len(requests) > 1 and not is_settled(totals, read, ended=follow is None):
            moved = await self._moved(query, operation, given, requests[:-1], seen, related)
            made.records += [each for each in moved if fits(each, check or query)]
            made.ordered = made.ordered and not moved
            made.dropped = made.dropped or bool(moved)  # positions count other records now
        if text is None and not made.complete and not (made.ordered and enough):
            raise self._too_many(self._kinds[query.kind], query)
        if not made.ordered:
            made.records = sort_records(made.records, query)
        return made

    async def _page(self, request: PlatformRequest) -> PlatformAnswer:
        answer = await self._client.read(request)
        if answer.status == 404:
            raise PlatformUnavailable(f"{self._document.title} has no {request.path} (404).", lasting=True)
        return answer

    async def _moved(
        self,
        query: Query,
        operation: Operation,
        given: Mapping[str, str],
        requests: Sequence[PlatformRequest],
        seen: set[str],
        related: RelatedRecords,
    ) -> list[Record]:
        """Records that moved to an earlier page while later ones were read: a deletion moves everything after it up.

        Reads until nothing new precedes known records, and adds what is new before them. Raises PlatformUnavailable for
        a list that keeps changing.
        """
        what = f"The answer to {operation.method} {requests[0].path}"
        made: list[Record] = []
        for sweep in range(1, MAX_SWEEPS + 1):
            known, rests, passed = frozenset(seen), True, False
            again = [replace(each, again=sweep) for each in requests]
            for at in range(0, len(again), AT_ONCE):
                for answer in await asyncio.gather(*map(self._page, again[at : at + AT_ONCE])):
                    rows = list(list_records(answer, operation, what))
                    for record in await self._records(query.kind, rows, given, what, related):
                        passed = passed or record.id in known
                        if record.id not in seen:
                            seen.add(record.id)
                            made.append(record)
                            rests = rests and not passed
            if rests:
                return made
        raise PlatformUnavailable(
            f"{self._document.title}'s list of {self._kinds[query.kind].title.lower()} records changes while it is "
            "read: ask again."
        )

    # ── by words ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _named(self, query: Query, text: str) -> list[Record]:
        """Searches by exact code or address if the platform supports it. Otherwise by its own search, whole and word by
        word, or over everything, so that typos are forgiven."""
        declared, kind = self._kinds[query.kind], self._document.kinds[query.kind]
        operation = kind.search or kind.list
        wide = replace(query, offset=0, limit=MAX_READ, order=None)
        scopes = await self._scopes(query)

        def ranked(records: Sequence[Record]) -> list[Record]:
            unique = list({each.id: each for each in records}.values())
            return record_matching.rank(declared, unique, text, query.by)[0]

        exact = [
            replace(wide, text=None, where={**query.where, each.name: (code,)}, limit=20)
            for each in declared.fields
            if each.search in ("number", "email") and query.by in (None, each.search) and each.name in kind.list.filters
            for code in list_codes(text, each.search)
        ]
        for one in exact:
            candidates = [r for given in scopes for r in (await self._found(kind.list, one, given, check=wide)).records]
            if found := ranked(candidates):
                return found[query.offset :][: query.limit]
        if operation.text is not None and query.by not in ("number", "email"):
            words = sorted((each for each in record_matching.split_words(text) if len(each) > 2), key=len, reverse=True)
            for each in dict.fromkeys([text.strip(), *words[:MAX_WORDS]]):
                candidates = [
                    r for given in scopes for r in (await self._found(operation, wide, given, text=each)).records
                ]
                if found := ranked(candidates):
                    return found[query.offset :][: query.limit]
        every = [await self._found(kind.list, wide, given, text="") for given in scopes]
        found = ranked([record for each in every for record in each.records])
        whole = all(each.complete for each in every)
        if not whole and operation.text is None and not exact:
            raise self._too_many(declared, query)
        return found[query.offset :][: query.limit]

    # ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _kind(self, name: str) -> RecordKind:
        kind = self._kinds.get(name)
        if kind is None:
            raise InvalidInput(
                f"{self._document.title} declares no kind {name!r}; it declares {', '.join(self._kinds) or 'none'}."
            )
        return kind

    async def _scopes(self, query: Query) -> list[dict[str, str]]:
        """The settings, with the path parameters of each collection that may answer the query."""
        kind = self._document.kinds[query.kind]
        for parameter, parent in kind.scope.items():
            named = query.where.get(kind.id, ())
            ids = [str(each).split("/", 1)[0] for each in named if "/" in str(each)]
            for name, each in kind.fields.items():
                if not ids and each.at == f"${parameter}" and query.where.get(name):
                    ids = [str(value) for value in query.where[name]]
            if not ids:
                above = await self._listed(Query(parent, limit=MAX_SCOPES + 1))
                if len(above) > MAX_SCOPES:
                    raise PlatformUnavailable(
                        f"{self._document.title} keeps {self._kinds[query.kind].title.lower()} records in more than "
                        f"{MAX_SCOPES} places: say which {self._kinds[parent].title.lower()} is meant.",
                        lasting=True,
                    )
                ids = [each.id for each in above]
            good = [each for each in dict.fromkeys(ids) if _ID.fullmatch(each)]
            return [{**self._given, parameter: each} for each in good[:MAX_SCOPES]]
        return [self._given]

    async def _records(
        self, kind: str, rows: Sequence[Any], given: Mapping[str, str], what: str, related: RelatedRecords | None
    ) -> list[Record]:
        """The records of rows, with the fields of what they belong to, unless ``related`` is None."""
        declared, document = self._kinds[kind], self._document.kinds[kind]
        if related is not None:
            await related.load(document, rows, given)
        theirs = related.values if related is not None else lambda *_: NOTHING
        try:
            return [
                admit(declared, read_values(document, row, given, what, theirs(document, row, given))) for row in rows
            ]
        except NotCanonical as error:
            raise PlatformUnavailable(f"{what} holds unreadable text.", lasting=True) from error

    def _relate(self) -> RelatedRecords:
        return RelatedRecords(self._get, self._list_pages)

    async def _list_pages(self, name: str, ids: Collection[str]) -> AsyncGenerator[list[Record], None]:
        """The pages of a kind's list, of these ids alone if the platform can filter by several."""
        kind = self._document.kinds[name]
        if kind.scope:
            return
        place, pages, every = kind.list.filters.get(kind.id), kind.list.pagination, tuple(ids)
        filtered = place is not None and place.several is not None
        size, step = choose_size(pages, MAX_READ), min(pages.max_size, MAX_IDS) if filtered else len(every)
        for at in range(0, len(every), step):
            some = every[at : at + step]
            query = Query(name, where={kind.id: some} if filtered else {})
            asked = push_query(kind, kind.list, query, self._given, None)
            what = f"The answer to {kind.list.method} {asked.request.path}"
            following: PlatformRequest | None = request_first_page(pages, asked.request, size, 0)[0]
            page = 0
            while following is not None and page < MAX_PAGES:
                answer, page = await self._page(following), page + 1
                rows = list(list_records(answer, kind.list, what))
                yield await self._records(name, rows, self._given, what, None)
                if filtered and len(rows) >= len(some):
                    break
                following = request_next_page(pages, asked.request, answer, len(rows), page, size, 0)

    def _too_many(self, kind: RecordKind, query: Query) -> PlatformUnavailable:
        by = ", ".join([*query.where, *query.between, *([query.order] if query.order else [])]) or "their words"
        return PlatformUnavailable(
            f"{self._document.title} has more than {MAX_READ} {kind.title.lower()} records and can't be asked for them "
            f"by {by}: say which one is meant by its number.",
            lasting=True,
        )
