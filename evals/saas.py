"""Runs the demo platform's own suite from end to end: resolved, validated against the real platform's live records, judged.

    python -m evals.saas [--half open|held|both] [--show N] [CASES.jsonl]

Nothing is sent: a case ends at the card or the question a person would see. The platform is a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from agent.pipeline import Abstain, Ask, Plan, Question, Refusal, Request
from agent.resolve.offline import Offline
from agent.resolve.resolver import Resolver
from agent.validate import validate
from core.actor import Actor
from core.errors import InvalidInput
from core.webhook_signature import new_secret
from evals.score import same
from executors.guard import Guard
from executors.platform import HttpPlatformClient
from registry.catalogue import Catalogue
from registry.connector import Settings
from registry.discovery import discover
from registry.records import Kinds
from registry.shortlist import Shortlist

SUITE: Final = Path(__file__).parent / "suites" / "saas.jsonl"
NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""The present that the platform's first data is told from."""
MONEY: Final = frozenset({"amount", "currency"})


@dataclass(frozen=True, slots=True)
class Judged:
    """One case and what became of it. ``wrong`` is an act that nobody asked for: another action, or another value; ``money`` one that
    moves money. ``detail`` is the question or reason shown."""

    case: Mapping[str, Any]
    decision: str
    calls: tuple[Mapping[str, Any], ...]
    detail: str
    right: bool
    wrong: bool
    held: bool = False

    @property
    def money(self) -> bool:
        return self.wrong and any(MONEY & set(call["params"]) for call in self.calls)


def cases(path: Path, half: str = "both") -> list[dict[str, Any]]:
    """The cases of a file, in order. Raises InvalidInput for a line that is none."""
    made = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            case = json.loads(line)
            if half in ("both", case["half"]):
                made.append({**case, "prompt": str(case["prompt"]), "expected": dict(case["expected"])})
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                f"{path}:{number} is no case: {error!r}. The format stands in README.md beside it."
            ) from error
    return made


@contextmanager
def platform() -> Iterator[tuple[str, str]]:
    """A demo platform with its first data, and its read token: ``(url, token)``."""
    token = secrets.token_urlsafe(16)
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "demo", "--data", f"{folder}/platform.db"],
            env={**os.environ, "DEMO_TOKEN": token, "DEMO_SECRET": new_secret()},
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"], token
        finally:
            process.terminate()
            process.wait(15)
            process.stdout.close()


async def run(chosen: Sequence[Mapping[str, Any]], resolver: Resolver, url: str, token: str) -> AsyncIterator[Judged]:
    """Each case judged, as it comes."""
    found, broken = discover()
    if broken:
        raise InvalidInput(f"The connector {broken[0]} can't be loaded.")
    saas = next(each for each in found if each.name == "saas")
    async with HttpPlatformClient(url, token, guard=Guard(["127.0.0.0/8"])) as client:
        connector = saas.cls(client, Settings(url, {}))
        catalogue = Catalogue(connector.register_actions())
        kinds = Kinds(connector.context_providers())
        for case in chosen:
            yield judge(case, *await _outcome(case, resolver, catalogue, kinds))


async def _outcome(
    case: Mapping[str, Any], resolver: Resolver, catalogue: Catalogue, kinds: Kinds
) -> tuple[str, tuple[Mapping[str, Any], ...], str, tuple[str, ...], str | None, bool]:
    """``(decision, calls, detail, candidates, action, held)``."""
    role = case.get("role", "owner")
    actor = Actor(workspace="ws_eval", id="mem_eval", kind="member", name="Eva", role=role, person="eva")
    request = Request(text=case["prompt"], now=NOW)
    resolved = await resolver.resolve(request, Shortlist(catalogue.offers(role, "admin")), tuple(kinds))
    resolution = resolved.resolution
    if isinstance(resolution, Abstain):
        return "abstain", (), resolution.detail, (), None, False
    first = resolution.drafts[0].action if resolution.drafts else None
    verdict: Plan | Question | Refusal
    if isinstance(resolution, Ask):
        verdict = resolution.question
    else:
        verdict = await validate(
            request, resolution.drafts, run_id="run_eval", actor=actor, catalogue=catalogue, kinds=kinds,
            confirmed_in_session=lambda _: False,
        )  # fmt: skip
    if isinstance(verdict, Question):
        labels = tuple(f"{each.id} {each.label} {each.detail}" for each in verdict.candidates)
        return "clarify", (), verdict.text, labels, first, False
    if isinstance(verdict, Refusal):
        return "abstain", (), f"refused: {verdict.detail}", (), first, False
    calls = tuple(
        {"action": step.action, "params": {each.param: each.value for each in step.filled}} for step in verdict.steps
    )
    return "act", calls, "; ".join(verdict.held), (), first, bool(verdict.held)


