"""Located records: records of a plan, the queries that lead to them, the scope of an actor, and the discourse
context."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from agent.extract.references.value import Reference
from agent.pipeline import Question, QuestionCode, RecordSnapshot, Span
from core.actor import Actor, Surface
from core.clock import format_moment
from core.display_text import to_display_text
from language.text import pluralize, singularize
from registry.records import Kinds, Query, Record, RecordKind, Relation

LABEL_CHARS = 300


@dataclass(frozen=True, slots=True)
class LocatedRecord:
    """A record that words led to. ``via`` are the records passed on the way, nearest owner first. ``reading`` says how
    it was picked, unless that is obvious ("the newest of 3")."""

    record: Record
    kind: RecordKind
    spans: tuple[Span, ...]
    via: tuple[LocatedRecord, ...] = ()
    reading: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.record.kind, self.record.id

    @property
    def label(self) -> str:
        return to_display_text(self.record.label, limit=LABEL_CHARS)

    @property
    def kept(self) -> str:
        """When a cached record was read: ``as of 24 Nov 2026, 12:00 UTC``. Empty if its platform was read for
        this request."""
        if not self.record.as_of:
            return ""
        return f"as of {format_moment(datetime.fromisoformat(self.record.as_of))}"

    @property
    def named(self) -> str:
        """``customer Adam Novak``."""
        return f"{name_kind(self.kind)} {self.label}"

    def all(self) -> Iterable[LocatedRecord]:
        yield self
        for each in self.via:
            yield from each.all()

    def pin(self) -> RecordSnapshot:
        return RecordSnapshot(
            record_kind=self.record.kind,
            record_id=self.record.id,
            label=self.label,
            digest=self.record.digest,
            values=dict(self.record.values),
        )


@dataclass
class DiscourseContext:
    """Discourse context: the records mentioned so far, in order, for pronouns to refer to, and the names that were
    already resolved."""

    found: list[LocatedRecord] = field(default_factory=list)
    settled: dict[tuple[str, str], LocatedRecord] = field(default_factory=dict)

    def add(self, found: LocatedRecord) -> None:
        self.found.extend(found.all())

    def of_kind(self, kind: str) -> tuple[LocatedRecord, ...]:
        """The distinct records of ``kind`` mentioned so far."""
        return tuple({each.key: each for each in self.found if each.record.kind == kind}.values())


def name_kind(kind: RecordKind) -> str:
    return kind.nouns[0] if kind.nouns else kind.name.replace("_", " ")


def name_kinds(kind: RecordKind) -> str:
    """The plural of the kind's noun: its own if its nouns hold one. A noun without one beside others that have theirs
    is not counted: "staff", "gear"."""
    one = name_kind(kind)
    plurals = [each for each in kind.nouns if any(_is_plural_of(each, noun) for noun in kind.nouns)]
    known = next((each for each in plurals if _is_plural_of(each, one)), "")
    return known or (one if plurals or singularize(one) != one or one.endswith("staff") else pluralize(one))


def _is_plural_of(noun: str, one: str) -> bool:
    """Whether a noun is the plural of another: shelves of shelf, criteria of criterion."""
    latin = one.endswith(("on", "um", "us", "is")) and noun.startswith(one[:-2]) and noun.endswith(("a", "i", "es"))
    return noun != one and (singularize(noun) == one or (latin and len(noun) <= len(one)))


def format_count(number: int, kind: RecordKind) -> str:
    return f"{number} {name_kind(kind) if number == 1 else name_kinds(kind)}"


@dataclass(frozen=True)
class RecordQuery:
    """A query for the records of one parameter.

    ``slot`` is the question's slot (``0.invoice_id``, ``0.invoice_id/customer``). ``filter`` is what the contract
    demands of the record. ``order`` is the field that "last" sorts by. ``most`` is how many records may be meant: 1
    except for arrays. ``told`` is how a reader of functions read the words. ``restricts``: the records only restrict
    others or are told of, so a related record that is described and not named may be any that fits. ``action`` is the
    name of the contract that takes the records.
    """

    slot: str
    param: str
    kind: RecordKind
    filter: Mapping[str, Sequence[Scalar]] = field(default_factory=dict)
    order: str | None = None
    most: int = 1
    told: Reference | None = None
    restricts: bool = False
    action: str = ""

    @property
    def base_slot(self) -> str:
        """The parameter's own slot, without the owner's part."""
        return self.slot.split("/")[0]

    def owner(self, kind: RecordKind) -> RecordQuery:
        """The query for the owner of this record: any record of that kind."""
        return RecordQuery(f"{self.base_slot}/{kind.name}", self.param, kind, restricts=self.restricts)

    def ask(self, text: str, *, code: QuestionCode = "not_found", about: Record | None = None) -> Question:
        key = (self.kind.name, about.id) if about is not None else None
        return Question(slot=self.slot, code=code, text=text, param=self.param, about=key)


Outcome = tuple[LocatedRecord, ...] | Question
"""The located records (empty if nothing was said), or the question to ask."""


def amend_reference(said_before: Reference | None, answer: Reference) -> Reference:
    """Combines a reference with an answer: "the last one" keeps the owner, "INV-1042" or a name replaces the
    reference."""
    if said_before is None or answer.number or answer.email:
        return answer
    kept = replace(answer, owner=answer.owner or said_before.owner)
    if answer.name or answer.text:
        return kept
    placed = answer if answer.position is not None else said_before
    return replace(
        kept,
        name=said_before.name,
        text=said_before.text,
        number=said_before.number,
        email=said_before.email,
        position=placed.position,
        by=placed.by,
        descending=placed.descending,
        count=placed.count,
        states={**said_before.states, **answer.states},
        pronoun=False,
    )


def has_name_only(reference: Reference) -> bool:
    tells = (reference.number, reference.email, reference.text, reference.position, reference.states, reference.owner)
    return bool(reference.name) and not any((*tells, reference.marks))


def find_place_word(reference: Reference, count: int = 1) -> str:
    """``the newest``, ``one of the 3 newest``, ``number 2 from the oldest``."""
    first, last = ("biggest", "smallest") if reference.by == "size" else ("newest", "oldest")
    word = first if reference.descending else last
    rank = abs(reference.position or 1)
    if rank > 1:
        return f"number {rank} from the {word}"
    return f"the {word}" if count == 1 else f"one of the {count} {word}"


Scalar = str | int | bool
Where = Mapping[str, Sequence[Scalar]]

MOST: Final = 50
"""Most records of one look-up. If it returns that many, there may be more."""

CUSTOMER: Final = "customer"
"""Universal name of the kind whose records are the platform's own customers."""


