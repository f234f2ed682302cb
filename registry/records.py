"""Record kinds: declared safe fields and relations, and the port for reading live records.

A field that a kind doesn't declare never leaves its provider: ``admit`` builds a Record only from declared fields.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, Protocol, TypeVar

from core import canon, cpu_budget, money
from core.clock import write_day
from core.errors import InvalidInput, PlatformUnavailable

T = TypeVar("T")
FieldType = Literal[
    "id", "string", "integer", "number", "boolean", "money_minor", "currency", "datetime", "date", "email", "enum",
    "json",
]  # fmt: skip
SearchBy = Literal["name", "number", "email", "text"]
Side = Literal["past", "future"]
Bound = str | int | float | None
Bounds = Mapping[str, tuple[Bound, Bound]]
"""Field → (at least, less than), each None if it is open. Moments are RFC 3339 or a date, compared as text."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field that may be read. ``search`` says how words find a record by it: a person's or thing's ``name`` (fuzzy,
    any part), a ``number`` (an exact code such as INV-1042), an ``email`` (exact, ignoring case), or free ``text``.
    ``values`` lists an enum's words. ``currency_field`` names the field with a money field's currency. ``pattern`` is
    the form of a ``number`` (a regular expression for all of it, ``registry.patterns``): with one, other codes are
    never taken for it. ``ranged``: the provider can search a date, datetime or number between two bounds
    (``Query.between``). Records are distinguished by time only by such fields. ``words`` are other words for the field
    besides its label's. A ``json`` field holds a list or an object as its canonical JSON text, for a call that rewrites
    its record. ``lenient``: an unreadable value is left out, so a missing value means nothing."""

    name: str
    type: FieldType = "string"
    label: str = ""
    search: SearchBy | None = None
    values: tuple[str, ...] = ()
    currency_field: str | None = None
    pattern: str | None = None
    ranged: bool = False
    words: tuple[str, ...] = ()
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """Relation to an owning kind. ``via`` is the field of *this* kind that holds the id of a ``kind`` record (an
    invoice belongs to a customer via customer_id)."""

    kind: str
    via: str


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One kind of record of one platform.

    ``nouns`` are people's words for it, singular and plural ("invoice", "bill"). ``relations`` are its owners, nearest
    first. ``order`` is the field for "last" and "newest", ``size`` the one for "biggest". ``states`` maps words that
    narrow it ("unpaid", "open") to field filters. ``times`` maps words that narrow it by the present ("overdue",
    "upcoming") to a ranged field and the side of now on which its value must be. ``ours``: "my" and "our" can mean any
    of its records, not only one owner's. ``label`` and ``detail`` are format strings for people, over the fields as
    ``format_field`` writes them.
    """

    name: str
    title: str
    nouns: tuple[str, ...]
    fields: tuple[Field, ...]
    id_field: str = "id"
    label: str = "{id}"
    detail: str = ""
    relations: tuple[Relation, ...] = ()
    order: str | None = None
    size: str | None = None
    states: Mapping[str, Mapping[str, tuple[str | int | bool, ...]]] = field(default_factory=dict)
    times: Mapping[str, tuple[str, Side]] = field(default_factory=dict)
    ours: bool = False

    def field_named(self, name: str) -> Field | None:
        return next((each for each in self.fields if each.name == name), None)

    def relation_to(self, kind: str) -> Relation | None:
        return next((each for each in self.relations if each.kind == kind), None)

    def relates_twice(self, kind: str) -> bool:
        """Whether its records belong to those of a kind in several ways, as a letter does to its writer and reader."""
        return sum(each.kind == kind for each in self.relations) > 1


_BETWEEN: Final = " · "


@dataclass(frozen=True, slots=True)
class Record:
    """One record in its kind's safe fields. ``values`` are JSON scalars. ``digest`` changes when any safe field
    changes. ``as_of`` is the time of this state (RFC 3339), empty for a record that was just read from its platform."""

    kind: str
    id: str
    values: Mapping[str, Any]
    label: str
    detail: str
    digest: str
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A search in one kind. ``text`` is matched against the searchable fields (or those that ``by`` names). ``where``
    are exact values, any of a list. ``between`` are bounds of ranged fields. ``order`` is a field, and ``descending``
    its direction. Returns at most ``limit`` records after the first ``offset``, the best match first if there is a
    text."""

    kind: str
    text: str | None = None
    by: SearchBy | None = None
    where: Mapping[str, Sequence[str | int | bool]] = field(default_factory=dict)
    order: str | None = None
    descending: bool = True
    limit: int = 10
    offset: int = 0
    between: Bounds = field(default_factory=dict)


class ContextProvider(Protocol):
    """Port for reading live records. Raises core.errors.PlatformUnavailable if the platform doesn't answer."""

    def kinds(self) -> tuple[RecordKind, ...]: ...

    async def search(self, query: Query) -> Sequence[Record]:
        """The matching records, at most query.limit. Names match fuzzily by any word of the text."""
        ...

    async def get(self, kind: str, record_id: str) -> Record | None: ...


