"""Read requests: turn a kind's operation and a query into platform requests, and say which parts of the query they
carry.

The platform's filter is only a first one: ``registry.declarative.records`` checks every record again.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from core.errors import InvalidInput, PlatformUnavailable
from registry.connector import PlatformAnswer, PlatformRequest
from registry.declarative.document import Between, KindDocument, Operation, Pages, Place
from registry.declarative.rows import read_pointer
from registry.records import Query, SearchBy

MAX_TEXT_CHARS: Final = 200
_SLOT: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NEXT: Final = re.compile(r"<([^<>\s]{1,2000})>\s*;[^<]{0,500}?rel=\"?next\"?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pushed:
    """One list request, and the parts of the query that it carries. The other parts must be checked on every page."""

    operation: Operation
    request: PlatformRequest
    whole: bool
    ordered: bool


def fill_path(path: str, given: Mapping[str, str]) -> str:
    """``path`` with each ``{name}`` filled, percent-encoded into one segment. Raises InvalidInput for a missing value,
    or one that would be another segment."""

    def fill(slot: re.Match[str]) -> str:
        value = given.get(slot[1])
        if value is None:
            raise InvalidInput(f"The path {path} needs {slot[1]!r}, which is not set.")
        if value in ("", ".", ".."):
            raise InvalidInput(f"{value!r} can't be a segment of {path}.")
        return quote(value, safe="")

    return _SLOT.sub(fill, path)


def list_slots(path: str) -> list[str]:
    """The names of the ``{name}`` in a path."""
    return _SLOT.findall(path)


def push_query(
    kind: KindDocument, operation: Operation, query: Query, given: Mapping[str, str], text: str | None
) -> Pushed:
    """The request of the first page. ``text`` is the search text, in the operation's place for it."""
    made = PlatformRequest(
        fill_path(operation.path, given),
        method=operation.method,
        query=tuple(
            (name, _SLOT.sub(lambda slot: given.get(slot[1], slot[0]), each)) for name, each in operation.query.items()
        ),
        body=copy.deepcopy(operation.body) if operation.method == "POST" else None,
    )
    whole = True
    for name, values in query.where.items():
        if name in kind.scope.values() or name in kind.scope:
            continue
        place = operation.filters.get(name)
        if place is None or (len(values) != 1 and place.several is None):
            whole = False
            continue
        made = _placed(made, place, [_theirs(kind, name, each) for each in values])
    for name, (low, high) in query.between.items():
        bounds = operation.bounds.get(name, Between())
        for bound, place in ((low, bounds.at_least), (high, bounds.less_than)):
            if bound is None:
                continue
            if place is None:
                whole = False
                continue
            made = _placed(made, place, [bound])
    if text is not None and operation.text is not None:
        made = _placed(made, operation.text, [text[:MAX_TEXT_CHARS]])
    ordered = True
    if query.order is not None:
        theirs = operation.order.fields.get(query.order) if operation.order is not None else None
        ordered = theirs is not None
        if operation.order is not None and theirs is not None:
            form = operation.order.descending if query.descending else operation.order.ascending
            made = _placed(made, operation.order.place, [form.replace("{field}", theirs)])
    return Pushed(operation, made, whole, ordered)


def _theirs(kind: KindDocument, name: str, value: str | int | bool) -> str | int | bool:
    """The platform's word for an enum's value."""
    field = kind.fields.get(name)
    if field is not None and isinstance(field.values, Mapping):
        return next((theirs for theirs, ours in field.values.items() if ours == value), value)
    return value


def _placed(request: PlatformRequest, place: Place, values: Sequence[Any]) -> PlatformRequest:
    if place.query is not None:
        texts = [_text(each) for each in values]
        if place.format is not None:
            texts = [place.format.replace("{value}", each) for each in texts]
        if place.several == "comma":
            texts = [",".join(texts)]
        return replace(request, query=(*request.query, *((place.query, each) for each in texts)))
    made = [place.format.replace("{value}", _text(each)) for each in values] if place.format else list(values)
    if place.several == "comma":
        value: Any = ",".join(map(_text, made))
    else:
        value = made if place.several == "repeat" else made[0]
    return replace(request, body=_put(request.body, place.body or "", value))


