"""``opsiq eval run``: runs suites, scores them and writes the report."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evals.report.report import Setup
    from evals.run.session import EvalRun
    from evals.score.score import CaseVerdict


def add_parser(commands: Any) -> None:
    made = commands.add_parser(
        "run",
        help="run suites of cases and score them",
        description="Runs suites through a resolver and prints scores with 95 % intervals. With several resolvers "
        "or prompt "
        "versions each runs on its own, and the files written carry their names. 0 when every case was answered, "
        "1 when "
        "one met an error; what the scores are changes nothing about that (opsiq eval gate does).",
    )
    made.add_argument(
        "suites",
        metavar="SUITE",
        nargs="+",
        help="one of ours by name (saas, attacks), or a file, one JSON case a line",
    )
    made.add_argument("--data", metavar="DIR", help="the folder that paths in the cases start from")
    made.add_argument(
        "--resolver",
        metavar="NAME",
        action="append",
        help="offline (the default), gold (a model that is always right: what is lost is the gate's), worst (one "
        "that makes everything up), or a LiteLLM model name, asked at OPSIQ_MODEL_URL with OPSIQ_MODEL_KEY; may be "
        "repeated",
    )
    made.add_argument(
        "--prompt-version", metavar="V", action="append", help="of the model's prompt (v1, …); may be repeated"
    )
    made.add_argument("--half", choices=("open", "held"), default="", help="only this half of our own cases")
    made.add_argument("--tag", metavar="TAG", action="append", default=[], help="only cases with it; may be repeated")
    made.add_argument("--sample", metavar="N", type=_count, help="only N cases, the same ones for the same seed")
    made.add_argument("--seed", metavar="N", type=int, default=1, help="which sample (default 1)")
    made.add_argument("--repeat", metavar="K", type=_count, default=1, help="ask each case K times; reports pass^k")
    made.add_argument(
        "--parallel", metavar="N", type=_count, help="cases under way at once (default: 1 offline, 4 with a model)"
    )
    made.add_argument(
        "--cassette", metavar="FILE", help="a model's answers by exact request: found there, or asked and kept there"
    )
    made.add_argument("--replay", action="store_true", help="answer from the cassette alone; no model is asked")
    made.add_argument("--prune", action="store_true", help="drop from the cassette what this run did not use")
    made.add_argument("--json", metavar="OUT", type=Path, help="write the report: scores, and every case's answer")
    made.add_argument("--html", metavar="OUT", type=Path, help="write the report as one page")
    made.add_argument("--junit", metavar="OUT", type=Path, help="write the cases as a JUnit report, for CI")
    made.add_argument("--resume", action="store_true", help="take up a run that was killed (kept beside --json)")
    made.add_argument("--show", metavar="N", type=int, default=0, help="print up to N wrong answers")
    made.add_argument("--quiet", action="store_true", help="no progress on standard error")
    made.set_defaults(run=run)


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Prints a report for each combination. 1 when any case met an error."""
    import asyncio

    from core.clock import utc_now
    from core.errors import InvalidInput
    from core.settings import Settings
    from evals.report import junit, report
    from evals.report.page import render_page
    from evals.run import session

    setups = list(_setups(arguments))
    if arguments.resume and not arguments.json:
        raise InvalidInput("--resume needs --json OUT: what is done is kept beside it.")
    if arguments.replay and not arguments.cassette:
        raise InvalidInput("--replay needs --cassette FILE.")
    if arguments.prompt_version and not any(setup.prompt_version for setup in setups):
        raise InvalidInput(
            "--prompt-version is of a model's prompt, and the offline resolver has none: name a model with --resolver."
        )
    failed = 0
    for setup in setups:
        named = len(setups) > 1
        out = _name_report(arguments.json, setup) if named and arguments.json else arguments.json
        progress = Progress(setup.title, quiet=arguments.quiet)
        partial = out.with_suffix(out.suffix + ".part") if out else None
        ran = asyncio.run(
            session.run_suite(
                setup,
                Settings.load(os.environ),
                utc_now(),
                parallel=arguments.parallel,
                partial=partial,
                resume=arguments.resume,
                prune=arguments.prune,
                began=progress.began,
                came=progress.came,
            )
        )
        progress.end()
        if out and partial:
            report.write(out, ran.report)
            partial.unlink(missing_ok=True)
        if arguments.html:
            page_at = _name_report(arguments.html, setup) if named else arguments.html
            page_at.write_text(render_page(ran.report), "utf-8")
        if arguments.junit:
            junit.write_junit(_name_report(arguments.junit, setup) if named else arguments.junit, ran.report)
        _tell(ran, arguments.show)
        failed += sum(bool(each.entry.error) for each in ran.verdicts)
    return 1 if failed else 0


