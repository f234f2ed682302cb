"""Compares what was resolved with what was expected, and says how sure the figures are.

Comparison: strings without `` ,./-_*^`` and case; 1 equals 1.0; lists in order; a parameter too many or too few is
wrong unless ``may_omit`` names it. Intervals are percentile bootstrap over groups of cases (Davison & Hinkley 1997,
§2.4 and §3.8): cases of one group stand or fall together.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evals.external import Case

_NOISE: Final = re.compile(r"[ ,./\-_*^]")
RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One case's answer. ``decision`` is act, clarify, abstain or noop; ``calls`` are in order; ``missing`` are
    required parameters asked for."""

    id: str
    decision: str
    calls: tuple[Mapping[str, Any], ...] = ()
    missing: tuple[str, ...] = ()
    question: str = ""
    sources: Mapping[str, Any] | None = None
    ms: float = 0.0
    tokens: int = 0
    cost: str | None = None
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "decision": self.decision,
            "calls": [dict(call) for call in self.calls],
            "missing": list(self.missing),
            "question": self.question,
            "sources": dict(self.sources or {}),
            "ms": round(self.ms, 3),
            "tokens": self.tokens,
            "cost": self.cost,
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """One case judged. ``action`` is None where none was expected; ``full`` is the whole answer; ``cause`` names what
    went wrong, "" if nothing."""

    case: Case
    entry: Entry
    full: bool
    action: bool | None
    cause: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.hits / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.share:.3f} [{self.low:.3f}, {self.high:.3f}] ({self.hits}/{self.of})" if self.of else "none"


def judge(case: Case, entry: Entry) -> Verdict:
    expected = case.expected
    decision = expected["decision"]
    if entry.error:
        return Verdict(case, entry, False, False, "error", entry.error)
    if decision in ("abstain", "noop"):
        acted = entry.decision == "act"
        return Verdict(case, entry, not acted, None, "acted_where_nothing_fits" if acted else "")
    wanted = expected.get("actions") or [expected]
    names = [call["action"] for call in entry.calls]
    right = named(case, entry)
    if decision == "clarify":
        if entry.decision == "act":
            return Verdict(case, entry, False, right, "acted_where_it_had_to_ask", ", ".join(names))
        if entry.decision != "clarify":
            return Verdict(case, entry, False, False, "abstained_where_it_had_to_ask")
        if not right:
            return Verdict(case, entry, False, False, "asked_about_another_action", ", ".join(names))
        if set(entry.missing) != set(expected.get("missing") or ()):
            return Verdict(case, entry, False, True, "asked_for_other_parameters", ", ".join(entry.missing))
        return Verdict(case, entry, True, True, "")
    if entry.decision != "act":
        cause = "asked_where_it_could_act" if entry.decision == "clarify" else "abstained_where_it_could_act"
        if cause == "asked_where_it_could_act" and not right:
            cause = "asked_about_another_action" if names else "asked_which_action"
        return Verdict(case, entry, False, False, cause, ", ".join(entry.missing))
    if not right:
        return Verdict(
            case, entry, False, False, "other_action" if len(names) == len(wanted) else "other_count", ", ".join(names)
        )
    for call, each in zip(entry.calls, wanted, strict=True):
        cause, detail = _parameters(call.get("params") or {}, each.get("params") or {}, each.get("may_omit") or ())
        if cause:
            return Verdict(case, entry, False, True, cause, detail)
    return Verdict(case, entry, True, True, "")


def named(case: Case, entry: Entry) -> bool:
    """Whether the expected actions were named, in order, whatever was then done about them."""
    wanted = case.expected.get("actions") or [case.expected]
    return bool(entry.calls) and [call["action"] for call in entry.calls] == [each["action"] for each in wanted]


def _parameters(given: Mapping[str, Any], accepted: Mapping[str, Any], may_omit: Sequence[str]) -> tuple[str, str]:
    for name in accepted:
        if name not in given and name not in may_omit:
            return "parameter_missing", name
    for name, value in given.items():
        if name not in accepted:
            return "parameter_too_many", f"{name}={value!r}"
        if not any(same(value, each) for each in accepted[name]):
            return "parameter_other_value", f"{name}={value!r}, not {accepted[name]!r}"
    return "", ""


