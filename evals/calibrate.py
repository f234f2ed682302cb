"""Fits the weights of ``agent.resolve.weigh`` to cases: a logistic regression over (case, candidate) pairs, its marks
computed afresh.

    python -m evals.calibrate DATA CASES.jsonl …

prints the weights to copy, rounded, and how the thresholds trade acting rightly against acting wrongly. Cases count
equally by file, so that a long file does not outweigh a short one. Only general marks are fitted: nothing here can
learn an action's name.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent.resolve.offline import ranked
from agent.resolve.split import hear
from evals import external, run
from evals.external import Case
from registry.records import RecordKind

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
STEPS = 400
RATE = 0.5
RIDGE = 0.002


@dataclass(frozen=True, slots=True)
class Pair:
    """One candidate of one case: its marks, and whether it is the right action."""

    case: str
    marks: Mapping[str, float]
    right: bool
    weight: float


def pairs(cases: Sequence[Case], data: Path) -> Iterator[Pair]:
    """Every weighed candidate of every case that wants one action or none."""
    for case in cases:
        wanted = case.expected.get("action")
        if case.expected.get("actions") or (wanted or "").startswith("*"):
            continue
        records = run._tables(data / case.tables) if case.tables else None
        kinds: tuple[RecordKind, ...] = records.kinds() if records else ()
        shortlist = run._shortlist(data / case.registry_file, case.names, tuple(kind.name for kind in kinds))
        for each in ranked(hear(case.prompt), shortlist, kinds, case.now or NOW):
            right = wanted is not None and each.offer.name == wanted and case.expected["decision"] != "noop"
            yield Pair(case.id, each.marks, right, 1.0 / len(cases))


def fitted(found: Sequence[Pair]) -> tuple[float, dict[str, float]]:
    """Bias and weights that make what was right likely: full-batch gradient ascent with a ridge."""
    names = list(found[0].marks)
    bias, weights = 0.0, dict.fromkeys(names, 0.0)
    total = sum(pair.weight for pair in found)
    momentum = dict.fromkeys([*names, ""], 0.0)
    for _ in range(STEPS):
        gradient = dict.fromkeys([*names, ""], 0.0)
        for pair in found:
            at = bias + sum(weights[name] * value for name, value in pair.marks.items())
            error = pair.weight * (float(pair.right) - 1.0 / (1.0 + math.exp(-at)))
            gradient[""] += error
            for name, value in pair.marks.items():
                gradient[name] += error * value
        for name in names:
            momentum[name] = 0.9 * momentum[name] + gradient[name] / total - RIDGE * weights[name]
            weights[name] += RATE * momentum[name]
        momentum[""] = 0.9 * momentum[""] + gradient[""] / total
        bias += RATE * momentum[""]
    return bias, weights


def main(arguments: Sequence[str]) -> int:
    data, *files = [Path(each) for each in arguments]
    found = [pair for file in files for pair in pairs(external.cases(file), data)]
    bias, weights = fitted(found)
    lines = [f"BIAS = {bias:.2f}", *(f'    "{name}": {value:.2f},' for name, value in weights.items())]
    best: dict[str, tuple[float, bool]] = {}
    answerable = {pair.case for pair in found if pair.right}
    for pair in found:
        at = bias + sum(weights[name] * value for name, value in pair.marks.items())
        likely = 1.0 / (1.0 + math.exp(-at))
        if likely > best.get(pair.case, (0.0, False))[0]:
            best[pair.case] = (likely, pair.right)
    for step in range(20, 85, 5):
        acted = [(case, right) for case, (likely, right) in best.items() if likely >= step / 100]
        rightly = sum(right for _, right in acted)
        astray = sum(case not in answerable for case, _ in acted)
        nothing = len(best) - len(answerable)
        lines.append(
            f"act from {step / 100:.2f}: right {rightly}/{len(answerable)}, acted on nothing {astray}/{nothing}"
        )
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
