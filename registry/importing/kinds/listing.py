"""List reader: finds the records in an answer, and how a list is searched and paged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from registry.importing.document.alternatives import Settled, Settler
from registry.importing.document.description import Operation, is_json
from registry.importing.document.references import Located
from registry.importing.drafts import words
from registry.json_schema.pointer import join_pointer

_LISTS: Final = ("data", "items", "results", "records", "values", "entries", "elements", "objects")
_SEARCH: Final = ("q", "query", "search", "filter_text", "keyword", "term")
_PAGES: Final = ("page", "page_number", "pageNumber", "page[number]", "pageno")
_OFFSETS: Final = ("offset", "skip", "start", "startAt", "startIndex", "page[offset]")
_CURSORS: Final = (
    "cursor",
    "after",
    "starting_after",
    "page_token",
    "pageToken",
    "marker",
    "next_token",
    "page_cursor",
)
_SIZES: Final = (
    "per_page",
    "perPage",
    "page_size",
    "pageSize",
    "limit",
    "count",
    "max_results",
    "maxResults",
    "size",
    "first",
)
_NEXT_CURSORS: Final = (
    "/next_cursor", "/nextCursor", "/next_page_token", "/nextPageToken", "/meta/next_cursor", "/next_marker", "/cursor",
    "/paging/cursors/after", "/response_metadata/next_cursor", "/meta/next", "/pagination/next_cursor",
)  # fmt: skip
_TOTALS: Final = (
    "/count", "/total", "/total_count", "/totalCount", "/total_entries", "/total_results", "/totalResults",
    "/total_records", "/meta/total", "/meta/total_count", "/meta/count", "/pagination/total", "/page/total_elements",
    "/page/totalElements", "/totalElements",
)  # fmt: skip
_NEXT_URLS: Final = ("/next", "/links/next", "/_links/next/href", "/links/pages/next", "/meta/next", "/paging/next",
                     "/next_page_url", "/next_page_uri")  # fmt: skip


def read_answer(operation: Operation, settler: Settler) -> Settled | None:
    """The schema of a successful answer."""
    for status, each in operation.responses.members():
        if status[:1] != "2" and status != "default":
            continue
        answer = settler.reader.follow(each)
        if "schema" in answer.fields:
            return settler.of(answer["schema"])
        for media_type, content in answer["content"].members():
            if is_json(media_type):
                return settler.of(content["schema"])
    return None


def find_record(answer: Settled, singular: str, settler: Settler) -> tuple[str, Settled] | None:
    """The place of the record in a single read's answer: the whole answer, or the member with the record's name."""
    if answer.kind != "object":
        return None
    for name in (words.to_snake_case(singular), singular.replace(" ", ""), "data", "result", "item"):
        key = next((key for key in answer.children if words.to_snake_case(key) == name), None)
        inner = settler.settled(answer.children[key]) if key is not None else None
        if key is not None and inner is not None and inner.kind == "object" and len(answer.children) <= 4:
            return join_pointer(key), inner
    return "", answer


@dataclass(frozen=True, slots=True)
class Rows:
    """The place of the records in a list's answer, and the schema of one record if it is given. ``keyed``: the records
    are the members of an object."""

    pointer: str
    record: Settled | None
    keyed: bool = False


def find_records(answer: Settled, plural: str, settler: Settler) -> Rows | None:
    """The list in an answer, or the object with each record under its key."""
    if (whole := _rows("", answer, settler)) is not None:
        return whole
    children = {key: settler.settled(child) for key, child in answer.children.items()}
    found = {key: rows for key, each in children.items() if (rows := _rows(join_pointer(key), each, settler))}
    named = [key for key in found if words.to_snake_case(key) in (words.to_snake_case(plural), *_LISTS)]
    key = next((key for key in (*named, *found) if key in named or not found[key].keyed), None)
    return found[key] if key is not None else None


def _rows(pointer: str, several: Settled, settler: Settler) -> Rows | None:
    if several.kind == "array":
        return Rows(pointer, _row(several.view.items, settler))
    row = _row(several.view.additional, settler) if several.kind == "object" and not several.children else None
    return Rows(pointer, row, keyed=True) if row is not None and row.children else None


def _row(items: Located | None, settler: Settler) -> Settled | None:
    row = settler.of(items) if items is not None else None
    return row if row is not None and row.kind == "object" else None


def split_query(path: str) -> dict[str, Any]:
    """A path, and the query that some documents write into it: ``/skills?beta=true``."""
    plain, _, query = path.partition("?")
    values = {name: value for name, value in parse_qsl(query) if "{" not in value}
    return {"path": plain, **({"query": values} if values else {})}


def draft_listing(operation: Operation, path: str, answer: Settled, rows: Rows, settler: Settler) -> dict[str, Any]:
    """The ``list`` of a kind's entry."""
    queries = {each.name: each for each in operation.parameters if each.place == "query"}
    made: dict[str, Any] = {**split_query(path), "records": rows.pointer}
    if operation.method == "POST":
        made = {"method": "POST", **made, "body": {}}
    if text := next((each for each in _SEARCH if each in queries), None):
        made["text"] = {"query": text}
    made["pagination"] = _pagination(queries, answer, settler)
    return made