class NoRecords:
    """The provider of kinds whose records can't be read here."""

    def kinds(self) -> tuple[RecordKind, ...]:
        return ()

    async def search(self, query: Query) -> Sequence[Record]:
        raise PlatformUnavailable(f"No {query.kind} can be read here.")

    async def get(self, kind: str, record_id: str) -> Record | None:
        raise PlatformUnavailable(f"No {kind} can be read here, so not {record_id} either.")


NOBODY: Final = NoRecords()


def refuse_undeclared(kind: RecordKind, query: Query) -> None:
    """Raises InvalidInput for a field that the kind doesn't declare, so that undeclared ones can't be probed."""
    for name in (*query.where, *query.between, *((query.order,) if query.order else ())):
        if kind.field_named(name) is None:
            raise InvalidInput(
                f"{name!r} is not a declared field of {kind.name}; only declared fields can be asked for."
            )


def is_between(value: Any, low: Bound, high: Bound) -> bool:
    """Whether a field's value is at least ``low`` and less than ``high``. "2026-10-03 09:00" is a moment like
    "2026-10-03T09:00"."""
    if isinstance(value, str):
        stamp = value.replace(" ", "T", 1)
        return (low is None or (isinstance(low, str) and low <= stamp)) and (
            high is None or (isinstance(high, str) and stamp < high)
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (low is None or (not isinstance(low, str) and low <= value)) and (
        high is None or (not isinstance(high, str) and value < high)
    )


def admit(kind: RecordKind, row: Mapping[str, Any], *, as_of: str = "") -> Record:
    """Builds a record from a platform's row. Undeclared fields are dropped unread."""
    values = {each.name: row.get(each.name) for each in kind.fields}
    shown = {each.name: format_field(each, values) for each in kind.fields}
    return Record(
        kind=kind.name,
        id=str(row[kind.id_field]),
        values=values,
        label=_fill(kind.label, shown),
        detail=_fill(kind.detail, shown),
        digest=canon.digest({"kind": kind.name, "values": values}),
        as_of=as_of,
    )


def _fill(template: str, shown: Mapping[str, str]) -> str:
    """The template with the fields. A part between dots that has nothing to show is left out."""
    filled = (part.format_map(shown) for part in template.split(_BETWEEN))
    return _BETWEEN.join(part for part in filled if part.strip())


def format_field(each: Field, values: Mapping[str, Any]) -> str:
    """Formats a field's value for people: money with its currency (``49.00 EUR``), a day or a moment as its day
    (``3 Oct 2026``), a closed list's word without underscores, a boolean as yes or no, no value as the empty string."""
    if (amount := _read_amount(each, values)) is not None:
        return money.format_money(*amount)
    text = write_field(each, values)
    if each.type in ("date", "datetime"):
        return write_day(text)
    return text.replace("_", " ") if each.type == "enum" else text


def _read_amount(each: Field, values: Mapping[str, Any]) -> tuple[int, str] | None:
    value, currency = values.get(each.name), values.get(each.currency_field) if each.currency_field else None
    if each.type != "money_minor" or not isinstance(value, int) or isinstance(value, bool):
        return None
    return (value, currency) if isinstance(currency, str) else None


def write_field(each: Field, values: Mapping[str, Any]) -> str:
    """Writes a field's value as programs do and as words are compared with it: ``2026-10-03``, ``in_repair``."""
    value = values.get(each.name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if (amount := _read_amount(each, values)) is not None:
        return money.write_money(*amount)
    if each.type == "datetime" and isinstance(value, str):
        return value[:10]
    if each.type == "json" and isinstance(value, str):
        held = canon.loads(value.encode())
        return ", ".join(map(str, held)) if isinstance(held, list) and not any(map(_is_nested, held)) else "as it is"
    return str(value)


def _is_nested(value: Any) -> bool:
    return isinstance(value, list | Mapping)


@dataclass(frozen=True, slots=True)
class Place:
    """The connection that a provider's kinds belong to: its name, and its title for people."""

    name: str
    title: str = ""


class Kinds:
    """Every record kind of a workspace's connections, and the provider of each.

    A kind belongs to its connection: ``shop.order`` is its full name. If no other connection has a kind of this short
    name, its name is the short one (``order``), and the full one is understood too. Otherwise its name is the full one,
    and its nouns may follow the connection's title. ``places`` are the connections of the providers, one by one.
    Without them, all providers belong to one connection.
    """

    def __init__(self, providers: Sequence[ContextProvider], places: Sequence[Place] = ()) -> None:
        owners = places or [Place("")] * len(providers)
        declared = [
            (place, kind, provider)
            for place, provider in zip(owners, providers, strict=True)
            for kind in provider.kinds()
        ]
        holders: dict[str, dict[str, None]] = {}
        for place, kind, _ in declared:
            holders.setdefault(kind.name, {})[place.name] = None
        self._by_name: dict[str, tuple[RecordKind, ContextProvider]] = {}
        self._full: dict[str, str] = {}
        self._places: dict[str, Place] = {}
        for place, kind, provider in declared:
            shared = {name for name, held in holders.items() if len(held) > 1 and place.name in held}
            name = f"{place.name}.{kind.name}" if kind.name in shared else kind.name
            if name in self._by_name:
                continue
            said = QualifiedRecords(provider, place, shared) if shared else provider
            self._by_name[name] = (_qualify(kind, place, shared), said)
            self._places[name] = place
            self._full[f"{place.name}.{kind.name}"] = name
        self._shared = {name: tuple(sorted(held)) for name, held in holders.items() if len(held) > 1}

    def __iter__(self) -> Any:
        return iter(kind for kind, _ in self._by_name.values())

    def get(self, name: str) -> RecordKind | None:
        """The kind of that name: a short name (if only one connection has it) or a full one."""
        found = self._by_name.get(name) or self._by_name.get(self._full.get(name, ""))
        return found[0] if found else None

    def named_by(self, name: str, connection: str) -> RecordKind | None:
        """The kind that ``name`` means in a document of ``connection``: its own kind has priority."""
        return self.get(f"{connection}.{name}") or self.get(name)

    def choices(self, name: str) -> tuple[str, ...]:
        """The full names that a short one may mean, if several connections have it."""
        return tuple(f"{place}.{name}" for place in self._shared.get(name, ()))

    def place(self, name: str) -> Place:
        """The connection of a kind."""
        return self._places[self._full.get(name, name)]

    def clashes(self) -> dict[str, tuple[str, ...]]:
        """Nouns for kinds of more than one connection → those kinds."""
        said: dict[str, dict[str, None]] = {}
        for name, (kind, _) in self._by_name.items():
            for noun in kind.nouns:
                said.setdefault(noun.casefold(), {})[name] = None
        return {
            noun: tuple(kinds) for noun, kinds in said.items() if len({self._places[each].name for each in kinds}) > 1
        }

    def served_by(self, provider: ContextProvider) -> Kinds:
        """The same kinds of the same connections, with every look-up made by ``provider``."""
        return self._keep({name: (kind, provider) for name, (kind, _) in self._by_name.items()})

    def without(self, connection: str) -> Kinds:
        """All but the kinds of one connection. The others keep their names."""
        return self._keep({name: each for name, each in self._by_name.items() if self._places[name].name != connection})

    def _keep(self, by_name: dict[str, tuple[RecordKind, ContextProvider]]) -> Kinds:
        made = copy.copy(self)
        made._by_name = by_name
        return made

    async def search(self, query: Query) -> Sequence[Record]:
        name = self._full.get(query.kind, query.kind)
        return await self._ask(name, self._by_name[name][1].search(query))

    async def record(self, kind: str, record_id: str) -> Record | None:
        name = self._full.get(kind, kind)
        found = self._by_name.get(name)
        return await self._ask(name, found[1].get(kind, record_id)) if found else None

    async def _ask(self, name: str, look_up: Awaitable[T]) -> T:
        """The answer of a kind's connection. If there is none, the error says whose, where there are several."""
        try:
            return await cpu_budget.run_outside(look_up)
        except PlatformUnavailable as error:
            place = self._places[name]
            if not error.connection and len({each.name for each in self._places.values()}) > 1:
                error.name_connection(place.name, place.title or place.name)
            raise


def _qualify(kind: RecordKind, place: Place, shared: Collection[str]) -> RecordKind:
    """A kind as its connection's own, with full names if another connection has a kind of that name too."""
    if not shared:
        return kind
    relations = tuple(
        replace(each, kind=f"{place.name}.{each.kind}") if each.kind in shared else each for each in kind.relations
    )
    if kind.name not in shared:
        return replace(kind, relations=relations)
    title = place.title or place.name
    return replace(
        kind,
        name=f"{place.name}.{kind.name}",
        title=f"{kind.title} ({title})",
        nouns=(*kind.nouns, *(f"{title.casefold()} {noun}" for noun in kind.nouns)),
        relations=relations,
    )


class QualifiedRecords:
    """The records of one connection, some of whose kinds have full names."""

    def __init__(self, provider: ContextProvider, place: Place, shared: Collection[str]) -> None:
        self._provider, self._place, self._shared = provider, place, frozenset(shared)

    def kinds(self) -> tuple[RecordKind, ...]:
        return tuple(_qualify(each, self._place, self._shared) for each in self._provider.kinds())

    async def search(self, query: Query) -> Sequence[Record]:
        found = await self._provider.search(replace(query, kind=self._shorten(query.kind)))
        return [self._name_record(each) for each in found]

    async def get(self, kind: str, record_id: str) -> Record | None:
        found = await self._provider.get(self._shorten(kind), record_id)
        return None if found is None else self._name_record(found)

    def _shorten(self, kind: str) -> str:
        return kind.removeprefix(f"{self._place.name}.")

    def _name_record(self, record: Record) -> Record:
        return replace(record, kind=f"{self._place.name}.{record.kind}") if record.kind in self._shared else record
