"""Worker process of the reading pool.

``agent.planning.reading_pool`` starts it as ``python -m agent.planning.reading_worker SOCKET_FD BUDGET_S RESOLVER``.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import pickle
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from agent.pipeline import Request
from agent.planning.propose import propose, resolve
from agent.planning.task import make_task
from agent.resolve.resolver import OFFLINE, FallbackResolver, Resolver
from agent.resolve.rules.resolver import RuleResolver
from core.actor import Actor, Surface
from executors.cpu_worker import ParentLink, Worker
from language.common_words import load_words
from registry.catalogue import Catalogue
from registry.conditions.condition import Condition, ConditionResult
from registry.offers.shortlist import Shortlist, make_shortlist
from registry.records import Kinds, Query, Record, RecordKind

if TYPE_CHECKING:
    from agent.resolve.model.answer_shape import AnswerShape
    from agent.resolve.model.client import Completion

_WARM: Final = Request(text="refund Adam's last invoice", now=datetime(2026, 1, 1, tzinfo=UTC))


class HeldWorkspace:
    """A workspace's contracts and kinds as a worker keeps them, without access to its records."""

    def __init__(self, packed: bytes) -> None:
        self.catalogue: Catalogue
        self.kinds: Kinds
        self.catalogue, self.kinds = pickle.loads(packed)  # noqa: S301 - of the server that started us
        self._shortlists: dict[tuple[str, Surface], Shortlist] = {}

    def shortlist(self, actor: Actor, surface: Surface) -> Shortlist:
        key = (actor.role, surface)
        if key not in self._shortlists:
            self._shortlists[key] = make_shortlist(self.catalogue, actor.role, surface)
        return self._shortlists[key]


class CallWorkspace:
    """The same for one call, with access to the records through the server."""

    def __init__(self, held: HeldWorkspace, parent: ParentLink) -> None:
        self._held = held
        self.catalogue = held.catalogue
        self.kinds = held.kinds.served_by(ServerPorts(parent))

    def shortlist(self, actor: Actor, surface: Surface) -> Shortlist:
        return self._held.shortlist(actor, surface)


class ServerPorts:
    """What the server does for a worker: it looks records up, asks the model, knows the form to ask it in, and judges
    conditions. Cheap conditions are judged here."""

    def __init__(self, parent: ParentLink) -> None:
        self._ask = parent.ask

    def kinds(self) -> tuple[RecordKind, ...]:
        return ()

    async def search(self, query: Query) -> Sequence[Record]:
        found: Sequence[Record] = await self._ask("search", query)
        return found

    async def get(self, kind: str, record_id: str) -> Record | None:
        record: Record | None = await self._ask("record", (kind, record_id))
        return record

    async def complete(
        self, messages: Sequence[Mapping[str, str]], shape: AnswerShape, *, legal: str = "", max_tokens: int = 512
    ) -> Completion:
        completion: Completion = await self._ask("complete", (tuple(messages), shape, legal, max_tokens))
        return completion

    async def version(self) -> str:
        return str(await self._ask("version", None))

    async def evaluate(self, condition: Condition, values: Mapping[str, Any], *, workspace: str) -> ConditionResult:
        if condition.cheap:
            return condition.evaluate(values)
        asked = (condition.expression, condition.variables, dict(values), workspace)
        judged: ConditionResult = await self._ask("judge", asked)
        return judged


def make_named_resolver(name: str, parent: ParentLink) -> Resolver:
    if name == OFFLINE:
        return RuleResolver()
    from agent.resolve.model.resolver import ProposingResolver

    server = ServerPorts(parent)
    return FallbackResolver(ProposingResolver(server, choice=server), RuleResolver())


async def warm() -> None:
    """Reads the word lists before the first person needs them."""
    load_words()
    await RuleResolver().resolve(_WARM, Shortlist([]), ())


def main(arguments: Sequence[str]) -> int:
    socket_fd, budget_s, resolver = int(arguments[0]), float(arguments[1]), arguments[2]
    logging.basicConfig(level=logging.WARNING)

    async def propose_run(held: HeldWorkspace, given: Any, parent: ParentLink) -> Any:
        run, confirmed, thread = given
        task = make_task(run, CallWorkspace(held, parent), confirmed, ServerPorts(parent), thread)
        return await propose(task, make_named_resolver(resolver, parent), parent.tell)

    async def resolve_run(held: HeldWorkspace, run: Any, parent: ParentLink) -> Any:
        return await resolve(make_task(run, CallWorkspace(held, parent), ()), make_named_resolver(resolver, parent))

    async def job() -> None:
        await warm()
        gc.collect()  # and excludes it from garbage collection
        gc.freeze()
        operations = {"propose": propose_run, "resolve": resolve_run}
        await Worker(operations, HeldWorkspace, budget_s=budget_s, socket_fd=socket_fd).run()

    asyncio.run(job())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
