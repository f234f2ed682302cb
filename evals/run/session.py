"""Eval session: one whole run by its setup, from reading suites to the report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.resolver import OFFLINE, Resolver
from core import canon
from core.errors import InvalidInput
from core.settings import Settings
from evals.cases import suites
from evals.cases.gold import GoldClient, knows
from evals.cases.reader import GOLD, Case
from evals.report import report
from evals.report.report import Setup
from evals.run import environment
from evals.run.case_result import CaseResult
from evals.run.cassette import Cassette
from evals.run.checkpoint import Checkpoint
from evals.run.resolvers import make_resolver
from evals.run.runner import run
from evals.run.worst import WORST, WorstClient
from evals.score.score import CaseVerdict
from prompts import DEFAULT_VERSION

MODEL_PARALLEL = 4
SCRIPTED = frozenset({GOLD, WORST})
"""Models that stand for a bound: one that is always right, and one that none can be worse than."""


@dataclass(frozen=True, slots=True)
class EvalRun:
    """Result of a whole run. ``report`` is its JSON."""

    report: dict[str, Any]
    verdicts: list[CaseVerdict]
    recorded: int
    stale: int


async def run_suite(
    setup: Setup,
    settings: Settings,
    now: datetime,
    *,
    parallel: int | None = None,
    partial: Path | None = None,
    resume: bool = False,
    prune: bool = False,
    resolvers: Callable[[int], Resolver] | None = None,
    only: Collection[str] | None = None,
    began: Callable[[int, int], None] = lambda _total, _done: None,
    came: Callable[[CaseResult], None] = lambda _: None,
) -> EvalRun:
    """Makes the run. ``partial`` is where its answers are kept meanwhile, and remain; ``resume`` continues from those
    there. ``prune`` drops unused answers from the cassette. ``resolvers`` replace the setup's resolver, by repetition.
    ``only`` are the cases to take instead of a sample. Raises InvalidInput."""
    every = suites.load(setup.suites)
    if only is not None:
        cases = [case for case in every if case.id in only]
    else:
        cases = suites.choose(every, half=setup.half, tags=setup.tags, sample=setup.sample, seed=setup.seed)
    if setup.resolver == GOLD and resolvers is None:
        cases = [case for case in cases if knows(case)]
        if not cases:
            raise InvalidInput("The gold model knows the answer to none of these cases: a dialogue is not one answer.")
    cassette = Cassette(Path(setup.cassette)) if setup.cassette else None
    checkpoint = Checkpoint(partial, compute_fingerprint(setup, cases), resume=resume) if partial else None
    done = checkpoint.done if checkpoint else {}
    began(len(cases) * setup.repeat, len(done))

    def keep(entry: CaseResult) -> None:
        if checkpoint:
            checkpoint.add(entry)
        came(entry)

    def named(take: int) -> Resolver:
        if setup.resolver in SCRIPTED:
            client = (
                GoldClient(cases, Path(setup.data) if setup.data else None) if setup.resolver == GOLD else WorstClient()
            )
            return ProposingResolver(client, version=setup.prompt_version or DEFAULT_VERSION)
        return make_resolver(
            setup.resolver,
            settings,
            version=setup.prompt_version or DEFAULT_VERSION,
            cassette=cassette,
            replay=setup.replay,
            take=take,
        )

    complete = False
    try:
        async with environment.open_environment(
            cases, data=Path(setup.data) if setup.data else None, now=now
        ) as opened:
            verdicts = await run(
                cases,
                opened,
                resolvers or named,
                repeat=setup.repeat,
                parallel=parallel or (1 if setup.resolver == OFFLINE else MODEL_PARALLEL),
                done=done,
                came=keep,
            )
        complete = True
    finally:
        if checkpoint:
            checkpoint.close()
        if cassette:
            cassette.close(prune=prune and complete)
    return EvalRun(
        report=report.report(setup, verdicts, now),
        verdicts=verdicts,
        recorded=cassette.misses if cassette and not setup.replay else 0,
        stale=cassette.unused if cassette else 0,
    )


def compute_fingerprint(setup: Setup, cases: Sequence[Case]) -> str:
    """Fingerprint of a run. Answers of runs with different fingerprints are never mixed."""
    return canon.digest([setup.as_json(), report.digest_cases(cases)])
