"""Case runner: answers cases through a resolver, several at a time, and scores them."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agent.resolve.resolver import Resolver
from core.errors import InvalidInput
from evals.cases.reader import Case
from evals.run.case_result import CaseResult
from evals.run.environment import Environment
from evals.score.score import CaseVerdict, judge

log = logging.getLogger(__name__)

Key = tuple[str, int]
"""A case's id and which repetition of it."""


async def run(
    cases: Sequence[Case],
    environment: Environment,
    resolver: Callable[[int], Resolver],
    *,
    repeat: int = 1,
    parallel: int = 1,
    done: Mapping[Key, CaseResult] | None = None,
    came: Callable[[CaseResult], None] = lambda _: None,
) -> list[CaseVerdict]:
    """Runs every case and repetition, and returns the verdicts in order. ``resolver`` makes the resolver of a
    repetition. ``parallel`` cases run at once. ``done`` are existing answers. ``came`` is called with each new one.

    A failure while answering a case is its entry's error. Raises InvalidInput if a case itself is invalid.
    """
    known = dict(done or {})
    resolvers = [resolver(take) for take in range(repeat)]
    wanted: Iterator[tuple[Case, int]] = (
        (case, take) for take in range(repeat) for case in cases if (case.id, take) not in known
    )

    async def worker() -> None:
        for case, take in wanted:
            entry = await _answer(case, take, environment, resolvers[take])
            known[case.id, take] = entry
            came(entry)

    workers = [asyncio.create_task(worker()) for _ in range(parallel)]
    try:
        await asyncio.gather(*workers)
    finally:
        for each in workers:
            each.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return [judge(case, known[case.id, take]) for take in range(repeat) for case in cases]


async def _answer(case: Case, take: int, environment: Environment, resolver: Resolver) -> CaseResult:
    try:
        return replace(await environment.answer(case, resolver), take=take)
    except InvalidInput:
        raise
    except Exception as error:  # a bug in what is measured is a finding about one case, and must not hide the others
        log.exception("case %s", case.id)
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(at.filename).name}:{at.lineno}"
        return CaseResult(case.id, "abstain", error=f"{type(error).__name__}: {error} ({where})", take=take)
