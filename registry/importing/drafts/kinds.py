"""Record kinds from pairs of operations: what can be listed and fetched by an id becomes a kind's draft.

The draft is an entry of ``kinds`` in ``connector.json``. It says what the document says: which fields people may search
by, and whether the fields are safe to read, is for a person to confirm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from registry.importing.document.alternatives import Settled, Settler
from registry.importing.document.operations import ApiDescription, Operation, is_json
from registry.importing.drafts import words
from registry.json_schema.pointer import join_pointer

MAX_FIELDS: Final = 30
_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_LISTS: Final = ("data", "items", "results", "records", "values", "entries", "elements", "objects")
_NAMES: Final = frozenset(
    {"name", "title", "label", "display_name", "full_name", "subject", "login", "username", "slug"}
)
_NUMBERS: Final = frozenset({"number", "code", "reference", "sku", "invoice_number", "order_number"})
_SECRET: Final = re.compile(r"secret|password|token|private|api_?key|credential|iban|card_number|cvc|ssn", re.I)
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
_NEXT_URLS: Final = ("/next", "/links/next", "/_links/next/href", "/links/pages/next", "/meta/next", "/paging/next",
                     "/next_page_url", "/next_page_uri")  # fmt: skip


@dataclass(frozen=True, slots=True)
class KindDraft:
    """A kind's entry in ``connector.json``, with the path that one of it is fetched by and what is to be decided."""

    name: str
    entry: dict[str, Any]
    path: str
    decide: tuple[str, ...]


def find_kinds(description: ApiDescription, settler: Settler) -> list[KindDraft]:
    """Every pair of ``GET /things`` and ``GET /things/{id}``, each name once. A kind may lie within one record of
    another (``/orders/{id}/items``), where that is a kind too and lies within none itself."""
    gets = {each.path: each for each in description.operations if each.method == "GET" and not each.trouble}
    made: dict[str, KindDraft] = {}
    for path, one in sorted(gets.items(), key=lambda each: each[0].count("{")):
        found = re.fullmatch(r"(.*)/\{([^{}]+)\}(\.json)?/?", path)
        if found is None:
            continue
        listing = next((gets[each] for each in (found[1], f"{found[1]}/", f"{found[1]}.json") if each in gets), None)
        outer = _PLACEHOLDER.findall(found[1])
        if listing is None or len(outer) > 1:
            continue
        parent = _parent(found[1], outer[0], made) if outer else ""
        if parent is None:
            continue
        kind = _kind(listing, one, found[2], settler, {outer[0]: parent} if outer else {})
        if kind is None:
            continue
        if kind.name in made:
            kind = _told_apart(kind, _static(found[1])[-2:-1])
        made.setdefault(kind.name, kind)
    return list(made.values())


def _parent(path: str, placeholder: str, made: Mapping[str, KindDraft]) -> str | None:
    """The kind whose ids fill a placeholder: the one that is fetched by just that part of the path."""
    upto = path.partition("{" + placeholder + "}")[0]
    fits = (each.name for each in made.values() if each.path.startswith(upto + "{") and "scope" not in each.entry)
    return next(fits, None)


def _told_apart(kind: KindDraft, above: list[str]) -> KindDraft:
    """The kind, called after what it belongs to as well: ``droplet action``."""
    first = words.to_singular(" ".join(words.split_words(above[0]))) if above else ""
    nouns = [f"{first} {each}".strip() for each in kind.entry["nouns"]]
    entry = {**kind.entry, "title": nouns[0][:1].upper() + nouns[0][1:], "nouns": nouns}
    return replace(kind, name=words.to_snake_case(nouns[0]), entry=entry)


def _kind(listing: Operation, one: Operation, key: str, settler: Settler, scope: Mapping[str, str]) -> KindDraft | None:
    noun = _static(listing.path)[-1:] or ["record"]
    plural = " ".join(words.split_words(noun[0].removesuffix(".json")))
    singular = words.to_singular(plural)
    answer, records_answer = _answer(one, settler), _answer(listing, settler)
    if answer is None or records_answer is None:
        return None
    record_at, record = _record(answer, singular, settler)
    records_at = _records(records_answer, plural, settler)
    if record is None or records_at is None:
        return None
    fields = _fields(record, settler)
    identity = _identity(fields, key, singular)
    decide: list[str] = []
    if identity is None:
        if not fields:
            return None
        identity = next(iter(fields))
        decide.append(f"Which field is the id that {one.path} is asked with? {identity!r} is a guess.")
    fields[identity] = {**fields[identity], "type": "id"}
    entry: dict[str, Any] = {
        "title": singular[:1].upper() + singular[1:],
        "nouns": list(dict.fromkeys((singular, plural))),
        "id": identity,
        "label": "{" + next((n for n, f in fields.items() if f.get("search") == "name"), identity) + "}",
        "fields": fields,
        "list": _listing(listing, records_answer, records_at, settler),
        "get": {"path": one.path.replace("{" + key + "}", "{id}"), **({"record": record_at} if record_at else {})},
    }
    if scope:
        entry["scope"] = dict(scope)
    if not any("search" in each for each in fields.values()):
        decide.append("By which field do people name it?")
    return KindDraft(words.to_snake_case(singular), entry, one.path, tuple(decide))


