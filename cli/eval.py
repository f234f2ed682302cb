"""``opsiq eval``: cases run through a resolver and scored."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evals.score import Verdict


def add_parser(subparsers: Any) -> None:
    made = subparsers.add_parser("eval", help="measure how well requests are resolved")
    commands = made.add_subparsers(dest="eval_command", metavar="COMMAND", required=True)
    running = commands.add_parser(
        "run",
        help="run files of cases and score them",
        description="Runs each case file through a resolver and prints scores with 95 % intervals. Nothing is sent to any platform.",
    )
    running.add_argument("cases", metavar="CASES.jsonl", type=Path, nargs="+", help="files of cases, one JSON a line")
    running.add_argument(
        "--data", metavar="DIR", type=Path, required=True, help="the folder the cases' paths start from"
    )
    running.add_argument(
        "--resolver",
        metavar="NAME",
        default="offline",
        help="offline (the default), or a LiteLLM model name, asked at OPSIQ_MODEL_URL with OPSIQ_MODEL_KEY",
    )
    running.add_argument("--json", metavar="OUT", type=Path, help="write every case's answer and verdict here")
    running.add_argument("--limit", metavar="N", type=int, help="only the first N cases of each file")
    running.add_argument("--show", metavar="N", type=int, default=0, help="print up to N wrong answers of each file")
    running.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints a report for each file; 0 whatever the scores are."""
    from evals import external, score

    answers = []
    for path in arguments.cases:
        cases = external.cases(path)[: arguments.limit]
        verdicts = asyncio.run(_verdicts(cases, arguments))
        print(path.stem + ": " + "\n".join(score.report(verdicts).lines()))
        for each in [verdict for verdict in verdicts if not verdict.full][: arguments.show]:
            print(f"  ✗ {each.case.id} [{each.cause}] {each.detail}\n      {each.case.prompt[:300]}")
        answers += [
            {**each.entry.as_json(), "right": each.full, "cause": each.cause, "detail": each.detail}
            for each in verdicts
        ]
    if arguments.json:
        arguments.json.write_text(json.dumps(answers, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
    return 0


async def _verdicts(cases: Any, arguments: argparse.Namespace) -> list[Verdict]:
    from core.settings import Settings
    from evals.resolvers import resolver
    from evals.run import run as run_cases

    chosen = resolver(arguments.resolver, Settings.load(os.environ))
    return [each async for each in run_cases(cases, arguments.data, chosen)]