def _put(body: Any, pointer: str, value: Any) -> Any:
    """``body`` with ``value`` at the pointer. Missing objects on the way are created."""
    if not pointer:
        return value
    root = copy.deepcopy(body) if isinstance(body, dict) else {}
    held = root
    *way, last = (part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))
    for part in way:
        below = held.get(part)
        if not isinstance(below, dict):
            below = held[part] = {}
        held = below
    held[last] = value
    return root


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _with_key(row: Any, pointer: str, key: str) -> Any:
    """A row with the key under which it was listed, unless the row repeats it."""
    return _put(row, pointer, key) if isinstance(row, dict) and read_pointer(row, pointer) is None else row


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def choose_size(pages: Pages, wanted: int) -> int:
    """The page size to request."""
    return pages.max_size if pages.size is None else max(1, min(wanted, pages.max_size))


def request_first_page(pages: Pages, request: PlatformRequest, size: int, skip: int) -> tuple[PlatformRequest, int]:
    """The request of the page that holds the record after ``skip`` others, and how many of that page precede it."""
    if pages.type == "page" and pages.place is not None and pages.size is not None:
        return _page(pages, request, size, pages.first + skip // size), skip % size
    if pages.type == "offset" and pages.place is not None:
        return _page(pages, request, size, skip), 0
    return _page(pages, request, size, pages.first if pages.type == "page" else None), skip


def _page(pages: Pages, request: PlatformRequest, size: int, at: Any) -> PlatformRequest:
    if pages.size is not None:
        request = _placed(request, pages.size, [size])
    if pages.place is not None and at is not None and pages.type != "cursor":
        request = _placed(request, pages.place, [at])
    return request


def request_next_page(
    pages: Pages, first: PlatformRequest, answer: PlatformAnswer, held: int, page: int, size: int, skip: int
) -> PlatformRequest | None:
    """The request of the page after the ``page``-th (from 1), which held ``held`` records. None if that was the last.
    ``first`` is the request without a page."""
    match pages.type:
        case "page" if pages.place is not None:
            start = skip // size if pages.size is not None else 0
            more = held >= size if pages.size is not None else held > 0
            return _page(pages, first, size, pages.first + start + page) if more else None
        case "offset" if pages.place is not None:
            return _page(pages, first, size, skip + page * size) if held >= size else None
        case "cursor" if pages.place is not None and pages.next is not None:
            cursor = read_pointer(answer.body, pages.next)
            if cursor in (None, "", False) or not isinstance(cursor, str | int) or held == 0:
                return None
            return _placed(_page(pages, first, size, None), pages.place, [cursor])
        case "next_url" if pages.next is not None:
            return _followed(first, read_pointer(answer.body, pages.next))
        case "link":
            found = _NEXT.search(answer.headers.get("link", "")[:8000])
            return _followed(first, found[1] if found is not None else None)
    return None


def _followed(first: PlatformRequest, url: Any) -> PlatformRequest | None:
    """The page that the platform names. Only its query is used, so it can't lead to another host or path."""
    if url in (None, ""):
        return None
    if not isinstance(url, str) or len(url) > 4000:
        raise PlatformUnavailable(f"The platform names no usable address for the page after {first.path}.")
    try:
        query = parse_qsl(urlsplit(url).query, keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise PlatformUnavailable(f"The platform names no usable address for the page after {first.path}.") from error
    return replace(first, query=tuple(query))


def list_records(answer: PlatformAnswer, operation: Operation, what: str) -> Iterator[Any]:
    """The platform's rows. Raises PlatformUnavailable for an answer without the list."""
    rows = read_pointer(answer.body, operation.records)
    if operation.keyed_by is not None and isinstance(rows, Mapping):
        return (_with_key(row, operation.keyed_by, key) for key, row in rows.items())
    if not isinstance(rows, list):
        where = f"a list at {operation.records}" if operation.records else "a list"
        hint = ""
        if isinstance(rows, Mapping) and rows and all(isinstance(each, Mapping) for each in rows.values()):
            hint = ' It is an object of objects: if each is a record under its key, write "keyed_by" in connector.json.'
        raise PlatformUnavailable(f"{what} is not {where}.{hint}", lasting=True)
    return iter(rows)


def list_codes(text: str, by: SearchBy | None) -> list[str]:
    """The spellings of a code or address, to ask for it exactly."""
    plain = text.strip()
    if by == "email":
        return [plain.casefold()] if "@" in plain else []
    if len(plain.split()) > 2 or len(plain) > 100:
        return []
    bare = plain.lstrip("#")
    return list(dict.fromkeys(each for each in (bare, bare.upper()) if each))
