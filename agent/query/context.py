"""Query context: what the look-ups and sums of one request share, and the two ports by which they ask each other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from agent.pipeline import PhaseCallback, Question, Request, ignore_phase
from agent.planning.proposal import Expression, Find, Reference
from agent.query.results import NOTHING_EARLIER, NOTHING_FOUND, EarlierArguments, Own, RecordKey, Worked
from agent.validate.records.located import DiscourseContext, singular
from agent.validate.records.query import Outcome, RecordQuery
from agent.validate.records.scope import RecordScope
from registry.records import Kinds, RecordKind

NOTHING_NAMED: Mapping[str, tuple[RecordKey, ...]] = MappingProxyType({})


class FindsRecords(Protocol):
    async def find(self, need: RecordQuery, reference: Reference, own: Own = ...) -> Outcome: ...

    async def find_all(self, need: RecordQuery, reference: Reference, own: Own = ...) -> Outcome: ...

    async def run(self, need: RecordQuery, find: Find, own: Own) -> Outcome: ...


class WorksOut(Protocol):
    async def work_out(
        self, expression: Expression, need: RecordQuery, own: Own = ..., depth: int = ...
    ) -> Worked | Question: ...


class QueryContext:
    """``thread`` maps the handles of the thread (``@invoice1``) to the records they name, ``earlier`` those of its
    calls to what their arguments were. Nothing is cached beyond the request.

    Every look-up may raise core.errors.PlatformUnavailable.
    """

    records: FindsRecords
    arithmetic: WorksOut

    def __init__(
        self,
        request: Request,
        reach: RecordScope,
        scene: DiscourseContext,
        *,
        thread: Mapping[str, tuple[RecordKey, ...]] = NOTHING_NAMED,
        earlier: EarlierArguments = NOTHING_EARLIER,
        on_phase: PhaseCallback = ignore_phase,
    ) -> None:
        self.request, self.reach, self.scene, self.on_phase = request, reach, scene, on_phase
        self.thread, self.earlier = thread, earlier

    @property
    def kinds(self) -> Kinds:
        return self.reach.kinds

    def kind_of(self, handle: str) -> RecordKind | None:
        """The kind of the records that a handle of the thread stands for."""
        keys = self.thread.get(handle, ())
        return self.kinds.get(keys[0][0]) if keys else None

    def find_kind(self, need: RecordQuery, reference: Reference, own: Own = NOTHING_FOUND) -> RecordKind | Question:
        """The kind of the records that a reference is about, or the question which is meant."""
        if isinstance(reference, Find):
            kind = self.kinds.get(reference.record)
        else:
            found = own.get(reference.handle.removeprefix("@"), ())
            kind = found[0].kind if found else self.kind_of(reference.handle)
        return kind if kind is not None else need.ask(f"Which {singular(need.kind)} is meant?", code="missing")
