"""In-memory records: a context provider over rows, without a platform."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rapidfuzz import fuzz

from registry.records import Query, Record, RecordKind, admit, is_between

_FUZZY_LEAST: Final = 85.0


class Rows:
    """Context provider over in-memory rows of declared kinds."""

    def __init__(self, kinds: Sequence[RecordKind], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._kinds = tuple(kinds)
        self._records = {
            kind.name: [admit(kind, row) for row in rows[kind.name] if row.get(kind.id_field) not in (None, "")]
            for kind in self._kinds
        }
        self._by_id = {name: {each.id: each for each in records} for name, records in self._records.items()}

    def kinds(self) -> tuple[RecordKind, ...]:
        return self._kinds

    async def get(self, kind: str, record_id: str) -> Record | None:
        return self._by_id.get(kind, {}).get(record_id)

    async def search(self, query: Query) -> Sequence[Record]:
        kind = next(each for each in self._kinds if each.name == query.kind)
        fit = [
            each
            for each in self._records[kind.name]
            if all(_is_among(each.values.get(name), accepted) for name, accepted in query.where.items())
            and all(is_between(each.values.get(name), *bounds) for name, bounds in query.between.items())
        ]
        if query.text is not None:
            fields = [each.name for each in kind.fields if each.search and query.by in (None, each.search)]
            scored = [
                (max((_rate_alike(query.text, each.values.get(f)) for f in fields), default=0.0), each) for each in fit
            ]
            scored = [pair for pair in scored if pair[0] >= _FUZZY_LEAST]
            best = max((score for score, _ in scored), default=0.0)
            fit = [each for score, each in scored if score >= best - 5.0]
        if query.order is not None:
            order = query.order
            fit.sort(key=lambda each: str(each.values.get(order) or ""), reverse=query.descending)
        return fit[query.offset : query.offset + query.limit]


def _is_among(value: Any, accepted: Sequence[Any]) -> bool:
    """Compares ids as text, like connectors: a platform's ids may be numbers, ours are not."""
    return value in accepted or (value is not None and str(value) in map(str, accepted))


def _rate_alike(text: str, value: Any) -> float:
    if not isinstance(value, str) or not value:
        return 0.0
    wanted, held = text.casefold(), value.casefold()
    if wanted == held:
        return 105.0
    words = set(re.findall(r"\w+", held))
    if set(re.findall(r"\w+", wanted)) <= words:
        return 100.0
    return float(fuzz.ratio(wanted, held))