def draft_filters(operation: Operation, fields: Mapping[str, Any], settler: Settler) -> dict[str, Any]:
    """Filters of a list by the state of its records or by the id of another one: query parameters that have a field's
    name and, for a state, its values. Other parameters of that name may mean something else (a part of a name)."""
    made: dict[str, Any] = {}
    for each in operation.parameters:
        name = words.to_snake_case(each.name)
        field = fields.get(name)
        if each.place != "query" or field is None or "at" not in field:
            continue
        asked = settler.of(each.schema)
        values = [str(value) for value in asked.view.enum or ()]
        stated = field.get("type") == "enum" and bool(values) and {*field["values"]} == {*values}
        named = name.endswith("_id") and field.get("type", "string") in ("string", "integer", "id")
        if asked.kind == "scalar" and (stated or named):
            made[name] = {"query": each.name}
    return made


def _pagination(queries: Mapping[str, Any], answer: Settled, settler: Settler) -> dict[str, Any]:
    size = next((each for each in _SIZES if each in queries), None)
    sized: dict[str, Any] = {"size": {"query": size}} if size else {}
    if size:
        maximum = settler.reader.view(queries[size].schema).own.get("maximum")
        if isinstance(maximum, int) and 0 < maximum < 10_000:
            sized["max_size"] = min(maximum, 1_000)
    total = next((each for each in _TOTALS if _there(answer, each, settler)), None)
    sized |= {"total": total} if total else {}
    cursor = next((each for each in _CURSORS if each in queries), None)
    following = next((each for each in _NEXT_CURSORS if _there(answer, each, settler)), None)
    if cursor and following:
        sized.pop("total", None)
        return {"type": "cursor", "place": {"query": cursor}, "next": following, **sized}
    if page := next((each for each in _PAGES if each in queries), None):
        own = settler.reader.view(queries[page].schema).own
        first: dict[str, Any] = {"first": 0} if own.get("default") == 0 and own.get("default") is not False else {}
        return {"type": "page", "place": {"query": page}, **sized, **first}
    if offset := next((each for each in _OFFSETS if each in queries), None):
        return {"type": "offset", "place": {"query": offset}, **sized}
    if url := next((each for each in _NEXT_URLS if _there(answer, each, settler)), None):
        return {"type": "next_url", "next": url, **sized}
    return {"type": "none"}


def _there(answer: Settled, pointer: str, settler: Settler) -> bool:
    for part in pointer.split("/")[1:]:
        child = answer.children.get(part) if answer.kind == "object" else None
        if child is None:
            return False
        answer = settler.settled(child)
    return answer.kind == "scalar" or "string" in answer.view.types
