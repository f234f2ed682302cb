"""Answers drawn at random against what must always hold: ``python -m bench.any_answer --answers 10000``.

Prints how many parsed, what they became, and every violation; 1 where there is one. The demo's records are not needed:
two small platforms in memory are.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections import Counter

from agent.pipeline import Plan, Request
from core.errors import ModelMisbehaved
from evals.attacks.any_answer import list_violations
from tests.unit.agent.planning.test_any_answer import REQUESTS, YES, drawn
from tests.unit.own_worlds import NOW, said, world


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance, came, wrong = random.Random(given.seed), Counter[str](), 0
    for count in range(given.answers):
        name = sorted(REQUESTS)[count % len(REQUESTS)]
        text = REQUESTS[name][count // len(REQUESTS) % len(REQUESTS[name])]
        answer = drawn(chance, text, name)
        try:
            outcome = await said(text, answer, name, YES)
        except ModelMisbehaved:
            came["no proposal"] += 1
            continue
        verdict, proposal = outcome.verdict, outcome.proposal
        came[type(verdict).__name__ + (" held" if isinstance(verdict, Plan) and verdict.held else "")] += 1
        if not isinstance(verdict, Plan) or proposal is None:
            continue
        for each in list_violations(Request(text=text, now=NOW), proposal, verdict, world(name).catalogue):
            wrong += 1
            print(f"{text!r}: {each}\n  {answer}", file=sys.stderr)
    print(", ".join(f"{kind} {count}" for kind, count in came.most_common()) + f"; {wrong} violations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
