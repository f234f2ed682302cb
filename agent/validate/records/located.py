"""Located records of a plan, the queries that lead to them, and the discourse context of what was mentioned so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.extract.reference import Reference
from agent.pipeline import Question, QuestionCode, RecordSnapshot, Span
from agent.validate.records.scope import Scalar, Where
from core.display_text import to_display_text
from registry.records import Bounds, Record, RecordKind

LABEL_CHARS = 300


@dataclass(frozen=True, slots=True)
class LocatedRecord:
    """One record that words led to. ``via`` are the records passed on the way, nearest owner first; ``reading`` says by
    what it was picked where that isn't obvious ("the newest of 3")."""

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
        """``as kept here on 2026-11-24 12:00:03 UTC`` for a record that was not read from its platform for this, else
        empty."""
        at = self.record.as_of
        return f"as kept here on {at[:10]} {at[11:19]} UTC" if at else ""

    @property
    def named(self) -> str:
        """``customer Adam Novak``."""
        return f"{singular(self.kind)} {self.label}"

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
    """Discourse context: the records mentioned so far, in order, which pronouns may refer to, and names that were
    already resolved."""

    found: list[LocatedRecord] = field(default_factory=list)
    settled: dict[tuple[str, str], LocatedRecord] = field(default_factory=dict)

    def add(self, found: LocatedRecord) -> None:
        self.found.extend(found.all())

    def of_kind(self, kind: str) -> tuple[LocatedRecord, ...]:
        """The different records of ``kind`` spoken of so far."""
        return tuple({each.key: each for each in self.found if each.record.kind == kind}.values())


def singular(kind: RecordKind) -> str:
    return kind.nouns[0] if kind.nouns else kind.name.replace("_", " ")


def plural(kind: RecordKind) -> str:
    """The kind's own plural where its nouns have one."""
    one = singular(kind)
    known = (noun for noun in kind.nouns if noun != one and noun.startswith(one[:-1]) and noun.endswith("s"))
    return next(known, one if one.endswith("s") else one + "s")


def format_count(number: int, kind: RecordKind) -> str:
    return f"{number} {singular(kind) if number == 1 else plural(kind)}"


@dataclass(frozen=True)
class RecordQuery:
    """Query for the records of one parameter. ``slot`` is the question's slot (``0.invoice_id``,
    ``0.invoice_id/customer``), ``filter`` what the contract demands of the record, ``order`` the field that "last"
    sorts by, ``most`` how many may be meant (1 except for arrays)."""

    slot: str
    param: str
    kind: RecordKind
    filter: Mapping[str, Sequence[Scalar]] = field(default_factory=dict)
    order: str | None = None
    most: int = 1

    @property
    def base_slot(self) -> str:
        """The parameter's own slot, without the record on the way to it."""
        return self.slot.split("/")[0]

    def owner(self, kind: RecordKind) -> RecordQuery:
        """Query for the record on the way to this one: any of that kind."""
        return RecordQuery(f"{self.base_slot}/{kind.name}", self.param, kind)

    def ask(self, text: str, *, code: QuestionCode = "not_found") -> Question:
        return Question(slot=self.slot, code=code, text=text, param=self.param)


@dataclass(frozen=True)
class SearchSpec:
    """One search. ``bound`` limits what can be meant at all (the owner's, the speaker's own), ``wanted`` is the filter
    on top: the contract's demands and the states that were said; ``between`` bounds its dates."""

    need: RecordQuery
    reference: Reference
    spans: tuple[Span, ...]
    owner: LocatedRecord | None
    bound: Where
    wanted: Where
    between: Bounds = field(default_factory=dict)

    @property
    def kind(self) -> RecordKind:
        return self.need.kind

    @property
    def via(self) -> tuple[LocatedRecord, ...]:
        return (self.owner,) if self.owner else ()

    @property
    def order(self) -> str | None:
        """The field the line goes by."""
        return self.kind.size if self.reference.by == "size" else self.need.order or self.kind.order


Outcome = tuple[LocatedRecord, ...] | Question
"""The records that are meant (none: nothing was said), or what must be asked."""


def amend_reference(said_before: Reference | None, answer: Reference) -> Reference:
    """The reference after an answer: "the last one" keeps the owner, "INV-1042" or a name replaces it."""
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


def find_place_word(reference: Reference) -> str:
    """``the newest``, ``number 2 from the oldest``."""
    first, last = ("biggest", "smallest") if reference.by == "size" else ("newest", "oldest")
    word = first if reference.descending else last
    rank = abs(reference.position or 1)
    return f"the {word}" if rank == 1 else f"number {rank} from the {word}"
