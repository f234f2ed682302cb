"""Live records from the platform's read API, without a cache: every search is a new GET, so nothing is stale."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.saas.kinds import KINDS, PATHS
from core import canon
from core.errors import InvalidInput, NotCanonical, PlatformUnavailable
from registry.connector import PlatformClient
from registry.records import Query, Record, RecordKind, admit, refuse_undeclared

MAX_TEXT_CHARS: Final = 200
MAX_RECORDS: Final = 50
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class SaasRecords:
    """The platform's records, as ``connectors.saas.kinds`` declares them.

    The platform does the matching (``q``, ``by``, ``where`` as JSON, ``order``, ``limit``, ``offset``), but isn't
    trusted: rows that don't match ``where``, and rows beyond the limit, are dropped here.
    """

    def __init__(self, client: PlatformClient) -> None:
        self._client = client
        self._kinds = {kind.name: kind for kind in KINDS}

    def kinds(self) -> tuple[RecordKind, ...]:
        return KINDS

    async def search(self, query: Query) -> Sequence[Record]:
        """The matching records. Raises InvalidInput for an undeclared kind or field (so that undeclared ones can't be
        probed), and PlatformUnavailable if the platform doesn't answer, or not in the agreed shape."""
        kind = self._kind(query.kind)
        path = f"/api/{PATHS[kind.name]}"
        limit = max(1, min(query.limit, MAX_RECORDS))
        answer = await self._client.get_json(path, _params(kind, query, limit))
        rows = answer.get("items") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise PlatformUnavailable(f'The platform answered GET {path} without a list of "items".')
        records = [record_of(kind, row, path) for row in rows]
        return [record for record in records if _fits(record, query.where)][:limit]

    async def get(self, kind: str, record_id: str) -> Record | None:
        """The record, or None. It is also None for an id that this platform can't have, without a request."""
        declared = self._kind(kind)
        if not self.can_be(record_id):
            return None
        path = f"/api/{PATHS[kind]}/{record_id}"
        row = await self._client.get_json(path)
        if row is None:
            return None
        record = record_of(declared, row, path)
        if record.id != record_id:
            raise PlatformUnavailable(f"The platform answered GET {path} with another record.")
        return record

    def can_be(self, record_id: str) -> bool:
        return _ID.fullmatch(record_id) is not None

    def _kind(self, name: str) -> RecordKind:
        kind = self._kinds.get(name)
        if kind is None:
            raise InvalidInput(f"The saas connector declares no kind {name!r}; it declares {', '.join(self._kinds)}.")
        return kind


def _params(kind: RecordKind, query: Query, limit: int) -> Mapping[str, str]:
    refuse_undeclared(kind, query)
    params = {"limit": str(limit)}
    if query.text is not None:
        params["q"] = query.text[:MAX_TEXT_CHARS]
    if query.by is not None:
        params["by"] = query.by
    if query.where:
        params["where"] = canon.dumps({name: list(values) for name, values in query.where.items()}).decode()
    if query.offset:
        params["offset"] = str(query.offset)
    if query.order is not None:
        params["order"] = f"-{query.order}" if query.descending else query.order
    return params


def record_of(kind: RecordKind, row: Any, path: str) -> Record:
    """Turns a row of the platform's answer to ``path`` into a record. Raises PlatformUnavailable for an unusable
    row."""
    if not isinstance(row, dict) or not isinstance(row.get(kind.id_field), str | int):
        raise PlatformUnavailable(f"The platform answered GET {path} with a {kind.name} that has no {kind.id_field!r}.")
    values = {each.name: row.get(each.name) for each in kind.fields}
    if any(isinstance(value, dict | list) for value in values.values()):
        raise PlatformUnavailable(f"The platform answered GET {path} with a nested value where a scalar is declared.")
    try:
        return admit(kind, values)
    except NotCanonical as error:
        raise PlatformUnavailable(f"The platform answered GET {path} with unreadable text.") from error


def _fits(record: Record, where: Mapping[str, Sequence[str | int | bool]]) -> bool:
    """Whether a record matches. Ids are compared as text: the platform's are integers, ours are strings."""
    return all(str(record.values.get(name)) in {str(value) for value in values} for name, values in where.items())
