"""Query: one request's look-ups and sums over one context."""

from __future__ import annotations

from collections.abc import Mapping

from agent.pipeline import PhaseCallback, Request, ignore_phase
from agent.query.arithmetic import Arithmetic
from agent.query.context import NOTHING_EARLIER, NOTHING_NAMED, EarlierArguments, QueryContext, RecordKey
from agent.query.references import RecordFinder
from agent.validate.records.located import DiscourseContext, RecordScope
from registry.records import Kinds


class Query:
    """``records`` finds what a reference means, ``arithmetic`` works values out; they share ``context``."""

    def __init__(
        self,
        request: Request,
        reach: RecordScope,
        *,
        thread: Mapping[str, tuple[RecordKey, ...]] = NOTHING_NAMED,
        earlier: EarlierArguments = NOTHING_EARLIER,
        on_phase: PhaseCallback = ignore_phase,
    ) -> None:
        self.context = QueryContext(
            request, reach, DiscourseContext(), thread=thread, earlier=earlier, on_phase=on_phase
        )
        self.records = self.context.records = RecordFinder(self.context)
        self.arithmetic = self.context.arithmetic = Arithmetic(self.context)

    @property
    def kinds(self) -> Kinds:
        return self.context.kinds