class Unrelated:
    """No chain of relations leads from one kind to the other."""


UNRELATED: Final = Unrelated()


class TooMany:
    """More records lie on the way than can be searched."""


TOO_MANY: Final = TooMany()


@dataclass(frozen=True)
class RecordScope:
    """The records that a request may mean.

    That is all of them, except on the customer surface. There, an identity reaches its own records and those that
    belong to no customer.
    """

    kinds: Kinds
    actor: Actor
    surface: Surface

    async def find_speaker(self) -> Record | None:
        """The customer record of the speaking identity ("my last invoice"). None if the actor is no customer."""
        if self.actor.kind != "identity" or self.surface != "customer" or self.kinds.get(CUSTOMER) is None:
            return None
        return await self.kinds.record(CUSTOMER, self.actor.id)

    async def find_bounds(self, kind: RecordKind) -> Where | TooMany | None:
        """The filter that limits this speaker in ``kind``. None if nothing of it is in reach."""
        if self.surface != "customer" or self.actor.kind != "identity":
            return {}
        if self.kinds.choices(CUSTOMER):
            return None  # an id of one connection may be somebody else's in another
        customer = self.kinds.get(CUSTOMER)
        if customer is None or (kind.name != CUSTOMER and not self.find_path(kind, customer)):
            return {}
        own = await self.find_speaker()
        if own is None:
            return None
        bound = await self.within(kind, own, customer)
        return bound if not isinstance(bound, Unrelated) else {}

    async def within(
        self, kind: RecordKind, owner: Record, owner_kind: RecordKind
    ) -> Where | TooMany | Unrelated | None:
        """The filter for the records of ``kind`` that belong to ``owner``, over any number of relations. None if there
        can be none."""
        ids: tuple[Scalar, ...] = (get_id_value(owner, owner_kind),)
        if kind.name == owner_kind.name:
            return {kind.id_field: ids}
        path = self.find_path(kind, owner_kind)
        if not path:
            return UNRELATED
        for between, relation in reversed(path[1:]):
            passed = await self.kinds.search(Query(kind=between.name, where={relation.via: ids}, limit=MOST))
            if len(passed) >= MOST:
                return TOO_MANY
            ids = tuple(get_id_value(record, between) for record in passed)
            if not ids:
                return None
        return {path[0][1].via: ids}

    def find_path(self, kind: RecordKind, owner: RecordKind) -> tuple[tuple[RecordKind, Relation], ...]:
        """The shortest chain of relations from ``kind`` up to ``owner``. Empty if there is none."""
        paths: list[tuple[tuple[RecordKind, Relation], ...]] = [((kind, relation),) for relation in kind.relations]
        seen = {kind.name}
        while paths:
            path = paths.pop(0)
            reached = path[-1][1].kind
            if reached == owner.name:
                return path
            above = self.kinds.get(reached)
            if above is not None and reached not in seen:
                seen.add(reached)
                paths += [(*path, (above, relation)) for relation in above.relations]
        return ()

    async def find_owner(self, found: LocatedRecord, owner: RecordKind) -> LocatedRecord | None:
        """The record of kind ``owner`` that ``found`` belongs to."""
        record, passed = found.record, [found]
        path = self.find_path(found.kind, owner)
        for _, relation in path:
            held, above = record.values.get(relation.via), self.kinds.get(relation.kind)
            up = await self.kinds.record(relation.kind, str(held)) if held is not None else None
            if up is None or above is None:
                return None
            record = up
            passed.append(LocatedRecord(record, above, found.spans))
        if not path:
            return None
        return LocatedRecord(record, owner, found.spans, tuple(reversed(passed[:-1])), f"{found.label} belongs to it")


def get_id_value(record: Record, kind: RecordKind) -> Scalar:
    """The record's id in the type that its platform uses."""
    held = record.values.get(kind.id_field)
    return held if isinstance(held, str | int) else record.id


def merge_filters(*parts: Mapping[str, Sequence[Scalar]]) -> Where | None:
    """All filters combined. None if they leave nothing."""
    made: dict[str, Sequence[Scalar]] = {}
    for part in parts:
        for name, values in part.items():
            allowed = {_display(value) for value in values}
            kept = tuple(value for value in made.get(name, tuple(values)) if _display(value) in allowed)
            if not kept:
                return None
            made[name] = kept
    return made


def merge_scopes(*parts: Where | TooMany | Unrelated | None) -> Where | None:
    """Like ``merge_filters``, but None also if a part is no filter."""
    held = [part for part in parts if isinstance(part, Mapping)]
    return merge_filters(*held) if len(held) == len(parts) else None


def fits(record: Record, where: Mapping[str, Sequence[Scalar]]) -> bool:
    """Whether a record passes the filter. Compares text, because an id may be a number at its platform and a string
    here."""
    return all(
        _display(record.values.get(name)) in {_display(value) for value in values} for name, values in where.items()
    )


def _display(value: Any) -> str:
    return str(value)