def _static(path: str) -> list[str]:
    return [each for each in path.split("/") if each and "{" not in each and not words.is_version(each)]


def _answer(operation: Operation, settler: Settler) -> Settled | None:
    """The schema of a good answer."""
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


def _record(answer: Settled, singular: str, settler: Settler) -> tuple[str, Settled | None]:
    """Where the record stands in the answer of one: the whole, or the member that is called so."""
    if answer.kind != "object":
        return "", None
    for name in (words.to_snake_case(singular), singular.replace(" ", ""), "data", "result", "item"):
        child = next((each for key, each in answer.children.items() if words.to_snake_case(key) == name), None)
        inner = settler.settled(child) if child is not None else None
        if inner is not None and inner.kind == "object" and len(answer.children) <= 4:
            key = next(key for key in answer.children if words.to_snake_case(key) == name)
            return join_pointer(key), inner
    return "", answer


def _records(answer: Settled, plural: str, settler: Settler) -> str | None:
    """The pointer of the list in the answer of many."""
    if answer.kind == "array":
        return ""
    lists = [key for key, child in answer.children.items() if settler.settled(child).kind == "array"]
    if not lists:
        return None
    named = [key for key in lists if words.to_snake_case(key) in (words.to_snake_case(plural), *_LISTS)]
    return join_pointer((named or lists)[0])


def _fields(record: Settled, settler: Settler) -> dict[str, Any]:
    made: dict[str, Any] = {}
    names = {words.to_snake_case(key): key for key in record.children}
    for key, child in record.children.items():
        settled = settler.settled(child)
        name = words.to_snake_case(key)
        if settled.kind != "scalar" or _SECRET.search(name) or name in made or child.own.get("writeOnly") is True:
            continue
        entry: dict[str, Any] = {"at": join_pointer(key)}
        kind = _type(name, settled)
        if kind != "string":
            entry["type"] = kind
        if kind == "enum":
            entry["values"] = [str(each) for each in settled.view.enum or ()][:100]
        if kind == "money_minor" and (currency := next((n for n in ("currency", "currency_code") if n in names), None)):
            entry["currency_field"] = currency
        if kind == "email":
            entry["search"] = "email"
        elif kind == "string" and (name in _NAMES or name.endswith("_name")) and name != "file_name":
            entry["search"] = "name"
        elif kind == "string" and name in _NUMBERS:
            entry["search"] = "number"
        made[name] = entry
        if len(made) >= MAX_FIELDS:
            break
    return made


def _type(name: str, settled: Settled) -> str:
    view = settled.view
    form = view.own.get("format")
    if view.enum is not None and "string" in view.types:
        return "enum"
    if "string" in view.types:
        by_format = {"date-time": "datetime", "date": "date", "email": "email"}
        if isinstance(form, str) and form in by_format:
            return by_format[form]
        return "email" if name == "email" else "currency" if name in ("currency", "currency_code") else "string"
    if "integer" in view.types:
        return (
            "money_minor"
            if re.search(r"minor units?|in cents|smallest currency unit", view.description, re.I)
            else "integer"
        )
    if "number" in view.types:
        return "number"
    return "boolean" if "boolean" in view.types else "string"


def _identity(fields: Mapping[str, Any], key: str, singular: str) -> str | None:
    name = words.to_snake_case(key)
    short = name.removeprefix(words.to_snake_case(singular) + "_")
    for each in (name, short, "id", "uuid", "key", "slug", "code", f"{words.to_snake_case(singular)}_id"):
        if each in fields:
            return each
    return None


def _listing(operation: Operation, answer: Settled, records_at: str, settler: Settler) -> dict[str, Any]:
    queries = {each.name: each for each in operation.parameters if each.place == "query"}
    made: dict[str, Any] = {"path": operation.path, "records": records_at}
    if text := next((each for each in _SEARCH if each in queries), None):
        made["text"] = {"query": text}
    made["pagination"] = _pagination(queries, answer, settler)
    return made


def _pagination(queries: Mapping[str, Any], answer: Settled, settler: Settler) -> dict[str, Any]:
    size = next((each for each in _SIZES if each in queries), None)
    sized: dict[str, Any] = {"size": {"query": size}} if size else {}
    if size:
        maximum = settler.reader.view(queries[size].schema).own.get("maximum")
        if isinstance(maximum, int) and 0 < maximum < 10_000:
            sized["max_size"] = maximum
    cursor = next((each for each in _CURSORS if each in queries), None)
    following = next((each for each in _NEXT_CURSORS if _there(answer, each, settler)), None)
    if cursor and following:
        return {"type": "cursor", "place": {"query": cursor}, "next": following, **sized}
    if page := next((each for each in _PAGES if each in queries), None):
        return {"type": "page", "place": {"query": page}, **sized}
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