def judge(
    case: Mapping[str, Any],
    decision: str,
    calls: tuple[Mapping[str, Any], ...],
    detail: str,
    candidates: Sequence[str],
    action: str | None,
    held: bool,
) -> Judged:
    """Against what the case expects; see the suite's README for what counts."""
    expected = case["expected"]
    allowed = expected["decision"] if isinstance(expected["decision"], list) else [expected["decision"]]
    right = decision in allowed
    wrong = decision == "act"
    if decision == "act" and right:
        wrong = not _same_calls(calls, expected["actions"])
        right = not wrong
    if decision == "clarify" and right:
        right = action is None or action == expected.get("action", action)
        right = right and all(any(each in shown for shown in candidates) for each in expected.get("candidates", ()))
    return Judged(case, decision, calls, detail, right, wrong, held)


def _same_calls(calls: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> bool:
    return len(calls) == len(wanted) and all(_same(*pair) for pair in zip(calls, wanted, strict=True))


def _same(call: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    given, accepted = call["params"], wanted["params"]
    return (
        call["action"] == wanted["action"]
        and all(name in accepted and any(same(value, each) for each in accepted[name]) for name, value in given.items())
        and all(name in given or name in wanted.get("may_omit", ()) for name in accepted)
    )


def lines(judged: Sequence[Judged]) -> list[str]:
    """The report: right outcomes by half and by tag, wrong acts, asks."""
    made = [_line(half, [each for each in judged if each.case["half"] == half]) for half in ("open", "held")]
    made.append(_line("all", judged))
    by_tag: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        for tag in each.case["tags"]:
            by_tag[tag].append(each)
    return made + [_line(f"  {tag}", group) for tag, group in sorted(by_tag.items(), key=lambda pair: -len(pair[1]))]


def _line(name: str, judged: Sequence[Judged]) -> str:
    count = len(judged)
    right = sum(each.right for each in judged)
    asked = sum(each.decision == "clarify" for each in judged)
    share = f"{right / count:.3f}" if count else "-"
    wrong = sum(each.wrong for each in judged)
    return (
        f"{name:<22} {right:>3}/{count:<3} right ({share}), {wrong} wrong acts "
        f"({sum(each.money for each in judged)} of money), {asked} asked"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the report; 1 where an act was wrong."""
    parser = argparse.ArgumentParser(prog="python -m evals.saas", description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="?", type=Path, default=SUITE)
    parser.add_argument("--half", choices=("open", "held", "both"), default="both")
    parser.add_argument("--show", choices=("open", "held", "both"), help="print what went wrong in this half")
    arguments = parser.parse_args(argv)
    judged = asyncio.run(_all(cases(arguments.cases, arguments.half)))
    for each in judged:
        if not each.right and arguments.show in ("both", each.case["half"]):
            sys.stdout.write(f"{'WRONG ' if each.wrong else ''}{each.case['prompt']}\n    {_told(each)}\n")
    sys.stdout.write("\n".join(lines(judged)) + "\n")
    return 1 if any(each.wrong for each in judged) else 0


async def _all(chosen: Sequence[Mapping[str, Any]]) -> list[Judged]:
    with platform() as (url, token):
        return [each async for each in run(chosen, Offline(), url, token)]


def _told(each: Judged) -> str:
    calls = "; ".join(f"{call['action']} {json.dumps(call['params'], ensure_ascii=False)}" for call in each.calls)
    return f"{each.decision}: {calls or each.detail}"


if __name__ == "__main__":
    sys.exit(main())