def same(given: Any, accepted: Any) -> bool:
    """Whether a value is the accepted one. Leaves inside an accepted object are lists of what is acceptable there."""
    if isinstance(given, bool) or isinstance(accepted, bool):
        return given is accepted
    if isinstance(given, int | float) and isinstance(accepted, int | float):
        return float(given) == float(accepted)
    if isinstance(given, str) and isinstance(accepted, str):
        return plain(given) == plain(accepted)
    if isinstance(given, list) and isinstance(accepted, list):
        return len(given) == len(accepted) and all(same(a, b) for a, b in zip(given, accepted, strict=True))
    if isinstance(given, dict) and isinstance(accepted, dict):
        return set(given) == set(accepted) and all(
            any(same(given[key], each) for each in leaf) if isinstance(leaf, list) else same(given[key], leaf)
            for key, leaf in accepted.items()
        )
    return bool(given == accepted)


def plain(text: str) -> str:
    return _NOISE.sub("", text).casefold()


def rate(verdicts: Sequence[Verdict], hit: Callable[[Verdict], bool], *, seed: int = 1) -> Rate:
    """The share of verdicts that hit, with a bootstrap interval over groups. The seed makes it reproducible."""
    if not verdicts:
        return Rate(0, 0, 0.0, 0.0)
    groups: dict[str, list[bool]] = {}
    for each in verdicts:
        groups.setdefault(each.case.group, []).append(hit(each))
    members = [(sum(hits), len(hits)) for hits in groups.values()]
    chance = random.Random(seed)  # noqa: S311 - resampling, not a secret
    shares = []
    for _ in range(RESAMPLES):
        drawn = chance.choices(members, k=len(members))
        shares.append(sum(hits for hits, _ in drawn) / sum(of for _, of in drawn))
    shares.sort()
    return Rate(
        sum(hits for hits, _ in members),
        len(verdicts),
        shares[int(0.025 * RESAMPLES)],
        shares[int(0.975 * RESAMPLES) - 1],
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What a suite's verdicts come to. Abstention counts 'no action' (abstain, noop or clarify) against cases where
    none was to be taken."""

    count: int
    full: Rate
    named_action: Rate
    right_action: Rate
    full_call: Rate
    asked_rightly: Rate
    no_action: Rate
    abstention_precision: Rate
    abstention_recall: Rate
    causes: Mapping[str, int]
    p50_ms: float
    p95_ms: float

    def lines(self) -> list[str]:
        rows: list[tuple[str, Rate]] = [
            ("all right", self.full),
            ("act: right action named (taken, or asked about)", self.named_action),
            ("act: right action taken", self.right_action),
            ("act: full call", self.full_call),
            ("clarify: right action and parameters asked for", self.asked_rightly),
            ("abstain, noop: no action taken", self.no_action),
            ("abstention precision", self.abstention_precision),
            ("abstention recall", self.abstention_recall),
        ]
        made = [f"{self.count} cases, p50 {self.p50_ms:.1f} ms, p95 {self.p95_ms:.1f} ms"]
        made += [f"  {name:<48} {value}" for name, value in rows if value.of]
        made += [f"  {count:>5} {cause}" for cause, count in self.causes.items()]
        return made


def report(verdicts: Sequence[Verdict]) -> Report:
    act = [v for v in verdicts if v.case.expected["decision"] == "act"]
    clarify = [v for v in verdicts if v.case.expected["decision"] == "clarify"]
    none = [v for v in verdicts if v.case.expected["decision"] in ("abstain", "noop")]
    held_back = [v for v in verdicts if v.entry.decision != "act" and v.case.expected["decision"] != "clarify"]
    times = sorted(v.entry.ms for v in verdicts) or [0.0]
    return Report(
        count=len(verdicts),
        full=rate(verdicts, lambda v: v.full),
        named_action=rate(act, lambda v: named(v.case, v.entry)),
        right_action=rate(act, lambda v: bool(v.action)),
        full_call=rate(act, lambda v: v.full),
        asked_rightly=rate(clarify, lambda v: v.full),
        no_action=rate(none, lambda v: v.full),
        abstention_precision=rate(held_back, lambda v: v.case.expected["decision"] in ("abstain", "noop")),
        abstention_recall=rate(none, lambda v: v.entry.decision != "act"),
        causes=dict(Counter(v.cause for v in verdicts if v.cause).most_common()),
        p50_ms=times[len(times) // 2],
        p95_ms=times[min(len(times) - 1, int(len(times) * 0.95))],
    )
