"""Environments of cases: each is opened once for all the cases that use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from agent.resolve.resolver import Resolver
from agent.workspace.context import WorkspaceContext
from core.errors import InvalidInput
from evals.attacks.attack import TamperedRecords
from evals.attacks.run_attacked import run_attacked
from evals.cases import frozen_world
from evals.cases.reader import Case
from evals.cases.registry_files import load_context
from evals.run import dialogue, platform, production
from evals.run.answer import answer as answer_by_file
from evals.run.case_result import CaseResult
from evals.run.dialogue import DialoguePlatforms


@dataclass(frozen=True)
class Environment:
    """Environment in which cases are answered. ``data`` is the folder that paths in cases start from. ``now`` is used
    for cases that name no time of their own."""

    data: Path | None
    now: datetime
    platform: WorkspaceContext | None
    grounds: DialoguePlatforms | None = None

    async def answer(self, case: Case, resolver: Resolver) -> CaseResult:
        """Answers one case. Raises InvalidInput for a case that can't be asked here. A failure while answering is the
        entry's error."""
        if case.attack is None:
            return await self._answer(case, resolver, attacked=False)
        return await run_attacked(case.attack, resolver, lambda by, attacked: self._answer(case, by, attacked=attacked))

    async def _answer(self, case: Case, resolver: Resolver, *, attacked: bool) -> CaseResult:
        attack = case.attack if attacked else None
        if case.turns:
            assert self.grounds is not None
            async with self.grounds.fresh() as ground:
                return await dialogue.answer(case, ground, resolver, case.now or platform.NOW)
        if case.on_platform:
            assert self.platform is not None
            context = platform.tamper(self.platform, attack) if attack and attack.in_data else self.platform
            return await production.answer(case, context, resolver, case.now or platform.NOW)
        if case.world:
            then = frozen_world.load(self._data / case.world)
            records = then.provider(case.context.get("records") or {})
            if attack and attack.in_data:
                records = TamperedRecords(records, attack.text, names=attack.where == "names")
            return await production.answer(case, then.context(records), resolver, case.now or self.now)
        if case.attack and not attacked and "clean" in case.context:
            case = replace(case, context={**case.context, "tables": case.context["clean"]})
        found = load_context(case, self._data)
        tables = found.records
        if tables is not None and attack and attack.where in ("data", "names"):
            tables = TamperedRecords(tables, attack.text, names=attack.where == "names")
        return await answer_by_file(
            case.id,
            case.prompt,
            shortlist=found.shortlist,
            resolver=resolver,
            now=case.now or self.now,
            records=tables,
            catalogue=found.catalogue,
            stands_for=found.stands_for,
        )

    def check(self, cases: Sequence[Case]) -> None:
        """Checks that the cases can be asked here. Raises InvalidInput, which names the line, for a dialogue that is
        not of the demo platform, and for a case about an action that the platform or its world lacks: its verdict would
        always be the same. A registry that comes with a case may lack one, because registry and expectation are another
        project's."""
        for case in cases:
            if case.turns and not case.on_platform:
                raise InvalidInput(f"{case.place or case.id}: a dialogue is played on the demo platform alone.")
            if case.registry_file or not case.named:
                continue
            if case.on_platform:
                assert self.platform is not None
                known, where = self.platform.catalogue, "the demo platform"
            else:
                known, where = frozen_world.load(self._data / case.world).catalogue, case.world
            for name in case.named:
                if known.get(name) is None:
                    raise InvalidInput(f"{case.place or case.id} names {name!r}, which {where} does not have.")

    @property
    def _data(self) -> Path:
        if self.data is None:
            raise InvalidInput("These cases name files: say with --data which folder their paths start from.")
        return self.data


@asynccontextmanager
async def open_environment(cases: Sequence[Case], *, data: Path | None, now: datetime) -> AsyncIterator[Environment]:
    """Opens the environment for these cases. The demo platform runs while it is open, if a case needs it. Raises like
    ``Environment.check``."""
    async with AsyncExitStack() as stack:
        context = None
        if any(case.on_platform for case in cases):
            url, token = stack.enter_context(platform.open_platform())
            context = await stack.enter_async_context(platform.open_context(url, token))
        grounds = DialoguePlatforms()
        stack.push_async_callback(grounds.close)
        made = Environment(data, now, context, grounds)
        made.check(cases)
        yield made
