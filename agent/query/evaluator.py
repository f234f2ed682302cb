"""Evaluator: one request's look-ups and sums, which share what was found and what was spoken of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agent.pipeline import Request, Tell, silent
from agent.query.arithmetic import Arithmetic
from agent.query.references import RecordQuery
from agent.validate.found import Found, Scene
from agent.validate.reach import Reach
from registry.records import Kinds

NOTHING_NAMED: Mapping[str, tuple[Found, ...]] = MappingProxyType({})


class Evaluator:
    """``thread`` maps the handles of the thread (``@invoice1``) to the records they name. Nothing is cached beyond the request.

    Every look-up may raise core.errors.PlatformUnavailable.
    """

    def __init__(
        self,
        request: Request,
        reach: Reach,
        scene: Scene,
        *,
        thread: Mapping[str, tuple[Found, ...]] = NOTHING_NAMED,
        tell: Tell = silent,
    ) -> None:
        self.request, self.reach, self.scene, self.thread, self.tell = request, reach, scene, thread, tell
        self.records = RecordQuery(self)
        self.arithmetic = Arithmetic(self)

    @property
    def kinds(self) -> Kinds:
        return self.reach.kinds
