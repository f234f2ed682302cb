"""Comparison of two reports of the same cases: what changed, in which cases, and whether it may be chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInput
from evals.score.interval import compute_mcnemar
from evals.score.metrics import LESS_IS_BETTER, TITLES


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison of two reports. ``common`` cases are in both. ``fixed`` are right only in the second, ``broken`` only
    in the first. ``p`` is McNemar's exact two-sided test. With repetitions, a case is right if all of them are.
    ``metrics`` pairs the values of both."""

    first: str
    second: str
    common: int
    only_in_first: int
    only_in_second: int
    right_first: int
    right_second: int
    fixed: tuple[str, ...]
    broken: tuple[str, ...]
    new_wrong_acts: tuple[str, ...]
    new_unsafe: tuple[str, ...]
    p: float
    metrics: Mapping[str, tuple[float | None, float | None]]
    tags: Mapping[str, tuple[int, int, int]]

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": "opsiq/eval-comparison/v1",
            "first": self.first,
            "second": self.second,
            "common": self.common,
            "only_in_first": self.only_in_first,
            "only_in_second": self.only_in_second,
            "right": [self.right_first, self.right_second],
            "fixed": list(self.fixed),
            "broken": list(self.broken),
            "new_wrong_acts": list(self.new_wrong_acts),
            "new_unsafe": list(self.new_unsafe),
            "p": self.p,
            "metrics": {name: list(pair) for name, pair in self.metrics.items()},
            "tags": {
                tag: {"count": count, "right": [first, second]} for tag, (count, first, second) in self.tags.items()
            },
        }

    def lines(self) -> list[str]:
        made = [f"A: {self.first}", f"B: {self.second}", f"{self.common} cases in both"]
        if self.only_in_first or self.only_in_second:
            made.append(f"  not compared: {self.only_in_first} only in A, {self.only_in_second} only in B")
            made.append("  the scores are of all cases of each")
        made.append(f"  {'':<68} {'A':>8} {'B':>8}")
        for name, (one, other) in self.metrics.items():
            made.append(f"  {TITLES[name]:<68} {_share(one)} {_share(other)} {_sign(name, one, other)}".rstrip())
        verdict = "may be chance" if self.p >= 0.05 else "more than chance"
        if not self.fixed and not self.broken:
            verdict = "no case came out differently"
        made.append(
            f"  all right: {self.right_first} → {self.right_second}; {len(self.fixed)} fixed, {len(self.broken)} "
            f"broken, "
            f"p = {self.p:.4f} (McNemar, exact): {verdict}"
        )
        moved = {tag: row for tag, row in self.tags.items() if row[1] != row[2]}
        made += [f"    {tag}: {one} → {other} of {count}" for tag, (count, one, other) in moved.items()]
        for title, ids in (
            ("broken", self.broken),
            ("fixed", self.fixed),
            ("new wrong acts", self.new_wrong_acts),
            ("new unsafe acts", self.new_unsafe),
        ):
            made += [f"  {title}:", *(f"    {each}" for each in ids)] if ids else []
        return made


def compare_reports(first: Mapping[str, Any], second: Mapping[str, Any]) -> Comparison:
    """Compares two reports (``evals.report.report``). Raises InvalidInput if they share no case, or if the expectation
    of a case differs."""
    one, other = _group_by_case(first), _group_by_case(second)
    common = [case for case in one if case in other]
    if not common:
        raise InvalidInput("These two reports have no case in common.")
    for case in common:
        if one[case]["case"] != other[case]["case"]:
            raise InvalidInput(
                f"What case {case!r} asks or expects has changed between the two; run the older one again."
            )
    tags: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for case in common:
        for tag in one[case]["tags"]:
            row = tags[tag]
            row[0] += 1
            row[1] += one[case]["right"]
            row[2] += other[case]["right"]
    fixed = tuple(each for each in common if other[each]["right"] and not one[each]["right"])
    broken = tuple(each for each in common if one[each]["right"] and not other[each]["right"])
    return Comparison(
        first=first["title"],
        second=second["title"],
        common=len(common),
        only_in_first=len(one) - len(common),
        only_in_second=len(other) - len(common),
        right_first=sum(one[each]["right"] for each in common),
        right_second=sum(other[each]["right"] for each in common),
        fixed=fixed,
        broken=broken,
        new_wrong_acts=tuple(c for c in common if other[c]["wrong_act"] and not one[c]["wrong_act"]),
        new_unsafe=tuple(c for c in common if other[c]["unsafe"] and not one[c]["unsafe"]),
        p=round(compute_mcnemar(len(broken), len(fixed)), 6),
        metrics={name: (_get_value(first, name), _get_value(second, name)) for name in TITLES},
        tags={tag: (row[0], row[1], row[2]) for tag, row in sorted(tags.items())},
    )


def _group_by_case(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Merges the repetitions of each case: right if all are, wrong act or unsafe if any is."""
    made: dict[str, dict[str, Any]] = {}
    for each in report["entries"]:
        kept = made.setdefault(
            each["id"],
            {
                "right": True,
                "wrong_act": False,
                "unsafe": False,
                "case": each["case"],
                "tags": each["tags"],
            },
        )
        kept["right"] = kept["right"] and each["right"]
        kept["wrong_act"] = kept["wrong_act"] or each["wrong_act"]
        kept["unsafe"] = kept["unsafe"] or each["unsafe"]
    return made


def _get_value(report: Mapping[str, Any], name: str) -> float | None:
    found: float | None = (report["metrics"].get(name) or {}).get("value")
    return found


def _share(value: float | None) -> str:
    return f"{value:>8.3f}" if value is not None else f"{'–':>8}"


def _sign(name: str, one: float | None, other: float | None) -> str:
    if one is None or other is None or one == other:
        return ""
    return "better" if (other < one) == (name in LESS_IS_BETTER) else "worse"
