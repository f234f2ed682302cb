"""Related records: eager loading of the records that an answer's rows belong to, so that N rows don't cost N reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from typing import Any, Final

from core.errors import PlatformUnavailable
from registry.declarative.document import KindDocument
from registry.declarative.rows import NOTHING, read_raw_value
from registry.records import Record

MAX_ALONE: Final = 50
"""Most related records that are read one by one for one answer."""
AT_ONCE: Final = 4
"""Most reads for one answer that are under way at once. Of a list, pages are read if more records are wanted."""
WORTH: Final = 2
"""So many wanted records must be on a page of a list. Otherwise no further page is read."""

ReadAlone = Callable[[str, str], Awaitable[Record | None]]
ReadPages = Callable[[str, Collection[str]], AsyncGenerator[list[Record], None]]


class RelatedRecords:
    """The related records of one answer. ``alone`` reads a record by its kind and id, and ``pages`` the list of a kind,
    filtered by ids if the platform can do that. Neither reads what those records belong to themselves."""

    def __init__(self, alone: ReadAlone, pages: ReadPages) -> None:
        self._alone, self._pages = alone, pages
        self._held: dict[tuple[str, str], Record | None] = {}
        self._read = 0

    async def load(self, kind: KindDocument, rows: Sequence[Any], given: Mapping[str, str]) -> None:
        """Reads what the rows of a kind belong to and isn't known yet. Raises PlatformUnavailable if that would take
        more than MAX_ALONE single reads."""
        wanted: dict[str, dict[str, set[str]]] = {}
        for name in _list_related_fields(kind):
            for row in rows:
                if (key := _find_key(kind, name, row, given)) is not None and key not in self._held:
                    wanted.setdefault(key[0], {}).setdefault(key[1], set()).add(_field_of(kind, name))
        for related, ids in wanted.items():
            if len(ids) > AT_ONCE:
                await self._load_listed(related, ids)
            left = [each for each in ids if (related, each) not in self._held]
            self._read += len(left)
            if self._read > MAX_ALONE:
                raise PlatformUnavailable(
                    f"One answer speaks of more than {MAX_ALONE} {related} records.", lasting=True
                )
            for at in range(0, len(left), AT_ONCE):
                some = left[at : at + AT_ONCE]
                found = await asyncio.gather(*(self._alone(related, each) for each in some))
                self._held |= {(related, each): record for each, record in zip(some, found, strict=True)}

    def values(self, kind: KindDocument, row: Any, given: Mapping[str, str]) -> Mapping[str, Any]:
        """The row's fields that are other records', which ``load`` has read."""
        made: dict[str, Any] = {}
        for name in _list_related_fields(kind):
            key = _find_key(kind, name, row, given)
            record = self._held.get(key) if key is not None else None
            made[name] = record.values.get(_field_of(kind, name)) if record is not None else None
        return made or NOTHING

    async def _load_listed(self, related: str, ids: Mapping[str, set[str]]) -> None:
        """Takes them from the pages of their list, as long as a page saves reads. A list may leave out fields and
        records: what is missing then is read alone."""
        left = dict(ids)
        try:
            async with aclosing(self._pages(related, ids)) as pages:
                async for page in pages:
                    found = [
                        each
                        for each in page
                        if each.id in left and all(each.values.get(name) is not None for name in left[each.id])
                    ]
                    self._held |= {(related, each.id): each for each in found}
                    for each in found:
                        left.pop(each.id, None)
                    if len(found) < WORTH or len(left) < WORTH:
                        return
        except PlatformUnavailable:
            return  # some platforms list nothing without a query, but read a single record by its id


def _list_related_fields(kind: KindDocument) -> list[str]:
    return [name for name, field in kind.fields.items() if field.of is not None]


def _field_of(kind: KindDocument, name: str) -> str:
    of = kind.fields[name].of
    assert of is not None
    return of.field


def _find_key(kind: KindDocument, name: str, row: Any, given: Mapping[str, str]) -> tuple[str, str] | None:
    """The kind and id of the record that has a row's field."""
    of = kind.fields[name].of
    relation = next((each for each in kind.relations if of is not None and each.via == of.via), None)
    if of is None or relation is None:
        return None
    record_id = read_raw_value(kind, of.via, row, given)
    if not isinstance(record_id, str | int) or isinstance(record_id, bool):
        return None
    return relation.kind, str(record_id)
