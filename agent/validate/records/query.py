"""Record query: what a record is needed for, and what was said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.extract.reference import Reference
from agent.pipeline import Question, QuestionCode, Span
from agent.validate.records.located import LocatedRecord
from agent.validate.records.scope import Scalar, Where
from registry.records import Bounds, RecordKind


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
