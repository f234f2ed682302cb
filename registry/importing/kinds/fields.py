"""Field drafts: which fields of a record are safe to read, which one people name it by, and what its states are.

A document says what a record may contain, not what it does contain. So every field except the id is ``lenient``: one
value of another type doesn't make all records unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from registry.importing.document.alternatives import Settled, Settler
from registry.importing.drafts import words
from registry.importing.drafts.money import find_currency, is_minor_units
from registry.json_schema.pointer import join_pointer

MAX_FIELDS: Final = 30
MAX_STATES: Final = 24
MAX_KEPT: Final = 90
MAX_DEPTH: Final = 3
_CHARS: Final = re.compile(r"[^A-Za-z0-9_.-]")
TITLES: Final[tuple[str, ...]] = (
    "name", "full_name", "display_name", "title", "label", "subject", "username", "user_name", "login", "slug",
    "first_name", "last_name",
)  # fmt: skip
_OTHERWISE: Final = ("url", "uri", "domain", "host", "hostname", "address", "path", "key", "summary", "value")
"""Fields that name a record without a name."""
_NUMBERS: Final = frozenset({"number", "code", "reference", "sku", "invoice_number", "order_number"})
_SECRET: Final = re.compile(
    r"secret|password|token|private|api_?key|credential|iban|card_number|cvc|ssn|otp|invite_?link", re.I
)
_RESTLESS: Final = re.compile(
    r"last_(?:seen|used|active|activity|login|ping|sync|access|update|check)|seen_at|_ago\Z|attempts\Z"
)
"""Fields that change without anybody's action: a card that shows one would never stay valid."""
_INNER: Final = ("attributes", "properties", "profile", "fields")
"""Objects with the record's fields, if those aren't in the record itself (JSON:API)."""
_CREATED: Final = ("created_at", "created", "created_on", "date_created", "creation_date", "date_joined",
                   "created_time", "date", "timestamp", "published_at", "start_date", "start_time")  # fmt: skip
_KEPT_DAY: Final = re.compile(r"created|updated|modified|changed|deleted|inserted|synced|imported|archived")
"""Days of a record's keeping, which nobody knows it by."""
_STATE_FIELDS: Final = ("status", "state", "stage", "phase", "lifecycle_state")
_OPPOSITES: Final = {
    "enabled": "disabled", "active": "inactive", "archived": "", "paused": "", "published": "unpublished",
    "public": "private", "open": "closed", "locked": "unlocked", "completed": "", "done": "", "verified": "unverified",
    "stale": "", "deprecated": "", "banned": "", "blocked": "", "muted": "", "paid": "unpaid", "draft": "",
    "pinned": "", "hidden": "", "suspended": "", "favorite": "", "starred": "", "expired": "", "read": "unread",
}  # fmt: skip


def draft_fields(record: Settled, settler: Settler, singular: str = "") -> dict[str, Any]:
    """The ``fields`` of a kind's entry, without an id yet: name → declaration. A text with the kind's name
    (``singular``) is its records' name: the ``tag`` of a tag."""
    made: dict[str, Any] = {}
    names = {words.to_snake_case(key) for key in record.children}
    own = words.to_snake_case(singular)
    for at, key, settled in _scalars(record, settler, own):
        name = words.to_snake_case(key)
        if _SECRET.search(name) or _RESTLESS.search(name) or name in made:
            continue
        made[name] = _field(name, at, settled, names)
        if len(made) >= MAX_FIELDS:
            break
    if not any("search" in each for each in made.values()):
        texts = [each for each in (own, *_OTHERWISE) if each in made and made[each].get("type", "string") == "string"]
        if texts:
            made[texts[0]]["search"] = "name"
    if not {*TITLES} & {*made}:
        coded = [each for each in _own_numbers(own) if each in made and made[each].get("type", "string") == "string"]
        made |= {each: {**made[each], "search": "number"} for each in coded[:1]}
    return made


def add_currency(fields: dict[str, Any], record: Settled, settler: Settler) -> None:
    """Adds the currency that the document's words give all amounts: "in euro cents". Not if the record has one."""
    amounts = [each for each in fields.values() if each.get("type") == "money_minor"]
    told = {find_currency(_describe(str(each["at"]), record, settler)) for each in amounts}
    code = next(iter(told)) if len(told) == 1 else None
    if code is None or "currency" in fields or any("currency_field" in each for each in amounts):
        return
    fields["currency"] = {"type": "currency", "value": code}
    for each in amounts:
        each["currency_field"] = "currency"


def _describe(at: str, record: Settled, settler: Settler) -> str:
    """What the document says about a value of the record."""
    for part in at.split("/")[1:]:
        child = record.children.get(part.replace("~1", "/").replace("~0", "~"))
        if child is None:
            return ""
        record = settler.settled(child)
    return record.view.description


def _own_numbers(own: str) -> tuple[str, ...]:
    """Names of the field with a record's own number. ``own``: the kind's name."""
    return ("ref", f"{own}_number", f"{own}_no", f"{own}_ref", "number")