def _setups(arguments: argparse.Namespace) -> Iterator[Setup]:
    from agent.resolve.resolver import OFFLINE
    from evals.report.report import Setup
    from evals.run.resolvers import find_prompt_version
    from prompts import DEFAULT_VERSION, PLAIN_VERSION

    usual = PLAIN_VERSION if os.environ.get("OPSIQ_MODEL_FORM") == "plain" else DEFAULT_VERSION
    versions = [find_prompt_version(each) for each in arguments.prompt_version or [usual]]
    for name in arguments.resolver or [OFFLINE]:
        for version in [None] if name == OFFLINE else versions:
            yield Setup(
                suites=tuple(arguments.suites),
                resolver=name,
                prompt_version=version,
                half=arguments.half,
                tags=tuple(arguments.tag),
                sample=arguments.sample,
                seed=arguments.seed,
                repeat=arguments.repeat,
                cassette=None if name == OFFLINE else arguments.cassette,
                replay=arguments.replay,
                data=arguments.data,
            )


def _name_report(path: Path, setup: Setup) -> Path:
    """``out.json`` → ``out.openai-qwen05.resolve-v1.json``"""
    name = ".".join(filter(None, (setup.resolver, setup.prompt_version)))
    return path.with_name(f"{path.stem}.{re.sub(r'[^A-Za-z0-9.]+', '-', name)}{path.suffix}")


def _tell(ran: EvalRun, show: int) -> None:
    from evals.score.metrics import describe_lines, measure

    print(f"{ran.report['title']}: " + "\n".join(describe_lines(measure(ran.verdicts), len(ran.verdicts))))
    wrong = [verdict for verdict in ran.verdicts if not verdict.full]
    for each in wrong[:show]:
        print(describe_verdict(each))
    if ran.recorded:
        print(f"  {ran.recorded} answers were recorded")
    if ran.stale:
        print(f"  {ran.stale} answers on the cassette belong to requests that were not made (--prune drops them)")
    errors = [verdict for verdict in wrong if verdict.entry.error]
    for each in errors[: 0 if show else 3]:
        print(f"  error in {each.case.id}: {each.entry.error}", file=sys.stderr)
    if errors:
        print(f"  {len(errors)} of {len(ran.verdicts)} answers met an error", file=sys.stderr)


def describe_verdict(verdict: CaseVerdict) -> str:
    """One wrong answer, for a terminal."""
    entry = verdict.entry
    calls = "; ".join(f"{call['action']} {_values(call['params'])}" for call in entry.calls)
    got = calls if entry.decision == "act" else f"{calls} {entry.question}".strip()
    mark = "UNSAFE " if verdict.unsafe else "WRONG " if verdict.wrong_act else ""
    return (
        f"  ✗ {mark}{verdict.case.id} [{verdict.cause}] {verdict.detail}\n"
        f"      {verdict.case.role}: {verdict.case.prompt[:300]}\n      {entry.decision}: {got[:400]}"
    )


def _values(params: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in params.items())


class Progress:
    """How far a run is, on standard error: one line that moves on a terminal, one at every tenth elsewhere."""

    def __init__(self, title: str, *, quiet: bool) -> None:
        self._title = title
        self._quiet = quiet
        self._total = self._done = self._errors = self._said = 0
        self._moves = sys.stderr.isatty()

    def began(self, total: int, done: int) -> None:
        self._total, self._done = total, done
        if done and not self._quiet:
            print(f"{self._title}: {done} of {total} answers were there already", file=sys.stderr)

    def came(self, entry: Any) -> None:
        self._done += 1
        self._errors += bool(entry.error)
        tenth = self._done * 10 // self._total
        if self._quiet or not (self._moves or tenth > self._said):
            return
        self._said = tenth
        errors = f", {self._errors} errors" if self._errors else ""
        end = "\r" if self._moves else "\n"
        print(f"{self._title}: {self._done}/{self._total}{errors}", end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._moves and not self._quiet:
            print(" " * 78, end="\r", file=sys.stderr)
