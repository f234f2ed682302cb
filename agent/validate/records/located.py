"""Located records of a plan, and the discourse context: what has been mentioned so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.pipeline import RecordSnapshot, Span
from core.display_text import to_display_text
from registry.records import Record, RecordKind

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