def draft_kept(
    record: Settled, settler: Settler, fields: Mapping[str, Any], written: frozenset[str]
) -> tuple[dict[str, Any], frozenset[str]]:
    """Fields for the rest of a record whose members ``written`` are rewritten as a whole: the values in its objects,
    and its lists and objects unchanged, without secrets. Also returns the places of all these values."""
    known = {str(said.get("at")) for said in fields.values()}
    made: dict[str, Any] = {}
    held: set[str] = set()
    for at, path, settled in _list_inner(record, settler, (), 0):
        if path[0] not in written or _RESTLESS.search(words.to_snake_case(path[-1])):
            continue
        held.add(at)
        name = words.to_snake_case("_".join(path))
        while name in fields or name in made:
            name = f"{name}_kept"
        if at in known or _SECRET.search(name) or len(fields) + len(made) >= MAX_KEPT or len(name) > 64:
            continue
        told = {"at": at, "type": "json"} if settled.kind != "scalar" else _field(name, at, settled, set())
        made[name] = {key: each for key, each in told.items() if key not in ("search", "currency_field")}
        if made[name].get("type") == "money_minor":
            made[name]["type"] = "integer"
    return made, frozenset(held)


def _list_inner(
    record: Settled, settler: Settler, above: tuple[str, ...], depth: int
) -> Iterator[tuple[str, tuple[str, ...], Settled]]:
    """(pointer, names, schema) of everything in a record, objects before their content."""
    for key, child in record.children.items():
        settled = settler.settled(child)
        if child.own.get("writeOnly") is True or child.read_only or _CHARS.search(key):
            continue
        path = (*above, key)
        yield join_pointer(*path), path, settled
        if settled.kind == "object" and not settled.large and depth < MAX_DEPTH:
            yield from _list_inner(settled, settler, path, depth + 1)


def _scalars(record: Settled, settler: Settler, own: str = "") -> list[tuple[str, str, Settled]]:
    """(pointer, key, schema) of every value that a field can hold. Names in several languages count as one of them."""
    found: list[tuple[str, str, Settled]] = []
    for key, child in record.children.items():
        if child.own.get("writeOnly") is True:
            continue
        settled = settler.settled(child)
        name = words.to_snake_case(key)
        if settled.kind == "scalar" or (
            settled.kind == "object" and name in (*TITLES, own) and _is_translated(settled)
        ):
            found.append((join_pointer(key), key, settled))
        elif settled.kind == "object" and name in _INNER:
            inner = ((each, settler.settled(view)) for each, view in settled.children.items())
            found += [(join_pointer(key, each), each, one) for each, one in inner if one.kind == "scalar"]
    # Fields that name a record or show its state come first, since the number of fields is limited.
    return sorted(found, key=lambda each: not _is_telling(words.to_snake_case(each[1])))


def _is_telling(name: str) -> bool:
    return name in ("id", "uuid", "email", *TITLES, *_NUMBERS, *_STATE_FIELDS) or name.endswith(("_id", "_name"))


def _is_translated(settled: Settled) -> bool:
    """``{"en": "Concert", "de": "Konzert"}``: a text in several languages, or a free map of texts."""
    if settled.children:
        return all(re.fullmatch(r"[a-z]{2}(?:[-_][A-Za-z]{2,8})?", each) for each in settled.children)
    return settled.view.additional is not None


