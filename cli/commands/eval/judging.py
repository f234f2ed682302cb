"""``opsiq eval compare`` and ``opsiq eval gate``: compare two reports, and hold one to a baseline."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any


def add_parsers(commands: Any) -> None:
    comparing = commands.add_parser(
        "compare",
        help="compare two reports of the same cases",
        description="Two reports of eval run --json, over the cases in both: every score, the cases that one "
        "alone got right, "
        "and McNemar's exact test of whether that may be chance.",
    )
    comparing.add_argument("first", metavar="A", type=Path)
    comparing.add_argument("second", metavar="B", type=Path)
    comparing.add_argument("--json", metavar="OUT", type=Path, help="write the comparison as JSON")
    comparing.set_defaults(run=compare)
    gating = commands.add_parser(
        "gate",
        help="fail when a resolver has become worse than a baseline",
        description="Makes the run of a baseline again and compares. 0 when nothing is worse, 1 when something "
        "is. A baseline "
        "says how it was made; paths in it start from this folder.",
    )
    gating.add_argument(
        "--against", metavar="BASELINE", type=Path, action="append", required=True, help="may be repeated"
    )
    gating.add_argument(
        "--allow",
        metavar="POINTS",
        type=float,
        default=0.0,
        help="how many points of cases right may be lost (default 0)",
    )
    gating.add_argument(
        "--write",
        action="store_true",
        help="measure again and write that as the baseline; a model is asked for what its cassette lacks",
    )
    gating.add_argument("--json", metavar="OUT", type=Path, help="write the new run's whole report")
    gating.add_argument("--quiet", action="store_true", help="no progress on standard error")
    gating.set_defaults(run=run_gate)
    cache = commands.add_parser(
        "baseline",
        help="cut a report down to a baseline that can be committed",
        description="The report's run can be made again from it by opsiq eval gate.",
    )
    cache.add_argument("report", metavar="REPORT", type=Path)
    cache.add_argument("baseline", metavar="OUT", type=Path)
    cache.set_defaults(run=keep)


def compare(arguments: argparse.Namespace) -> int:
    from evals.report import report
    from evals.report.compare import compare_reports

    made = compare_reports(report.read(arguments.first), report.read(arguments.second))
    print("\n".join(made.lines()))
    if arguments.json:
        arguments.json.write_text(json.dumps(made.as_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0


def keep(arguments: argparse.Namespace) -> int:
    from core.errors import InvalidInput
    from evals.report import report
    from evals.report.gate import make_baseline

    read = report.read(arguments.report)
    failed = [each for each in read["entries"] if each["error"]]
    if failed:
        raise InvalidInput(
            f"{len(failed)} of {len(read['entries'])} answers met an error, such as {failed[0]['id']}: "
            f"{failed[0]['error']} "
            "What was not answered can't be held to: mend that and run it again."
        )
    report.write(arguments.baseline, make_baseline(read))
    return 0


def run_gate(arguments: argparse.Namespace) -> int:
    return max(_gate(path, arguments) for path in arguments.against)


def _gate(path: Path, arguments: argparse.Namespace) -> int:
    import asyncio

    from cli.commands.eval.running import Progress
    from core.clock import utc_now
    from core.settings import Settings
    from evals.report import report
    from evals.report.gate import hold_to, make_baseline
    from evals.run import session

    against = report.read(path)
    setup = report.read_setup(against["setup"])
    # Nobody is asked but to write a new baseline: CI has no model.
    setup = replace(setup, replay=setup.cassette is not None and not arguments.write)
    progress = Progress(setup.title, quiet=arguments.quiet)
    # A sample is the one that was taken then, however the suite has grown since.
    only = {each["id"] for each in against["entries"]} if setup.sample else None
    ran = asyncio.run(
        session.run_suite(
            setup, Settings.load(os.environ), utc_now(), only=only, began=progress.began, came=progress.came
        )
    )
    progress.end()
    if arguments.json:
        report.write(arguments.json, ran.report)
    if arguments.write:
        report.write(path, make_baseline(ran.report))
        print(f"{path}: written, {ran.report['metrics']['all_right']['hits']} of {ran.report['answers']} right")
        return 0
    found = hold_to(against, ran.report, allowed_points=arguments.allow)
    if found.comparison is not None:
        print(
            f"{path}: {found.comparison.right_first} → {found.comparison.right_second} of "
            f"{found.comparison.common} right, "
            f"{len(found.comparison.fixed)} fixed, {len(found.comparison.broken)} broken"
        )
    for note in found.notes:
        print(f"  {note}")
    for fault in found.faults:
        print(f"  WORSE: {fault}", file=sys.stderr)
    return 0 if found.open else 1
