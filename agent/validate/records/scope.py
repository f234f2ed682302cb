"""Record scope: which records a request may mean, by field filters, ownership, and the speaker's own on the customer
surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agent.validate.records.located import LocatedRecord
from core.actor import Actor, Surface
from registry.records import Kinds, Query, Record, RecordKind, Relation

Scalar = str | int | bool
Where = Mapping[str, Sequence[Scalar]]

MOST: Final = 50
"""The most records one look-up asks for. As many as this means: perhaps more."""

CUSTOMER: Final = "customer"
"""The universal name of the kind whose records are people that use the platform for themselves."""


class Unrelated:
    """Raised where no chain of relations leads from one kind to the other."""


UNRELATED: Final = Unrelated()


class TooMany:
    """Raised where more records lie on the way than can be searched."""


TOO_MANY: Final = TooMany()


@dataclass(frozen=True)
class RecordScope:
    """Records that a request may mean: all of them, except on the customer surface. There, an identity reaches its own
    and those that belong to no customer."""

    kinds: Kinds
    actor: Actor
    surface: Surface

    async def speaker(self) -> Record | None:
        """The customer record of the identity that speaks ("my last invoice"); None for anyone who is no customer."""
        if self.actor.kind != "identity" or self.surface != "customer" or self.kinds.get(CUSTOMER) is None:
            return None
        return await self.kinds.record(CUSTOMER, self.actor.id)

    async def scope(self, kind: RecordKind) -> Where | TooMany | None:
        """What bounds this speaker in ``kind``. None: nothing of it is in reach."""
        if self.surface != "customer" or self.actor.kind != "identity":
            return {}
        if self.kinds.choices(CUSTOMER):
            return None  # an id of one connection may be somebody else's in another
        customer = self.kinds.get(CUSTOMER)
        if customer is None or (kind.name != CUSTOMER and not self.path(kind, customer)):
            return {}
        own = await self.speaker()
        if own is None:
            return None
        bound = await self.within(kind, own, customer)
        return bound if not isinstance(bound, Unrelated) else {}

    async def within(
        self, kind: RecordKind, owner: Record, owner_kind: RecordKind
    ) -> Where | TooMany | Unrelated | None:
        """The filter that leaves the records of ``kind`` that belong to ``owner``, over any number of relations. None:
        it can have none."""
        ids: tuple[Scalar, ...] = (get_id_value(owner, owner_kind),)
        if kind.name == owner_kind.name:
            return {kind.id_field: ids}
        path = self.path(kind, owner_kind)
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

    def path(self, kind: RecordKind, owner: RecordKind) -> tuple[tuple[RecordKind, Relation], ...]:
        """The shortest chain of relations from ``kind`` up to ``owner``; empty where there is none."""
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

    async def owner_of(self, found: LocatedRecord, owner: RecordKind) -> LocatedRecord | None:
        """The record of ``owner``'s kind that ``found`` belongs to."""
        record, passed = found.record, [found]
        path = self.path(found.kind, owner)
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
    """The record's id as its platform types it."""
    held = record.values.get(kind.id_field)
    return held if isinstance(held, str | int) else record.id


def merge_filters(*parts: Mapping[str, Sequence[Scalar]]) -> Where | None:
    """All filters at once; None where two of them leave nothing."""
    made: dict[str, Sequence[Scalar]] = {}
    for part in parts:
        for name, values in part.items():
            allowed = {_plain(value) for value in values}
            kept = tuple(value for value in made.get(name, tuple(values)) if _plain(value) in allowed)
            if not kept:
                return None
            made[name] = kept
    return made


def merge_scopes(*parts: Where | TooMany | Unrelated | None) -> Where | None:
    """``merge_filters``, where a part may be missing altogether: then nothing can be listed."""
    held = [part for part in parts if isinstance(part, Mapping)]
    return merge_filters(*held) if len(held) == len(parts) else None


def fits(record: Record, where: Mapping[str, Sequence[Scalar]]) -> bool:
    """Whether a record passes the filter. Compared as text: an id may be a number at its platform and a string here."""
    return all(_plain(record.values.get(name)) in {_plain(value) for value in values} for name, values in where.items())


def _plain(value: Any) -> str:
    return str(value)