def _field(name: str, at: str, settled: Settled, names: set[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"at": at}
    if settled.kind == "object":
        return {**entry, "from": "language", "search": "name", "lenient": True}
    kind = _type(name, settled)
    if kind != "string":
        entry["type"] = kind
    if kind == "enum":
        entry["values"] = [str(each) for each in settled.view.enum or ()][:100]
    if kind == "money_minor" and (currency := next((n for n in ("currency", "currency_code") if n in names), None)):
        entry["currency_field"] = currency
    if kind == "email":
        entry["search"] = "email"
    elif kind == "string" and (name in TITLES or name.endswith("_name")) and name != "file_name":
        entry["search"] = "name"
    elif kind == "string" and name in _NUMBERS:
        entry["search"] = "number"
    entry["lenient"] = True
    return entry


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
        return "money_minor" if is_minor_units(name, view.description) else "integer"
    if "number" in view.types:
        return "number"
    return "boolean" if "boolean" in view.types else "string"


def find_identity(fields: Mapping[str, Any], key: str, singular: str, *, certain: bool) -> str | None:
    """The field for a path's ``key``. ``certain``: only if the key itself shows which one, since no single read
    confirms it."""
    name = words.to_snake_case(key)
    noun = words.to_snake_case(singular)
    last = noun.rsplit("_", 1)[-1]
    short = next((name.removeprefix(f"{each}_") for each in (noun, last) if name.startswith(f"{each}_")), name)
    usual = ("id", "uuid", "key", "slug", "code", f"{noun}_id")
    pk = ("id",) if short == "pk" else ()
    if certain and name not in (noun, last) and short not in (*usual, "name", "pk"):
        return None
    said = (name, short, *pk, *(usual if name in (noun, last) or not certain else ()))
    return next((each for each in said if each in fields), None)


def draft_label(fields: Mapping[str, Any], identity: str, noun: str = "") -> str:
    """The label by which a person recognises a record. An id that is a word counts more than another thing's name. That
    alone is no label: the record's own number and days stand with it."""
    if "first_name" in fields and "last_name" in fields and not {"name", "full_name", "display_name"} & set(fields):
        return "{first_name} {last_name}"
    named = [each for each in fields if fields[each].get("search") == "name"]
    whole = words.to_snake_case(noun)
    nouns = dict.fromkeys((whole, whole.rsplit("_", 1)[-1]))
    own = [f"{one}_{each}" for one in nouns for each in ("name", "display_name", "title", "label")]
    best = next((each for each in (*TITLES[:6], *own) if each in named), None)
    if best is None and is_word_id(fields, identity):
        return "{" + identity + "}"
    best = best or next((each for each in TITLES if each in named), None)
    number = _find_number(fields, noun)
    if best is None and named:  # another thing's name: the dog's of a stay, so two stays of one dog need more
        return " · ".join("{" + each + "}" for each in (*number, named[0], *_list_own_days(fields)))
    mail = next((each for each, said in fields.items() if said.get("search") == "email"), None)
    return "{" + (best or mail or next(iter(number), identity)) + "}"


def _find_number(fields: Mapping[str, Any], noun: str) -> list[str]:
    """The number by which people know a record, if it has one."""
    coded = [each for each, said in fields.items() if said.get("search") == "number"]
    whole = [each for each in _own_numbers(words.to_snake_case(noun)) if fields.get(each, {}).get("type") == "integer"]
    return [*coded, *whole][:1]


def _list_own_days(fields: Mapping[str, Any]) -> list[str]:
    """The first two days of what a record is about, not of its keeping ("created_at")."""
    days = [each for each, said in fields.items() if said.get("type") in ("datetime", "date")]
    return [each for each in days if not _KEPT_DAY.search(each)][:2]


def is_chosen(record: Settled, field: Mapping[str, Any], settler: Settler) -> bool:
    """Whether an id is a text that somebody chose and people say: no number, no UUID."""
    key = str(field["at"]).lstrip("/")
    child = record.children.get(key)
    if child is None or key.casefold() in ("id", "uuid", "_id", "pk", "guid"):
        return False
    view = settler.settled(child).view
    return "string" in view.types and "integer" not in view.types and view.own.get("format") != "uuid"


def is_word_id(fields: Mapping[str, Any], identity: str) -> bool:
    """Whether an id is a text that people choose and search for: a key or a name, and no number or UUID."""
    return bool(fields.get(identity, {}).get("search") == "name")


def draft_detail(fields: Mapping[str, Any], label: str) -> str:
    """The detail that distinguishes two records of one name: an address, a state."""
    named = [each for each, said in fields.items() if said.get("search") == "name" and "{" + each + "}" not in label]
    shown = named[:1] if " · " in label else []
    shown += [each for each, said in fields.items() if said.get("search") == "email"][:1]
    shown += [each for each in _STATE_FIELDS if each in fields][:1]
    return " · ".join("{" + each + "}" for each in shown if "{" + each + "}" not in label)


def find_order(fields: Mapping[str, Any], record: Settled, settler: Settler) -> str | None:
    """The field for "last" and "first": the time of a record's creation, or a day that every record has."""
    days = [each for each, said in fields.items() if said.get("type") in ("datetime", "date")]
    every = [each for each in days if not _is_nullable(record, fields[each], settler)]
    usual = [each for each in _CREATED if each in every] or [each for each in _CREATED if each in days]
    if usual and usual[0] not in every and every:
        return every[0]
    return usual[0] if usual else None


def _is_nullable(record: Settled, field: Mapping[str, Any], settler: Settler) -> bool:
    child = record.children.get(str(field["at"]).lstrip("/"))
    return child is None or settler.settled(child).view.nullable


def draft_states(fields: Mapping[str, Any]) -> dict[str, dict[str, list[Any]]]:
    """Words that narrow the kind: the values of its state, and its boolean fields."""
    made: dict[str, dict[str, list[Any]]] = {}
    for name, said in fields.items():
        if said.get("type") == "boolean":
            word = name.removeprefix("is_").replace("_", " ")
            if word in _OPPOSITES:
                made[word] = {name: [True]}
                if _OPPOSITES[word]:
                    made[_OPPOSITES[word]] = {name: [False]}
            elif name.startswith("is_") and re.fullmatch(r"(?!un)[a-z]+ed", word):  # a participle: "is_resolved"
                made |= {word: {name: [True]}, f"un{word}": {name: [False]}}
    for name in _STATE_FIELDS:
        values = fields.get(name, {}).get("values", ())
        for value in values if len(values) <= 12 else ():
            word = " ".join(words.split_words(value))
            if len(word) > 2:
                made[word] = {name: [value]}
    return dict(list(made.items())[:MAX_STATES])
