"""Reports of eval runs for the tests, and one sample of each page about them: every field filled, with markup where
words stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from web.console.evals import eval_compare, eval_report, eval_widgets, evals
from web.console.pages import Page, Shell

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def share(hits: int, of: int) -> dict[str, Any]:
    value = hits / of
    return {"value": value, "low": max(0.0, value - 0.1), "high": min(1.0, value + 0.1), "hits": hits, "of": of}


def entry(at: int, *, right: bool, words: str = "refund order", **more: Any) -> dict[str, Any]:
    """One answer, as ``opsiq eval run`` writes it."""
    return {
        "id": f"case-{at}",
        "take": 0,
        "decision": "act",
        "calls": [{"action": "shop.refund", "params": {"order": at, "note": words}}],
        "missing": ["reason"],
        "question": words,
        "candidates": [words],
        "sources": {"0.order": {"kind": "prompt", "spans": [{"text": words}]}},
        "held": [words],
        "changes": True,
        "confidence": 0.5 + at / 100,
        "proposed": [],
        "ms": 10.0 + at,
        "tokens": 3,
        "cost": None,
        "error": "",
        "notes": [words],
        "attack": None,
        "case": f"digest-{at}",
        "prompt": f"{words} {at}",
        "role": "owner",
        "source": "ours",
        "half": "open",
        "tags": ["refunds", words[:100]],
        "expected": {
            "decision": ["act", "clarify"],
            "actions": [{"action": "shop.refund", "params": {"order": [at]}}],
            "candidates": [words],
        },
        "right": right,
        "right_action": right,
        "cause": "" if right else "other_action",
        "detail": "" if right else words,
        "wrong_act": not right,
        "unsafe": not right and at % 2 == 0,
        "invented": [] if right else ["0.note"],
        **more,
    }


def report(
    wrong: int = 1, right: int = 3, *, title: str = "ours by offline", words: str = "refund order"
) -> dict[str, Any]:
    entries = [entry(at, right=at >= wrong, words=words) for at in range(wrong + right)]
    of = len(entries)
    return {
        "schema": "opsiq/eval-report/v1", "title": title, "made_at": "2026-11-24T11:00:00.000000Z", "opsiq": "0.1.0",
        "setup": {
            "suites": ["ours"], "resolver": words[:40] or "offline", "prompt_version": "propose/v1", "half": "",
            "tags": [], "sample": 9, "seed": 1, "repeat": 1, "cassette": None, "replay": False, "data": None,
        },
        "cases_digest": "sha256:ab", "cases": of, "answers": of,
        "metrics": {
            "all_right": share(right, of), "full_call": share(right, of), "wrong_acts": share(wrong, of), "unsafe_acts": share(wrong, of),  # noqa: E501
            "errors": {"value": None, "low": None, "high": None, "hits": 0, "of": 0}, "pass_hat": {"1": 0.5, "2": 0.25},
            "latency_ms": {"mean": 11.0, "p50": 11.0, "p90": 12.0, "p95": 1300.0, "p99": 1400.0, "max": 1500.0},
            "usage": {"tokens": 12, "tokens_each": 3.0, "cost": "0.0012"},
        },
        "tags": {words: {"count": of, "all_right": share(right, of), "wrong_acts": wrong, "unsafe_acts": wrong, "asked": 0, "errors": 1}},  # noqa: E501
        "sources": {}, "causes": {"other_action": wrong} if wrong else {},
        "confusion": [{"expected": "shop.refund", "got": words[:90], "count": wrong, "right": 0}],
        "coverage": [{"threshold": 0.9, "coverage": 0.4, "risk": 0.1}, {"threshold": 0.5, "coverage": 1.0, "risk": 0.4}],  # noqa: E501
        "operating": {"coverage": 0.7, "risk": 0.2}, "entries": entries,
    }  # fmt: skip


def report_json(
    wrong: int = 1, right: int = 3, *, title: str = "ours by offline", words: str = "refund order"
) -> bytes:
    return json.dumps(report(wrong, right, title=title, words=words)).encode()


def with_entries(entries: Sequence[dict[str, Any]], **more: Any) -> bytes:
    return json.dumps({**report(0, 1), "entries": list(entries), **more}).encode()


BAR = eval_widgets.RateBar(900, 850, 950)
SCORE = eval_widgets.Score("all <reads> right", "90.0 %", "85.0 % – 95.0 %", "9/10", BAR, True)
KEPT = eval_widgets.ReportRow(
    "evr_1",
    "ours <reads>",
    "a <reads> model",
    AT,
    "Olivia <b>",
    "90.0 %",
    "85.0 % – 95.0 %",
    BAR,
    10,
    3,
    2,
    "41.9 s",
    "12 tokens, <x>",
)
CHOICE = eval_widgets.Choice("evr_2", "theirs <reads>", "a <reads> model", AT, "80.0 %", 12)
ANSWERED = eval_widgets.AnswerDetails(
    "case <reads>",
    "refund <reads>",
    "wrong act",
    False,
    (eval_widgets.LabelledText("why", "another <reads>"),),
    ("a <reads> tag",),
)


def of_evals(shell: Shell) -> dict[type[Page], Page]:
    return {
        evals.EvalsPage: evals.EvalsPage(
            shell=shell,
            title="Evals",
            reports=(KEPT,),
            total=61,
            first=31,
            before=0,
            after=60,
            most_bytes=1 << 20,
            trouble="no <reads>",
        ),
        eval_report.EvalReportPage: eval_report.EvalReportPage(
            shell=shell,
            title="a report",
            report_id="evr_1",
            heading="ours <reads>",
            made_at=AT,
            kept_by="Olivia <b>",
            kept_at=AT,
            how=("10 cases", "tagged <reads>"),
            tiles=(eval_report.Tile("wrong acts", "3", True),),
            scores=(SCORE,),
            passes=(eval_report.Tile("pass^2 <reads>", "25.0 %", False),),
            tags=(eval_report.TagLine(SCORE, 10, 1, 2, 3, 4),),
            coverage_plot="",
            latency_plot="",
            columns=("shop.refund <reads>",),
            matrix=(eval_report.MatrixLine("(ask) <reads>", (eval_report.Cell("7", "5 of 7 right", "miss2"),)),),
            causes=(eval_report.Cause("other_action", "It took <another>.", 3, True),),
            wanted=eval_report.AnswerFilter("other_action"),
            answers=(ANSWERED,),
            total=61,
            first=21,
            before=0,
            after=40,
            others=(CHOICE,),
            may_delete=True,
        ),
        eval_compare.EvalComparePage: eval_compare.EvalComparePage(
            shell=shell,
            title="Compare",
            reports=(CHOICE,),
            one=CHOICE,
            two=CHOICE,
            trouble="no <reads>",
            verdict=eval_compare.ComparisonVerdict(10, 1, 2, 7, 8, 2, 1, "That may be chance: p = 1.0.", "quiet"),
            scores=(eval_compare.ScoreRow("all <reads>", "90.0 %", "85 – 95", "91.0 %", "86 – 96", "+1.0", "good"),),
            tags=(eval_compare.TagRow("a <reads> tag", 9, 7, 8, "+1", "good"),),
            groups=(eval_compare.GroupRow("broken", "Broken", 1, True),),
            changed=(
                eval_compare.ChangedCase(
                    "case-1", "refund <reads>", "act", "asked <reads>", "It <asked>.", "acted <reads>", "It <acted>."
                ),
            ),
            total=61,
            first=21,
            before=0,
            after=40,
        ),
    }
