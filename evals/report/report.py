"""Report of one run as JSON, ``opsiq/eval-report/v1``: what was run, its figures, and one entry for each case.

docs/reference/eval-report.md describes every field; readers may rely on them.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from agent.resolve.resolver import OFFLINE
from core import canon, clock
from core.errors import InvalidInput
from evals.cases.reader import Case
from evals.score.metrics import measure
from evals.score.score import CaseVerdict

SCHEMA: Final = "opsiq/eval-report/v1"


@dataclass(frozen=True, slots=True)
class Setup:
    """Setup of a run: enough to repeat it. ``suites`` are names or paths as given, ``data`` is the folder that the
    cases' paths start from."""

    suites: tuple[str, ...]
    resolver: str = OFFLINE
    prompt_version: str | None = None
    half: str = ""
    tags: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 1
    repeat: int = 1
    cassette: str | None = None
    replay: bool = False
    data: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "suites": list(self.suites),
            "resolver": self.resolver,
            "prompt_version": self.prompt_version,
            "half": self.half,
            "tags": list(self.tags),
            "sample": self.sample,
            "seed": self.seed,
            "repeat": self.repeat,
            "cassette": self.cassette,
            "replay": self.replay,
            "data": self.data,
        }

    @property
    def title(self) -> str:
        version = f" {self.prompt_version}" if self.prompt_version else ""
        return f"{', '.join(Path(name).stem for name in self.suites)} by {self.resolver}{version}"


def read_setup(value: Mapping[str, Any]) -> Setup:
    """Parses a setup from its JSON. Raises InvalidInput."""
    try:
        return Setup(**{**value, "suites": tuple(value["suites"]), "tags": tuple(value["tags"])})
    except (KeyError, TypeError) as error:
        raise InvalidInput(f"This report does not say how it was made ({error}).") from error


def report(setup: Setup, verdicts: Sequence[CaseVerdict], at: datetime) -> dict[str, Any]:
    """The whole report."""
    made = measure(verdicts)
    return {
        "schema": SCHEMA,
        "title": setup.title,
        "made_at": clock.format_iso(at),
        "opsiq": importlib.metadata.version("opsiq-server"),
        "setup": setup.as_json(),
        "cases_digest": digest_cases([each.case for each in verdicts]),
        "cases": len({each.case.id for each in verdicts}),
        "answers": len(verdicts),
        "metrics": made.as_json(),
        "tags": dict(made.tags),
        "sources": dict(made.sources),
        "causes": dict(made.causes),
        "confusion": list(made.confusion),
        "coverage": list(made.coverage),
        "operating": made.operating,
        "entries": [describe_entry(each) for each in verdicts],
    }


def describe_entry(verdict: CaseVerdict) -> dict[str, Any]:
    case = verdict.case
    return {
        **verdict.entry.as_json(),
        "case": digest_case(case),
        "prompt": case.prompt,
        "role": case.role,
        "source": case.source,
        "half": case.half,
        "tags": list(case.tags),
        "expected": dict(case.expected),
        "right": verdict.full,
        "right_action": verdict.action,
        "cause": verdict.cause,
        "detail": verdict.detail,
        "wrong_act": verdict.wrong_act,
        "unsafe": verdict.unsafe,
        "invented": list(verdict.invented),
    }


def digest_cases(cases: Sequence[Case]) -> str:
    """Digest of what was asked and expected, whatever the results: two runs with the same digest have the same
    cases."""
    return canon.digest(sorted({f"{each.id} {digest_case(each)}" for each in cases}))


def digest_case(case: Case) -> str:
    """Digest of what one case asks and expects."""
    answers = [each.model_dump(mode="json") for each in case.answers]
    told = [case.prompt, case.role, case.surface, answers, json.dumps(case.expected, sort_keys=True)]
    return canon.digest(told).removeprefix("sha256:")[:16]


def write(path: Path, report: Mapping[str, Any]) -> None:
    """Writes a report as JSON with one entry a line, so that two reports can be compared line by line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = {name: value for name, value in report.items() if name != "entries"}
    text = json.dumps(head, ensure_ascii=False, indent=1, default=str).removesuffix("\n}")
    entries = (json.dumps(each, ensure_ascii=False, default=str) for each in report["entries"])
    path.write_text(text + ',\n "entries": [\n' + ",\n".join(entries) + "\n ]\n}\n", "utf-8")


def read(path: Path) -> dict[str, Any]:
    """Reads a report or a baseline. Raises InvalidInput for any other file."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path} can't be read as a report: {error.strerror}") from error
    except ValueError as error:
        raise InvalidInput(f"{path} can't be read as a report: {error}") from error
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise InvalidInput(f"{path} is no {SCHEMA}; `opsiq eval run … --json {path.name}` makes one.")
    return value
