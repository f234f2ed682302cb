"""Verdicts and reports made of a few words: ``right`` and ``wrong`` cases of one action."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from evals.cases import reader
from evals.cases.reader import Case
from evals.report.report import Setup, report
from evals.run.case_result import CaseResult
from evals.score.score import CaseVerdict, judge

AT = datetime(2026, 11, 24, tzinfo=UTC)


def case(case_id: str, decision: Any = "act", tags: tuple[str, ...] = (), action: str = "pay") -> Case:
    actions = [{"action": action, "params": {}}]
    expected = {"decision": decision, "actions": actions if "act" in decision else []}
    return reader.read_case({"id": case_id, "prompt": case_id, "expected": expected, "tags": list(tags)})


def acted(case_id: str, action: str = "pay", **more: Any) -> CaseResult:
    return CaseResult(case_id, "act", ({"action": action, "params": {}},), **more)


def right(case_id: str, tags: tuple[str, ...] = (), **more: Any) -> CaseVerdict:
    return judge(case(case_id, tags=tags), acted(case_id, **more))


def wrong(case_id: str, tags: tuple[str, ...] = (), **more: Any) -> CaseVerdict:
    """It asks where it could act."""
    return judge(case(case_id, tags=tags), CaseResult(case_id, "clarify", **more))


def reported(*verdicts: CaseVerdict) -> dict[str, Any]:
    return report(Setup(suites=("toy",)), verdicts, AT)
