"""QueryContext: one request's look-ups and sums, which share what was found and what was spoken of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agent.pipeline import PhaseCallback, Request, ignore_phase
from agent.query.arithmetic import Arithmetic
from agent.query.references import RecordQuery
from agent.query.results import RecordKey
from agent.validate.records.located import DiscourseContext
from agent.validate.records.scope import RecordScope
from registry.records import Kinds, RecordKind

NOTHING_NAMED: Mapping[str, tuple[RecordKey, ...]] = MappingProxyType({})


class QueryContext:
    """``thread`` maps the handles of the thread (``@invoice1``) to the records they name. Nothing is cached beyond the
    request.

    Every look-up may raise core.errors.PlatformUnavailable.
    """

    def __init__(
        self,
        request: Request,
        reach: RecordScope,
        scene: DiscourseContext,
        *,
        thread: Mapping[str, tuple[RecordKey, ...]] = NOTHING_NAMED,
        on_phase: PhaseCallback = ignore_phase,
    ) -> None:
        self.request, self.reach, self.scene, self.thread, self.on_phase = request, reach, scene, thread, on_phase
        self.records = RecordQuery(self)
        self.arithmetic = Arithmetic(self)

    @property
    def kinds(self) -> Kinds:
        return self.reach.kinds

    def kind_of(self, handle: str) -> RecordKind | None:
        """The kind of the records that a handle of the thread stands for."""
        keys = self.thread.get(handle, ())
        return self.kinds.get(keys[0][0]) if keys else None
